//! The upload progress of one call's files.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts the bytes of one call's files. Cheap to clone; clones share the counts.
#[derive(Clone, Debug, Default)]
pub struct UploadProgress(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    sent: AtomicU64,
    total: AtomicU64,
}

impl UploadProgress {
    /// Returns the number of bytes that were handed to the connection, and the total. Both are 0 before the upload.
    pub fn sent_of_total(&self) -> (u64, u64) {
        (self.0.sent.load(Ordering::Relaxed), self.0.total.load(Ordering::Relaxed))
    }

    /// Adds a file to the total.
    pub(super) fn add_total(&self, bytes: u64) {
        self.0.total.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Adds a piece that was handed to the connection.
    pub(super) fn add_sent(&self, bytes: usize) {
        self.0.sent.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}
