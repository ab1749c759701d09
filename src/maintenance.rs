//! Periodic maintenance of the store: expired servers, API tokens and sessions, old call records and old rows of the audit
//! log are deleted, and the metrics about accounts are refreshed.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinHandle;

use crate::call_log;
use crate::clock::Clock;
use crate::limits;
use crate::store::{Store, StoreError};

/// The time for which the calendar must say that a row has expired before it is purged. A clock that is wrong for a while
/// then deletes nothing for good.
const SETTLING_TIME: Duration = Duration::from_hours(1);

/// The time after which a client that registered itself is forgotten, if no connection of it is left. A program may use its
/// registration again for the next connection.
const UNUSED_CLIENT_LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Settings of the maintenance.
#[derive(Clone, Debug)]
pub struct MaintenanceOptions {
    /// The time between two runs.
    pub interval: Duration,
    /// The retention time of call records.
    pub log_retention: Duration,
    /// The maximum number of call records. The oldest are deleted first.
    pub log_max_rows: u32,
    /// The retention time of rows of the audit log.
    pub audit_retention: Duration,
}

impl Default for MaintenanceOptions {
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(30),
            log_retention: Duration::from_hours(30 * 24),
            log_max_rows: 1_000_000,
            audit_retention: Duration::from_hours(365 * 24),
        }
    }
}

/// The maintenance of a store.
#[derive(Debug)]
pub struct Maintenance {
    store: Store,
    clock: Clock,
    options: MaintenanceOptions,
    settled: SettledTime,
}

impl Maintenance {
    /// The maintenance of `store`. It begins to watch `clock`.
    pub fn new(store: Store, clock: Clock, options: MaintenanceOptions) -> Self {
        Self { settled: SettledTime::starting_at(&clock), store, clock, options }
    }

    /// Starts a task that runs it at each interval. Needs a Tokio runtime.
    pub fn start(mut self) -> RunningMaintenance {
        RunningMaintenance(tokio::spawn(async move {
            let mut interval = tokio::time::interval(self.options.interval);
            interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                interval.tick().await;
                if let Err(error) = self.run_once().await {
                    tracing::warn!(%error, "failed to purge expired rows; will retry");
                }
            }
        }))
    }

    /// Purges what expired by the settled time, if there is one, and refreshes the metrics.
    ///
    /// # Errors
    ///
    /// Fails if the store is not available.
    pub async fn run_once(&mut self) -> Result<(), StoreError> {
        if let Some(now) = self.settled.advance(&self.clock) {
            purge(&self.store, now, &self.options).await?;
        }
        // Unlike expiry, this does not depend on the calendar.
        let call_records = call_log::trim(&self.store, self.options.log_max_rows.into()).await?;
        if call_records > 0 {
            tracing::info!(call_records, "purged the oldest call records");
        }
        call_log::refresh_account_metrics(&self.store).await
    }
}

/// The running maintenance of a store.
#[derive(Debug)]
pub struct RunningMaintenance(JoinHandle<()>);

impl RunningMaintenance {
    /// Stops the task.
    pub fn stop(&self) {
        self.0.abort();
    }
}

/// A time that the calendar has reached and not fallen below for [`SETTLING_TIME`], by the monotonic clock.
#[derive(Debug)]
struct SettledTime {
    /// The settled time, if there is one.
    settled: Option<Timestamp>,
    /// The earliest time that the calendar showed since `since`.
    earliest: Timestamp,
    since: Duration,
}

impl SettledTime {
    fn starting_at(clock: &Clock) -> Self {
        Self { settled: None, earliest: clock.now(), since: clock.monotonic() }
    }

    /// Reads the clock, and returns the settled time.
    fn advance(&mut self, clock: &Clock) -> Option<Timestamp> {
        let (now, monotonic) = (clock.now(), clock.monotonic());
        self.earliest = self.earliest.min(now);
        // A calendar that was set back takes the settled time along.
        self.settled = self.settled.map(|settled| settled.min(now));
        if monotonic.saturating_sub(self.since) >= SETTLING_TIME {
            self.settled = Some(self.earliest);
            (self.earliest, self.since) = (now, monotonic);
        }
        self.settled
    }
}

async fn purge(store: &Store, now: Timestamp, options: &MaintenanceOptions) -> Result<(), StoreError> {
    let servers = store.purge_expired_servers(now).await?;
    store.purge_replaced_tokens(now).await?;
    let api_tokens = store.purge_expired_api_tokens(now).await?;
    let users = store.purge_users_without_token().await?;
    let sessions = store.purge_expired_sessions(now).await?;
    // A retention that reaches back before the first possible time keeps everything.
    let before = |retention| now.checked_sub(SignedDuration::try_from(retention).ok()?).ok();
    store.purge_call_counts(limits::oldest_bucket(now)).await?;
    let call_records = match before(options.log_retention) {
        Some(oldest) => call_log::purge(store, oldest).await?,
        None => 0,
    };
    let audit_rows = match before(options.audit_retention) {
        Some(oldest) => store.purge_audit_rows(oldest).await?,
        None => 0,
    };
    store.purge_used_confirmations(now).await?;
    store.purge_authorization_codes(now).await?;
    store.purge_expired_oauth_tokens(now).await?;
    store.purge_expired_connections(now).await?;
    if let Ok(before) = now.checked_sub(UNUSED_CLIENT_LIFETIME) {
        store.purge_dynamic_clients(before).await?;
    }
    if servers + api_tokens + users + sessions + call_records + audit_rows > 0 {
        tracing::info!(servers, api_tokens, users, sessions, call_records, audit_rows, "purged expired rows");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex, PoisonError};

    use super::*;
    use crate::clock::TimeSource;

    /// The calendar in seconds, and the monotonic clock.
    #[derive(Clone, Default)]
    struct SetClock(Arc<Mutex<(i64, Duration)>>);

    impl SetClock {
        fn set(&self, calendar: i64, monotonic: Duration) {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = (calendar, monotonic);
        }
    }

    impl TimeSource for SetClock {
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH + SignedDuration::from_secs(self.0.lock().unwrap_or_else(PoisonError::into_inner).0)
        }

        fn monotonic(&self) -> Duration {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).1
        }
    }

    #[test]
    fn a_clock_that_jumps_ahead_for_a_while_settles_nowhere() {
        const HOUR: i64 = 3600;
        let source = SetClock::default();
        let clock = Clock::new(source.clone());
        let mut settled = SettledTime::starting_at(&clock);
        // Seconds of the monotonic clock, how far the calendar is ahead of it, and the settled time.
        for (monotonic, ahead, expected) in [
            (HOUR - 1, 0, None),
            (HOUR, 0, Some(0)),
            (HOUR + 10, 2 * HOUR, Some(0)),
            (HOUR + 40, 0, Some(0)),
            (2 * HOUR, 2 * HOUR, Some(HOUR)),
            (2 * HOUR + 30, 0, Some(HOUR)),
            (3 * HOUR, 0, Some(2 * HOUR + 30)),
            // A calendar that stays ahead is believed an hour later.
            (3 * HOUR + 30, 2 * HOUR, Some(2 * HOUR + 30)),
            (4 * HOUR, 2 * HOUR, Some(3 * HOUR)),
            (5 * HOUR, 2 * HOUR, Some(6 * HOUR)),
            (5 * HOUR + 1, -4 * HOUR, Some(HOUR + 1)),
        ] {
            source.set(monotonic + ahead, Duration::from_secs(monotonic.unsigned_abs()));
            let expected = expected.map(|seconds| Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds));
            assert_eq!(settled.advance(&clock), expected, "{monotonic} {ahead}");
        }
    }
}
