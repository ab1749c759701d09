//! `serve` as a process: graceful shutdown, disconnecting clients, and metrics.

use std::net::SocketAddr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::timeout;
use wiremock::matchers::{any, header};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::common::node::{Node, serve, until};

/// Upper limit of a test's duration, generous enough for slow machines.
const TEST_TIMEOUT: Duration = Duration::from_mins(2);

const GET_TICKET: &str = "get_single_desk_365_ticket_by_id";

fn tool_call(params: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params })
}

fn get_ticket_call() -> Value {
    tool_call(&json!({ "name": GET_TICKET, "arguments": { "ticket_number": 904 } }))
}

/// An API that received a call and has not answered yet.
struct PendingCall {
    connection: TcpStream,
}

impl PendingCall {
    /// Accepts the next call.
    async fn accept(listener: &TcpListener) -> Self {
        let (mut connection, _) = listener.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(connection.read_u8().await.unwrap());
        }
        Self { connection }
    }

    /// Reads the body of the call up to `end`.
    async fn read_until(&mut self, end: &[u8]) {
        let mut body = Vec::new();
        while !body.ends_with(end) {
            assert_ne!(self.connection.read_buf(&mut body).await.unwrap(), 0, "the call ended early");
        }
    }

    async fn respond(mut self, body: &str) {
        let head =
            format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
        self.connection.write_all(head.as_bytes()).await.unwrap();
        self.connection.write_all(body.as_bytes()).await.unwrap();
    }

    /// Waits until the caller closes the connection.
    async fn wait_for_disconnect(mut self) {
        // A reset counts as closed.
        assert!(matches!(self.connection.read(&mut [0]).await, Ok(0) | Err(_)));
    }
}

/// The server-sent events of a response.
struct EventStream {
    response: Response,
    unread: String,
}

impl EventStream {
    /// Returns the next message, or `None` at the end of the stream.
    async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some(end) = self.unread.find("\n\n") {
                let event: String = self.unread.drain(..end + 2).collect();
                let data = event.lines().find_map(|line| line.strip_prefix("data: "));
                return Some(serde_json::from_str(data.unwrap()).unwrap());
            }
            let chunk = self.response.chunk().await.unwrap()?;
            self.unread.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}

/// Starts a server whose API is `listener`, and prepares a call to it.
async fn prepared_call(listener: &TcpListener, call: &Value) -> (Node, RequestBuilder, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let node = Node::start(&mut serve(folder.path()));
    let url = node.server_at(&format!("http://{}/apis", listener.local_addr().unwrap()), "key").await;
    let call = node.message(&url, call);
    (node, call, folder)
}

/// Sends SIGTERM and waits until the server refuses connections.
async fn terminate_and_wait(node: &Node) {
    let address: SocketAddr = node.address.parse().unwrap();
    node.terminate();
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_finishes_in_flight_calls_and_accepts_no_new_ones() {
    let api = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (node, call, _folder) = prepared_call(&api, &get_ticket_call()).await;
    let scenario = async {
        let call = tokio::spawn(call.send());
        let pending = PendingCall::accept(&api).await;
        terminate_and_wait(&node).await;
        pending.respond(r#"{"ticket_number":904}"#).await;
        let answer: Value = call.await.unwrap().unwrap().json().await.unwrap();
        assert_eq!(answer["result"]["content"][0]["text"], r#"{"ticket_number":904}"#);
        let ended = tokio::task::spawn_blocking(|| node.ended()).await.unwrap();
        assert_eq!(ended.code(), Some(0));
    };
    timeout(TEST_TIMEOUT, scenario).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_sigterm_exits_at_once() {
    let api = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (node, call, _folder) = prepared_call(&api, &get_ticket_call()).await;
    let scenario = async {
        let call = tokio::spawn(call.send());
        let pending = PendingCall::accept(&api).await;
        terminate_and_wait(&node).await;
        // The handler of the second signal may not be installed yet.
        until("the second signal is received", async || {
            node.terminate();
            node.said("received a second stop signal").is_some()
        })
        .await;
        pending.wait_for_disconnect().await;
        assert!(call.await.unwrap().is_err());
        let ended = tokio::task::spawn_blocking(|| node.ended()).await.unwrap();
        assert_eq!(ended.code(), Some(0));
    };
    timeout(TEST_TIMEOUT, scenario).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disconnecting_client_cancels_the_request_to_the_api() {
    let api = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (_node, call, _folder) = prepared_call(&api, &get_ticket_call()).await;
    let scenario = async {
        let call = tokio::spawn(call.send());
        let pending = PendingCall::accept(&api).await;
        call.abort();
        pending.wait_for_disconnect().await;
    };
    timeout(TEST_TIMEOUT, scenario).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn rate_limits_are_reported_per_account_without_keys() {
    let api = MockServer::start().await;
    let folder = tempfile::tempdir().unwrap();
    let node = Node::start(&mut serve(folder.path()));
    for (key, remaining) in [("key-one", "41"), ("key-two", "7")] {
        let answer = ResponseTemplate::new(200)
            .insert_header("x-rate-limit-remaining", remaining)
            .set_body_raw("{}", "application/json");
        Mock::given(header("authorization", key)).respond_with(answer).mount(&api).await;
        let url = node.server_at(&format!("{}/apis", api.uri()), key).await;
        let response = node.message(&url, &get_ticket_call()).send().await.unwrap();
        assert_eq!(response.headers()["ratelimit-remaining"], remaining);
    }
    let (_, metrics) = node.get("/metrics").await;
    let metrics = metrics.as_str().unwrap();
    let left = metrics.lines().filter(|line| line.starts_with("upstream_ratelimit_remaining{account=\""));
    let mut left: Vec<_> = left.map(|line| line.rsplit(' ').next().unwrap()).collect();
    left.sort_unstable();
    assert_eq!(left, ["41", "7"], "{metrics}");
    let port = api.address().port();
    let request = format!(r#"http_request_method="GET",server_address="127.0.0.1",server_port="{port}""#);
    assert!(metrics.contains(&request), "{metrics}");
    assert!(!metrics.contains("key-"), "{metrics}");
}

#[tokio::test(flavor = "multi_thread")]
async fn upload_progress_is_reported_during_the_upload() {
    /// More bytes than all buffers between the server and the API hold.
    const FILE_BYTES: usize = 16_000_000;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(64 * 1024).unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let api = socket.listen(1).unwrap();
    let file = json!({ "filename": "pool.log", "content_base64": STANDARD.encode(vec![0; FILE_BYTES]) });
    let (_node, call, _folder) = prepared_call(
        &api,
        &tool_call(&json!({
            "name": "desk_365_ticket_notes_create_with_attachment",
            "arguments": { "ticket_number": 904, "body": "The pool's log.", "files": [file] },
            "_meta": { "progressToken": "upload" },
        })),
    )
    .await;
    let scenario = async {
        let call = tokio::spawn(call.header("accept", "application/json, text/event-stream").send());
        let mut pending = PendingCall::accept(&api).await;
        let mut events = EventStream { response: call.await.unwrap().unwrap(), unread: String::new() };
        // The API reads nothing until this event arrives, so most of the file is still unsent.
        let progress = loop {
            // On a slow machine, an event without a total may come first.
            let progress = events.next().await.unwrap();
            if !progress["params"]["total"].is_null() {
                break progress;
            }
        };
        let params = &progress["params"];
        assert_eq!((&params["progressToken"], &params["total"]), (&json!("upload"), &json!(FILE_BYTES)), "{progress}");
        assert!((1..FILE_BYTES as u64).contains(&params["progress"].as_u64().unwrap()), "{progress}");
        pending.read_until(b"--\r\n").await;
        pending.respond(r#"{"ticket_number":904}"#).await;
        let mut last = Value::Null;
        while let Some(message) = events.next().await {
            last = message;
        }
        assert_eq!(last["result"]["content"][0]["text"], r#"{"ticket_number":904}"#, "{last}");
    };
    timeout(TEST_TIMEOUT, scenario).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_are_counted_once_by_tool_and_outcome() {
    let api = MockServer::start().await;
    let answer = |status| ResponseTemplate::new(status).set_body_raw("{}", "application/json");
    Mock::given(any()).respond_with(answer(200)).up_to_n_times(1).mount(&api).await;
    Mock::given(any()).respond_with(answer(429)).mount(&api).await;
    let folder = tempfile::tempdir().unwrap();
    let node = Node::start(&mut serve(folder.path()));
    let account = json!({ "name": "counted", "base_url": format!("{}/apis", api.uri()), "api_key": "key" });
    let account = node.made("/integrated-account", &account).await;
    let servers = format!("/integrated-account/{}/mcp", account["id"].as_str().unwrap());
    let listing = node.made(&servers, &json!({ "name": "lists all" })).await;
    let searching = json!({ "name": "is searched", "config": { "tool_exposure": "discovery" } });
    let searching = node.made(&servers, &searching).await;
    let ticket = json!({ "ticket_number": 904 });
    for (server, tool, arguments) in [
        (&listing, GET_TICKET, ticket.clone()),
        (&listing, GET_TICKET, json!({ "ticket_number": "nine" })),
        (&listing, GET_TICKET, ticket.clone()),
        (&listing, "no_such_tool", json!({})),
        (&searching, "read_tool", json!({ "name": GET_TICKET, "arguments": ticket })),
        (&searching, "change_tool", json!({ "name": "no_such_tool" })),
        (&searching, "read_tool", json!({})),
        (&searching, "search_tools", json!({ "query": "ticket" })),
        (&searching, "get_tool_schema", json!({ "name": GET_TICKET })),
        (&searching, GET_TICKET, json!({})),
    ] {
        let params = json!({ "name": tool, "arguments": arguments });
        node.mcp(server["token"].as_str().unwrap(), "tools/call", &params).await;
    }
    let (_, metrics) = node.get("/metrics").await;
    let mut counted: Vec<_> =
        metrics.as_str().unwrap().lines().filter_map(|line| line.strip_prefix("mcp_tool_calls_total")).collect();
    counted.sort_unstable();
    let expected = [
        ("_OTHER", "unknown_tool", 3),
        (GET_TICKET, "invalid_arguments", 1),
        (GET_TICKET, "ok", 1),
        (GET_TICKET, "rate_limited", 2),
        ("get_tool_schema", "ok", 1),
        ("read_tool", "invalid_arguments", 1),
        ("search_tools", "ok", 1),
    ];
    let expected =
        expected.map(|(tool, outcome, times)| format!(r#"{{gen_ai_tool_name="{tool}",outcome="{outcome}"}} {times}"#));
    assert_eq!(counted, expected);
}
