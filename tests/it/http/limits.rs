//! Tests of the limits on what is held for clients: permits, bytes and connections, until the last byte has left.

use std::time::Duration;

use desk365_mcp::serve::{ConnectionLimits, HostGuard};
use mcp_server::http::ByteBudget;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::common::fixture_service::{Event, LONG_TEXT};
use crate::common::node::until;
use crate::http::server::{REQUEST_LIMIT, TOKEN, TestBackend, TestServer, call, read_to_end, request, status_and_body};

/// Longer than any time limit of the server. The clock is paused, so this passes at once.
const LONG: Duration = Duration::from_hours(1);

const UNLIMITED: u64 = u64::MAX;

async fn server_within(bytes: u64, connections: ConnectionLimits, host_guard: HostGuard) -> TestServer {
    let backend = TestBackend { ready: true };
    TestServer::start_within(host_guard, backend, ByteBudget::new(bytes), connections).await
}

async fn server_with_bytes(bytes: u64) -> TestServer {
    server_within(bytes, ConnectionLimits::default(), HostGuard::new()).await
}

/// Sends the head of a request and the beginning of its body.
async fn stalled_body(server: &TestServer) -> TcpStream {
    let mut stream = server.connect().await;
    let head = format!("POST /mcp/{TOKEN} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{{");
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

/// Sends a message on a connection of its own, and reads nothing of the answer.
async fn sent(server: &TestServer, message: &Value) -> TcpStream {
    let (mut stream, body) = (server.connect().await, message.to_string());
    let head = format!("POST /mcp/{TOKEN} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
    stream
}

async fn until_held(server: &TestServer, bytes: u64) {
    until(&format!("{bytes} bytes are held"), async || server.bytes.held() >= bytes).await;
}

#[tokio::test]
async fn a_body_that_stalls_takes_no_permit() {
    let server = TestServer::start().await;
    let mut stalled = Vec::new();
    for _ in 0..REQUEST_LIMIT * 3 {
        stalled.push(stalled_body(&server).await);
    }
    until_held(&server, stalled.len() as u64).await;
    assert_eq!(server.bytes.held(), stalled.len() as u64, "only what has arrived is held");
    assert_eq!(server.handshake(&call("echo")).await.status(), 200);
}

#[tokio::test]
async fn an_unread_answer_keeps_its_permit_and_bytes() {
    let server = TestServer::start().await;
    let mut unread = Vec::new();
    for _ in 0..REQUEST_LIMIT {
        let mut stream = sent(&server, &call("long")).await;
        stream.read_u8().await.unwrap();
        unread.push(stream);
    }
    assert!(server.bytes.held() >= (LONG_TEXT * REQUEST_LIMIT) as u64);
    assert_eq!(server.handshake(&call("echo")).await.status(), 429);
    let mut first = unread.remove(0);
    first.read_exact(&mut vec![0; LONG_TEXT]).await.unwrap();
    until("the bytes are given back", async || server.bytes.held() < (LONG_TEXT * REQUEST_LIMIT) as u64).await;
    assert_eq!(server.handshake(&call("echo")).await.status(), 200);
    drop(unread);
    until("nothing is held", async || server.bytes.held() == 0).await;
}

#[tokio::test]
async fn an_unread_stream_keeps_its_bytes() {
    let server = TestServer::start().await;
    let mut message = call("long_report");
    message["params"]["_meta"] = json!({ "progressToken": "p" });
    let mut stream = sent(&server, &message).await;
    stream.read_u8().await.unwrap();
    until_held(&server, LONG_TEXT as u64).await;
    stream.read_exact(&mut vec![0; LONG_TEXT]).await.unwrap();
    until("nothing is held", async || server.bytes.held() == 0).await;
}

#[tokio::test(start_paused = true)]
async fn an_unread_answer_times_out() {
    let server = TestServer::start().await;
    let mut unread = sent(&server, &call("long")).await;
    unread.read_u8().await.unwrap();
    let freed = async {
        while server.bytes.held() > 0 {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    };
    timeout(LONG, freed).await.expect("the answer is given up");
    assert!(read_to_end(&mut unread).await.len() < LONG_TEXT);
}

#[tokio::test(start_paused = true)]
async fn a_call_without_room_is_refused_and_not_executed() {
    let mut server = server_with_bytes(LONG_TEXT as u64 - 1).await;
    let response = server.handshake(&call("hold")).await;
    assert_eq!(response.headers()["retry-after"], "5");
    let (status, body) = status_and_body(response).await;
    assert_eq!((status, &body["statusCode"]), (429, &json!(429)));
    assert!(body["message"].as_str().unwrap().contains("Nothing was sent"), "{body}");
    let (status, answers) = status_and_body(server.handshake(&json!([call("hold")])).await).await;
    assert_eq!(status, 200);
    assert!(answers[0]["error"]["message"].as_str().unwrap().contains("Nothing was sent"), "{answers}");
    assert!(server.fixture.events.try_recv().is_err(), "no call was executed");
    // What needs no room is answered.
    assert_eq!(server.handshake(&request(1, "tools/list", &json!({}))).await.status(), 200);
}

#[tokio::test(start_paused = true)]
async fn a_call_waits_until_an_unread_answer_is_given_up() {
    let server = server_with_bytes(LONG_TEXT as u64 + 100_000).await;
    let mut unread = sent(&server, &call("long")).await;
    unread.read_u8().await.unwrap();
    assert_eq!(server.handshake(&call("echo")).await.status(), 200);
}

#[tokio::test]
async fn a_body_waits_for_room() {
    // The held call reserves all but 50,000 bytes.
    let mut server = server_with_bytes(LONG_TEXT as u64 + 50_000).await;
    let held = tokio::spawn(server.post().json(&call("hold")).send());
    assert_eq!(server.fixture.events.recv().await, Some(Event::Started(String::new())));
    let mut message = request(1, "ping", &json!({})).to_string();
    message += &" ".repeat(90_000);
    let waiting = tokio::spawn(server.post().body(message).send());
    // A small message does not wait behind it.
    assert_eq!(server.handshake(&request(1, "ping", &json!({}))).await.status(), 200);
    assert!(server.bytes.held() <= LONG_TEXT as u64 + 50_000);
    server.fixture.released.add_permits(1);
    assert_eq!(held.await.unwrap().unwrap().status(), 200);
    assert_eq!(waiting.await.unwrap().unwrap().status(), 200);
}

#[tokio::test]
async fn idle_and_stalled_connections_make_room_for_new_ones() {
    let limits = ConnectionLimits { total: 3, per_address: 3 };
    let server = server_within(UNLIMITED, limits, HostGuard::new()).await;
    let mut stalled = stalled_body(&server).await;
    until_held(&server, 1).await;
    let mut idle = server.connect().await;
    let mut others = Vec::new();
    for _ in 0..2 {
        others.push(sent(&server, &call("hold")).await);
    }
    assert_eq!(read_to_end(&mut idle).await, "", "the idle connection is closed first");
    others.push(sent(&server, &call("hold")).await);
    assert_eq!(read_to_end(&mut stalled).await, "", "then the one that stalled");
}

#[tokio::test]
async fn the_limit_of_an_address_holds_behind_a_trusted_proxy() {
    let limits = ConnectionLimits { total: 100, per_address: 1 };
    // This machine itself has no limit.
    let server = server_within(UNLIMITED, limits, HostGuard::new()).await;
    let _idle = [server.connect().await, server.connect().await];
    assert_eq!(server.handshake(&call("echo")).await.status(), 200);

    let host_guard = HostGuard::new().trust_proxy("127.0.0.1").unwrap();
    let mut server = server_within(UNLIMITED, limits, host_guard).await;
    let from = |client: &str, tool: &str| server.post().header("X-Forwarded-For", client).json(&call(tool)).send();
    let held = tokio::spawn(from("203.0.113.9, 198.51.100.7", "hold"));
    assert_eq!(server.fixture.events.recv().await, Some(Event::Started(String::new())));
    let from = |client: &str, tool: &str| server.post().header("X-Forwarded-For", client).json(&call(tool)).send();
    let refused = from("198.51.100.7", "echo").await.unwrap();
    assert_eq!((refused.status().as_u16(), &refused.headers()["retry-after"]), (429, &"1".parse().unwrap()));
    assert_eq!(from("198.51.100.8", "echo").await.unwrap().status(), 200);
    server.fixture.released.add_permits(1);
    assert_eq!(held.await.unwrap().unwrap().status(), 200);
    let from = |client: &str, tool: &str| server.post().header("X-Forwarded-For", client).json(&call(tool)).send();
    assert_eq!(from("198.51.100.7", "echo").await.unwrap().status(), 200);
}
