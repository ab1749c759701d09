//! Tests of running calls: disconnects, progress, and the headers of answers.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::common::fixture_service::Event;
use crate::http::server::{TOKEN, TestServer, call, request, stateless, status_and_body};

fn raw_post(message: &Value) -> String {
    let body = message.to_string();
    format!("POST /mcp/{TOKEN} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

fn call_with_progress() -> Value {
    let mut message = call("report");
    message["params"]["_meta"] = json!({ "progressToken": "p" });
    message
}

#[tokio::test]
async fn disconnecting_cancels_the_call() {
    let mut server = TestServer::start().await;
    let mut stream = server.connect().await;
    stream.write_all(raw_post(&call("hold")).as_bytes()).await.unwrap();
    assert_eq!(server.fixture.events.recv().await, Some(Event::Started(String::new())));
    drop(stream);
    assert_eq!(server.fixture.events.recv().await, Some(Event::Dropped(String::new())));
}

#[tokio::test]
async fn disconnecting_from_a_stream_cancels_the_call() {
    let mut server = TestServer::start().await;
    let mut stream = server.connect().await;
    stream.write_all(raw_post(&call_with_progress()).as_bytes()).await.unwrap();
    assert_eq!(server.fixture.events.recv().await, Some(Event::Started("report".to_owned())));
    assert_ne!(stream.read(&mut [0; 100]).await.unwrap(), 0);
    drop(stream);
    assert_eq!(server.fixture.events.recv().await, Some(Event::Dropped("report".to_owned())));
}

#[tokio::test]
async fn a_cancelled_call_frees_its_permit() {
    let mut server = TestServer::start().await;
    for _ in 0..=crate::http::server::REQUEST_LIMIT {
        let mut stream = server.connect().await;
        stream.write_all(raw_post(&call("hold")).as_bytes()).await.unwrap();
        assert_eq!(server.fixture.events.recv().await, Some(Event::Started(String::new())));
        drop(stream);
        assert_eq!(server.fixture.events.recv().await, Some(Event::Dropped(String::new())));
    }
}

#[tokio::test]
async fn progress_is_streamed_before_the_answer() {
    let server = TestServer::start().await;
    server.fixture.released.add_permits(1);
    let response = server.handshake(&call_with_progress()).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert_eq!(response.headers()["x-accel-buffering"], "no");
    let text = response.text().await.unwrap();
    let events: Vec<Value> = text
        .split_terminator("\n\n")
        .map(|event| serde_json::from_str(event.strip_prefix("event: message\ndata: ").unwrap()).unwrap())
        .collect();
    assert_eq!(events.len(), 3, "{text}");
    assert_eq!(events[0]["params"], json!({ "progressToken": "p", "progress": 1, "total": 2 }));
    assert_eq!(events[1]["params"]["message"], "done");
    assert_eq!((&events[2]["id"], &events[2]["result"]["content"][0]["text"]), (&json!(1), &json!("reported")));
}

#[tokio::test]
async fn the_last_report_comes_before_the_answer() {
    let server = TestServer::start().await;
    let mut message = call("report_and_end");
    message["params"]["_meta"] = json!({ "progressToken": "p" });
    let text = server.handshake(&message).await.text().await.unwrap();
    let places = [r#""progress":1"#, r#""progress":2"#, r#""result""#].map(|part| text.find(part));
    assert!(places.is_sorted() && places.iter().all(Option::is_some), "{text}");
}

#[tokio::test]
async fn without_progress_an_answer_is_plain_json() {
    let server = TestServer::start().await;
    server.fixture.released.add_permits(1);
    let mut silent = call("echo");
    silent["params"]["_meta"] = json!({ "progressToken": 1 });
    for message in [call("report"), silent] {
        let response = server.handshake(&message).await;
        assert_eq!(response.headers()["content-type"], "application/json");
        assert!(response.headers().contains_key("content-length"));
        assert_eq!(status_and_body(response).await.0, 200);
    }
}

#[tokio::test]
async fn only_clients_that_accept_streams_get_one() {
    let server = TestServer::start().await;
    for (accept, kind) in [
        ("application/json", "application/json"),
        ("application/json, text/event-stream;q=0, */*", "application/json"),
        ("image/*, text/event-streams", "application/json"),
        ("", "application/json"),
        ("application/json, text/event-stream", "text/event-stream"),
        ("Text/Event-Stream; q=0.5", "text/event-stream"),
        ("text/*", "text/event-stream"),
        ("*/*", "text/event-stream"),
    ] {
        server.fixture.released.add_permits(1);
        let response = server.post().header("Accept", accept).json(&call_with_progress()).send().await.unwrap();
        assert_eq!(response.headers()["content-type"], kind, "{accept}");
        assert!(response.text().await.unwrap().contains("reported"), "{accept}");
    }
    // Several `Accept` headers are one list. Without any, everything is accepted.
    server.fixture.released.add_permits(2);
    let sent = server.post().header("Accept", "application/json").header("Accept", "text/event-stream");
    let response = sent.json(&call_with_progress()).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let text =
        server.send_raw(raw_post(&call_with_progress()).replace("Host", "Connection: close\r\nHost").as_bytes()).await;
    assert!(text.contains("content-type: text/event-stream"), "{text}");
}

#[tokio::test]
async fn the_answer_to_a_call_has_rate_limit_headers() {
    let server = TestServer::start().await;
    let response = server.stateless(&stateless(call("facts"))).await;
    assert_eq!(response.headers()["ratelimit-remaining"], "3");
    assert!(!server.stateless(&stateless(call("echo"))).await.headers().contains_key("ratelimit-remaining"));
    // A batch has the headers of the last answer that has any.
    let batch = server.handshake(&json!([call("facts"), call("echo")])).await;
    assert_eq!(batch.headers()["ratelimit-remaining"], "3");
    assert!(!server.handshake(&json!([call("echo")])).await.headers().contains_key("ratelimit-remaining"));
}

#[tokio::test]
async fn the_answer_to_a_read_has_rate_limit_headers() {
    let server = TestServer::start().await;
    let read = |uri: &str| stateless(request(1, "resources/read", &json!({ "uri": uri })));
    assert_eq!(server.stateless(&read("fixture:record/1")).await.headers()["ratelimit-remaining"], "3");
    let failed = server.stateless(&read("fixture:record/2")).await;
    assert_eq!(failed.headers()["ratelimit-reset"], "9");
    let (status, body) = status_and_body(failed).await;
    assert_eq!((status, &body["error"]["code"]), (200, &json!(-32603)));
    assert_eq!(body["error"]["data"], json!({ "uri": "fixture:record/2", "locked": true }));
}

#[tokio::test]
async fn disconnecting_cancels_a_read() {
    let mut server = TestServer::start().await;
    let mut stream = server.connect().await;
    let read = request(1, "resources/read", &json!({ "uri": "fixture:record/hold" }));
    stream.write_all(raw_post(&read).as_bytes()).await.unwrap();
    assert_eq!(server.fixture.events.recv().await, Some(Event::Started("record".to_owned())));
    drop(stream);
    assert_eq!(server.fixture.events.recv().await, Some(Event::Dropped("record".to_owned())));
}

#[tokio::test]
async fn a_call_knows_its_client() {
    let server = TestServer::start().await;
    let (_, body) = status_and_body(server.stateless(&stateless(call("asked_by"))).await).await;
    let text = body["result"]["content"][0]["text"].as_str().unwrap().to_owned();
    assert!(text.starts_with(r#"Some("2026-07-28") Some(ClientInfo { name: "test", version: Some("1") })"#), "{text}");
    // In the handshake lifecycle, only `User-Agent` names the client.
    let sent = server.post().header("User-Agent", "agent/2.0 (linux)").header("MCP-Protocol-Version", "2025-06-18");
    let (_, body) = status_and_body(sent.json(&call("asked_by")).send().await.unwrap()).await;
    let text = body["result"]["content"][0]["text"].as_str().unwrap().to_owned();
    assert!(
        text.starts_with(r#"Some("2025-06-18") Some(ClientInfo { name: "agent", version: Some("2.0") })"#),
        "{text}"
    );
}
