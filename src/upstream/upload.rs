//! How much of a call's files has been sent, for whoever waits for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts the bytes of one call's files. Cheap to clone; clones count the same.
#[derive(Clone, Debug, Default)]
pub struct Upload(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    sent: AtomicU64,
    total: AtomicU64,
}

impl Upload {
    /// Bytes that were handed to the connection, out of so many. Both are 0 while there is nothing to upload.
    pub fn sent_of_total(&self) -> (u64, u64) {
        (self.0.sent.load(Ordering::Relaxed), self.0.total.load(Ordering::Relaxed))
    }

    /// Another file is to be sent.
    pub(super) fn expects(&self, bytes: u64) {
        self.0.total.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Another piece is on its way.
    pub(super) fn sends(&self, bytes: usize) {
        self.0.sent.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}
