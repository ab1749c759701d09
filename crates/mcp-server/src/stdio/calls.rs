//! The calls in flight on one connection: started, limited in number, found by id, and cancelled.
//!
//! Cancelling a call drops its future, and no answer is sent for it (MCP 2026-07-28, Basic, Patterns, "Cancellation").
//! Calls beyond a limit are refused rather than left unread, so that a cancellation is always read.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::join_all;
use serde_json::Value;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::{AbortHandle, JoinSet};

use crate::lifecycle;
use crate::message::{AnswerId, Message, RefusedMessage, RpcId, RpcRequest};
use crate::methods::{answer_in_batch, answer_in_context};
use crate::peer::Peer;
use crate::progress::Progress;
use crate::response::{Batch, encode_answer, encode_refusal, join_pieces, single_piece};
use crate::revision::{Lifecycle, Revision};
use crate::rpc_error::{ErrorCode, RpcError};
use crate::service::Service;

/// The number of calls that run at a time.
const RUNNING: usize = 32;

/// The number of calls in flight, including those that wait for a slot.
const IN_FLIGHT: usize = 256;

/// The calls that have been started and are not answered yet.
pub(super) struct Calls<S> {
    service: Arc<S>,
    answers: mpsc::Sender<Vec<u8>>,
    tasks: JoinSet<()>,
    by_id: HashMap<RpcId, AbortHandle>,
    slots: Arc<Semaphore>,
    peer: Peer,
    client_can_ask: bool,
}

impl<S: Service> Calls<S> {
    /// No calls yet. Answers will be sent to `answers`.
    pub(super) fn new(service: S, answers: mpsc::Sender<Vec<u8>>) -> Self {
        Self {
            service: Arc::new(service),
            peer: Peer::new(answers.clone()),
            client_can_ask: false,
            answers,
            tasks: JoinSet::new(),
            by_id: HashMap::new(),
            slots: Arc::new(Semaphore::new(RUNNING)),
        }
    }

    /// The service that executes the calls.
    pub(super) fn service(&self) -> Arc<S> {
        Arc::clone(&self.service)
    }

    /// Sets whether the client said, in the handshake, that it can ask its user.
    pub(super) fn client_can_ask(&mut self, can_ask: bool) {
        self.client_can_ask = can_ask;
    }

    /// Hands over the client's answer to a request of the server.
    pub(super) fn answered(&self, id: &RpcId, result: Option<Value>) {
        self.peer.answered(id, result);
    }

    /// Closes the questions to a client that has left.
    pub(super) fn client_left(&mut self) {
        self.client_can_ask = false;
        self.peer.close();
    }

    /// Checks that a call of that id can start: the id is free and the limit is not reached.
    fn check(&mut self, id: &RpcId) -> Result<(), RpcError> {
        self.check_id(id)?;
        while self.tasks.try_join_next().is_some() {}
        self.forget_finished();
        if self.tasks.len() < IN_FLIGHT {
            return Ok(());
        }
        // JSON-RPC has no code for a server that is too busy for a valid request.
        let message =
            format!("{IN_FLIGHT} calls are in flight already: send this one again after one of them is answered");
        Err(RpcError::new(ErrorCode::Internal, message))
    }

    /// Checks that no call in flight has that id: a cancellation could mean either of the two.
    pub(super) fn check_id(&self, id: &RpcId) -> Result<(), RpcError> {
        match self.by_id.get(id) {
            Some(call) if !call.is_finished() => {
                Err(RpcError::invalid_request("The id is in use by a call that is not answered yet"))
            }
            _ => Ok(()),
        }
    }

    /// Starts a call. Its answer is sent when it is ready.
    pub(super) fn start(&mut self, request: RpcRequest, settled: Option<Revision>) -> Result<(), RefusedMessage> {
        let id = request.id.clone();
        self.check(&id).map_err(|error| RefusedMessage { id: AnswerId::Known(id.clone()), error })?;
        let (service, slots, answers) = (self.service(), Arc::clone(&self.slots), self.answers.clone());
        let peer = self.client_can_ask.then(|| self.peer.clone());
        self.track(id.clone(), async move {
            let answer = with_slot(&slots, async {
                let answer = match lifecycle::request_context(&request, settled) {
                    Ok(mut context) => {
                        // Reports share the channel of the answers, so they arrive before this call's answer.
                        let token = Progress::token(&request.params).cloned();
                        context.progress = token.map(|token| Progress::new(token, answers.clone()));
                        context.peer = peer.filter(|_| context.lifecycle == Lifecycle::Handshake);
                        answer_in_context(&*service, request, &context).await
                    }
                    Err(error) => Err(error),
                };
                join_pieces(encode_answer(&id, &answer))
            });
            send(&answers, answer.await).await;
        });
        Ok(())
    }

    /// Starts the requests of a batch. The answers are sent together, in the order of the requests, when all are ready.
    ///
    /// If no request of the batch was started, the answers are returned instead, and the caller sends them before it
    /// reads on: refusals to a client that reads no answers must not pile up here.
    pub(super) async fn start_batch(
        &mut self,
        messages: Vec<Result<Message, RefusedMessage>>,
        settled: Option<Revision>,
    ) -> Option<Vec<u8>> {
        let (mut awaited, mut started) = (Vec::new(), false);
        for message in messages {
            let (done, answer) = oneshot::channel();
            let refused = match message {
                Ok(Message::Ignored) => continue,
                Ok(Message::Response(id, result)) => {
                    self.answered(&id, result);
                    continue;
                }
                Ok(Message::Cancelled(id)) => {
                    self.cancel(&id).await;
                    continue;
                }
                Ok(Message::Request(request)) => match self.check(&request.id) {
                    Ok(()) => {
                        self.start_in_batch(request, settled, done);
                        started = true;
                        awaited.push(answer);
                        continue;
                    }
                    Err(error) => RefusedMessage { id: AnswerId::Known(request.id), error },
                },
                Err(refused) => refused,
            };
            hand_over(done, encode_refusal(&refused));
            awaited.push(answer);
        }
        let answer = async {
            // A call that was cancelled has no answer.
            let mut batch = Batch::default();
            for ready in join_all(awaited).await.into_iter().flatten() {
                batch.push(&single_piece(ready));
            }
            batch.into_message()
        };
        if !started {
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

    fn start_in_batch(&mut self, request: RpcRequest, settled: Option<Revision>, done: oneshot::Sender<Vec<u8>>) {
        let (service, slots) = (self.service(), Arc::clone(&self.slots));
        let id = request.id.clone();
        self.track(id.clone(), async move {
            let answer = with_slot(&slots, async {
                join_pieces(encode_answer(&id, &answer_in_batch(&*service, request, settled).await))
            });
            hand_over(done, answer.await);
        });
    }

    /// Drops the call of that id, if it is still in flight, and waits until it has stopped.
    pub(super) async fn cancel(&mut self, id: &RpcId) {
        let Some(call) = self.by_id.remove(id) else { return };
        call.abort();
        while !call.is_finished() && self.tasks.join_next().await.is_some() {}
    }

    /// Waits until another call has finished. Without calls it waits forever.
    pub(super) async fn next_finished(&mut self) {
        if self.tasks.join_next().await.is_none() {
            std::future::pending::<()>().await;
        }
        self.forget_finished();
    }

    /// Waits until all calls have finished.
    pub(super) async fn all_finished(&mut self) {
        while self.tasks.join_next().await.is_some() {}
    }

    fn forget_finished(&mut self) {
        self.by_id.retain(|_, call| !call.is_finished());
    }

    fn track(&mut self, id: RpcId, call: impl Future<Output = ()> + Send + 'static) {
        let call = self.tasks.spawn(call);
        self.by_id.insert(id, call);
    }
}

/// Awaits `call` once a slot is free, and holds the slot meanwhile.
async fn with_slot<T>(slots: &Semaphore, call: impl Future<Output = T>) -> T {
    let _slot = slots.acquire().await;
    call.await
}

async fn send(answers: &mpsc::Sender<Vec<u8>>, answer: Vec<u8>) {
    // Fails only after the writer has ended, which also ends the connection.
    let _ = answers.send(answer).await;
}

fn hand_over(done: oneshot::Sender<Vec<u8>>, answer: Vec<u8>) {
    // Fails only if the batch is no longer awaited, because the connection has ended.
    let _ = done.send(answer);
}
