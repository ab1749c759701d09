//! A check of the store whose result all callers share.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::clock::Clock;
use crate::store::{Outage, StoreError};

/// The result of a check: the reason why the store is not available, if it is not.
pub(super) type CheckResult = Result<(), Outage>;

/// A check that runs at most once at a time, and whose result is valid for a while. It goes on if those who asked for it
/// are gone, so that strangers who come and go cannot make it run more often.
pub(super) struct SharedCheck {
    timeout: Duration,
    valid_for: Duration,
    clock: Clock,
    latest: Mutex<Option<watch::Receiver<Option<Finished>>>>,
}

#[derive(Clone)]
struct Finished {
    /// The time at which the check ended, by the monotonic clock.
    at: Duration,
    result: CheckResult,
}

/// A check that was started. Dropping it does not stop the check.
pub(super) struct StartedCheck(watch::Receiver<Option<Finished>>);

impl SharedCheck {
    /// A check that may take `timeout` and whose result is valid for `valid_for` after its end.
    pub(super) fn new(timeout: Duration, valid_for: Duration, clock: Clock) -> Self {
        Self { timeout, valid_for, clock, latest: Mutex::new(None) }
    }

    /// Starts the check, unless it is running or its last result is valid. `ended` learns the result of a check that runs.
    pub(super) fn start<C>(&self, check: C, ended: impl FnOnce(&CheckResult) + Send + 'static) -> StartedCheck
    where
        C: Future<Output = Result<(), StoreError>> + Send + 'static,
    {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(latest) = latest.as_ref().filter(|latest| self.is_current(latest)) {
            return StartedCheck(latest.clone());
        }
        let (finished, receiver) = watch::channel(None);
        let (timeout, clock) = (self.timeout, self.clock.clone());
        tokio::spawn(async move {
            let result = match tokio::time::timeout(timeout, check).await {
                Ok(Ok(())) => Ok(()),
                Ok(Err(StoreError::Unavailable(outage))) => Err(outage),
                Ok(Err(error)) => Err(Outage::Other(error.to_string())),
                Err(_) => Err(Outage::Other(format!("it did not answer within {timeout:?}"))),
            };
            ended(&result);
            finished.send_replace(Some(Finished { at: clock.monotonic(), result }));
        });
        *latest = Some(receiver.clone());
        StartedCheck(receiver)
    }

    fn is_current(&self, latest: &watch::Receiver<Option<Finished>>) -> bool {
        match &*latest.borrow() {
            Some(Finished { at, .. }) => self.clock.monotonic().saturating_sub(*at) < self.valid_for,
            // The sender is gone if the check panicked.
            None => latest.has_changed().is_ok(),
        }
    }
}

impl StartedCheck {
    /// Waits for the result.
    pub(super) async fn result(mut self) -> CheckResult {
        match self.0.wait_for(Option::is_some).await {
            Ok(finished) => finished.as_ref().map_or(Ok(()), |finished| finished.result.clone()),
            Err(_) => Err(Outage::Other("its check failed".to_owned())),
        }
    }
}
