//! The monitor of the store: it knows whether the store answers and takes changes, and since when it does not.
//!
//! A lost store is found once: by the first lookup that fails. All others stop waiting then, and none is sent until a
//! check in the background succeeds.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::watch;

use super::options::AccessOptions;
use super::shared_check::{CheckResult, SharedCheck, StartedCheck};
use crate::clock::Clock;
use crate::store::{Outage, Store, StoreError};

/// The time that a test write may take.
const WRITE_TIMEOUT: Duration = Duration::from_secs(5);

/// The time for which the result of a test write is valid, and so the shortest time between two of them.
const WRITE_VALID_FOR: Duration = Duration::from_secs(1);

/// A store that can be checked.
pub(super) trait CheckedStore: Send + Sync + 'static {
    /// Checks that the store answers lookups.
    fn test_read(&self) -> BoxFuture<'static, Result<(), StoreError>>;
    /// Checks that the store takes changes.
    fn test_write(&self) -> BoxFuture<'static, Result<(), StoreError>>;
}

impl CheckedStore for Store {
    fn test_read(&self) -> BoxFuture<'static, Result<(), StoreError>> {
        let store = self.clone();
        Box::pin(async move { store.ping().await })
    }

    fn test_write(&self) -> BoxFuture<'static, Result<(), StoreError>> {
        let store = self.clone();
        Box::pin(async move { store.test_write().await })
    }
}

/// Watches a store.
pub(super) struct StoreMonitor(Arc<Inner>);

struct Inner {
    store: Box<dyn CheckedStore>,
    clock: Clock,
    options: AccessOptions,
    /// The reason why the store does not answer, or `None` while it does.
    lost: watch::Sender<Option<Outage>>,
    /// The time of its last answer, in microseconds of the monotonic clock.
    answered_at: AtomicU64,
    reads: SharedCheck,
    writes: SharedCheck,
    /// The reason why the store takes no changes, and since when it is known.
    write_fault: Mutex<Option<(Duration, Outage)>>,
}

impl StoreMonitor {
    /// Watches a store that has just answered.
    pub(super) fn new(store: impl CheckedStore, clock: Clock, options: AccessOptions) -> Self {
        let inner = Inner {
            store: Box::new(store),
            lost: watch::Sender::new(None),
            answered_at: AtomicU64::new(0),
            reads: SharedCheck::new(options.lookup_timeout, options.revalidate_after, clock.clone()),
            writes: SharedCheck::new(WRITE_TIMEOUT, WRITE_VALID_FOR, clock.clone()),
            write_fault: Mutex::new(None),
            clock,
            options,
        };
        inner.set_answered();
        Self(Arc::new(inner))
    }

    /// Returns the answer of the store to a lookup, or `None` if the store is lost.
    pub(super) async fn ask<T>(
        &self,
        lookup: impl Future<Output = Result<T, StoreError>>,
    ) -> Option<Result<T, StoreError>> {
        let mut lost = self.0.lost.subscribe();
        if lost.borrow_and_update().is_some() {
            return None;
        }
        let start = self.0.clock.monotonic();
        tokio::select! {
            biased;
            answer = tokio::time::timeout(self.0.options.lookup_timeout, lookup) => match answer {
                Ok(Err(StoreError::Unavailable(outage))) => {
                    self.set_lost(&outage);
                    None
                }
                Ok(answer) => {
                    self.0.set_answered();
                    Some(answer)
                }
                Err(_) => {
                    // A store that has answered another lookup meanwhile is slow, not lost.
                    if self.0.answered_at() < start {
                        self.set_lost(&Outage::Other("token lookup timed out".to_owned()));
                    }
                    None
                }
            },
            _ = lost.changed() => None,
        }
    }

    /// Checks whether this node can serve calls: from the store, or from the grace period. A store that is known to take no
    /// changes fails the check as well when the grace period is over, because it can revoke nothing.
    pub(super) async fn can_serve(&self) -> CheckResult {
        // Its result is for the next one who asks: a change may wait longer than a probe.
        let _ = self.start_write();
        let grace = self.0.options.outage_grace;
        let lost = self.0.lost.borrow().clone();
        let read = match lost {
            Some(outage) => Err(outage),
            None => self.start_read().result().await,
        };
        if let Err(outage) = read {
            self.set_lost(&outage);
            return if self.0.age(self.0.answered_at()) < grace { Ok(()) } else { Err(outage) };
        }
        match &*self.0.write_fault.lock().unwrap_or_else(PoisonError::into_inner) {
            Some((since, outage)) if self.0.age(*since) >= grace => Err(outage.clone()),
            _ => Ok(()),
        }
    }

    /// Checks that a test write succeeded within the last second.
    pub(super) async fn takes_changes(&self) -> CheckResult {
        self.start_write().result().await
    }

    fn start_read(&self) -> StartedCheck {
        let inner = Arc::clone(&self.0);
        self.0.reads.start(self.0.store.test_read(), move |result| {
            if result.is_ok() {
                inner.set_answered();
            }
        })
    }

    fn start_write(&self) -> StartedCheck {
        let inner = Arc::clone(&self.0);
        self.0.writes.start(self.0.store.test_write(), move |result| inner.set_write_result(result))
    }

    /// Stops lookups until the store answers again.
    fn set_lost(&self, outage: &Outage) {
        let is_new = self.0.lost.send_if_modified(|lost| {
            let is_new = lost.is_none();
            lost.get_or_insert_with(|| outage.clone());
            is_new
        });
        if is_new {
            let grace = self.0.options.outage_grace;
            tracing::warn!(error = %outage, ?grace, "lost the store; serving the tokens that it confirmed recently");
            tokio::spawn(recover(Arc::downgrade(&self.0)));
        }
    }
}

/// Checks a lost store until it answers.
async fn recover(monitor: Weak<Inner>) {
    while let Some(inner) = monitor.upgrade() {
        let answer = tokio::time::timeout(inner.options.lookup_timeout, inner.store.test_read()).await;
        if matches!(answer, Ok(Ok(()))) {
            inner.set_answered();
            inner.lost.send_replace(None);
            tracing::warn!("the store answers again");
            return;
        }
        let pause = inner.options.revalidate_after;
        drop(inner);
        tokio::time::sleep(pause).await;
    }
}

impl Inner {
    fn age(&self, time: Duration) -> Duration {
        self.clock.monotonic().saturating_sub(time)
    }

    /// Returns the time at which the store last answered.
    fn answered_at(&self) -> Duration {
        Duration::from_micros(self.answered_at.load(Ordering::Relaxed))
    }

    fn set_answered(&self) {
        let now = u64::try_from(self.clock.monotonic().as_micros());
        self.answered_at.fetch_max(now.expect("the process runs for less than 580,000 years"), Ordering::Relaxed);
    }

    fn set_write_result(&self, result: &CheckResult) {
        let mut fault = self.write_fault.lock().unwrap_or_else(PoisonError::into_inner);
        match result {
            Ok(()) => {
                if fault.take().is_some() {
                    tracing::warn!("the store takes changes again");
                }
            }
            Err(outage @ (Outage::DiskFull | Outage::ReadOnly)) if fault.is_none() => {
                tracing::error!(error = %outage, "the store takes no changes");
                *fault = Some((self.clock.monotonic(), outage.clone()));
            }
            // A change that has to wait says nothing about calls, and a lost store is found by reading.
            Err(_) => {}
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::atomic::{AtomicBool, AtomicUsize};

    use futures_util::future::{join_all, ready};
    use jiff::Timestamp;
    use tokio::time::{Instant, advance};

    use super::*;
    use crate::clock::TimeSource;

    /// Tokio's paused clock, which advances only while every task waits.
    pub(in crate::access) struct PausedClock(pub(in crate::access) Instant);

    impl TimeSource for PausedClock {
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }

        fn monotonic(&self) -> Duration {
            self.0.elapsed()
        }
    }

    /// A store whose disk can be full, and that counts test writes.
    #[derive(Clone, Default)]
    struct SmallStore {
        is_full: Arc<AtomicBool>,
        writes: Arc<AtomicUsize>,
    }

    impl CheckedStore for SmallStore {
        fn test_read(&self) -> BoxFuture<'static, Result<(), StoreError>> {
            Box::pin(ready(Ok(())))
        }

        fn test_write(&self) -> BoxFuture<'static, Result<(), StoreError>> {
            let store = self.clone();
            Box::pin(async move {
                store.writes.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(100)).await;
                if store.is_full.load(Ordering::Relaxed) {
                    Err(StoreError::Unavailable(Outage::DiskFull))
                } else {
                    Ok(())
                }
            })
        }
    }

    fn monitored() -> (SmallStore, StoreMonitor) {
        let store = SmallStore::default();
        let clock = Clock::new(PausedClock(Instant::now()));
        (store.clone(), StoreMonitor::new(store, clock, AccessOptions::default()))
    }

    #[tokio::test(start_paused = true)]
    async fn all_probes_share_one_test_write_a_second() {
        let (store, monitor) = monitored();
        for second in 1..=3 {
            // A probe that leaves at once does not stop the test write, nor start another one.
            for _ in 0..50 {
                drop(monitor.takes_changes());
                let _ = tokio::time::timeout(Duration::ZERO, monitor.takes_changes()).await;
            }
            let answers = join_all((0..50).map(|_| monitor.takes_changes())).await;
            assert!(answers.iter().all(Result::is_ok));
            advance(Duration::from_millis(999)).await;
            assert_eq!((monitor.takes_changes().await, store.writes.load(Ordering::Relaxed)), (Ok(()), second));
            advance(Duration::from_millis(1)).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_lookup_is_no_lost_store() {
        let (_, monitor) = monitored();
        let found = || ready(Ok::<_, StoreError>(()));
        let hanging = monitor.ask(std::future::pending::<Result<(), StoreError>>());
        let others = async {
            tokio::time::sleep(Duration::from_millis(500)).await;
            monitor.ask(found()).await.is_some()
        };
        let (hanging, others) = tokio::join!(hanging, others);
        assert!(hanging.is_none() && others);
        assert!(monitor.ask(found()).await.is_some(), "the store answers others");
        advance(Duration::from_millis(1)).await;
        assert!(monitor.ask(std::future::pending::<Result<(), StoreError>>()).await.is_none());
        assert!(monitor.ask(found()).await.is_none(), "no lookup was answered in time");
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_disk_fails_plain_readiness_after_the_grace() {
        let (store, monitor) = monitored();
        assert_eq!((monitor.takes_changes().await, monitor.can_serve().await), (Ok(()), Ok(())));
        store.is_full.store(true, Ordering::Relaxed);
        advance(WRITE_VALID_FOR).await;
        assert_eq!((monitor.takes_changes().await, monitor.can_serve().await), (Err(Outage::DiskFull), Ok(())));
        advance(Duration::from_secs(299)).await;
        assert_eq!(monitor.can_serve().await, Ok(()));
        advance(Duration::from_secs(1)).await;
        assert_eq!(monitor.can_serve().await, Err(Outage::DiskFull));
        store.is_full.store(false, Ordering::Relaxed);
        advance(WRITE_VALID_FOR).await;
        assert_eq!((monitor.takes_changes().await, monitor.can_serve().await), (Ok(()), Ok(())));
    }
}
