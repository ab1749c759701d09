//! Facts that calls reveal about accounts: whether a key works, and the rate limit.
//!
//! Only the latest value of each is stored.

use std::collections::HashMap;

use uuid::Uuid;

use crate::metrics;
use crate::store::{CheckFacts, Health, RateLimitFacts, Store, StoreError};

/// Updates that have not been written yet.
#[derive(Default)]
pub(super) struct AccountUpdates {
    /// The last observation of each account.
    checks: HashMap<Uuid, CheckUpdate>,
    /// The rate limit that the API reported, by account.
    pub(super) rate_limits: HashMap<Uuid, RateLimitFacts>,
}

/// An observation of an account by a call.
pub(super) struct CheckUpdate {
    /// The version of the account at that time.
    pub(super) version: i64,
    pub(super) check: CheckFacts,
    /// The state of its key, if that changed.
    pub(super) health: Option<Health>,
}

impl AccountUpdates {
    /// Sets the last observation of an account. An earlier change of its health stays, unless this one has another.
    pub(super) fn set_check(&mut self, account: Uuid, update: CheckUpdate) {
        let earlier = self.checks.remove(&account).filter(|earlier| earlier.version == update.version);
        let health = update.health.or(earlier.and_then(|earlier| earlier.health));
        self.checks.insert(account, CheckUpdate { health, ..update });
    }

    /// Writes all updates.
    pub(super) async fn write(&self, store: &Store) -> Result<(), StoreError> {
        for (account, CheckUpdate { version, check, health }) in &self.checks {
            store.set_check(*account, *version, check, *health).await?;
        }
        if self.checks.values().any(|update| update.health.is_some()) {
            refresh_account_metrics(store).await?;
        }
        for (account, facts) in &self.rate_limits {
            store.set_ratelimit(*account, facts).await?;
        }
        Ok(())
    }

    /// Adds earlier updates, except where there is a later one.
    pub(super) fn add_earlier(&mut self, earlier: Self) {
        for (account, later) in std::mem::replace(&mut self.checks, earlier.checks) {
            self.set_check(account, later);
        }
        for (account, facts) in earlier.rate_limits {
            self.rate_limits.entry(account).or_insert(facts);
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
