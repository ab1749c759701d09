//! The cache of token lookups.

use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use moka::sync::Cache;
use uuid::Uuid;

use super::options::AccessOptions;
use super::store_monitor::StoreMonitor;
use crate::registry::Changes;
use crate::store::StoreError;

/// The results of lookups, by the hash of the token or another key. The least recently used ones are evicted.
pub(super) struct TokenCache<K, T> {
    entries: Cache<K, Arc<CacheEntry<T>>>,
}

/// The key of a lookup.
pub(super) trait LookupKey: Clone + Hash + Eq + Send + Sync + 'static {}

impl<K: Clone + Hash + Eq + Send + Sync + 'static> LookupKey for K {}

struct CacheEntry<T> {
    value: Arc<T>,
    /// The time at which the store confirmed the value, by the monotonic clock.
    confirmed_at: Duration,
    /// The number of changes on this node at that time.
    changes: u64,
    /// Held during a lookup, so that concurrent requests with the same token cause one lookup.
    lookup: tokio::sync::Mutex<()>,
}

/// A value that a token gives access to.
pub(super) trait TokenValue: Send + Sync + 'static {
    /// Returns the time at which the token expires.
    fn expires_at(&self) -> Option<Timestamp>;

    /// Returns the objects whose change can take the access away.
    fn objects(&self) -> impl Iterator<Item = Uuid>;
}

/// The circumstances of a lookup.
pub(super) struct LookupContext<'a> {
    /// The time of the request, by the calendar.
    pub(super) now: Timestamp,
    /// The time of the request, by the monotonic clock.
    pub(super) monotonic: Duration,
    /// The number of changes on this node at that time.
    pub(super) change_count: u64,
    /// The changes on this node.
    pub(super) changes: &'a Changes,
    pub(super) options: &'a AccessOptions,
    pub(super) store: &'a StoreMonitor,
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

/// A lookup in the store.
pub(super) trait TokenLookup<K, T> {
    /// Looks up what `key` gives access to. `cached` is the result of the last lookup.
    fn look_up(
        &self,
        key: &K,
        cached: Option<&Arc<T>>,
    ) -> impl Future<Output = Result<Option<Arc<T>>, StoreError>> + Send;
}

impl<K: LookupKey, T: TokenValue> TokenCache<K, T> {
    pub(super) fn new(options: &AccessOptions) -> Self {
        // A value that is too old to be used must not stay in memory: it contains an account's key.
        let lifetime = options.outage_grace.max(options.revalidate_after);
        Self { entries: Cache::builder().max_capacity(options.cache_capacity).time_to_live(lifetime).build() }
    }

    /// Removes the values that match. The cache may free their memory later.
    pub(super) fn forget(&self, matches: impl Fn(&T) -> bool) {
        for (key, entry) in &self.entries {
            if matches(&entry.value) {
                self.entries.invalidate(&*key);
            }
        }
    }

    /// Returns the value of the token for that key: from the cache while it is fresh, otherwise from the store.
    pub(super) async fn get(
        &self,
        key: &K,
        context: &LookupContext<'_>,
        lookup: &impl TokenLookup<K, T>,
    ) -> LookupOutcome<T> {
        let Some(entry) = self.live_entry(key, context) else {
            return self.look_up(key, None, context, lookup).await;
        };
        if entry.is_fresh(context) {
            return LookupOutcome::Live(Arc::clone(&entry.value));
        }
        let _lookup = entry.lookup.lock().await;
        // Another request may have completed a lookup while this one waited for the lock.
        match self.live_entry(key, context).filter(|entry| entry.is_fresh(context)) {
            Some(renewed) => LookupOutcome::Live(Arc::clone(&renewed.value)),
            None => self.look_up(key, Some(&entry), context, lookup).await,
        }
    }

    /// Returns the value of the token for that key, like [`get`](Self::get), to a client whom `admits` admits.
    ///
    /// A client who is not admitted takes the same lookup as one with an unknown token, and as long.
    pub(super) async fn get_admitted(
        &self,
        key: &K,
        context: &LookupContext<'_>,
        lookup: &impl TokenLookup<K, T>,
        admits: impl Fn(&T) -> bool,
    ) -> LookupOutcome<T> {
        match self.entries.get(key) {
            Some(entry) if !admits(&entry.value) => self.look_up_again(key, context, lookup).await,
            _ => self.get(key, context, lookup).await,
        }
    }

    /// Looks up a token in the store, as if it were not cached. If it is not found, what is cached stays.
    async fn look_up_again(
        &self,
        key: &K,
        context: &LookupContext<'_>,
        lookup: &impl TokenLookup<K, T>,
    ) -> LookupOutcome<T> {
        match context.store.ask(lookup.look_up(key, None)).await {
            Some(Ok(Some(value))) => {
                self.entries.insert(key.clone(), Arc::new(CacheEntry::new(Arc::clone(&value), context)));
                LookupOutcome::Live(value)
            }
            Some(Ok(None)) => LookupOutcome::Unknown,
            Some(Err(_)) | None => LookupOutcome::Unavailable,
        }
    }

    /// Returns the cached entry of a key. One that has expired is removed for good, even if the calendar is set back.
    fn live_entry(&self, key: &K, context: &LookupContext<'_>) -> Option<Arc<CacheEntry<T>>> {
        let entry = self.entries.get(key)?;
        if entry.value.expires_at().is_some_and(|expires_at| expires_at <= context.now) {
            self.entries.invalidate(key);
            return None;
        }
        Some(entry)
    }

    async fn look_up(
        &self,
        key: &K,
        cached: Option<&Arc<CacheEntry<T>>>,
        context: &LookupContext<'_>,
        lookup: &impl TokenLookup<K, T>,
    ) -> LookupOutcome<T> {
        match context.store.ask(lookup.look_up(key, cached.map(|entry| &entry.value))).await {
            Some(Ok(Some(value))) => {
                self.entries.insert(key.clone(), Arc::new(CacheEntry::new(Arc::clone(&value), context)));
                LookupOutcome::Live(value)
            }
            Some(Ok(None)) => {
                self.entries.invalidate(key);
                LookupOutcome::Unknown
            }
            // Only this row is invalid. The error was logged where it was found.
            Some(Err(_)) => LookupOutcome::Unavailable,
            None => match cached.filter(|entry| entry.is_in_grace(context)) {
                Some(entry) => LookupOutcome::Live(Arc::clone(&entry.value)),
                None => LookupOutcome::Unavailable,
            },
        }
    }
}

impl<T: TokenValue> CacheEntry<T> {
    fn new(value: Arc<T>, context: &LookupContext<'_>) -> Self {
        let (confirmed_at, changes) = (context.monotonic, context.change_count);
        Self { value, confirmed_at, changes, lookup: tokio::sync::Mutex::new(()) }
    }

    fn is_fresh(&self, context: &LookupContext<'_>) -> bool {
        self.age(context) < context.options.revalidate_after && self.changes == context.change_count
    }

    /// Returns whether the value may be used while the store is lost: the store confirmed it recently, and this node has
    /// not changed the access since.
    fn is_in_grace(&self, context: &LookupContext<'_>) -> bool {
        let is_unchanged = |object| context.changes.last_of(object) <= self.changes;
        self.age(context) < context.options.outage_grace && self.value.objects().all(is_unchanged)
    }

    fn age(&self, context: &LookupContext<'_>) -> Duration {
        context.monotonic.saturating_sub(self.confirmed_at)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::future::BoxFuture;
    use tokio::time::{Instant, sleep};

    use super::*;
    use crate::access::store_monitor::CheckedStore;
    use crate::access::store_monitor::tests::PausedClock;
    use crate::clock::Clock;
    use crate::token::{HashKey, TokenHash, TokenKind};

    /// A store that answers the first lookup and hangs on everything else.
    #[derive(Default)]
    struct HangingStore(AtomicUsize);

    impl TokenLookup<TokenHash, ()> for HangingStore {
        async fn look_up(&self, _: &TokenHash, _: Option<&Arc<()>>) -> Result<Option<Arc<()>>, StoreError> {
            if self.0.fetch_add(1, Ordering::Relaxed) > 0 {
                std::future::pending::<()>().await;
            }
            Ok(Some(Arc::new(())))
        }
    }

    impl CheckedStore for HangingStore {
        fn test_read(&self) -> BoxFuture<'static, Result<(), StoreError>> {
            Box::pin(std::future::pending())
        }

        fn test_write(&self) -> BoxFuture<'static, Result<(), StoreError>> {
            Box::pin(std::future::pending())
        }
    }

    impl TokenValue for () {
        fn expires_at(&self) -> Option<Timestamp> {
            None
        }

        fn objects(&self) -> impl Iterator<Item = Uuid> {
            std::iter::empty()
        }
    }

    struct Fixture {
        cache: TokenCache<TokenHash, ()>,
        clock: Clock,
        options: AccessOptions,
        monitor: StoreMonitor,
        changes: Changes,
        store: HangingStore,
    }

    impl Fixture {
        fn new(clock: Clock) -> Self {
            let options = AccessOptions::default();
            Self {
                cache: TokenCache::new(&options),
                monitor: StoreMonitor::new(HangingStore::default(), clock.clone(), options.clone()),
                clock,
                options,
                changes: Changes::default(),
                store: HangingStore::default(),
            }
        }

        /// Returns whether a token is served, and after how long.
        async fn get(&self, hash: &TokenHash) -> (bool, Duration) {
            let Self { cache, clock, options, monitor, changes, store } = self;
            let (now, monotonic, change_count) = (clock.now(), clock.monotonic(), changes.count());
            let context = LookupContext { now, monotonic, change_count, changes, options, store: monitor };
            let outcome = cache.get(hash, &context, store).await;
            (matches!(outcome, LookupOutcome::Live(_)), clock.monotonic().saturating_sub(monotonic))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_lost_store_is_found_once_for_all_tokens() {
        const TOKENS: usize = 50;
        let fixture = Arc::new(Fixture::new(Clock::new(PausedClock(Instant::now()))));
        let key = HashKey::generate();
        let hashes: Vec<_> = (0..TOKENS).map(|token| key.hash(TokenKind::Server, &token.to_string())).collect();
        for hash in &hashes {
            fixture.store.0.store(0, Ordering::Relaxed);
            assert!(fixture.get(hash).await.0);
        }
        let mut requests = Vec::new();
        for _ in 0..20 {
            sleep(Duration::from_millis(100)).await;
            for hash in hashes.clone() {
                let fixture = Arc::clone(&fixture);
                requests.push(tokio::spawn(async move { fixture.get(&hash).await }));
            }
        }
        let mut waited = Vec::new();
        for request in requests {
            let (served, time) = request.await.unwrap();
            assert!(served);
            waited.push(time);
        }
        let AccessOptions { lookup_timeout, revalidate_after, .. } = fixture.options;
        assert!(waited.iter().all(|time| *time <= lookup_timeout));
        // From the first failure on, no request waits.
        let lost_at = (revalidate_after + lookup_timeout).as_millis() / 100;
        let after = waited.iter().skip(TOKENS * usize::try_from(lost_at).unwrap());
        assert_eq!(after.max(), Some(&Duration::ZERO));
        assert_eq!(fixture.store.0.load(Ordering::Relaxed), 1 + TOKENS);
    }

    #[tokio::test]
    async fn forgotten_values_are_removed() {
        let fixture = Fixture::new(Clock::system());
        let hash = HashKey::generate().hash(TokenKind::Server, "token");
        assert!(fixture.get(&hash).await.0);
        fixture.cache.forget(|()| false);
        assert!(fixture.cache.entries.get(&hash).is_some());
        fixture.cache.forget(|()| true);
        assert!(fixture.cache.entries.get(&hash).is_none());
    }
}
