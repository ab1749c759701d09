//! When the process is asked to end.

/// Ends once the process gets SIGTERM or an interrupt from the keyboard. Both are heard from this call on, not only
/// once the future is polled: whoever is told that the server listens may end it at that moment.
#[cfg(unix)]
pub fn asked_to_stop() -> impl Future<Output = ()> {
    use tokio::signal::unix::SignalKind;
    let (interrupt, terminate) = (heard(SignalKind::interrupt()), heard(SignalKind::terminate()));
    async {
        tokio::select! {
            () = interrupt => {}
            () = terminate => {}
        }
    }
}

#[cfg(unix)]
fn heard(kind: tokio::signal::unix::SignalKind) -> impl Future<Output = ()> {
    let signal = tokio::signal::unix::signal(kind);
    async move {
        match signal {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(error) => {
                tracing::error!(%error, ?kind, "a signal cannot be heard");
                std::future::pending::<()>().await;
            }
        }
    }
}

/// Ends once the process gets an interrupt from the keyboard.
#[cfg(not(unix))]
pub async fn asked_to_stop() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::error!(%error, "interrupts cannot be heard");
        std::future::pending::<()>().await;
    }
}
