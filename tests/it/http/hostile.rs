//! Tests with clients that send garbage, too much, or too slowly.

use std::time::Duration;

use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::time::timeout;

use crate::common::fixture_service::LONGEST_MESSAGE;
use crate::http::server::{TOKEN, TestServer, call, read_to_end, status_and_body, status_and_code};

/// Longer than any time limit of the server. The clock is paused, so this passes at once.
const LONG: Duration = Duration::from_hours(1);

#[tokio::test]
async fn unreadable_messages_are_refused_with_a_code() {
    let server = TestServer::start().await;
    let deep = "[".repeat(100_000);
    let deep_argument =
        format!(r#"{{"jsonrpc":"2.0","id":1,"method":"ping","params":{{"x":{}}}}}"#, "[".repeat(90_000));
    for (text, expected) in [
        ("", -32700),
        ("{", -32700),
        ("hello", -32700),
        ("\u{feff}{}", -32600),
        ("{}\u{feff}", -32700),
        ("{}{}", -32700),
        (&*deep, -32700),
        (&*deep_argument, -32700),
        ("null", -32600),
        ("7", -32600),
        ("{}", -32600),
        (r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"method":7}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[1]}"#, -32602),
        (r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":1,"a":2}}"#, -32602),
    ] {
        let answer = status_and_code(server.post().body(text.to_owned()).send().await.unwrap()).await;
        assert_eq!(answer, (400, expected), "{}", text.chars().take(80).collect::<String>());
    }
    assert_eq!(status_and_code(server.post().body(vec![b'"', 0xff, b'"']).send().await.unwrap()).await, (400, -32700));
    assert_eq!(server.handshake(&call("echo")).await.status(), 200);
}

#[tokio::test]
async fn a_binary_header_is_a_mismatch() {
    let server = TestServer::start().await;
    let body = call("echo").to_string();
    let head = format!("POST /mcp/{TOKEN} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
    let request =
        [head.as_bytes(), b"MCP-Protocol-Version: \xff\r\n", length(&body).as_bytes(), body.as_bytes()].concat();
    let text = server.send_raw(&request).await;
    assert!(text.starts_with("HTTP/1.1 400 ") && text.contains("-32020"), "{text}");
}

fn length(body: &str) -> String {
    format!("Content-Length: {}\r\n\r\n", body.len())
}

#[tokio::test]
async fn whitespace_around_header_values_is_ignored() {
    let server = TestServer::start().await;
    let body = crate::http::server::stateless(call("echo")).to_string();
    let request = format!(
        "POST /mcp/{TOKEN} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nMCP-PROTOCOL-VERSION: \t2026-07-28 \r\n\
         mcp-method:tools/call\r\nMcp-Name:   echo  \r\n{}{body}",
        length(&body)
    );
    let text = server.send_raw(request.as_bytes()).await;
    assert!(text.starts_with("HTTP/1.1 200 "), "{text}");
}

#[tokio::test]
async fn messages_over_the_limit_are_refused() {
    let server = TestServer::start().await;
    let message = call("echo").to_string();
    let padded = |length: usize| message.clone() + &" ".repeat(length - message.len());
    assert_eq!(server.post().body(padded(LONGEST_MESSAGE)).send().await.unwrap().status(), 200);
    let response = server.post().body(padded(LONGEST_MESSAGE + 1)).send().await.unwrap();
    let (status, body) = status_and_body(response).await;
    assert_eq!((status, &body["statusCode"]), (413, &json!(413)));
}

#[tokio::test]
async fn an_endless_message_is_refused_while_it_streams() {
    let server = TestServer::start().await;
    let mut stream = server.connect().await;
    let head = format!("POST /mcp/{TOKEN} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    // The message never ends. The answer must not wait for that.
    let chunk = [b"8000\r\n".as_slice(), &" ".repeat(0x8000).into_bytes(), b"\r\n"].concat();
    for _ in 0..=LONGEST_MESSAGE / 0x8000 {
        stream.write_all(&chunk).await.unwrap();
    }
    let text = read_to_end(&mut stream).await;
    assert!(text.starts_with("HTTP/1.1 413 "), "{text}");
}

#[tokio::test]
async fn long_answers_end_a_batch() {
    let server = TestServer::start().await;
    let (status, answers) = status_and_body(server.handshake(&json!(vec![call("long"); 4])).await).await;
    let answers = answers.as_array().unwrap();
    let done = answers.iter().filter(|answer| answer["result"].is_object()).count();
    assert_eq!((status, answers.len(), done), (200, 4, 2));
    assert!(answers[3]["error"]["message"].as_str().unwrap().contains("by itself"), "{}", answers[3]);
}

#[tokio::test]
async fn a_too_large_content_length_is_refused_at_once() {
    let server = TestServer::start().await;
    let request = format!("POST /mcp/{TOKEN} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999999999999\r\n\r\n");
    let text = server.send_raw(request.as_bytes()).await;
    assert!(text.starts_with("HTTP/1.1 413 "), "{text}");
    assert!(text.contains("\r\nconnection: close\r\n") && text.contains("Shorten the message"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn unfinished_headers_time_out() {
    let server = TestServer::start().await;
    let mut stream = server.connect().await;
    stream.write_all(b"POST /mcp HTTP/1.1\r\nHost: local").await.unwrap();
    let text = timeout(LONG, read_to_end(&mut stream)).await.expect("the connection is closed");
    assert!(!text.contains(" 200 "), "{text}");
}

#[tokio::test(start_paused = true)]
async fn an_unfinished_body_times_out() {
    let server = TestServer::start().await;
    let mut stream = server.connect().await;
    let request = format!("POST /mcp/{TOKEN} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{{");
    stream.write_all(request.as_bytes()).await.unwrap();
    let text = timeout(LONG, read_to_end(&mut stream)).await.expect("the connection is closed");
    assert!(text.starts_with("HTTP/1.1 408 "), "{text}");
}

#[tokio::test]
async fn garbage_does_not_affect_other_requests() {
    let server = TestServer::start().await;
    for garbage in
        [&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"[..], b"GET\r\n\r\n", b"\r\n\r\n\r\n\0\r\n\r\n"]
    {
        let text = server.send_raw(garbage).await;
        assert!(text.is_empty() || text.starts_with("HTTP/1.1 400 "), "{text}");
    }
    assert_eq!(server.handshake(&call("echo")).await.status(), 200);
}
