//! MCP over a pair of byte streams: one message per line (MCP 2026-07-28, Basic, Transports, "stdio").
//!
//! Calls of tools run concurrently, so that a cancellation is read while they run. All other requests are answered in
//! order. Reading pauses only while the client does not read its answers. One task writes all answers, a whole line at
//! a time.

mod calls;
mod lines;
mod skim;

use std::io;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::mpsc;

use self::calls::Calls;
use self::lines::{Line, Lines};
use super::input::has_forms;
use super::message::{AnswerId, Incoming, Message, RefusedMessage, RpcRequest, read_message};
use super::methods::{answer_request, takes_time};
use super::response::{RpcResponse, encode_answer, encode_refusal, join_pieces};
use super::revision::Revision;
use super::rpc_error::RpcError;
use super::service::Service;

/// The time that running calls get to finish once the client has closed its end.
const LAST_CALLS: Duration = Duration::from_secs(30);

/// The number of answers that wait for a client that does not read.
const UNREAD_ANSWERS: usize = 16;

/// Serves one client until it closes `reader`. Needs a Tokio runtime.
///
/// Calls that are still running then have half a minute to finish, and their answers are written.
///
/// # Errors
///
/// Fails if reading or writing fails. A client that has stopped reading is not an error.
pub async fn serve_stdio<S, R, W>(service: S, reader: R, writer: W) -> io::Result<()>
where
    S: Service,
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin + Send + 'static,
{
    let (answers, unwritten) = mpsc::channel(UNREAD_ANSWERS);
    let mut written = tokio::spawn(write_lines(unwritten, writer));
    let mut lines = Lines::new(reader, service.info().max_message_bytes);
    let mut connection = Connection { calls: Calls::new(service, answers.clone()), answers, settled: None };
    loop {
        tokio::select! {
            line = lines.next() => match line? {
                Some(line) => connection.handle_line(line).await,
                None => break,
            },
            () = connection.calls.next_finished() => {}
            outcome = &mut written => return writing_result(outcome),
        }
    }
    let rest = async {
        connection.calls.client_left();
        connection.calls.all_finished().await;
        drop(connection);
        (&mut written).await
    };
    let Ok(outcome) = tokio::time::timeout(LAST_CALLS, rest).await else {
        tracing::warn!(seconds = LAST_CALLS.as_secs(), "aborted calls that did not finish in time");
        written.abort();
        return Ok(());
    };
    writing_result(outcome)
}

/// The state of one connection.
struct Connection<S> {
    calls: Calls<S>,
    answers: mpsc::Sender<Vec<u8>>,
    /// The revision that the handshake agreed on, if there was one.
    settled: Option<Revision>,
}

impl<S: Service> Connection<S> {
    async fn handle_line(&mut self, line: Line) {
        let incoming = match line {
            Line::Whole(bytes) => read_message(&bytes, self.settled),
            Line::TooLong(id) => {
                let longest = self.calls.service().info().max_message_bytes;
                Err(RefusedMessage {
                    id: id.map_or_else(|| AnswerId::unreadable(self.settled), AnswerId::Known),
                    error: RpcError::invalid_request(format!("The message is longer than {longest} bytes")),
                })
            }
        };
        match incoming {
            Ok(Incoming::One(Message::Request(request))) => self.handle_request(request).await,
            Ok(Incoming::One(Message::Cancelled(id))) => self.calls.cancel(&id).await,
            Ok(Incoming::One(Message::Response(id, result))) => self.calls.answered(&id, result),
            Ok(Incoming::One(Message::Ignored)) => {}
            Ok(Incoming::Batch(messages)) => {
                if let Some(answer) = self.calls.start_batch(messages, self.settled).await {
                    self.send(answer).await;
                }
            }
            Err(refused) => self.refuse(&refused).await,
        }
    }

    async fn handle_request(&mut self, request: RpcRequest) {
        if takes_time(&request) {
            if let Err(refused) = self.calls.start(request, self.settled) {
                self.refuse(&refused).await;
            }
            return;
        }
        let id = request.id.clone();
        if let Err(error) = self.calls.check_id(&id) {
            return self.refuse(&RefusedMessage { id: AnswerId::Known(id), error }).await;
        }
        let service = self.calls.service();
        let asks = request.params.get("capabilities").and_then(Value::as_object).is_some_and(has_forms);
        let answer = answer_request(&*service, request, self.settled).await;
        if let Ok(RpcResponse::Initialized(initialized)) = &answer {
            self.settled = Some(initialized.protocol_version);
            // Elicitation is part of the protocol since 2025-06-18.
            self.calls.client_can_ask(asks && initialized.protocol_version >= Revision::V2025_06_18);
        }
        self.send(join_pieces(encode_answer(&id, &answer))).await;
    }

    async fn refuse(&self, refused: &RefusedMessage) {
        self.send(encode_refusal(refused)).await;
    }

    async fn send(&self, answer: Vec<u8>) {
        // Fails only after the writer has ended, which also ends the connection.
        let _ = self.answers.send(answer).await;
    }
}

/// Writes each answer as a line. Answers that are ready at the same time are flushed together.
async fn write_lines<W: AsyncWrite + Unpin>(mut answers: mpsc::Receiver<Vec<u8>>, mut writer: W) -> io::Result<()> {
    while let Some(first) = answers.recv().await {
        let mut next = Some(first);
        while let Some(mut line) = next {
            line.push(b'\n');
            writer.write_all(&line).await?;
            next = answers.try_recv().ok();
        }
        writer.flush().await?;
    }
    Ok(())
}

/// The result of the connection, from the result of the writer.
fn writing_result(outcome: Result<io::Result<()>, tokio::task::JoinError>) -> io::Result<()> {
    match outcome? {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome,
    }
}
