//! The call log, written beside the calls: a call hands in a line and goes on.
//!
//! Lines wait in a queue and are written in batches: when there are enough for one, or after a while. The queue is
//! bounded; what does not fit is counted and left out, for no call may wait for the log. What calls tell of accounts
//! and servers is written along with them, the latest only.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use mcp_server::{ClientInfo, Revision};
use tokio::sync::{Notify, mpsc, oneshot};
use uuid::Uuid;

use super::{Options, account};
use crate::clock::Clock;
use crate::metrics;
use crate::outcome::RateLimit;
use crate::store::{CallRow, Health, ROWS_AT_ONCE, RateLimitFacts, Store, StoreError};

/// How many lines are written at once: as many as go into a number of whole statements, and no more than change as many
/// pages of a file as its connection remembers.
const BATCH: usize = 8 * ROWS_AT_ONCE;
/// How many refused requests of each kind are written down in a second. They cost whoever makes them nothing.
const REFUSALS_PER_SECOND: u64 = 20;

/// One call, as it is handed in.
pub(super) struct Entry<'a> {
    pub(super) server_id: Option<Uuid>,
    pub(super) account_id: Option<Uuid>,
    pub(super) tool: Option<&'static str>,
    pub(super) client: Option<&'a ClientInfo>,
    pub(super) protocol_revision: Option<Revision>,
    pub(super) request_id: Option<&'a str>,
    pub(super) status: &'static str,
    pub(super) upstream_status: Option<u16>,
    pub(super) remaining: Option<u64>,
    pub(super) duration: Duration,
}

/// The way into the log. Cheap to clone; clones are the same.
#[derive(Clone)]
pub struct CallLog(Arc<Desk>);

struct Desk {
    lines: mpsc::Sender<CallRow>,
    requests: mpsc::Sender<Request>,
    /// There are lines enough for a batch.
    batch: Notify,
    notes: Mutex<Notes>,
    clock: Clock,
    /// For those whose token opens nothing: anybody.
    strangers: Allowance,
    /// For those who know a server, and may not use it now.
    turned_away: Allowance,
    /// For those who may use a server, and send what is no call.
    misspoken: Allowance,
}

/// How many lines are left in a second: the second for which they were last counted × 2¹⁶, and how many there were.
#[derive(Default)]
struct Allowance(AtomicU64);

/// What is asked of the writer.
enum Request {
    /// To write down everything handed in so far, and to say so.
    Flush(oneshot::Sender<()>),
    /// The same, and to end.
    Close(oneshot::Sender<()>),
}

/// What is known of accounts and servers and not yet written.
#[derive(Default)]
struct Notes {
    health: HashMap<Uuid, (i64, Health)>,
    ratelimits: HashMap<Uuid, RateLimitFacts>,
    uses: HashMap<Uuid, Timestamp>,
}

impl CallLog {
    pub(super) fn start(store: Store, clock: Clock, options: &Options) -> Self {
        let (lines, waiting) = mpsc::channel(options.call_log_capacity);
        let (requests, asked) = mpsc::channel(8);
        let desk = Desk {
            lines,
            requests,
            batch: Notify::new(),
            notes: Mutex::default(),
            clock,
            strangers: Allowance::default(),
            turned_away: Allowance::default(),
            misspoken: Allowance::default(),
        };
        let call_log = Self(Arc::new(desk));
        let writer = Writer { store, waiting, call_log: call_log.clone(), unwritten: Vec::new(), is_stuck: false };
        tokio::spawn(writer.run(asked, options.call_log_interval));
        call_log
    }

    /// Hands in a call.
    pub(super) fn call(&self, entry: &Entry<'_>) {
        let at = self.0.clock.now();
        if let Some(server) = entry.server_id {
            self.notes().uses.insert(server, at);
        }
        self.line(entry, at);
    }

    /// Hands in a request that was refused before it was read. Whoever repeats it does not fill the log.
    pub(super) fn refused(&self, entry: &Entry<'_>) {
        let allowance = if entry.server_id.is_some() { &self.0.turned_away } else { &self.0.strangers };
        self.within(allowance, entry);
    }

    /// Hands in a message that does not come to a call.
    pub(super) fn misspoken(&self, entry: &Entry<'_>) {
        self.within(&self.0.misspoken, entry);
    }

    fn within(&self, allowance: &Allowance, entry: &Entry<'_>) {
        if allowance.takes_one(self.0.clock.monotonic()) {
            self.line(entry, self.0.clock.now());
        } else {
            metrics::unlogged_calls(1);
        }
    }

    fn line(&self, entry: &Entry<'_>, at: Timestamp) {
        let line = CallRow {
            // Given by the one who writes: calls would have to wait for each other to be numbered one after another.
            id: Uuid::nil(),
            at,
            account_id: entry.account_id,
            server_id: entry.server_id,
            tool: entry.tool.map(Cow::Borrowed),
            client_name: entry.client.map(|client| storable(&client.name)),
            client_version: entry.client.and_then(|client| client.version.as_deref().map(storable)),
            protocol_revision: entry.protocol_revision.map(|revision| Cow::Borrowed(revision.name())),
            status: Cow::Borrowed(entry.status),
            upstream_status: entry.upstream_status,
            duration_us: i64::try_from(entry.duration.as_micros()).unwrap_or(i64::MAX),
            request_id: entry.request_id.map(storable),
            remaining: entry.remaining.and_then(|calls| i64::try_from(calls).ok()),
        };
        let lines = &self.0.lines;
        match lines.try_send(line) {
            Ok(()) if lines.max_capacity() - lines.capacity() >= BATCH => self.0.batch.notify_one(),
            Ok(()) => {}
            Err(_) => metrics::unlogged_calls(1),
        }
    }

    /// Hands in whether the key of an account works, as it was at `version`.
    pub(super) fn health(&self, account: Uuid, version: i64, health: Health) {
        self.notes().health.insert(account, (version, health));
    }

    /// Hands in what the API said of an account's rate limit.
    pub(super) fn ratelimit(&self, account: Uuid, said: RateLimit) {
        let RateLimit { limit, remaining, reset } = said;
        let facts = RateLimitFacts { limit, remaining, reset, at: self.0.clock.now() };
        self.notes().ratelimits.insert(account, facts);
    }

    /// Writes down everything handed in so far, if the store can be written to.
    pub async fn flush(&self) {
        self.ask(Request::Flush).await;
    }

    /// The same, and nothing from then on. What could not be written is counted.
    pub async fn close(&self) {
        self.ask(Request::Close).await;
    }

    async fn ask(&self, request: impl FnOnce(oneshot::Sender<()>) -> Request) {
        let (done, is_done) = oneshot::channel();
        // If the writer has ended, there is nothing to wait for.
        if self.0.requests.send(request(done)).await.is_ok() {
            let _ = is_done.await;
        }
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.0.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Allowance {
    /// Whether there was one left at this time, which is gone then.
    fn takes_one(&self, monotonic: Duration) -> bool {
        let second = monotonic.as_secs() + 1;
        let counted = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |known| {
            let count = if known >> 16 == second { known & 0xffff } else { 0 };
            (count < REFUSALS_PER_SECOND).then_some((second << 16) | (count + 1))
        });
        counted.is_ok()
    }
}

/// The one that writes.
struct Writer {
    store: Store,
    waiting: mpsc::Receiver<CallRow>,
    call_log: CallLog,
    /// What could not be written; it is tried again.
    unwritten: Vec<CallRow>,
    /// Whether the store could not be written to when last tried.
    is_stuck: bool,
}

impl Writer {
    async fn run(mut self, mut asked: mpsc::Receiver<Request>, interval: Duration) {
        let mut interval = tokio::time::interval(interval);
        interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let call_log = self.call_log.clone();
        loop {
            let request = tokio::select! {
                // If they cannot be written now, to try at once again would help nobody.
                () = call_log.0.batch.notified(), if !self.is_stuck => {
                    let waiting = self.waiting();
                    self.write_lines(waiting - waiting % BATCH).await;
                    continue;
                }
                _ = interval.tick() => None,
                request = asked.recv() => request,
            };
            self.write_lines(self.waiting()).await;
            if !self.is_stuck {
                self.write_notes().await;
            }
            match request {
                None => {}
                Some(Request::Flush(done)) => {
                    let _ = done.send(());
                }
                Some(Request::Close(done)) => {
                    if self.waiting() > 0 {
                        tracing::error!(calls = self.waiting(), "the end of the call log is lost");
                        metrics::unlogged_calls(self.waiting());
                    }
                    let _ = done.send(());
                    return;
                }
            }
        }
    }

    /// How many lines wait to be written.
    fn waiting(&self) -> usize {
        self.unwritten.len() + self.waiting.len()
    }

    /// Writes down so many lines. What comes meanwhile is left for the next time: to go after it would be to write it
    /// line by line.
    async fn write_lines(&mut self, lines: usize) {
        let mut left = lines;
        while left > 0 {
            while self.unwritten.len() < BATCH.min(left) {
                match self.waiting.try_recv() {
                    Ok(line) => self.unwritten.push(CallRow { id: Uuid::now_v7(), ..line }),
                    Err(_) => break,
                }
            }
            // One that is only just being handed in is counted as waiting already.
            if self.unwritten.is_empty() {
                break;
            }
            if let Err(error) = self.store.add_calls(&self.unwritten).await {
                tracing::warn!(%error, waiting = self.waiting(), "the call log cannot be written now");
                self.is_stuck = true;
                return;
            }
            left -= BATCH.min(left);
            self.unwritten.clear();
        }
        self.is_stuck = false;
    }

    /// Writes down what calls have told of accounts and servers.
    async fn write_notes(&self) {
        let notes = std::mem::take(&mut *self.call_log.notes());
        if let Err(error) = self.try_notes(&notes).await {
            tracing::warn!(%error, "what calls told of accounts cannot be written now");
            self.keep(notes);
        }
    }

    async fn try_notes(&self, notes: &Notes) -> Result<(), StoreError> {
        for (account, (version, health)) in &notes.health {
            self.store.set_health(*account, *version, *health).await?;
        }
        if !notes.health.is_empty() {
            account::count(&self.store).await?;
        }
        for (account, facts) in &notes.ratelimits {
            self.store.set_ratelimit(*account, facts).await?;
        }
        let uses: Vec<_> = notes.uses.iter().map(|(server, at)| (*server, *at)).collect();
        if uses.is_empty() { Ok(()) } else { self.store.set_last_used(&uses).await }
    }

    /// Puts notes back for another try, unless newer ones have come.
    fn keep(&self, notes: Notes) {
        let mut newer = self.call_log.notes();
        for (account, health) in notes.health {
            newer.health.entry(account).or_insert(health);
        }
        for (account, facts) in notes.ratelimits {
            newer.ratelimits.entry(account).or_insert(facts);
        }
        for (server, at) in notes.uses {
            newer.uses.entry(server).or_insert(at);
        }
    }
}

/// What a stranger said, as it can be kept: no engine keeps a NUL, and nobody needs control characters.
fn storable(text: &str) -> String {
    const LONGEST: usize = 200;
    let is_plain = text.len() <= LONGEST && text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if is_plain { text.to_owned() } else { text.chars().filter(|c| !c.is_control()).take(LONGEST).collect() }
}
