//! Tests of sharing reads, with requests that end when the test says so.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Ready, join_all, ready};
use jiff::Timestamp;
use mcp_server::http::ByteBudget;
use tokio::sync::Notify;

use super::*;
use crate::clock::TimeSource;
use crate::outcome::{RateLimit, ReplyBody};

/// A clock that tests move.
#[derive(Clone, Default)]
struct SetClock(Arc<Mutex<Duration>>);

impl SetClock {
    fn advance(&self, by: Duration) {
        *self.0.lock().unwrap() += by;
    }
}

impl TimeSource for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn monotonic(&self) -> Duration {
        *self.0.lock().unwrap()
    }
}

/// An API that counts requests, and the admissions that were not used.
#[derive(Clone, Default)]
struct Api {
    sent: Arc<AtomicUsize>,
    dropped: Arc<AtomicUsize>,
    unused: Arc<AtomicUsize>,
    reply: Arc<Notify>,
}

/// Counts as unused if it is dropped before its request was sent.
struct TestAdmission {
    unused: Arc<AtomicUsize>,
    is_used: bool,
}

impl TestAdmission {
    fn mark_used(&mut self) {
        self.is_used = true;
    }
}

impl Drop for TestAdmission {
    fn drop(&mut self) {
        self.unused.fetch_add(usize::from(!self.is_used), Ordering::SeqCst);
    }
}

struct CountsDrop(Arc<AtomicUsize>);

impl Drop for CountsDrop {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Api {
    /// A request that is replied to after `reply` is notified.
    fn request(
        &self,
        text: &str,
    ) -> impl FnOnce(TestAdmission) -> BoxFuture<'static, Result<ToolReply, ToolError>> + use<> {
        let (api, text) = (self.clone(), text.to_owned());
        |mut admission| {
            async move {
                admission.mark_used();
                api.sent.fetch_add(1, Ordering::SeqCst);
                let dropped = CountsDrop(api.dropped);
                api.reply.notified().await;
                std::mem::forget(dropped);
                let body = ReplyBody::Text(text);
                Ok(ToolReply { body, ratelimit: RateLimit::default(), upstream_status: 200, age: None })
            }
            .boxed()
        }
    }

    fn admitted(&self) -> Ready<Result<TestAdmission, ToolError>> {
        ready(Ok(TestAdmission { unused: Arc::clone(&self.unused), is_used: false }))
    }

    fn sent(&self) -> usize {
        self.sent.load(Ordering::SeqCst)
    }
}

fn key(target: &str) -> ReadKey {
    ReadKey { tool: "t", method: "GET", target: target.to_owned(), body: None }
}

fn text(reply: &ToolReply) -> &str {
    reply.body.text()
}

#[tokio::test]
async fn identical_reads_in_flight_send_one_request() {
    let (reads, api) = (AccountReads::uncached(), Api::default());
    let read = |target: &str| reads.read(key(target), api.admitted(), api.request(target));
    let answers = async {
        while api.sent() < 2 {
            tokio::task::yield_now().await;
        }
        api.reply.notify_waiters();
    };
    let targets = ["/a", "/b", "/a", "/a"];
    let (completed, ()) = tokio::join!(join_all(targets.map(read)), answers);
    let completed: Vec<_> = completed.into_iter().map(Result::unwrap).collect();
    assert_eq!(completed.iter().map(text).collect::<Vec<_>>(), targets);
    assert!(completed.iter().all(|read| read.age.is_none()));
    assert_eq!((api.sent(), reads.flights.count()), (2, 0));
    api.reply.notify_one();
    assert_eq!(text(&read("/a").await.unwrap()), "/a");
    assert_eq!(api.sent(), 3, "a read that has ended is not shared");
}

#[tokio::test]
async fn one_cancellation_does_not_cancel_the_others() {
    let (reads, api) = (AccountReads::uncached(), Api::default());
    let read = || Box::pin(reads.read(key("/a"), api.admitted(), api.request("/a")));
    let (mut first, mut second) = (read(), read());
    assert!((&mut first).now_or_never().is_none() && (&mut second).now_or_never().is_none());
    drop(first);
    assert_eq!((api.sent(), api.dropped.load(Ordering::SeqCst)), (1, 0));
    api.reply.notify_waiters();
    assert_eq!(text(&second.await.unwrap()), "/a");
}

#[tokio::test]
async fn the_last_cancellation_drops_the_request() {
    let (reads, api) = (AccountReads::uncached(), Api::default());
    let read = || Box::pin(reads.read(key("/a"), api.admitted(), api.request("/a")));
    let (mut first, mut second) = (read(), read());
    assert!((&mut first).now_or_never().is_none() && (&mut second).now_or_never().is_none());
    drop((first, second));
    assert_eq!((api.sent(), api.dropped.load(Ordering::SeqCst), reads.flights.count()), (1, 1, 0));
}

#[tokio::test]
async fn a_read_after_a_write_sends_its_own_request() {
    let (reads, api) = (AccountReads::uncached(), Api::default());
    let read = || Box::pin(reads.read(key("/a"), api.admitted(), api.request("/a")));
    let mut before = read();
    assert!((&mut before).now_or_never().is_none());
    let write = reads.begin_write();
    let mut during = read();
    assert!((&mut during).now_or_never().is_none());
    drop(write);
    let mut after = read();
    assert!((&mut after).now_or_never().is_none());
    assert_eq!(api.sent(), 3);
    api.reply.notify_waiters();
    assert!(before.await.is_ok() && during.await.is_ok());
    assert_eq!(reads.flights.count(), 1, "the end of an earlier read does not remove a later one");
    assert!(after.await.is_ok());
}

#[tokio::test]
async fn an_admission_is_not_used_if_another_read_was_first() {
    let (reads, api) = (AccountReads::uncached(), Api::default());
    let gate = Notify::new();
    let admit = async || {
        gate.notified().await;
        api.admitted().await
    };
    let mut slow = Box::pin(reads.read(key("/a"), admit(), api.request("/a")));
    assert!((&mut slow).now_or_never().is_none());
    let mut fast = Box::pin(reads.read(key("/a"), api.admitted(), api.request("/a")));
    assert!((&mut fast).now_or_never().is_none());
    gate.notify_waiters();
    assert!((&mut slow).now_or_never().is_none());
    assert_eq!((api.sent(), api.unused.load(Ordering::SeqCst)), (1, 1));
    api.reply.notify_waiters();
    assert!(fast.await.is_ok() && slow.await.is_ok());
}

#[tokio::test]
async fn a_reply_is_held_until_its_age_or_a_write() {
    let (source, api, process) = (SetClock::default(), Api::default(), ByteBudget::new(1_000_000));
    let replies = ReplyCache::new(&process, 100_000);
    let reads = AccountReads::cached(replies.clone(), Duration::from_mins(1), Clock::new(source.clone()));
    let read = async |expected_sent: usize| {
        api.reply.notify_one();
        let completed = reads.read(key("/a"), api.admitted(), api.request("/a")).await.unwrap();
        assert_eq!((text(&completed), api.sent()), ("/a", expected_sent));
        completed.age.map(|age| age.as_secs())
    };
    assert_eq!(read(1).await, None);
    assert!(process.held() > 0, "kept replies count towards the process");
    source.advance(Duration::from_secs(59));
    assert_eq!(read(1).await, Some(59));
    source.advance(Duration::from_secs(1));
    assert_eq!(read(2).await, None);
    drop(reads.begin_write());
    assert_eq!(read(3).await, None);
    assert_eq!(read(3).await, Some(0));
    let other = AccountReads::cached(replies, Duration::from_mins(1), Clock::new(source));
    api.reply.notify_one();
    assert_eq!(other.read(key("/a"), api.admitted(), api.request("/a")).await.unwrap().age, None);
    assert_eq!(api.sent(), 4, "another account has replies of its own");
}

#[tokio::test]
async fn a_reply_that_a_write_overtook_is_not_kept() {
    let (api, process) = (Api::default(), ByteBudget::new(1_000_000));
    let clock = Clock::new(SetClock::default());
    let reads = AccountReads::cached(ReplyCache::new(&process, 100_000), Duration::from_mins(1), clock);
    let mut first = Box::pin(reads.read(key("/a"), api.admitted(), api.request("old")));
    assert!((&mut first).now_or_never().is_none());
    drop(reads.begin_write());
    api.reply.notify_waiters();
    assert_eq!(text(&first.await.unwrap()), "old");
    api.reply.notify_one();
    let next = reads.read(key("/a"), api.admitted(), api.request("new")).await.unwrap();
    assert_eq!((text(&next), next.age), ("new", None));
}

#[tokio::test]
async fn the_cache_stays_within_its_bytes() {
    let (api, process) = (Api::default(), ByteBudget::new(1_000_000));
    let replies = ReplyCache::new(&process, 10_000);
    let reads = AccountReads::cached(replies, Duration::from_mins(1), Clock::new(SetClock::default()));
    for number in 0..100 {
        api.reply.notify_one();
        let target = format!("/{number}");
        reads.read(key(&target), api.admitted(), api.request(&"x".repeat(500))).await.unwrap();
        assert!(process.held() <= 10_000, "{}", process.held());
    }
    let before = process.held();
    assert!(before > 5_000);
    api.reply.notify_one();
    reads.read(key("/large"), api.admitted(), api.request(&"x".repeat(2_000))).await.unwrap();
    assert_eq!(process.held(), before, "a large reply does not displace many small ones");
}
