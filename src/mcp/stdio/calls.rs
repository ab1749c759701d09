//! The calls of one connection: begun, counted, found again by id, and dropped.
//!
//! A cancelled call is dropped where it stands, which ends whatever it was doing, and no answer is sent for it. So that
//! a cancellation is always read, calls beyond a limit are refused rather than left unread. Which messages are calls is
//! not decided here.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::join_all;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::{AbortHandle, JoinSet};

use crate::mcp::answer::{answer_in_batch, answer_within};
use crate::mcp::lifecycle;
use crate::mcp::message::{Id, Message, Refused, RpcRequest};
use crate::mcp::progress::Progress;
use crate::mcp::reply;
use crate::mcp::revision::Revision;
use crate::mcp::rpc_error::{Code, RpcError};
use crate::mcp::service::Service;

/// How many calls run at a time.
const RUNNING: usize = 32;

/// How many calls are taken on, the waiting ones included.
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

    /// Says why no call of that id can begin now, if that is so.
    fn check(&mut self, id: &Id) -> Result<(), RpcError> {
        self.check_id(id)?;
        while self.tasks.try_join_next().is_some() {}
        self.forget_finished();
        if self.tasks.len() < TAKEN_ON {
            return Ok(());
        }
        // The request is as it should be, and JSON-RPC has no code for a server that has too much to do.
        let message = format!("{TAKEN_ON} calls are under way already: send it again once one of them is answered");
        Err(RpcError::new(Code::Internal, message))
    }

    /// Refuses an id that a call under way has: a cancellation could mean either of the two.
    pub(super) fn check_id(&self, id: &Id) -> Result<(), RpcError> {
        match self.by_id.get(id) {
            Some(call) if !call.is_finished() => {
                Err(RpcError::invalid_request("The id is in use: the call that has it is not answered yet"))
            }
            _ => Ok(()),
        }
    }

    /// Begins a call. Its answer is sent when it is there.
    pub(super) fn begin(&mut self, request: RpcRequest, settled: Option<Revision>) -> Result<(), Refused> {
        let id = request.id.clone();
        self.check(&id).map_err(|error| Refused { id: Some(id.clone()), error })?;
        let (service, slots, answers) = (self.service(), Arc::clone(&self.slots), self.answers.clone());
        self.track(id.clone(), async move {
            let answer = in_turn(&slots, async {
                let reply = match lifecycle::context(&request, settled) {
                    Ok(mut context) => {
                        // Reports go the way of the answer, and so before it.
                        context.progress = Progress::asked_for(&request.params, &answers);
                        answer_within(&*service, request, &context).await
                    }
                    Err(error) => Err(error),
                };
                reply::write(Some(&id), &reply)
            });
            send(&answers, answer.await).await;
        });
        Ok(())
    }

    /// Begins whatever a batch asks for. The answers are sent together, in its order, when all are there.
    ///
    /// If nothing of it has to be waited for, they are the result, so that whoever reads the messages has to get rid
    /// of them first: a client that reads no answers must not have them pile up here.
    pub(super) async fn begin_batch(
        &mut self,
        messages: Vec<Result<Message, Refused>>,
        settled: Option<Revision>,
    ) -> Option<Vec<u8>> {
        let (mut awaited, mut begun) = (Vec::new(), false);
        for message in messages {
            let (done, answer) = oneshot::channel();
            let refused = match message {
                Ok(Message::Ignored) => continue,
                Ok(Message::Cancelled(id)) => {
                    self.cancel(&id).await;
                    continue;
                }
                Ok(Message::Request(request)) => match self.check(&request.id) {
                    Ok(()) => {
                        self.begin_in_batch(request, settled, done);
                        begun = true;
                        awaited.push(answer);
                        continue;
                    }
                    Err(error) => Refused { id: Some(request.id), error },
                },
                Err(refused) => refused,
            };
            hand_over(done, reply::write(refused.id.as_ref(), &Err(refused.error)));
            awaited.push(answer);
        }
        let answer = async {
            // A call that was cancelled has nothing to hand over.
            let ready: Vec<_> = join_all(awaited).await.into_iter().flatten().collect();
            (!ready.is_empty()).then(|| reply::write_batch(&ready))
        };
        if !begun {
            return answer.await;
        }
        let answers = self.answers.clone();
        self.tasks.spawn(async move {
            if let Some(answer) = answer.await {
                send(&answers, answer).await;
            }
        });
        None
    }

    fn begin_in_batch(&mut self, request: RpcRequest, settled: Option<Revision>, done: oneshot::Sender<Vec<u8>>) {
        let (service, slots) = (self.service(), Arc::clone(&self.slots));
        let id = request.id.clone();
        self.track(id.clone(), async move {
            let answer =
                in_turn(&slots, async { reply::write(Some(&id), &answer_in_batch(&*service, request, settled).await) });
            hand_over(done, answer.await);
        });
    }

    /// Drops the call of that id, if it is still there, and waits until it is gone.
    pub(super) async fn cancel(&mut self, id: &Id) {
        let Some(call) = self.by_id.remove(id) else { return };
        call.abort();
        while !call.is_finished() && self.tasks.join_next().await.is_some() {}
    }

    /// Waits until one more call has ended; for ever, if there is none.
    pub(super) async fn one_ends(&mut self) {
        if self.tasks.join_next().await.is_none() {
            std::future::pending::<()>().await;
        }
        self.forget_finished();
    }

    /// Waits until no call is left.
    pub(super) async fn all_end(&mut self) {
        while self.tasks.join_next().await.is_some() {}
    }

    fn forget_finished(&mut self) {
        self.by_id.retain(|_, call| !call.is_finished());
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
