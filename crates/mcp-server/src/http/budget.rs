//! Byte budgets: the bytes that a process holds for its clients, limited in total and for each group of requests.
//!
//! A request holds the bytes of its body and of its answer until the last of them has left. [`HeldBytes::grow`] waits
//! until there is room for more. Which request gets the room is decided in `ledger`.

mod ledger;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use self::ledger::{GroupId, Ledger, RequestId};

/// A budget of bytes for a group of requests. Cheap to clone; clones are the same budget.
#[derive(Clone)]
pub struct ByteBudget(Arc<Group>);

struct Group {
    id: GroupId,
    ledger: SharedLedger,
    /// The budget that this one is a part of. It must exist as long as this one.
    _whole: Option<ByteBudget>,
}

#[derive(Clone)]
struct SharedLedger(Arc<Mutex<Ledger>>);

impl SharedLedger {
    fn lock(&self) -> MutexGuard<'_, Ledger> {
        // A panic while the lock is held leaves numbers that are at worst too high.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ByteBudget {
    /// A budget of `limit` bytes.
    pub fn new(limit: u64) -> Self {
        let ledger = SharedLedger(Arc::default());
        let id = ledger.lock().open_group(limit, None);
        Self(Arc::new(Group { id, ledger, _whole: None }))
    }

    /// A budget of `limit` bytes within this one. Its bytes count towards both.
    #[must_use]
    pub fn part(&self, limit: u64) -> Self {
        let ledger = self.0.ledger.clone();
        let id = ledger.lock().open_group(limit, Some(self.0.id));
        Self(Arc::new(Group { id, ledger, _whole: Some(self.clone()) }))
    }

    /// The bytes of a new request: none yet.
    pub fn open_request(&self) -> HeldBytes {
        let room = Arc::new(Notify::new());
        let id = self.0.ledger.lock().open_request(self.0.id, Arc::clone(&room));
        HeldBytes { budget: self.clone(), id, room }
    }

    /// The number of bytes that are held.
    pub fn held(&self) -> u64 {
        self.0.ledger.lock().held_by_group(self.0.id)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.ledger.lock().close_group(self.id);
    }
}

impl fmt::Debug for ByteBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByteBudget").field("held", &self.held()).finish_non_exhaustive()
    }
}

/// The bytes that one request holds. Dropping it gives them back.
pub struct HeldBytes {
    budget: ByteBudget,
    id: RequestId,
    /// Notified when a wanted number of bytes is granted.
    room: Arc<Notify>,
}

impl HeldBytes {
    /// Adds `bytes` at once, even if that exceeds the budget: for bytes that are too few to wait for.
    pub fn take(&mut self, bytes: u64) {
        self.ledger().take(self.id, bytes);
    }

    /// Waits until there is room for `bytes` more, and adds them. Dropping the future gives up the wait.
    pub async fn grow(&mut self, bytes: u64) {
        if self.ledger().want(self.id, bytes) {
            return;
        }
        let wait = Wait(self);
        while wait.0.ledger().is_waiting(self.id) {
            self.room.notified().await;
        }
    }

    /// Replaces the number of bytes.
    pub fn set(&mut self, bytes: u64) {
        self.ledger().set(self.id, bytes);
    }

    /// Replaces the number of bytes by the final one: the request will want no more.
    pub fn settle(&mut self, bytes: u64) {
        self.ledger().settle(self.id, bytes);
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.budget.0.ledger.lock()
    }
}

impl Drop for HeldBytes {
    fn drop(&mut self) {
        self.ledger().close_request(self.id);
    }
}

impl fmt::Debug for HeldBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HeldBytes").field(&self.id).finish()
    }
}

/// A request that waits for room. Dropping it ends the wait.
struct Wait<'h>(&'h HeldBytes);

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        self.0.ledger().stop_waiting(self.0.id);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn growing_waits_until_there_is_room() {
        let budget = ByteBudget::new(100);
        let mut first = budget.open_request();
        first.grow(100).await;
        first.settle(100);
        let mut second = budget.open_request();
        assert!(timeout(Duration::from_secs(1), second.grow(1)).await.is_err());
        assert_eq!(budget.held(), 100, "a wait that was given up holds nothing");
        let (second, ()) = tokio::join!(
            async move {
                second.grow(60).await;
                second
            },
            async move {
                tokio::task::yield_now().await;
                drop(first);
            }
        );
        assert_eq!(budget.held(), 60);
        drop(second);
        assert_eq!(budget.held(), 0);
    }

    #[tokio::test]
    async fn bytes_count_towards_the_whole_budget() {
        let whole = ByteBudget::new(100);
        let part = whole.part(50);
        let mut request = part.open_request();
        request.grow(30).await;
        assert_eq!((part.held(), whole.held()), (30, 30));
        request.take(70);
        assert_eq!((part.held(), whole.held()), (100, 100));
        drop((request, part));
        assert_eq!(whole.held(), 0);
    }
}
