//! What has been looked up is remembered, for as long as it is surely right.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use moka::sync::Cache;

use super::Options;
use crate::clock::Clock;
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
    /// For how much later it is once a look has waited.
    pub(super) clock: &'a Clock,
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
        microseconds(moment.clock.monotonic()) < self.lost_until.load(Ordering::Relaxed)
    }

    /// It could not be reached just now.
    fn lose(&self, moment: &Moment<'_>) {
        let until = moment.clock.monotonic() + moment.options.fresh;
        self.lost_until.fetch_max(microseconds(until), Ordering::Relaxed);
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

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::sync::atomic::AtomicUsize;

    use tokio::time::{Instant, sleep};

    use super::*;
    use crate::clock::Time;
    use crate::token::{HashKey, Kind};

    /// Tokio's, which runs only while everyone waits.
    struct Paused(Instant);

    impl Time for Paused {
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }

        fn monotonic(&self) -> Duration {
            self.0.elapsed()
        }
    }

    /// A store that has answered once.
    #[derive(Default)]
    struct Hangs(AtomicUsize);

    impl Lookup<()> for Hangs {
        async fn find(&self, _: &TokenHash, _: Option<&Arc<()>>) -> Result<Option<Found<()>>, StoreError> {
            if self.0.fetch_add(1, Ordering::Relaxed) > 0 {
                std::future::pending::<()>().await;
            }
            Ok(Some(Found { value: Arc::new(()), ends: None }))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_meets_a_store_that_hangs_waits_no_longer_than_one_question_takes() {
        const LOOKS: u32 = 200;
        let world = Arc::new((
            Memory::new(10),
            HashKey::generate().hash(Kind::Server, "token"),
            Clock::of(Paused(Instant::now())),
            Options::default(),
            Reach::default(),
            Hangs::default(),
        ));
        let mut looks = Vec::new();
        for _ in 0..LOOKS {
            let world = Arc::clone(&world);
            looks.push(tokio::spawn(async move {
                let (memory, hash, clock, options, reach, store) = &*world;
                let moment = Moment { now: clock.now(), monotonic: clock.monotonic(), changes: 0, clock, options };
                assert!(matches!(memory.look(hash, &moment, reach, store).await, Look::Live(_)));
                clock.monotonic().saturating_sub(moment.monotonic)
            }));
            sleep(Duration::from_millis(100)).await;
        }
        let Options { patience, fresh, .. } = world.3;
        for look in looks {
            assert!(look.await.unwrap() <= patience);
        }
        let questions = u32::try_from(world.5.0.load(Ordering::Relaxed)).unwrap();
        assert!(questions <= 2 + 100 * LOOKS / u32::try_from((patience + fresh).as_millis()).unwrap(), "{questions}");
    }
}
