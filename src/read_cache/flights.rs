//! Reads that are in flight: identical ones share one request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared, WeakShared};

use super::ReadKey;

/// A read that is in flight. Each clone waits for its result; dropping the last one drops the request.
pub(super) type Flight<T> = Shared<BoxFuture<'static, T>>;

/// The reads that are in flight.
pub(super) struct Flights<T: Clone + 'static>(Arc<Mutex<Map<T>>>);

/// Nothing here keeps a read alive: only its callers do.
struct Map<T: Clone + 'static> {
    flights: HashMap<ReadKey, (u64, WeakShared<BoxFuture<'static, T>>)>,
    last_number: u64,
}

impl<T: Clone + Send + Sync + 'static> Flights<T> {
    /// The identical read that is in flight, if there is one.
    pub(super) fn join(&self, key: &ReadKey) -> Option<Flight<T>> {
        lock(&self.0).flights.get(key)?.1.upgrade()
    }

    /// Starts a read, or joins an identical one that is in flight, and drops `read`.
    pub(super) fn start(&self, key: ReadKey, read: impl Future<Output = T> + Send + 'static) -> Flight<T> {
        let mut map = lock(&self.0);
        if let Some(flight) = map.flights.get(&key).and_then(|(_, flight)| flight.upgrade()) {
            return flight;
        }
        map.last_number += 1;
        let number = map.last_number;
        let end = Landing { map: Arc::downgrade(&self.0), key: key.clone(), number };
        let flight = async move {
            let _end = end;
            read.await
        }
        .boxed()
        .shared();
        if let Some(weak) = flight.downgrade() {
            map.flights.insert(key, (number, weak));
        }
        flight
    }

    /// Lets later reads send requests of their own. The reads that are in flight go on.
    pub(super) fn forget(&self) {
        // The map is dropped after the lock: nothing in it takes the lock, but that should not matter here.
        lock(&self.0).flights.clear();
    }

    /// The number of reads that are in flight.
    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        lock(&self.0).flights.len()
    }
}

impl<T: Clone + 'static> Default for Flights<T> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Map { flights: HashMap::new(), last_number: 0 })))
    }
}

/// Removes a read from the map when it ends or is dropped.
struct Landing<T: Clone + 'static> {
    map: Weak<Mutex<Map<T>>>,
    key: ReadKey,
    number: u64,
}

impl<T: Clone + 'static> Drop for Landing<T> {
    fn drop(&mut self) {
        let Some(map) = self.map.upgrade() else { return };
        let mut map = lock(&map);
        // After `forget`, another read may have taken its place.
        if map.flights.get(&self.key).is_some_and(|(number, _)| *number == self.number) {
            map.flights.remove(&self.key);
        }
    }
}

fn lock<T: Clone + 'static>(map: &Mutex<Map<T>>) -> MutexGuard<'_, Map<T>> {
    map.lock().unwrap_or_else(PoisonError::into_inner)
}
