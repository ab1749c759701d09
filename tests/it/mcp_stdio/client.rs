//! An MCP client on the other end of the streams.

use std::io;
use std::time::Duration;

use mcp_server::serve_stdio;
use serde_json::{Value, json};
use tokio::io::{
    AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream, ReadHalf, WriteHalf,
};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::common::fixture_service::{Event, FixtureHandle, FixtureService};

/// Longer than anything takes. The clock is paused, so this passes as soon as all tasks are idle.
const LONG: Duration = Duration::from_secs(3);

/// A client of a [`FixtureService`].
pub(crate) struct StdioClient {
    requests: WriteHalf<DuplexStream>,
    answers: BufReader<ReadHalf<DuplexStream>>,
    serving: JoinHandle<io::Result<()>>,
    fixture: FixtureHandle,
}

impl StdioClient {
    /// Starts a service and connects to it.
    pub(crate) fn connect() -> Self {
        let (ours, theirs) = tokio::io::duplex(1 << 20);
        let (reader, writer) = tokio::io::split(theirs);
        let (service, fixture) = FixtureService::new();
        let serving = tokio::spawn(serve_stdio(service, reader, writer));
        let (answers, requests) = tokio::io::split(ours);
        Self { requests, answers: BufReader::new(answers), serving, fixture }
    }

    /// Sends a line.
    pub(crate) async fn send_text(&mut self, line: &str) {
        self.requests.write_all(line.as_bytes()).await.unwrap();
        self.requests.write_all(b"\n").await.unwrap();
    }

    /// Sends a message.
    pub(crate) async fn send(&mut self, message: &Value) {
        self.send_text(&message.to_string()).await;
    }

    /// Starts a call of `hold` with that id, which is also its tag.
    pub(crate) async fn hold(&mut self, id: u32) {
        let params = json!({ "name": "hold", "arguments": { "tag": id.to_string() } });
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params })).await;
    }

    /// Cancels the request of that id.
    pub(crate) async fn cancel(&mut self, id: &Value) {
        let params = json!({ "requestId": id, "reason": "test" });
        self.send(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": params })).await;
    }

    /// Lets that many held calls finish.
    pub(crate) fn release(&self, calls: usize) {
        self.fixture.released.add_permits(calls);
    }

    /// Receives the next line.
    pub(crate) async fn receive_text(&mut self) -> String {
        self.next_line().await.unwrap_or_else(|| panic!("no answer arrives"))
    }

    /// Asserts that no line arrives.
    pub(crate) async fn receive_nothing(&mut self) {
        assert_eq!(self.next_line().await, None);
    }

    async fn next_line(&mut self) -> Option<String> {
        let mut line = String::new();
        timeout(LONG, self.answers.read_line(&mut line)).await.ok()?.unwrap();
        assert_eq!(line.pop(), Some('\n'), "an answer is a line: {line:?}");
        Some(line)
    }

    /// Receives the next message.
    pub(crate) async fn receive(&mut self) -> Value {
        serde_json::from_str(&self.receive_text().await).unwrap()
    }

    /// Sends a message and receives its answer. No other answer may be outstanding.
    pub(crate) async fn ask(&mut self, message: &Value) -> Value {
        self.send(message).await;
        self.receive().await
    }

    /// Receives the next event of a held call.
    pub(crate) async fn event(&mut self) -> Event {
        timeout(LONG, self.fixture.events.recv()).await.unwrap().unwrap()
    }

    /// Asserts that no event of a held call occurs.
    pub(crate) async fn no_event(&mut self) {
        assert!(timeout(LONG, self.fixture.events.recv()).await.is_err());
    }

    /// Closes the input. Returns the remaining answers and the result of the server.
    pub(crate) async fn close(mut self) -> (Vec<Value>, io::Result<()>, FixtureHandle) {
        self.requests.shutdown().await.unwrap();
        drop(self.requests);
        let mut rest = String::new();
        self.answers.read_to_string(&mut rest).await.unwrap();
        let rest = rest.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        (rest, self.serving.await.unwrap(), self.fixture)
    }

    /// Closes both streams. Returns the result of the server.
    pub(crate) async fn vanish(self) -> io::Result<()> {
        drop(self.requests);
        drop(self.answers);
        self.serving.await.unwrap()
    }
}
