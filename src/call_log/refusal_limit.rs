//! A limit on the records of refused requests: these cost their sender nothing, so that without a limit any client could
//! fill the log.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The number of records per second and kind of refusal.
const RECORDS_PER_SECOND: u64 = 20;

/// Counts the records of one kind of refusal in the current second. The upper 48 bits are the number of the second, the
/// lower 16 bits the count.
#[derive(Default)]
pub(super) struct RefusalLimit(AtomicU64);

impl RefusalLimit {
    /// Counts one more record at this time. Returns false if the limit of this second is reached.
    pub(super) fn admits(&self, monotonic: Duration) -> bool {
        // Zero is the initial state, so that seconds count from one.
        let second = monotonic.as_secs() + 1;
        let counted = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |state| {
            let count = if state >> 16 == second { state & 0xffff } else { 0 };
            (count < RECORDS_PER_SECOND).then_some((second << 16) | (count + 1))
        });
        counted.is_ok()
    }
}
