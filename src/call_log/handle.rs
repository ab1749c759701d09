//! The handle of the call log: starting, flushing and closing it, and adding records.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use super::account_updates::CheckUpdate;
use super::queue::{Queue, RefusalKind};
use super::record::CallRecord;
use super::writer::{Command, Writer};
use crate::clock::Clock;
use crate::outcome::RateLimit;
use crate::store::Store;

/// Settings of the call log.
#[derive(Clone, Debug)]
pub struct CallLogOptions {
    /// The number of records that may wait to be written. Further ones are counted instead.
    pub queue_capacity: usize,
    /// The time between two writes of queued records.
    pub write_interval: Duration,
    /// The number of calls per second and server that get a record each. Further ones are counted and share a record.
    pub records_per_second: u32,
}

impl Default for CallLogOptions {
    fn default() -> Self {
        Self { queue_capacity: 10_000, write_interval: Duration::from_millis(200), records_per_second: 200 }
    }
}

/// A running call log. Clones share it.
#[derive(Clone)]
pub struct CallLog {
    queue: Arc<Queue>,
    commands: mpsc::Sender<Command>,
}

impl CallLog {
    /// Starts the task that writes records to `store`. Needs a Tokio runtime.
    pub fn start(store: Store, clock: Clock, options: &CallLogOptions) -> Self {
        let (queue, queued) = Queue::new(options, store.clone(), clock);
        let queue = Arc::new(queue);
        let (commands, received) = mpsc::channel(8);
        let writer = Writer::new(store, Arc::clone(&queue), queued);
        tokio::spawn(writer.run(received, options.write_interval));
        Self { queue, commands }
    }

    /// Adds the record of a call.
    pub(super) fn add_call(&self, record: impl FnOnce(Timestamp) -> CallRecord) {
        self.queue.add_call(record);
    }

    /// Adds the record of a refused request, unless there are too many of that kind in this second.
    pub(crate) fn add_refusal(&self, kind: RefusalKind, record: impl FnOnce(Timestamp) -> CallRecord) {
        self.queue.add_refusal(kind, record);
    }

    /// Stores what a call showed of an account.
    pub(super) fn set_check(&self, account: Uuid, update: CheckUpdate) {
        self.queue.set_check(account, update);
    }

    /// The time of the records.
    pub(super) fn now(&self) -> Timestamp {
        self.queue.now()
    }

    /// Stores the rate limit that the API reported for an account.
    pub(super) fn set_rate_limit(&self, account: Uuid, rate_limit: RateLimit) {
        self.queue.set_rate_limit(account, rate_limit);
    }

    /// Writes everything that has been added so far, if the store is available.
    pub async fn flush(&self) {
        self.send(Command::Flush).await;
    }

    /// Writes everything that has been added so far, and stops. Records that cannot be written are counted as lost.
    pub async fn close(&self) {
        self.send(Command::Close).await;
    }

    async fn send(&self, command: impl FnOnce(oneshot::Sender<()>) -> Command) {
        let (done, is_done) = oneshot::channel();
        // After `close` there is no writer, and nothing to wait for.
        if self.commands.send(command(done)).await.is_ok() {
            let _ = is_done.await;
        }
    }
}
