//! The signals that ask the process to stop.

/// Resolves once the process receives SIGTERM or SIGINT.
///
/// Both are observed from this call on, not only once the future is polled: a supervisor may stop the server as soon as
/// it prints that it listens.
#[cfg(unix)]
pub fn shutdown_signal() -> impl Future<Output = ()> {
    use tokio::signal::unix::SignalKind;
    let (interrupt, terminate) = (received(SignalKind::interrupt()), received(SignalKind::terminate()));
    async {
        tokio::select! {
            () = interrupt => {}
            () = terminate => {}
        }
    }
}

#[cfg(unix)]
fn received(kind: tokio::signal::unix::SignalKind) -> impl Future<Output = ()> {
    let signal = tokio::signal::unix::signal(kind);
    async move {
        match signal {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(error) => {
                tracing::error!(%error, ?kind, "failed to install signal handler");
                std::future::pending::<()>().await;
            }
        }
    }
}

/// Resolves once the process receives an interrupt from the keyboard.
#[cfg(not(unix))]
pub async fn shutdown_signal() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::error!(%error, "failed to install interrupt handler");
        std::future::pending::<()>().await;
    }
}
