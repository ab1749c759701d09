//! Facts that calls reveal about accounts and servers: whether a key works, the rate limit, and the time of the last use.
//!
//! Only the latest value of each is stored.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use uuid::Uuid;

use crate::metrics;
use crate::store::{Health, RateLimitFacts, Store, StoreError};

/// Updates that have not been written yet.
#[derive(Default)]
pub(super) struct AccountUpdates {
    /// By account: whether its key works, and its version at that time.
    pub(super) health: HashMap<Uuid, (i64, Health)>,
    /// The rate limit that the API reported, by account.
    pub(super) rate_limits: HashMap<Uuid, RateLimitFacts>,
    /// The time of the last call, by server.
    pub(super) last_used: BTreeMap<Uuid, Timestamp>,
}

impl AccountUpdates {
    /// Writes all updates.
    pub(super) async fn write(&self, store: &Store) -> Result<(), StoreError> {
        for (account, (version, health)) in &self.health {
            store.set_health(*account, *version, *health).await?;
        }
        if !self.health.is_empty() {
            refresh_account_metrics(store).await?;
        }
        for (account, facts) in &self.rate_limits {
            store.set_ratelimit(*account, facts).await?;
        }
        store.set_last_used(&self.last_used).await
    }

    /// Adds earlier updates, except where there is a later one.
    pub(super) fn add_earlier(&mut self, earlier: Self) {
        for (account, health) in earlier.health {
            self.health.entry(account).or_insert(health);
        }
        for (account, facts) in earlier.rate_limits {
            self.rate_limits.entry(account).or_insert(facts);
        }
        for (server, at) in earlier.last_used {
            self.last_used.entry(server).or_insert(at);
        }
    }
}

/// Sets the metric for the number of accounts whose key works, and of those whose key does not.
pub(crate) async fn refresh_account_metrics(store: &Store) -> Result<(), StoreError> {
    let counts = store.health_counts().await?;
    for health in Health::ALL {
        let accounts = counts.iter().find(|(counted, _)| *counted == health).map_or(0, |(_, accounts)| *accounts);
        metrics::set_accounts(health.name(), accounts);
    }
    Ok(())
}
