//! The queue between calls and the task that writes their records.

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Notify, mpsc};
use uuid::Uuid;

use super::account_updates::{AccountUpdates, CheckUpdate};
use super::handle::CallLogOptions;
use super::record::CallRecord;
use super::refusal_limit::RefusalLimit;
use super::server_rates::ServerRates;
use super::table::ROWS_PER_STATEMENT;
use crate::clock::Clock;
use crate::metrics;
use crate::outcome::RateLimit;
use crate::store::{RateLimitFacts, Store, Used};

/// The number of records per transaction: a multiple of the rows per statement, and few enough that the changed pages
/// of a file fit into the page cache of its connection.
pub(super) const BATCH: usize = 8 * ROWS_PER_STATEMENT;

/// The reason why a request was refused. Each kind has its own limit, so that none displaces the records of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RefusalKind {
    /// The token is unknown.
    UnknownToken,
    /// The token is known, but the request may not use the server now.
    Denied,
    /// The request may use the server, but its message is not a call.
    BadMessage,
}

/// The bounded queue of records, and the latest updates of accounts and servers.
pub(super) struct Queue {
    records: mpsc::Sender<CallRecord>,
    /// Notified when the queue holds a batch.
    pub(super) batch_ready: Notify,
    updates: Mutex<AccountUpdates>,
    rates: ServerRates,
    store: Store,
    clock: Clock,
    unknown_tokens: RefusalLimit,
    denied: RefusalLimit,
    bad_messages: RefusalLimit,
}

impl Queue {
    /// An empty queue, and the receiver of its records.
    pub(super) fn new(options: &CallLogOptions, store: Store, clock: Clock) -> (Self, mpsc::Receiver<CallRecord>) {
        let (records, receiver) = mpsc::channel(options.queue_capacity);
        let queue = Self {
            records,
            batch_ready: Notify::new(),
            updates: Mutex::default(),
            rates: ServerRates::new(options.records_per_second),
            store,
            clock,
            unknown_tokens: RefusalLimit::default(),
            denied: RefusalLimit::default(),
            bad_messages: RefusalLimit::default(),
        };
        (queue, receiver)
    }

    /// Queues the record of a call unless the rate of its server is reached, and updates the time of the last use of its server.
    pub(super) fn add_call(&self, record: impl FnOnce(Timestamp) -> CallRecord) {
        let at = self.clock.now();
        let record = record(at);
        if let Some(server) = record.server_id {
            self.store.note_use(Used::Server, server, at);
        }
        match self.rates.admit(record, self.clock.monotonic()) {
            Some(record) => self.add(record),
            None => metrics::count_unlogged_calls(1),
        }
    }

    /// Takes the records of calls that were counted: those of earlier seconds, or of all seconds.
    pub(super) fn take_counted(&self, all: bool) -> Vec<CallRecord> {
        self.rates.take(self.clock.monotonic(), all)
    }

    /// Queues the record of a refused request, unless the limit of its kind is reached.
    pub(super) fn add_refusal(&self, kind: RefusalKind, record: impl FnOnce(Timestamp) -> CallRecord) {
        let limit = match kind {
            RefusalKind::UnknownToken => &self.unknown_tokens,
            RefusalKind::Denied => &self.denied,
            RefusalKind::BadMessage => &self.bad_messages,
        };
        if limit.admits(self.clock.monotonic()) {
            self.add(record(self.clock.now()));
        } else {
            metrics::count_unlogged_calls(1);
        }
    }

    fn add(&self, record: CallRecord) {
        match self.records.try_send(record) {
            Ok(()) if self.records.max_capacity() - self.records.capacity() >= BATCH => self.batch_ready.notify_one(),
            Ok(()) => {}
            Err(TrySendError::Full(record) | TrySendError::Closed(record)) => {
                self.rates.count(&record, self.clock.monotonic());
                metrics::count_unlogged_calls(1);
            }
        }
    }

    /// Sets what a call showed of an account.
    pub(super) fn set_check(&self, account: Uuid, update: CheckUpdate) {
        self.updates().set_check(account, update);
    }

    /// The time of the records.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Sets the rate limit that the API reported for an account.
    pub(super) fn set_rate_limit(&self, account: Uuid, rate_limit: RateLimit) {
        let RateLimit { limit, remaining, reset } = rate_limit;
        let facts = RateLimitFacts { limit, remaining, reset, at: self.clock.now() };
        self.updates().rate_limits.insert(account, facts);
    }

    /// The updates that have not been written yet.
    pub(super) fn updates(&self) -> MutexGuard<'_, AccountUpdates> {
        self.updates.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
