//! The calls of one connection: begun, counted, found again by id, and dropped.
//!
//! A cancelled call is dropped where it stands, which ends whatever it was doing, and no answer is sent for it.
//! Which messages are calls is not decided here.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::join_all;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::{AbortHandle, JoinSet};

use crate::mcp::answer::{answer_in_batch, answer_within};
use crate::mcp::era;
use crate::mcp::message::{Id, Message, Refused, Request};
use crate::mcp::progress::Progress;
use crate::mcp::reply;
use crate::mcp::revision::Revision;
use crate::mcp::service::Service;

/// How many calls run at a time.
const RUNNING: usize = 32;

/// How many calls are taken on, the waiting ones included, before no further message is read.
const TAKEN_ON: usize = 256;

/// The calls that have been begun and are not yet answered.
pub(super) struct Calls<S> {
    service: Arc<S>,
    answers: mpsc::Sender<Vec<u8>>,
    tasks: JoinSet<()>,
    by_id: HashMap<Id, AbortHandle>,
    slots: Arc<Semaphore>,
}

impl<S: Service> Calls<S> {
    /// None yet. Answers will go to `answers`.
    pub(super) fn of(service: S, answers: mpsc::Sender<Vec<u8>>) -> Self {
        Self {
            service: Arc::new(service),
            answers,
            tasks: JoinSet::new(),
            by_id: HashMap::new(),
            slots: Arc::new(Semaphore::new(RUNNING)),
        }
    }

    /// Who carries them out.
    pub(super) fn service(&self) -> Arc<S> {
        Arc::clone(&self.service)
    }

    /// Whether another message may be read.
    pub(super) fn have_room(&self) -> bool {
        self.tasks.len() < TAKEN_ON
    }

    /// Begins a call. Its answer is sent when it is there.
    pub(super) fn begin(&mut self, request: Request, settled: Option<Revision>) {
        let (service, slots, answers) = (self.service(), Arc::clone(&self.slots), self.answers.clone());
        let id = request.id.clone();
        self.track(id.clone(), async move {
            let answer = in_turn(&slots, async {
                let reply = match era::context(&request, settled) {
                    Ok(mut context) => {
                        // Reports go the way of the answer, and so before it.
                        context.progress = Progress::asked_for(&request.params, &answers);
                        answer_within(&*service, request, &context).await
                    }
                    Err(fault) => Err(fault),
                };
                reply::write(Some(&id), &reply)
            });
            send(&answers, answer.await).await;
        });
    }

    /// Begins whatever a batch asks for. The answers are sent together, in its order, when all are there.
    pub(super) fn begin_batch(&mut self, messages: Vec<Result<Message, Refused>>, settled: Option<Revision>) {
        let mut awaited = Vec::new();
        for message in messages {
            let (done, answer) = oneshot::channel();
            match message {
                Ok(Message::Ignored) => continue,
                Ok(Message::Cancelled(id)) => {
                    self.cancel(&id);
                    continue;
                }
                Ok(Message::Request(request)) => self.begin_in_batch(request, settled, done),
                Err(refused) => hand_over(done, reply::write(refused.id.as_ref(), &Err(refused.fault))),
            }
            awaited.push(answer);
        }
        let answers = self.answers.clone();
        self.tasks.spawn(async move {
            // A call that was cancelled has nothing to hand over.
            let ready: Vec<_> = join_all(awaited).await.into_iter().flatten().collect();
            if !ready.is_empty() {
                send(&answers, reply::write_batch(&ready)).await;
            }
        });
    }

    fn begin_in_batch(&mut self, request: Request, settled: Option<Revision>, done: oneshot::Sender<Vec<u8>>) {
        let (service, slots) = (self.service(), Arc::clone(&self.slots));
        let id = request.id.clone();
        self.track(id.clone(), async move {
            let answer =
                in_turn(&slots, async { reply::write(Some(&id), &answer_in_batch(&*service, request, settled).await) });
            hand_over(done, answer.await);
        });
    }

    /// Drops the call of that id, if it is still there.
    pub(super) fn cancel(&mut self, id: &Id) {
        if let Some(call) = self.by_id.remove(id) {
            call.abort();
        }
    }

    /// Waits until one more call has ended; for ever, if there is none.
    pub(super) async fn one_ends(&mut self) {
        if self.tasks.join_next().await.is_none() {
            std::future::pending::<()>().await;
        }
        self.by_id.retain(|_, call| !call.is_finished());
    }

    /// Waits until no call is left.
    pub(super) async fn all_end(&mut self) {
        while self.tasks.join_next().await.is_some() {}
    }

    fn track(&mut self, id: Id, call: impl Future<Output = ()> + Send + 'static) {
        let call = self.tasks.spawn(call);
        self.by_id.insert(id, call);
    }
}

/// Awaits `call` once one of the slots is free, and frees it again.
async fn in_turn<T>(slots: &Semaphore, call: impl Future<Output = T>) -> T {
    let _slot = slots.acquire().await;
    call.await
}

async fn send(answers: &mpsc::Sender<Vec<u8>>, answer: Vec<u8>) {
    // It fails only once the writer has ended, and then so does the connection.
    let _ = answers.send(answer).await;
}

fn hand_over(done: oneshot::Sender<Vec<u8>>, answer: Vec<u8>) {
    // It fails only if the batch is no longer awaited, because the connection has ended.
    let _ = done.send(answer);
}
