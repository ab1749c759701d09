//! The task that writes queued records: a batch as soon as the queue holds one, everything at each interval.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use super::queue::{BATCH, Queue};
use super::record::CallRecord;
use super::table;
use crate::metrics;
use crate::store::{Store, StoreError};

/// A command to the writer.
pub(super) enum Command {
    /// Writes everything that is queued, then replies.
    Flush(oneshot::Sender<()>),
    /// Writes everything that is queued, then replies and ends.
    Close(oneshot::Sender<()>),
}

/// The task that writes queued records.
pub(super) struct Writer {
    store: Store,
    queue: Arc<Queue>,
    queued: mpsc::Receiver<CallRecord>,
    /// Records that were taken from the queue and are not written yet, because the last attempt failed.
    pending: Vec<CallRecord>,
    /// True if the last attempt to write failed.
    has_failed: bool,
}

impl Writer {
    pub(super) const fn new(store: Store, queue: Arc<Queue>, queued: mpsc::Receiver<CallRecord>) -> Self {
        Self { store, queue, queued, pending: Vec::new(), has_failed: false }
    }

    /// Runs until a [`Command::Close`].
    pub(super) async fn run(mut self, mut commands: mpsc::Receiver<Command>, interval: Duration) {
        let mut interval = tokio::time::interval(interval);
        interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let queue = Arc::clone(&self.queue);
        self.store.reserve_space();
        loop {
            let command = tokio::select! {
                // After a failure, the next attempt waits for the interval.
                () = queue.batch_ready.notified(), if !self.has_failed => {
                    let unwritten = self.unwritten();
                    self.write_records(unwritten - unwritten % BATCH).await;
                    continue;
                }
                _ = interval.tick() => None,
                command = commands.recv() => command,
            };
            if !self.has_failed || command.is_some() {
                // After a failure, calls are only counted on.
                let counted = self.queue.take_counted(command.is_some());
                self.pending.extend(counted.into_iter().map(with_id));
            }
            self.write_records(self.unwritten()).await;
            if !self.has_failed {
                self.write_updates().await;
            }
            match command {
                None => {}
                Some(Command::Flush(done)) => {
                    let _ = done.send(());
                }
                Some(Command::Close(done)) => {
                    if self.unwritten() > 0 {
                        tracing::error!(records = self.unwritten(), "lost call records at shutdown");
                        metrics::count_unlogged_calls(self.unwritten());
                    }
                    let _ = done.send(());
                    return;
                }
            }
        }
    }

    /// The number of records that are not written yet.
    fn unwritten(&self) -> usize {
        self.pending.len() + self.queued.len()
    }

    /// Writes `count` records. Records that arrive meanwhile are left for the next time, or they would be written in
    /// small batches.
    async fn write_records(&mut self, count: usize) {
        let mut left = count;
        while left > 0 {
            while self.pending.len() < BATCH.min(left) {
                match self.queued.try_recv() {
                    Ok(record) => self.pending.push(with_id(record)),
                    Err(_) => break,
                }
            }
            // `queued.len()` also counts a record that is still being sent.
            if self.pending.is_empty() {
                break;
            }
            match table::insert(&self.store, &self.pending).await {
                // The connection broke after an attempt that had succeeded.
                Ok(()) | Err(StoreError::Duplicate) => {}
                Err(error) => {
                    if !self.has_failed {
                        tracing::warn!(%error, records = self.unwritten(), "failed to write call records; will retry");
                    }
                    self.has_failed = true;
                    return;
                }
            }
            left = left.saturating_sub(self.pending.len());
            self.pending.clear();
        }
        if std::mem::take(&mut self.has_failed) {
            tracing::info!("writing call records again");
        }
    }

    /// Writes the updates of accounts and servers.
    async fn write_updates(&self) {
        let updates = std::mem::take(&mut *self.queue.updates());
        if let Err(error) = updates.write(&self.store).await {
            tracing::warn!(%error, "failed to update accounts and servers; will retry");
            self.queue.updates().add_earlier(updates);
            return;
        }
        if let Err(error) = self.store.write_last_uses().await {
            tracing::warn!(%error, "failed to store the last use of servers and tokens; will retry");
        }
    }
}

/// Gives a record its identifier. The writer does it, because identifiers increase and calls would wait for each other.
fn with_id(record: CallRecord) -> CallRecord {
    CallRecord { id: Uuid::now_v7(), ..record }
}
