//! Periodic maintenance of the store: expired servers, expired API tokens and old call records are deleted, and the
//! metrics about accounts are refreshed.

use std::time::Duration;

use jiff::SignedDuration;
use tokio::task::JoinHandle;

use crate::call_log;
use crate::clock::Clock;
use crate::store::{Store, StoreError};

/// Settings of the maintenance.
#[derive(Clone, Debug)]
pub struct Options {
    /// The time between two runs.
    pub interval: Duration,
    /// The retention time of call records.
    pub log_retention: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { interval: Duration::from_secs(30), log_retention: Duration::from_hours(30 * 24) }
    }
}

/// The running maintenance of a store.
#[derive(Debug)]
pub struct Maintenance(JoinHandle<()>);

impl Maintenance {
    /// Starts the task. Needs a Tokio runtime.
    pub fn start(store: Store, clock: Clock, options: Options) -> Self {
        Self(tokio::spawn(run(store, clock, options)))
    }

    /// Stops the task.
    pub fn stop(&self) {
        self.0.abort();
    }
}

async fn run(store: Store, clock: Clock, options: Options) {
    let mut interval = tokio::time::interval(options.interval);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        if let Err(error) = run_once(&store, &clock, options.log_retention).await {
            tracing::warn!(%error, "failed to purge expired rows; will retry");
        }
    }
}

async fn run_once(store: &Store, clock: &Clock, log_retention: Duration) -> Result<(), StoreError> {
    let now = clock.now();
    let servers = store.purge_expired_servers(now).await?;
    let api_tokens = store.purge_expired_api_tokens(now).await?;
    // A retention that reaches back before the first possible time keeps everything.
    let oldest = SignedDuration::try_from(log_retention).ok().and_then(|retention| now.checked_sub(retention).ok());
    let call_records = match oldest {
        Some(oldest) => call_log::purge(store, oldest).await?,
        None => 0,
    };
    if servers + api_tokens + call_records > 0 {
        tracing::info!(servers, api_tokens, call_records, "purged expired rows");
    }
    call_log::refresh_account_metrics(store).await
}
