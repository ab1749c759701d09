//! The signals that ask the process to stop, and the one that does not.

use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The stop signals that the process receives: SIGTERM and SIGINT. Clones count the same ones.
#[derive(Clone, Debug)]
pub struct StopSignals(watch::Receiver<u32>);

impl StopSignals {
    /// Observes the signals from this call on: a supervisor may stop the server as soon as it prints that it listens. Needs
    /// a Tokio runtime.
    pub fn observe() -> Self {
        let (count, received) = watch::channel(0);
        for mut signals in platform::stop_signals() {
            let count = count.clone();
            tokio::spawn(async move {
                while signals.next().await {
                    count.send_modify(|count| *count += 1);
                }
            });
        }
        Self(received)
    }

    /// Resolves once `count` signals have been received.
    async fn received(&self, count: u32) {
        if self.0.clone().wait_for(|received| *received >= count).await.is_err() {
            // No signal can be observed.
            std::future::pending::<()>().await;
        }
    }

    /// Resolves when the server must stop accepting connections: `delay` after the first signal, or at the second one.
    /// Cancels `draining` at the first signal, so that load balancers send no more requests when the delay is over.
    pub async fn stop(&self, draining: &CancellationToken, delay: Duration) {
        self.received(1).await;
        draining.cancel();
        if !delay.is_zero() {
            tracing::warn!(?delay, "received a stop signal; waiting for load balancers");
        }
        tokio::select! {
            () = tokio::time::sleep(delay) => {}
            () = self.received(2) => {}
        }
    }

    /// Resolves at the second signal, which ends the process at once.
    pub async fn abort(&self) {
        self.received(2).await;
    }
}

/// Ignores SIGHUP from this call on. Without that, it would end the process, also when a terminal closes. Needs a Tokio
/// runtime.
pub fn ignore_hangups() {
    for mut hangups in platform::hangups() {
        tokio::spawn(async move {
            while hangups.next().await {
                tracing::warn!("ignored SIGHUP: there is nothing to reload; restart the server to change its settings");
            }
        });
    }
}

#[cfg(unix)]
mod platform {
    use tokio::signal::unix::{Signal, SignalKind, signal};

    /// A stream of signals of one kind.
    pub(super) struct Signals(Signal);

    impl Signals {
        /// Waits for the next one. Returns false if there can be none.
        pub(super) async fn next(&mut self) -> bool {
            self.0.recv().await.is_some()
        }
    }

    pub(super) fn stop_signals() -> Vec<Signals> {
        [SignalKind::terminate(), SignalKind::interrupt()].into_iter().filter_map(observed).collect()
    }

    pub(super) fn hangups() -> Vec<Signals> {
        observed(SignalKind::hangup()).into_iter().collect()
    }

    fn observed(kind: SignalKind) -> Option<Signals> {
        let signals = signal(kind);
        signals
            .inspect_err(|error| tracing::error!(%error, ?kind, "failed to install signal handler"))
            .ok()
            .map(Signals)
    }
}

#[cfg(not(unix))]
mod platform {
    /// Interrupts from the keyboard.
    pub(super) struct Signals;

    impl Signals {
        pub(super) async fn next(&mut self) -> bool {
            let received = tokio::signal::ctrl_c().await;
            received.inspect_err(|error| tracing::error!(%error, "failed to install interrupt handler")).is_ok()
        }
    }

    pub(super) fn stop_signals() -> Vec<Signals> {
        vec![Signals]
    }

    pub(super) fn hangups() -> Vec<Signals> {
        Vec::new()
    }
}
