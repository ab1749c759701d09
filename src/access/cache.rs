//! The cache of token lookups.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use moka::sync::Cache;

use super::options::Options;
use crate::clock::Clock;
use crate::store::StoreError;
use crate::token::TokenHash;

/// The results of lookups, by the hash of the token. The least recently used ones are evicted.
pub(super) struct TokenCache<T> {
    entries: Cache<TokenHash, Arc<CacheEntry<T>>>,
}

struct CacheEntry<T> {
    value: Arc<T>,
    expires_at: Option<Timestamp>,
    /// The time at which the store confirmed the value, by the monotonic clock.
    confirmed_at: Duration,
    /// The number of changes on this node at that time.
    changes: u64,
    /// Held during a lookup, so that concurrent requests with the same token cause one lookup.
    lookup: tokio::sync::Mutex<()>,
}

/// The circumstances of a lookup.
pub(super) struct LookupContext<'a> {
    /// The time of the request, by the calendar.
    pub(super) now: Timestamp,
    /// The time of the request, by the monotonic clock.
    pub(super) monotonic: Duration,
    /// The number of changes on this node.
    pub(super) changes: u64,
    /// The clock, because time passes during a lookup.
    pub(super) clock: &'a Clock,
    pub(super) options: &'a Options,
    pub(super) availability: &'a StoreAvailability,
}

/// The outcome of a lookup.
pub(super) enum LookupOutcome<T> {
    /// The token is valid.
    Live(Arc<T>),
    /// There is no such token.
    Unknown,
    /// The store cannot say whether the token is valid.
    Unavailable,
}

/// A value that the store returned.
pub(super) struct CachedValue<T> {
    pub(super) value: Arc<T>,
    pub(super) expires_at: Option<Timestamp>,
}

/// A lookup in the store.
pub(super) trait TokenLookup<T> {
    /// Looks up the token with that hash. `cached` is the result of the last lookup.
    fn look_up(
        &self,
        hash: &TokenHash,
        cached: Option<&Arc<T>>,
    ) -> impl Future<Output = Result<Option<CachedValue<T>>, StoreError>> + Send;
}

/// The availability of the store. After a failed lookup, further ones are skipped for a while.
#[derive(Default)]
pub(super) struct StoreAvailability {
    /// The time of the next lookup, in microseconds of the monotonic clock.
    retry_at: AtomicU64,
}

impl StoreAvailability {
    fn is_lost(&self, context: &LookupContext<'_>) -> bool {
        microseconds(context.clock.monotonic()) < self.retry_at.load(Ordering::Relaxed)
    }

    /// Skips lookups for [`Options::revalidate_after`] from now on.
    fn set_lost(&self, context: &LookupContext<'_>) {
        let retry_at = context.clock.monotonic() + context.options.revalidate_after;
        self.retry_at.fetch_max(microseconds(retry_at), Ordering::Relaxed);
    }
}

impl<T: Send + Sync + 'static> TokenCache<T> {
    pub(super) fn new(options: &Options) -> Self {
        // A value that is too old to be used must not stay in memory: it contains an account's key.
        let lifetime = options.outage_grace.max(options.revalidate_after);
        Self { entries: Cache::builder().max_capacity(options.cache_capacity).time_to_live(lifetime).build() }
    }

    /// Drops the values that match. Those in use are dropped when their requests end.
    pub(super) fn forget(&self, matches: impl Fn(&T) -> bool) {
        for (hash, entry) in &self.entries {
            if matches(&entry.value) {
                self.entries.invalidate(&*hash);
            }
        }
        // Otherwise the cache would keep them until it is used again.
        self.entries.run_pending_tasks();
    }

    /// Returns the value of the token with that hash: from the cache while it is fresh, otherwise from the store.
    pub(super) async fn get(
        &self,
        hash: &TokenHash,
        context: &LookupContext<'_>,
        lookup: &impl TokenLookup<T>,
    ) -> LookupOutcome<T> {
        let entry = self.entries.get(hash).filter(|entry| entry.is_live(context.now));
        let Some(entry) = entry else { return self.look_up(hash, None, context, lookup).await };
        if entry.is_fresh(context) {
            return LookupOutcome::Live(Arc::clone(&entry.value));
        }
        let _lookup = entry.lookup.lock().await;
        // Another request may have completed a lookup while this one waited for the lock.
        match self.entries.get(hash).filter(|entry| entry.is_live(context.now) && entry.is_fresh(context)) {
            Some(renewed) => LookupOutcome::Live(Arc::clone(&renewed.value)),
            None => self.look_up(hash, Some(&entry), context, lookup).await,
        }
    }

    async fn look_up(
        &self,
        hash: &TokenHash,
        cached: Option<&Arc<CacheEntry<T>>>,
        context: &LookupContext<'_>,
        lookup: &impl TokenLookup<T>,
    ) -> LookupOutcome<T> {
        let found = if context.availability.is_lost(context) {
            None
        } else {
            let lookup = lookup.look_up(hash, cached.map(|entry| &entry.value));
            match tokio::time::timeout(context.options.lookup_timeout, lookup).await {
                Ok(Ok(found)) => Some(found),
                Ok(Err(StoreError::Unavailable(error))) => {
                    tracing::warn!(error, "token lookup failed");
                    context.availability.set_lost(context);
                    None
                }
                // Only this row is invalid. The error was logged where it was found.
                Ok(Err(_)) => return LookupOutcome::Unavailable,
                Err(_) => {
                    tracing::warn!(timeout = ?context.options.lookup_timeout, "token lookup timed out");
                    context.availability.set_lost(context);
                    None
                }
            }
        };
        match (found, cached) {
            (Some(Some(found)), _) => {
                let value = Arc::clone(&found.value);
                self.entries.insert(hash.clone(), Arc::new(CacheEntry::new(found, context)));
                LookupOutcome::Live(value)
            }
            (Some(None), _) => {
                self.entries.invalidate(hash);
                LookupOutcome::Unknown
            }
            (None, Some(entry)) if entry.age(context) < context.options.outage_grace => {
                LookupOutcome::Live(Arc::clone(&entry.value))
            }
            (None, _) => LookupOutcome::Unavailable,
        }
    }
}

impl<T> CacheEntry<T> {
    fn new(found: CachedValue<T>, context: &LookupContext<'_>) -> Self {
        Self {
            value: found.value,
            expires_at: found.expires_at,
            confirmed_at: context.monotonic,
            changes: context.changes,
            lookup: tokio::sync::Mutex::new(()),
        }
    }

    fn is_live(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|expires_at| expires_at > now)
    }

    fn is_fresh(&self, context: &LookupContext<'_>) -> bool {
        self.age(context) < context.options.revalidate_after && self.changes == context.changes
    }

    fn age(&self, context: &LookupContext<'_>) -> Duration {
        context.monotonic.saturating_sub(self.confirmed_at)
    }
}

fn microseconds(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).expect("the process runs for less than 580,000 years")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::sync::atomic::AtomicUsize;

    use tokio::time::{Instant, sleep};

    use super::*;
    use crate::clock::TimeSource;
    use crate::token::{HashKey, TokenKind};

    /// Tokio's paused clock, which advances only while every task waits.
    struct PausedClock(Instant);

    impl TimeSource for PausedClock {
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }

        fn monotonic(&self) -> Duration {
            self.0.elapsed()
        }
    }

    /// A store that answers the first lookup and hangs on all others.
    #[derive(Default)]
    struct HangingStore(AtomicUsize);

    impl TokenLookup<()> for HangingStore {
        async fn look_up(&self, _: &TokenHash, _: Option<&Arc<()>>) -> Result<Option<CachedValue<()>>, StoreError> {
            if self.0.fetch_add(1, Ordering::Relaxed) > 0 {
                std::future::pending::<()>().await;
            }
            Ok(Some(CachedValue { value: Arc::new(()), expires_at: None }))
        }
    }

    struct Fixture {
        cache: TokenCache<()>,
        hash: TokenHash,
        clock: Clock,
        options: Options,
        availability: StoreAvailability,
        store: HangingStore,
    }

    #[tokio::test(start_paused = true)]
    async fn a_hanging_store_delays_a_request_by_one_timeout() {
        const REQUESTS: u32 = 200;
        let fixture = Arc::new(Fixture {
            cache: TokenCache::new(&Options::default()),
            hash: HashKey::generate().hash(TokenKind::Server, "token"),
            clock: Clock::new(PausedClock(Instant::now())),
            options: Options::default(),
            availability: StoreAvailability::default(),
            store: HangingStore::default(),
        });
        let mut requests = Vec::new();
        for _ in 0..REQUESTS {
            let fixture = Arc::clone(&fixture);
            requests.push(tokio::spawn(async move {
                let Fixture { cache, hash, clock, options, availability, store } = &*fixture;
                let (now, monotonic) = (clock.now(), clock.monotonic());
                let context = LookupContext { now, monotonic, changes: 0, clock, options, availability };
                assert!(matches!(cache.get(hash, &context, store).await, LookupOutcome::Live(_)));
                clock.monotonic().saturating_sub(monotonic)
            }));
            sleep(Duration::from_millis(100)).await;
        }
        let Options { lookup_timeout, revalidate_after, .. } = fixture.options;
        for request in requests {
            assert!(request.await.unwrap() <= lookup_timeout);
        }
        let lookups = u32::try_from(fixture.store.0.load(Ordering::Relaxed)).unwrap();
        let period = u32::try_from((lookup_timeout + revalidate_after).as_millis()).unwrap();
        assert!(lookups <= 2 + 100 * REQUESTS / period, "{lookups}");
    }

    #[tokio::test]
    async fn a_forgotten_value_leaves_memory_at_once() {
        let (cache, clock, options) = (TokenCache::new(&Options::default()), Clock::system(), Options::default());
        let (availability, store) = (StoreAvailability::default(), HangingStore::default());
        let hash = HashKey::generate().hash(TokenKind::Server, "token");
        let (now, monotonic) = (clock.now(), clock.monotonic());
        let context =
            LookupContext { now, monotonic, changes: 0, clock: &clock, options: &options, availability: &availability };
        let LookupOutcome::Live(value) = cache.get(&hash, &context, &store).await else { unreachable!() };
        let value = Arc::downgrade(&value);
        cache.forget(|()| false);
        assert!(value.upgrade().is_some());
        cache.forget(|()| true);
        assert!(value.upgrade().is_none());
    }
}
