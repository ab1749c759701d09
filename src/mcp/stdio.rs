//! MCP over a pair of byte streams: one message a line, answers as they come.
//!
//! Everything but tool calls is answered on the spot and in order. Calls run side by side, so that a cancellation is
//! read while they do, however many there are: reading stops only while the client leaves its answers unread. All that
//! is written goes through one writer, a whole line at a time.

mod calls;
mod lines;
mod skim;

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::mpsc;

use self::calls::Calls;
use self::lines::{Line, Lines};
use super::answer::{answer, takes_time};
use super::message::{self, Incoming, Message, Refused, RpcRequest};
use super::reply::{self, RpcResponse};
use super::revision::Revision;
use super::rpc_error::RpcError;
use super::service::Service;

/// How long calls may still run once the client has closed its end.
const LAST_CALLS: Duration = Duration::from_secs(30);

/// How many answers may wait for a client that does not read.
const UNREAD_ANSWERS: usize = 16;

/// Serves one client until it closes `reader`.
///
/// Calls that are running then are given half a minute to finish, and their answers are written. It is no error if
/// the client has stopped reading by then; any other failure of the streams is one. Needs a Tokio runtime.
pub async fn serve_stdio<S, R, W>(service: S, reader: R, writer: W) -> io::Result<()>
where
    S: Service,
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin + Send + 'static,
{
    let (answers, unwritten) = mpsc::channel(UNREAD_ANSWERS);
    let mut written = tokio::spawn(write_lines(unwritten, writer));
    let mut lines = Lines::of(reader, service.info().longest_message);
    let mut connection = Connection { calls: Calls::of(service, answers.clone()), answers, settled: None };
    loop {
        tokio::select! {
            line = lines.next() => match line? {
                Some(line) => connection.take(line).await,
                None => break,
            },
            () = connection.calls.one_ends() => {}
            outcome = &mut written => return gone(outcome),
        }
    }
    let rest = async {
        connection.calls.all_end().await;
        drop(connection);
        (&mut written).await
    };
    let Ok(outcome) = tokio::time::timeout(LAST_CALLS, rest).await else {
        tracing::warn!("calls were still running when the time to finish them was over");
        written.abort();
        return Ok(());
    };
    gone(outcome)
}

/// One client, from its first line on.
struct Connection<S> {
    calls: Calls<S>,
    answers: mpsc::Sender<Vec<u8>>,
    /// What the handshake has settled on, once there was one.
    settled: Option<Revision>,
}

impl<S: Service> Connection<S> {
    async fn take(&mut self, line: Line) {
        let incoming = match line {
            Line::Whole(bytes) => message::read(&bytes, self.settled),
            Line::TooLong(id) => {
                let longest = self.calls.service().info().longest_message;
                Err(Refused {
                    id,
                    error: RpcError::invalid_request(format!("The message is longer than {longest} bytes")),
                })
            }
        };
        match incoming {
            Ok(Incoming::One(Message::Request(request))) => self.request(request).await,
            Ok(Incoming::One(Message::Cancelled(id))) => self.calls.cancel(&id).await,
            Ok(Incoming::One(Message::Ignored)) => {}
            Ok(Incoming::Batch(messages)) => {
                if let Some(answer) = self.calls.begin_batch(messages, self.settled).await {
                    self.send(answer).await;
                }
            }
            Err(refused) => self.refuse(refused).await,
        }
    }

    async fn request(&mut self, request: RpcRequest) {
        if takes_time(&request) {
            if let Err(refused) = self.calls.begin(request, self.settled) {
                self.refuse(refused).await;
            }
            return;
        }
        let id = request.id.clone();
        if let Err(error) = self.calls.check_id(&id) {
            return self.refuse(Refused { id: Some(id), error }).await;
        }
        let service = self.calls.service();
        let reply = answer(&*service, request, self.settled).await;
        if let Ok(RpcResponse::Initialized(initialized)) = &reply {
            self.settled = Some(initialized.protocol_version);
        }
        self.send(reply::write(Some(&id), &reply)).await;
    }

    async fn refuse(&self, refused: Refused) {
        self.send(reply::write(refused.id.as_ref(), &Err(refused.error))).await;
    }

    async fn send(&self, answer: Vec<u8>) {
        // It fails only once the writer has ended, which ends the connection as well.
        let _ = self.answers.send(answer).await;
    }
}

/// Writes each answer as a line; what is ready together is flushed together.
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

/// What the end of the writer means for the whole.
fn gone(outcome: Result<io::Result<()>, tokio::task::JoinError>) -> io::Result<()> {
    match outcome? {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome,
    }
}
