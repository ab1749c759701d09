//! The replies that a process keeps in memory, for all accounts together.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use mcp_server::http::{ByteBudget, HeldBytes};
use moka::sync::Cache;

use super::ReadKey;
use crate::outcome::ToolReply;

/// The longest time for which a reply is held.
const MAX_AGE: Duration = Duration::from_mins(5);

/// The replies that a process keeps in memory. The least recently used ones are evicted. Clones share them.
#[derive(Clone)]
pub(crate) struct ReplyCache {
    replies: Cache<(u64, ReadKey), KeptReply>,
    /// The bytes that the replies take in the budget of the process.
    held: Arc<Mutex<HeldBytes>>,
    max_bytes: u64,
}

#[derive(Clone)]
struct KeptReply {
    reply: Arc<ToolReply>,
    /// The time at which the reply was complete, by the monotonic clock.
    read_at: Duration,
    bytes: u32,
}

impl ReplyCache {
    /// A cache of at most `max_bytes`, which count towards `process`.
    pub(crate) fn new(process: &ByteBudget, max_bytes: u64) -> Self {
        let replies = Cache::builder()
            .max_capacity(max_bytes)
            .weigher(|_, kept: &KeptReply| kept.bytes)
            // A bound on idle memory. Whether a reply is used depends on the injected clock.
            .time_to_live(MAX_AGE)
            .build();
        let mut held = process.open_request();
        held.settle(0);
        Self { replies, held: Arc::new(Mutex::new(held)), max_bytes }
    }

    /// The reply to a read in that epoch, and the time at which it was complete.
    pub(super) fn get(&self, epoch: u64, key: &ReadKey) -> Option<(Arc<ToolReply>, Duration)> {
        let kept = self.replies.get(&(epoch, key.clone()))?;
        Some((kept.reply, kept.read_at))
    }

    /// Keeps a reply, unless it would take more than a tenth of the cache.
    pub(super) fn insert(&self, epoch: u64, key: ReadKey, reply: &Arc<ToolReply>, read_at: Duration) {
        let bytes = (reply.body.text().len() + key.bytes() + size_of::<KeptReply>()) as u64;
        let Ok(weight) = u32::try_from(bytes) else { return };
        if bytes > self.max_bytes / 10 {
            return;
        }
        let kept = KeptReply { reply: Arc::clone(reply), read_at, bytes: weight };
        self.replies.insert((epoch, key), kept);
        // Evicts at once what is too much, so that the limit holds at every moment.
        self.replies.run_pending_tasks();
        self.held.lock().unwrap_or_else(PoisonError::into_inner).set(self.replies.weighted_size());
    }
}
