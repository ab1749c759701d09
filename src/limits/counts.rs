//! The calls that all servers of this node have sent.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use uuid::Uuid;

use super::server::{SentCalls, ServerLimits};
use super::usage::{Counted, HourlyLimits};
use crate::clock::Clock;
use crate::metrics;
use crate::store::Store;

/// The time between two merges of what no call has merged.
const INTERVAL: Duration = Duration::from_secs(1);

/// The calls that the servers of this node have sent, as far as they are limited.
pub(crate) struct CallCounts {
    store: Store,
    clock: Clock,
    servers: Mutex<HashMap<Uuid, Counts>>,
}

/// The calls of a server, and its present limits.
struct Counts {
    sent: Arc<SentCalls>,
    limits: HourlyLimits,
}

impl CallCounts {
    /// No calls yet. Starts a task that merges calls through `store`, until the value is dropped. Needs a Tokio runtime.
    pub(crate) fn start(store: Store, clock: Clock) -> Arc<Self> {
        let counts = Arc::new(Self { store, clock, servers: Mutex::default() });
        tokio::spawn(merge_regularly(Arc::downgrade(&counts)));
        counts
    }

    /// The limits of a server, if it has any. A server whose limits change keeps its calls.
    pub(crate) fn limits(&self, server: Uuid, limits: HourlyLimits) -> Option<ServerLimits> {
        if limits.is_empty() {
            return None;
        }
        let mut servers = self.servers();
        let counts = servers.entry(server).or_insert_with(|| Counts {
            sent: Arc::new(SentCalls::new(server, self.store.clone(), self.clock.clone())),
            limits,
        });
        counts.limits = limits;
        Some(ServerLimits::new(limits, Arc::clone(&counts.sent)))
    }

    /// Merges what no call has merged, updates the metrics, and forgets the servers that are no longer in use.
    pub(crate) async fn merge(&self) {
        let unmerged: Vec<_> =
            self.servers().values().map(|counts| Arc::clone(&counts.sent)).filter(|sent| sent.is_unmerged()).collect();
        for sent in unmerged {
            sent.merge().await;
        }
        self.servers().retain(|server, counts| {
            let is_used = Arc::strong_count(&counts.sent) > 1 || counts.sent.is_unmerged();
            let used = if is_used { counts.sent.used() } else { super::usage::Usage::default() };
            for counted in Counted::ALL {
                if let Some(limit) = counts.limits.of(counted) {
                    metrics::set_server_limit(*server, counted.key(), limit, used.of(counted));
                }
            }
            is_used
        });
    }

    fn servers(&self) -> MutexGuard<'_, HashMap<Uuid, Counts>> {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn merge_regularly(counts: Weak<CallCounts>) {
    loop {
        tokio::time::sleep(INTERVAL).await;
        let Some(counts) = counts.upgrade() else { return };
        counts.merge().await;
    }
}
