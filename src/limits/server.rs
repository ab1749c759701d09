//! The limits of one server, and the calls that it has sent.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use uuid::Uuid;

use super::usage::{Counted, HourlyLimits, LimitState, Usage};
use super::window::{Window, bucket_at, oldest_bucket};
use crate::clock::Clock;
use crate::store::{CallCount, Store};

/// The time that a call waits for the store. After that, and until the store answers a merge between calls, a node counts on
/// its own.
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// The limits of a server. Clones share the calls that it has sent.
#[derive(Clone, Debug)]
pub struct ServerLimits {
    limits: HourlyLimits,
    sent: Arc<SentCalls>,
}

/// A limit that a call would exceed. The call was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exceeded {
    /// The calls that the limit counts.
    pub counted: Counted,
    /// The calls that the server may send in an hour.
    pub limit: u32,
    /// The calls that the refused one would have cost.
    pub cost: u32,
    /// The time until there is room, or `None` if the call costs more than the limit.
    pub wait: Option<Duration>,
}

/// A call that was counted, and may be sent. It is taken back if it is dropped before it was sent.
#[derive(Debug)]
pub struct Admitted {
    sent: Arc<SentCalls>,
    bucket: i64,
    usage: Usage,
    is_sent: bool,
}

impl Admitted {
    /// Notes that the call is sent: from now on it counts, whatever becomes of it.
    pub(crate) fn mark_sent(&mut self) {
        self.is_sent = true;
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        if !self.is_sent {
            self.sent.state().unmerged.add(self.bucket, -self.usage);
        }
    }
}

impl ServerLimits {
    pub(super) const fn new(limits: HourlyLimits, sent: Arc<SentCalls>) -> Self {
        Self { limits, sent }
    }

    /// Counts a call that costs `cost`, and changes something if `writes`.
    ///
    /// # Errors
    ///
    /// If it would exceed a limit. Then it is not counted.
    pub async fn admit(&self, cost: u32, writes: bool) -> Result<Admitted, Exceeded> {
        let usage = Usage::new(cost, writes);
        loop {
            match self.try_admit(usage) {
                Attempt::Admitted(admitted) => return Ok(admitted),
                Attempt::Exceeded(exceeded) => return Err(exceeded),
                Attempt::MergeFirst => self.sent.merge().await,
            }
        }
    }

    /// Returns the rest of each limit.
    pub fn states(&self) -> Vec<LimitState> {
        let used = self.sent.used();
        let state = |counted| Some(LimitState::new(counted, self.limits.of(counted)?, used));
        Counted::ALL.into_iter().filter_map(state).collect()
    }

    fn try_admit(&self, usage: Usage) -> Attempt {
        let now = self.sent.clock.now();
        let mut state = self.sent.state();
        let known = state.known();
        for counted in Counted::ALL {
            let (Some(limit), cost) = (self.limits.of(counted), usage.of(counted)) else { continue };
            if cost == 0 {
                continue;
            }
            let wait = known.wait(now, counted, cost, limit.into());
            if wait != Some(Duration::ZERO) {
                let cost = u32::try_from(cost).expect("it was made from this type");
                return Attempt::Exceeded(Exceeded { counted, limit, cost, wait });
            }
        }
        let lacks_store = !state.is_loaded || self.limits.needs_merge(state.unknown_to_others(), usage);
        if lacks_store && !state.has_failed {
            return Attempt::MergeFirst;
        }
        let bucket = bucket_at(now);
        state.unmerged.add(bucket, usage);
        Attempt::Admitted(Admitted { sent: Arc::clone(&self.sent), bucket, usage, is_sent: false })
    }
}

enum Attempt {
    Admitted(Admitted),
    Exceeded(Exceeded),
    /// The other nodes must know of the calls so far, or this one of theirs.
    MergeFirst,
}

/// The calls that a server has sent in the last hour.
pub(super) struct SentCalls {
    server: Uuid,
    store: Store,
    clock: Clock,
    state: Mutex<State>,
    /// Held during a merge.
    merging: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    /// The calls of all nodes, as the store last knew them.
    stored: Window,
    /// The calls of this node that are being written to the store.
    in_flight: Window,
    /// The further calls of this node.
    unmerged: Window,
    /// The number of merges that have ended.
    merges: u64,
    /// Set once the store was read.
    is_loaded: bool,
    /// Set while the store fails.
    has_failed: bool,
}

impl State {
    fn known(&self) -> Window {
        let mut known = self.stored.clone();
        known.add_all(&self.in_flight);
        known.add_all(&self.unmerged);
        known
    }

    fn unknown_to_others(&self) -> Usage {
        let mut unknown = self.in_flight.total();
        unknown += self.unmerged.total();
        unknown
    }
}

impl SentCalls {
    pub(super) fn new(server: Uuid, store: Store, clock: Clock) -> Self {
        Self { server, store, clock, state: Mutex::default(), merging: tokio::sync::Mutex::default() }
    }

    /// The calls of the last hour, as far as this node knows.
    pub(super) fn used(&self) -> Usage {
        self.state().known().used(self.clock.now())
    }

    /// Returns whether the store lacks calls of this node.
    pub(super) fn is_unmerged(&self) -> bool {
        !self.state().unmerged.is_empty()
    }

    /// Exchanges calls with the other nodes, through the store.
    pub(super) async fn merge(self: &Arc<Self>) {
        let sent = Arc::clone(self);
        let merges = self.state().merges;
        // In a task of its own: a caller that leaves must not leave it unknown whether the calls were added.
        let merge = tokio::spawn(async move { sent.merge_unless_done(merges).await });
        if tokio::time::timeout(LONGEST_WAIT, merge).await.is_err() {
            self.state().has_failed = true;
        }
    }

    /// Merges, unless another merge has ended since there were `merges`.
    async fn merge_unless_done(&self, merges: u64) {
        let _one_at_a_time = self.merging.lock().await;
        let now = self.clock.now();
        let added: Vec<_> = {
            let mut state = self.state();
            if state.merges != merges {
                return;
            }
            state.in_flight = std::mem::take(&mut state.unmerged);
            let count = |(bucket, Usage { calls, writes })| CallCount { bucket, calls, writes };
            state.in_flight.iter().map(count).collect()
        };
        let counts_of_all = self.store.merge_call_counts(self.server, &added, oldest_bucket(now)).await;
        let mut state = self.state();
        let in_flight = std::mem::take(&mut state.in_flight);
        state.merges += 1;
        match counts_of_all {
            Ok(counts) => {
                let usage = |CallCount { bucket, calls, writes }| (bucket, Usage { calls, writes });
                state.stored = counts.into_iter().map(usage).collect();
                (state.is_loaded, state.has_failed) = (true, false);
            }
            Err(error) => {
                if !state.has_failed {
                    tracing::warn!(%error, server = %self.server, "failed to merge call counts; will retry");
                }
                state.has_failed = true;
                let later = std::mem::replace(&mut state.unmerged, in_flight);
                state.unmerged.add_all(&later);
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for SentCalls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SentCalls").field("server", &self.server).finish_non_exhaustive()
    }
}
