//! The program as a process that serves: how it ends, what it does when a client hangs up, and what it counts.

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

/// Longer than anything takes here, on any machine.
const PATIENCE: Duration = Duration::from_mins(2);

const READ: &str = "get_single_desk_365_ticket_by_id";

fn request(params: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params })
}

fn read_a_ticket() -> Value {
    request(&json!({ "name": READ, "arguments": { "ticket_number": 904 } }))
}

/// An API that has been called and does not answer yet.
struct Hanging {
    connection: TcpStream,
}

impl Hanging {
    /// Waits for a call to arrive.
    async fn at(listener: &TcpListener) -> Self {
        let (mut connection, _) = listener.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(connection.read_u8().await.unwrap());
        }
        Self { connection }
    }

    /// Takes what belongs to the call until it ends so.
    async fn reads_up_to(&mut self, end: &[u8]) {
        let mut body = Vec::new();
        while !body.ends_with(end) {
            assert_ne!(self.connection.read_buf(&mut body).await.unwrap(), 0, "the call is whole");
        }
    }

    async fn answers(mut self, body: &str) {
        let head =
            format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
        self.connection.write_all(head.as_bytes()).await.unwrap();
        self.connection.write_all(body.as_bytes()).await.unwrap();
    }

    /// Waits until the caller is gone.
    async fn loses_its_caller(mut self) {
        // A reset is an end as well.
        assert!(matches!(self.connection.read(&mut [0]).await, Ok(0) | Err(_)));
    }
}

/// The events of an answer that comes as a stream.
struct Events {
    response: Response,
    unread: String,
}

impl Events {
    /// The next message; `None` if the stream has ended.
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

/// A server whose API is that listener, and a call to be sent to it.
async fn calling(listener: &TcpListener, call: &Value) -> (Node, RequestBuilder, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let node = Node::start(&mut serve(folder.path()));
    let url = node.server_at(&format!("http://{}/apis", listener.local_addr().unwrap()), "key").await;
    let call = node.message(&url, call);
    (node, call, folder)
}

/// Asks a server to end, and waits until it lets nobody in: until the signal has arrived, connections are still taken.
async fn terminated(node: &Node) {
    let address: SocketAddr = node.address.parse().unwrap();
    node.terminate();
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_lets_a_call_under_way_finish_and_nobody_else_in() {
    let api = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (node, call, _folder) = calling(&api, &read_a_ticket()).await;
    let story = async {
        let call = tokio::spawn(call.send());
        let hanging = Hanging::at(&api).await;
        terminated(&node).await;
        hanging.answers(r#"{"ticket_number":904}"#).await;
        let answer: Value = call.await.unwrap().unwrap().json().await.unwrap();
        assert_eq!(answer["result"]["content"][0]["text"], r#"{"ticket_number":904}"#);
        let ended = tokio::task::spawn_blocking(|| node.ended()).await.unwrap();
        assert_eq!(ended.code(), Some(0));
    };
    timeout(PATIENCE, story).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_sigterm_waits_for_nobody() {
    let api = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (node, call, _folder) = calling(&api, &read_a_ticket()).await;
    let story = async {
        let call = tokio::spawn(call.send());
        let hanging = Hanging::at(&api).await;
        terminated(&node).await;
        // It may not be listening for another one yet.
        until("it was asked once more", async || {
            node.terminate();
            node.said("asked to end once more").is_some()
        })
        .await;
        hanging.loses_its_caller().await;
        assert!(call.await.unwrap().is_err());
        let ended = tokio::task::spawn_blocking(|| node.ended()).await.unwrap();
        assert_eq!(ended.code(), Some(0));
    };
    timeout(PATIENCE, story).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_hangs_up_ends_the_request_to_the_api() {
    let api = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (_node, call, _folder) = calling(&api, &read_a_ticket()).await;
    let story = async {
        let call = tokio::spawn(call.send());
        let hanging = Hanging::at(&api).await;
        call.abort();
        hanging.loses_its_caller().await;
    };
    timeout(PATIENCE, story).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_of_the_rate_limit_is_told_of_each_account_and_never_with_its_key() {
    let api = MockServer::start().await;
    let folder = tempfile::tempdir().unwrap();
    let node = Node::start(&mut serve(folder.path()));
    for (key, remaining) in [("key-one", "41"), ("key-two", "7")] {
        let answer = ResponseTemplate::new(200)
            .insert_header("x-rate-limit-remaining", remaining)
            .set_body_raw("{}", "application/json");
        Mock::given(header("authorization", key)).respond_with(answer).mount(&api).await;
        let url = node.server_at(&format!("{}/apis", api.uri()), key).await;
        let response = node.message(&url, &read_a_ticket()).send().await.unwrap();
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
async fn whoever_asks_hears_how_much_of_a_file_is_uploaded_while_the_api_takes_it() {
    /// More than all buffers between the server and the API hold together.
    const FILE: usize = 16_000_000;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(64 * 1024).unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let api = socket.listen(1).unwrap();
    let file = json!({ "filename": "pool.log", "content_base64": STANDARD.encode(vec![0; FILE]) });
    let (_node, call, _folder) = calling(
        &api,
        &request(&json!({
            "name": "desk_365_ticket_notes_create_with_attachment",
            "arguments": { "ticket_number": 904, "body": "The pool's log.", "files": [file] },
            "_meta": { "progressToken": "upload" },
        })),
    )
    .await;
    let story = async {
        let call = tokio::spawn(call.header("accept", "application/json, text/event-stream").send());
        let mut hanging = Hanging::at(&api).await;
        let mut events = Events { response: call.await.unwrap().unwrap(), unread: String::new() };
        // Until this is heard, the API takes no more, so most of the file is still to come.
        let heard = loop {
            // On a slow machine it may first be said that nothing is sent yet.
            let heard = events.next().await.unwrap();
            if !heard["params"]["total"].is_null() {
                break heard;
            }
        };
        let params = &heard["params"];
        assert_eq!((&params["progressToken"], &params["total"]), (&json!("upload"), &json!(FILE)), "{heard}");
        assert!((1..FILE as u64).contains(&params["progress"].as_u64().unwrap()), "{heard}");
        hanging.reads_up_to(b"--\r\n").await;
        hanging.answers(r#"{"ticket_number":904}"#).await;
        let mut last = Value::Null;
        while let Some(message) = events.next().await {
            last = message;
        }
        assert_eq!(last["result"]["content"][0]["text"], r#"{"ticket_number":904}"#, "{last}");
    };
    timeout(PATIENCE, story).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_are_counted_once_by_tool_and_by_how_they_ended() {
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
        (&listing, READ, ticket.clone()),
        (&listing, READ, json!({ "ticket_number": "nine" })),
        (&listing, READ, ticket.clone()),
        (&listing, "what a stranger wrote", json!({})),
        (&searching, "call_tool", json!({ "name": READ, "arguments": ticket })),
        (&searching, "call_tool", json!({ "name": "what a stranger wrote" })),
        (&searching, "call_tool", json!({})),
        (&searching, "search_tools", json!({ "query": "ticket" })),
        (&searching, "get_tool_schema", json!({ "name": READ })),
        (&searching, READ, json!({})),
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
        ("call_tool", "invalid_arguments", 1),
        (READ, "invalid_arguments", 1),
        (READ, "ok", 1),
        (READ, "rate_limited", 2),
        ("get_tool_schema", "ok", 1),
        ("search_tools", "ok", 1),
    ];
    let expected =
        expected.map(|(tool, outcome, times)| format!(r#"{{gen_ai_tool_name="{tool}",outcome="{outcome}"}} {times}"#));
    assert_eq!(counted, expected);
}
