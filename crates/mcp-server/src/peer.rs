//! The client of one connection as the receiver of requests: questions to its user.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::sync::{mpsc, oneshot};

use super::encode::encode_bytes;
use super::input::{ELICIT, GivenInput, InputRequired, Question};
use super::message::RpcId;

/// The time that a person has for an answer.
const LONGEST_WAIT: Duration = Duration::from_mins(10);

/// The client of one connection, which answers questions. Clones share the questions that are open.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    outgoing: mpsc::Sender<Vec<u8>>,
    open: Arc<Open>,
}

type Waiting = HashMap<RpcId, oneshot::Sender<Option<Value>>>;

#[derive(Debug, Default)]
struct Open {
    /// The requests that are not answered yet.
    requests: Mutex<Waiting>,
    last_id: AtomicU64,
}

impl Peer {
    /// A client that reads `outgoing`.
    pub(crate) fn new(outgoing: mpsc::Sender<Vec<u8>>) -> Self {
        Self { outgoing, open: Arc::default() }
    }

    /// Asks all questions of `required`, one after the other, and returns the answers as the client of a stateless call would
    /// send them. A question that the client does not answer counts as cancelled. Dropping the future closes the open question.
    pub(crate) async fn ask(&self, required: &InputRequired) -> GivenInput {
        let mut responses = Map::new();
        for (key, question) in &required.questions {
            let response = self.ask_one(question).await.unwrap_or_else(|| json!({ "action": "cancel" }));
            responses.insert((*key).to_owned(), response);
        }
        GivenInput { responses, state: required.state.clone() }
    }

    async fn ask_one(&self, question: &Question) -> Option<Value> {
        let (request, answer) = self.open.request();
        let message = json!({ "jsonrpc": "2.0", "id": request.id, "method": ELICIT, "params": question.params() });
        self.outgoing.send(encode_bytes(&message)).await.ok()?;
        if let Ok(answer) = tokio::time::timeout(LONGEST_WAIT, answer).await {
            return answer.ok().flatten();
        }
        let cancelled = json!({
            "jsonrpc": "2.0",
            "method": "notifications/cancelled",
            "params": { "requestId": request.id, "reason": "The question was not answered in time" },
        });
        // Fails only after the writer has ended, which also ends the connection.
        let _ = self.outgoing.send(encode_bytes(&cancelled)).await;
        None
    }

    /// Hands an answer of the client to the question that it belongs to, if that is still open. `None` is an error.
    pub(crate) fn answered(&self, id: &RpcId, result: Option<Value>) {
        if let Some(waiting) = self.open.lock().remove(id) {
            // Fails only if the question is no longer awaited.
            let _ = waiting.send(result);
        }
    }

    /// Closes all open questions, because the client has left.
    pub(crate) fn close(&self) {
        self.open.lock().clear();
    }
}

/// A request that is not answered yet. It is closed when this is dropped.
struct OpenRequest<'o> {
    id: RpcId,
    open: &'o Open,
}

impl Open {
    fn request(&self) -> (OpenRequest<'_>, oneshot::Receiver<Option<Value>>) {
        let (waiting, answer) = oneshot::channel();
        let id = RpcId::Text(format!("question-{}", self.last_id.fetch_add(1, Ordering::Relaxed) + 1).into());
        self.lock().insert(id.clone(), waiting);
        (OpenRequest { id, open: self }, answer)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Waiting> {
        // The map is whole after every statement that changes it.
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for OpenRequest<'_> {
    fn drop(&mut self) {
        self.open.lock().remove(&self.id);
    }
}
