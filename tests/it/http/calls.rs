//! Calls while they run: hang-ups, progress, and what goes into the headers of an answer.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::common::workshop::Event;
use crate::http::site::{Site, TOKEN, call, request, stateless, taken_apart};

fn written(message: &Value) -> String {
    let body = message.to_string();
    format!("POST /mcp/{TOKEN} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

fn reporting() -> Value {
    let mut message = call("report");
    message["params"]["_meta"] = json!({ "progressToken": "p" });
    message
}

#[tokio::test]
async fn a_client_that_hangs_up_drops_its_call_at_once() {
    let mut site = Site::open().await;
    let mut stream = site.connect().await;
    stream.write_all(written(&call("hold")).as_bytes()).await.unwrap();
    assert_eq!(site.door.events.recv().await, Some(Event::Begun(String::new())));
    drop(stream);
    assert_eq!(site.door.events.recv().await, Some(Event::Dropped(String::new())));
}

#[tokio::test]
async fn a_client_that_hangs_up_on_a_stream_drops_its_call_at_once() {
    let mut site = Site::open().await;
    let mut stream = site.connect().await;
    stream.write_all(written(&reporting()).as_bytes()).await.unwrap();
    assert_eq!(site.door.events.recv().await, Some(Event::Begun("report".to_owned())));
    assert_ne!(stream.read(&mut [0; 100]).await.unwrap(), 0);
    drop(stream);
    assert_eq!(site.door.events.recv().await, Some(Event::Dropped("report".to_owned())));
}

#[tokio::test]
async fn a_dropped_call_makes_room_for_another() {
    let mut site = Site::open().await;
    for _ in 0..=crate::http::site::AT_ONCE {
        let mut stream = site.connect().await;
        stream.write_all(written(&call("hold")).as_bytes()).await.unwrap();
        assert_eq!(site.door.events.recv().await, Some(Event::Begun(String::new())));
        drop(stream);
        assert_eq!(site.door.events.recv().await, Some(Event::Dropped(String::new())));
    }
}

#[tokio::test]
async fn progress_is_streamed_before_the_answer_to_whoever_asks_for_it() {
    let site = Site::open().await;
    site.door.released.add_permits(1);
    let response = site.handshake(&reporting()).await;
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
async fn what_was_reported_in_the_moment_of_the_answer_still_comes_before_it() {
    let site = Site::open().await;
    let mut message = call("report_and_end");
    message["params"]["_meta"] = json!({ "progressToken": "p" });
    let text = site.handshake(&message).await.text().await.unwrap();
    let places = [r#""progress":1"#, r#""progress":2"#, r#""result""#].map(|part| text.find(part));
    assert!(places.is_sorted() && places.iter().all(Option::is_some), "{text}");
}

#[tokio::test]
async fn without_a_token_or_anything_to_report_an_answer_is_one_text() {
    let site = Site::open().await;
    site.door.released.add_permits(1);
    let mut silent = call("echo");
    silent["params"]["_meta"] = json!({ "progressToken": 1 });
    for message in [call("report"), silent] {
        let response = site.handshake(&message).await;
        assert_eq!(response.headers()["content-type"], "application/json");
        assert!(response.headers().contains_key("content-length"));
        assert_eq!(taken_apart(response).await.0, 200);
    }
}

#[tokio::test]
async fn only_a_client_that_takes_event_streams_gets_one() {
    let site = Site::open().await;
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
        site.door.released.add_permits(1);
        let response = site.post().header("Accept", accept).json(&reporting()).send().await.unwrap();
        assert_eq!(response.headers()["content-type"], kind, "{accept}");
        assert!(response.text().await.unwrap().contains("reported"), "{accept}");
    }
    // Several headers are one list, and none at all takes anything.
    site.door.released.add_permits(2);
    let sent = site.post().header("Accept", "application/json").header("Accept", "text/event-stream");
    let response = sent.json(&reporting()).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let text = site.raw(written(&reporting()).replace("Host", "Connection: close\r\nHost").as_bytes()).await;
    assert!(text.contains("content-type: text/event-stream"), "{text}");
}

#[tokio::test]
async fn the_answer_to_a_call_carries_its_facts_in_headers_too() {
    let site = Site::open().await;
    let response = site.stateless(&stateless(call("facts"))).await;
    assert_eq!(response.headers()["ratelimit-remaining"], "3");
    assert!(!site.stateless(&stateless(call("echo"))).await.headers().contains_key("ratelimit-remaining"));
    // In a batch, those that were said last.
    let batch = site.handshake(&json!([call("facts"), call("echo")])).await;
    assert_eq!(batch.headers()["ratelimit-remaining"], "3");
    assert!(!site.handshake(&json!([call("echo")])).await.headers().contains_key("ratelimit-remaining"));
}

#[tokio::test]
async fn what_is_read_carries_its_facts_in_headers_too_whether_it_succeeds_or_not() {
    let site = Site::open().await;
    let read = |uri: &str| stateless(request(1, "resources/read", &json!({ "uri": uri })));
    assert_eq!(site.stateless(&read("workshop:drawer/1")).await.headers()["ratelimit-remaining"], "3");
    let failed = site.stateless(&read("workshop:drawer/2")).await;
    assert_eq!(failed.headers()["ratelimit-reset"], "9");
    let (status, body) = taken_apart(failed).await;
    assert_eq!((status, &body["error"]["code"]), (200, &json!(-32603)));
    assert_eq!(body["error"]["data"], json!({ "uri": "workshop:drawer/2", "stuck": true }));
}

#[tokio::test]
async fn a_client_that_hangs_up_drops_what_it_reads_at_once() {
    let mut site = Site::open().await;
    let mut stream = site.connect().await;
    let read = request(1, "resources/read", &json!({ "uri": "workshop:drawer/hold" }));
    stream.write_all(written(&read).as_bytes()).await.unwrap();
    assert_eq!(site.door.events.recv().await, Some(Event::Begun("drawer".to_owned())));
    drop(stream);
    assert_eq!(site.door.events.recv().await, Some(Event::Dropped("drawer".to_owned())));
}

#[tokio::test]
async fn a_call_knows_who_asks() {
    let site = Site::open().await;
    let (_, body) = taken_apart(site.stateless(&stateless(call("asked_by"))).await).await;
    let text = body["result"]["content"][0]["text"].as_str().unwrap().to_owned();
    assert!(text.starts_with(r#"Some("2026-07-28") Some(Client { name: "test", version: Some("1") })"#), "{text}");
    // In the handshake lifecycle, only HTTP itself says who it is.
    let sent = site.post().header("User-Agent", "agent/2.0 (linux)").header("MCP-Protocol-Version", "2025-06-18");
    let (_, body) = taken_apart(sent.json(&call("asked_by")).send().await.unwrap()).await;
    let text = body["result"]["content"][0]["text"].as_str().unwrap().to_owned();
    assert!(text.starts_with(r#"Some("2025-06-18") Some(Client { name: "agent", version: Some("2.0") })"#), "{text}");
}
