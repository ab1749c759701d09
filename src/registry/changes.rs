//! The changes that this process made, so that no cache serves what they ended.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use uuid::Uuid;

/// The number of objects whose last change is remembered. When there are more, every object counts as changed.
const REMEMBERED: usize = 10_000;

/// The changes made through this process, numbered from 1.
#[derive(Debug, Default)]
pub struct Changes {
    count: AtomicU64,
    access: Mutex<AccessChanges>,
}

/// The changes to the access that objects give: revoked, deleted, another scope, expiry, address or key.
#[derive(Debug, Default)]
struct AccessChanges {
    /// The number of the last change, by server, account or API token.
    by_object: HashMap<Uuid, u64>,
    /// The number of a change that counts for every object.
    of_all: u64,
}

impl Changes {
    /// Returns the number of changes. A cached value is stale once it has grown.
    pub fn count(&self) -> u64 {
        self.count.load(Ordering::Acquire)
    }

    /// Returns the number of the last change to the access that `object` gives, or 0. A value that was read when there
    /// were fewer changes may give access that was taken away.
    pub(crate) fn last_of(&self, object: Uuid) -> u64 {
        let access = self.access.lock().unwrap_or_else(PoisonError::into_inner);
        access.by_object.get(&object).copied().unwrap_or_default().max(access.of_all)
    }

    /// Begins a change, which is counted when the result is dropped: also if the store's result is lost, or if the
    /// client is gone before it arrives. `object` is the object whose access changes, if any does.
    pub(super) const fn begin(&self, object: Option<Uuid>) -> Change<'_> {
        Change { changes: self, object }
    }

    fn add(&self, object: Option<Uuid>) {
        let mut access = self.access.lock().unwrap_or_else(PoisonError::into_inner);
        let number = self.count() + 1;
        if let Some(object) = object {
            if access.by_object.len() >= REMEMBERED {
                *access = AccessChanges { by_object: HashMap::new(), of_all: number };
            }
            access.by_object.insert(object, number);
        }
        self.count.store(number, Ordering::Release);
    }
}

/// A change that is being stored.
#[must_use]
pub(super) struct Change<'a> {
    changes: &'a Changes,
    object: Option<Uuid>,
}

impl Drop for Change<'_> {
    fn drop(&mut self) {
        self.changes.add(self.object);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_numbered_by_object() {
        let changes = Changes::default();
        let [one, other] = [1, 2].map(Uuid::from_u128);
        drop(changes.begin(Some(one)));
        drop(changes.begin(None));
        drop(changes.begin(Some(other)));
        assert_eq!((changes.count(), changes.last_of(one), changes.last_of(other)), (3, 1, 3));
        assert_eq!(changes.last_of(Uuid::from_u128(3)), 0);
    }

    #[test]
    fn a_forgotten_object_counts_as_changed() {
        let changes = Changes::default();
        let objects: Vec<_> = (0..=REMEMBERED as u128).map(Uuid::from_u128).collect();
        for object in &objects {
            drop(changes.begin(Some(*object)));
        }
        let last = changes.count();
        assert!(objects.iter().all(|object| changes.last_of(*object) == last));
        assert_eq!(changes.last_of(Uuid::from_u128(u128::MAX)), last);
    }
}
