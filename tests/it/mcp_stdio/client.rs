//! The other end of the streams.

use std::io;
use std::time::Duration;

use mcp_server::serve_stdio;
use serde_json::{Value, json};
use tokio::io::{
    AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream, ReadHalf, WriteHalf,
};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::common::workshop::{Door, Event, Workshop};

/// On a paused clock this passes as soon as there is nothing left to do.
const LONG: Duration = Duration::from_secs(3);

/// A client of a workshop.
pub(crate) struct Client {
    requests: WriteHalf<DuplexStream>,
    answers: BufReader<ReadHalf<DuplexStream>>,
    serving: JoinHandle<io::Result<()>>,
    door: Door,
}

impl Client {
    /// Opens a workshop and connects to it.
    pub(crate) fn connect() -> Self {
        let (ours, theirs) = tokio::io::duplex(1 << 20);
        let (reader, writer) = tokio::io::split(theirs);
        let (workshop, door) = Workshop::open();
        let serving = tokio::spawn(serve_stdio(workshop, reader, writer));
        let (answers, requests) = tokio::io::split(ours);
        Self { requests, answers: BufReader::new(answers), serving, door }
    }

    /// Sends a line as it is.
    pub(crate) async fn send_text(&mut self, line: &str) {
        self.requests.write_all(line.as_bytes()).await.unwrap();
        self.requests.write_all(b"\n").await.unwrap();
    }

    /// Sends a message.
    pub(crate) async fn send(&mut self, message: &Value) {
        self.send_text(&message.to_string()).await;
    }

    /// Begins a call of `hold` under that id, tagged with the id.
    pub(crate) async fn hold(&mut self, id: u32) {
        let params = json!({ "name": "hold", "arguments": { "tag": id.to_string() } });
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params })).await;
    }

    /// Withdraws the request of that id.
    pub(crate) async fn cancel(&mut self, id: &Value) {
        let params = json!({ "requestId": id, "reason": "test" });
        self.send(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": params })).await;
    }

    /// Lets that many held calls end.
    pub(crate) fn release(&self, calls: usize) {
        self.door.released.add_permits(calls);
    }

    /// The next line that comes.
    pub(crate) async fn receive_text(&mut self) -> String {
        self.line().await.unwrap_or_else(|| panic!("no answer comes"))
    }

    /// Makes sure that no line comes.
    pub(crate) async fn receive_nothing(&mut self) {
        assert_eq!(self.line().await, None);
    }

    async fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        timeout(LONG, self.answers.read_line(&mut line)).await.ok()?.unwrap();
        assert_eq!(line.pop(), Some('\n'), "an answer is a line: {line:?}");
        Some(line)
    }

    /// The next message that comes.
    pub(crate) async fn receive(&mut self) -> Value {
        serde_json::from_str(&self.receive_text().await).unwrap()
    }

    /// The answer to a message; only if no other is outstanding.
    pub(crate) async fn ask(&mut self, message: &Value) -> Value {
        self.send(message).await;
        self.receive().await
    }

    /// What a held call goes through next.
    pub(crate) async fn event(&mut self) -> Event {
        timeout(LONG, self.door.events.recv()).await.unwrap().unwrap()
    }

    /// Makes sure that held calls stay as they are.
    pub(crate) async fn no_event(&mut self) {
        assert!(timeout(LONG, self.door.events.recv()).await.is_err());
    }

    /// Sends no more. What still comes, and how the serving ends.
    pub(crate) async fn close(mut self) -> (Vec<Value>, io::Result<()>, Door) {
        self.requests.shutdown().await.unwrap();
        drop(self.requests);
        let mut rest = String::new();
        self.answers.read_to_string(&mut rest).await.unwrap();
        let rest = rest.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        (rest, self.serving.await.unwrap(), self.door)
    }

    /// Sends and reads no more. How the serving ends.
    pub(crate) async fn vanish(self) -> io::Result<()> {
        drop(self.requests);
        drop(self.answers);
        self.serving.await.unwrap()
    }
}
