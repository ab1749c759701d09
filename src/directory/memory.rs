//! What has been looked up is remembered, for as long as it is surely right.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use moka::sync::Cache;

use super::Options;
use crate::store::StoreError;
use crate::token::TokenHash;

/// What tokens open, by their hashes. Bounded: what has not been asked for in a long time is forgotten.
pub(super) struct Memory<T> {
    entries: Cache<TokenHash, Arc<Entry<T>>>,
}

struct Entry<T> {
    value: Arc<T>,
    ends: Option<Timestamp>,
    /// When the store last said so, by the monotonic clock.
    confirmed: Duration,
    /// How many changes had been made here by then.
    changes: u64,
    /// Held by the one who asks the store, so that it is not asked by all at once.
    asking: tokio::sync::Mutex<()>,
}

/// When a look is taken, and how.
pub(super) struct Moment<'a> {
    pub(super) now: Timestamp,
    pub(super) monotonic: Duration,
    /// How many changes have been made here.
    pub(super) changes: u64,
    pub(super) options: &'a Options,
}

/// What a look comes to.
pub(super) enum Look<T> {
    /// This is what the token opens.
    Live(Arc<T>),
    /// It opens nothing.
    Nothing,
    /// That cannot be said now.
    Unavailable,
}

/// What the store knows.
pub(super) struct Found<T> {
    pub(super) value: Arc<T>,
    pub(super) ends: Option<Timestamp>,
}

/// Asks the store.
pub(super) trait Lookup<T> {
    /// What the token with that hash opens now. `known` is what it opened when last asked.
    fn find(
        &self,
        hash: &TokenHash,
        known: Option<&Arc<T>>,
    ) -> impl Future<Output = Result<Option<Found<T>>, StoreError>> + Send;
}

/// Whether the store can be reached, as far as is known.
#[derive(Default)]
pub(super) struct Reach {
    /// Until when it is not asked again, in microseconds of the monotonic clock.
    lost_until: AtomicU64,
}

impl Reach {
    fn is_lost(&self, moment: &Moment<'_>) -> bool {
        microseconds(moment.monotonic) < self.lost_until.load(Ordering::Relaxed)
    }

    fn lose(&self, moment: &Moment<'_>) {
        self.lost_until.store(microseconds(moment.monotonic + moment.options.fresh), Ordering::Relaxed);
    }
}

impl<T: Send + Sync + 'static> Memory<T> {
    pub(super) fn new(capacity: u64) -> Self {
        Self { entries: Cache::new(capacity) }
    }

    /// What the token with that hash opens: from memory if that is surely right, or else from the store.
    pub(super) async fn look(
        &self,
        hash: &TokenHash,
        moment: &Moment<'_>,
        reach: &Reach,
        lookup: &impl Lookup<T>,
    ) -> Look<T> {
        let entry = self.entries.get(hash).filter(|entry| entry.is_live(moment.now));
        let Some(entry) = entry else { return self.ask(hash, None, moment, reach, lookup).await };
        if entry.is_fresh(moment) {
            return Look::Live(Arc::clone(&entry.value));
        }
        let _asking = entry.asking.lock().await;
        // Whoever held the lock has perhaps asked already; then what they found is in the memory.
        match self.entries.get(hash).filter(|entry| entry.is_live(moment.now) && entry.is_fresh(moment)) {
            Some(renewed) => Look::Live(Arc::clone(&renewed.value)),
            None => self.ask(hash, Some(&entry), moment, reach, lookup).await,
        }
    }

    async fn ask(
        &self,
        hash: &TokenHash,
        known: Option<&Arc<Entry<T>>>,
        moment: &Moment<'_>,
        reach: &Reach,
        lookup: &impl Lookup<T>,
    ) -> Look<T> {
        let answer = if reach.is_lost(moment) {
            None
        } else {
            let find = lookup.find(hash, known.map(|entry| &entry.value));
            match tokio::time::timeout(moment.options.patience, find).await {
                Ok(Ok(found)) => Some(found),
                Ok(Err(StoreError::Unavailable(error))) => {
                    tracing::warn!(error, "the store cannot be asked about a token");
                    reach.lose(moment);
                    None
                }
                // This one entry makes no sense; the store as a whole is there. The reason is in the log.
                Ok(Err(_)) => return Look::Unavailable,
                Err(_) => {
                    tracing::warn!("the store did not say in time what a token opens");
                    reach.lose(moment);
                    None
                }
            }
        };
        match (answer, known) {
            (Some(Some(found)), _) => {
                let value = Arc::clone(&found.value);
                self.entries.insert(hash.clone(), Arc::new(Entry::new(found, moment)));
                Look::Live(value)
            }
            (Some(None), _) => {
                self.entries.invalidate(hash);
                Look::Nothing
            }
            (None, Some(entry)) if entry.age(moment) < moment.options.grace => Look::Live(Arc::clone(&entry.value)),
            (None, _) => Look::Unavailable,
        }
    }
}

impl<T> Entry<T> {
    fn new(found: Found<T>, moment: &Moment<'_>) -> Self {
        Self {
            value: found.value,
            ends: found.ends,
            confirmed: moment.monotonic,
            changes: moment.changes,
            asking: tokio::sync::Mutex::new(()),
        }
    }

    fn is_live(&self, now: Timestamp) -> bool {
        self.ends.is_none_or(|end| end > now)
    }

    fn is_fresh(&self, moment: &Moment<'_>) -> bool {
        self.age(moment) < moment.options.fresh && self.changes == moment.changes
    }

    fn age(&self, moment: &Moment<'_>) -> Duration {
        moment.monotonic.saturating_sub(self.confirmed)
    }
}

fn microseconds(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
