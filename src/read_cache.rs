//! Reads of an account that need no request of their own: identical reads that are in flight at once share one request,
//! and recent replies are answered from memory if the account allows it.
//!
//! A reply is shared by every server of the account: they send the same key. A write through any of them ends the sharing
//! of everything that was read before it ended.

mod flights;
mod replies;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tool_runtime::request::{HttpMethod, Request, RequestBody};

use self::flights::Flights;
pub(crate) use self::replies::ReplyCache;
use crate::clock::Clock;
use crate::outcome::{ToolError, ToolReply};

/// The result of a read that may be shared.
type SharedReply = Result<Arc<ToolReply>, ToolError>;

/// The identity of a read: two reads with the same key are identical.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ReadKey {
    tool: &'static str,
    method: &'static str,
    target: String,
    body: Option<String>,
}

impl ReadKey {
    /// The key of a request of `tool`, or `None` if it sends files.
    pub(crate) fn new(tool: &'static str, request: &Request) -> Option<Self> {
        let body = match request.body() {
            RequestBody::Empty => None,
            RequestBody::Json(json) => Some(json.clone()),
            RequestBody::Form(_) => return None,
        };
        Some(Self { tool, method: HttpMethod::name(request.method()), target: request.target(), body })
    }

    /// The number of bytes that it takes in memory.
    fn bytes(&self) -> usize {
        size_of::<Self>() + self.target.len() + self.body.as_ref().map_or(0, String::len)
    }
}

/// The reads of one account with its present key and address.
pub(crate) struct AccountReads {
    flights: Flights<SharedReply>,
    /// The name under which the cache keeps the replies of this account since its last write.
    epoch: Arc<AtomicU64>,
    cache: Option<AccountCache>,
}

#[derive(Clone)]
struct AccountCache {
    replies: ReplyCache,
    /// The age up to which a reply is used.
    max_age: Duration,
    clock: Clock,
}

impl AccountReads {
    /// Reads that are not answered from memory.
    pub(crate) fn uncached() -> Self {
        Self { flights: Flights::default(), epoch: Arc::new(AtomicU64::new(next_epoch())), cache: None }
    }

    /// Reads that are answered from `replies` up to the age `max_age`.
    pub(crate) fn cached(replies: ReplyCache, max_age: Duration, clock: Clock) -> Self {
        Self { cache: Some(AccountCache { replies, max_age, clock }), ..Self::uncached() }
    }

    /// Returns the reply to a read: from memory, from an identical read that is in flight, or by `send` if `admit` allows it.
    /// Dropping the future drops the request, unless another caller waits for its reply. The admission is dropped unused if an
    /// identical read was started while this one waited for it.
    ///
    /// # Errors
    ///
    /// Those of `admit` and `send`.
    pub(crate) async fn read<A, S: Future<Output = Result<ToolReply, ToolError>> + Send + 'static>(
        &self,
        key: ReadKey,
        admit: impl Future<Output = Result<A, ToolError>>,
        send: impl FnOnce(A) -> S,
    ) -> Result<ToolReply, ToolError> {
        if let Some(kept) = self.kept(&key) {
            return Ok(kept);
        }
        let flight = match self.flights.join(&key) {
            Some(flight) => flight,
            None => {
                let admission = admit.await?;
                self.flights.start(key.clone(), self.sent_and_kept(key, send(admission)))
            }
        };
        flight.await.map(Arc::unwrap_or_clone)
    }

    /// Begins a write. Reads that begin before the returned value is dropped are not shared with later ones.
    pub(crate) fn begin_write(&self) -> WriteInProgress<'_> {
        self.forget();
        WriteInProgress(self)
    }

    fn kept(&self, key: &ReadKey) -> Option<ToolReply> {
        let AccountCache { replies, max_age, clock } = self.cache.as_ref()?;
        let (reply, read_at) = replies.get(self.epoch.load(Ordering::Acquire), key)?;
        let age = clock.monotonic().saturating_sub(read_at);
        (age < *max_age).then(|| Arc::unwrap_or_clone(reply).aged(age))
    }

    fn sent_and_kept(
        &self,
        key: ReadKey,
        send: impl Future<Output = Result<ToolReply, ToolError>> + Send + 'static,
    ) -> impl Future<Output = SharedReply> + Send + 'static {
        let begun_in = self.epoch.load(Ordering::Acquire);
        let cache = self.cache.clone();
        async move {
            let reply = Arc::new(send.await?);
            if let Some(AccountCache { replies, clock, .. }) = cache {
                // After a write meanwhile, nothing is looked up under this name.
                replies.insert(begun_in, key, &reply, clock.monotonic());
            }
            Ok(reply)
        }
    }

    fn forget(&self) {
        self.epoch.store(next_epoch(), Ordering::Release);
        self.flights.forget();
    }
}

impl fmt::Debug for AccountReads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let max_age = self.cache.as_ref().map(|cache| cache.max_age);
        f.debug_struct("AccountReads").field("max_age", &max_age).finish_non_exhaustive()
    }
}

/// A write of an account that has begun and not ended, or whose outcome is unknown.
#[derive(Debug)]
pub(crate) struct WriteInProgress<'r>(&'r AccountReads);

impl Drop for WriteInProgress<'_> {
    fn drop(&mut self) {
        self.0.forget();
    }
}

/// Returns a name that no other account has, and this one never had.
fn next_epoch() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed)
}

#[cfg(test)]
mod tests;
