//! Servers that misbehave below HTTP: they stall, disconnect, and send incomplete replies.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::BytesMut;
use desk365_mcp::call::{CallProgress, OpenGate};
use desk365_mcp::outcome::{FailureKind, FailureSource};
use desk365_mcp::upstream::UpstreamOptions;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::upstream::fixture::{ATTACH, SET, caller, caller_with, failed, get, impatient, object, ok, set};

const UNKNOWN: &str = "Do not repeat the call blindly";

/// Returns a listener and its base URL.
pub(super) async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}/api", listener.local_addr().unwrap());
    (listener, base_url)
}

/// Accepts the next connection and reads the head of its request. (A small body is sent together with the head.)
pub(super) async fn accept_request(listener: &TcpListener) -> TcpStream {
    let (mut stream, _) = listener.accept().await.unwrap();
    read_head(&mut stream).await;
    stream
}

async fn read_head(stream: &mut TcpStream) {
    let mut seen = Vec::new();
    while !seen.windows(4).any(|four| four == b"\r\n\r\n") {
        assert_ne!(stream.read_buf(&mut seen).await.unwrap(), 0, "the request must be whole");
    }
}

/// Starts a server that answers the first request of every connection with `bytes` and closes it. Returns its base URL.
async fn start_answering(bytes: &'static [u8]) -> String {
    let (listener, base_url) = listen().await;
    tokio::spawn(async move {
        loop {
            let mut stream = accept_request(&listener).await;
            stream.write_all(bytes).await.unwrap();
            stream.shutdown().await.unwrap();
            let _ = stream.read_to_end(&mut Vec::new()).await;
        }
    });
    base_url
}

/// Starts a server that answers with `bytes` and then keeps the connection open. Returns its base URL.
async fn start_stalling(bytes: &'static [u8]) -> String {
    let (listener, base_url) = listen().await;
    tokio::spawn(async move {
        let mut held = Vec::new();
        loop {
            let mut stream = accept_request(&listener).await;
            stream.write_all(bytes).await.unwrap();
            held.push(stream);
        }
    });
    base_url
}

#[tokio::test]
async fn a_call_without_a_reply_times_out() {
    for silence in [b"".as_slice(), b"HTTP/1.1 200 OK\r\nx-sl"] {
        let caller = caller_with(&start_stalling(silence).await, impatient());
        let read = failed(get(&caller).await);
        assert_eq!((read.source, read.kind, read.status), (FailureSource::Upstream, FailureKind::TimedOut, None));
        assert!(read.message.contains("150ms") && !read.message.contains(UNKNOWN), "{}", read.message);
        let write = failed(set(&caller).await);
        assert_eq!(write.kind, FailureKind::TimedOut);
        assert!(write.message.contains(UNKNOWN), "{}", write.message);
    }
}

#[tokio::test]
async fn an_upload_is_cut_off_when_the_call_has_taken_too_long() {
    // The API accepts the connection and reads nothing of the file.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    // Long enough for the file to be decoded and the connection to be made on a busy machine.
    let options = UpstreamOptions { call_timeout: Duration::from_secs(4), ..UpstreamOptions::default() };
    let file = json!({ "filename": "a.txt", "content_text": "x".repeat(24_000_000) });
    let arguments = object(json!({ "id": "7", "note": "n", "files": [file] }));
    let error = failed(caller_with(&base_url, options).call(&ATTACH, arguments).await);
    assert_eq!((error.kind, error.status), (FailureKind::TimedOut, None));
    assert!(error.message.contains(UNKNOWN), "{}", error.message);
}

#[tokio::test]
async fn without_time_left_nothing_is_sent() {
    let since = tokio::time::Instant::now();
    let options = UpstreamOptions { call_timeout: Duration::ZERO, ..UpstreamOptions::default() };
    let caller = caller_with("http://127.0.0.1:9", options);
    let arguments = object(json!({ "id": 7, "fields": { "colour": "red" } }));
    let error = failed(caller.call_with_progress(&SET, arguments, since, &CallProgress::default(), &OpenGate).await);
    assert_eq!((error.source, error.kind), (FailureSource::Server, FailureKind::TimedOut));
    assert!(error.message.contains("Nothing was sent") && !error.message.contains(UNKNOWN), "{}", error.message);
}

#[tokio::test]
async fn a_stalled_reply_times_out_with_its_status() {
    let stalled = b"HTTP/1.1 200 OK\r\nx-left: 4\r\ncontent-length: 100\r\n\r\n{\"half\":";
    // Long enough for the head to arrive on a busy machine.
    let options = UpstreamOptions { call_timeout: Duration::from_secs(1), ..UpstreamOptions::default() };
    let caller = caller_with(&start_stalling(stalled).await, options);
    let error = failed(set(&caller).await);
    assert_eq!((error.kind, error.status, error.ratelimit.remaining), (FailureKind::TimedOut, Some(200), Some(4)));
    assert!(error.message.contains("most likely made") && error.message.contains(UNKNOWN), "{}", error.message);
}

#[tokio::test]
async fn a_reply_that_is_cut_off_is_a_bad_reply() {
    for broken in [
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"half\":".as_slice(),
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 7\r\n\r\nnotgzip",
    ] {
        let caller = caller(&start_answering(broken).await);
        let read = failed(get(&caller).await);
        assert_eq!((read.source, read.kind, read.status), (FailureSource::Upstream, FailureKind::BadReply, Some(200)));
        assert!(!read.message.contains(UNKNOWN), "{}", read.message);
        let write = failed(set(&caller).await);
        assert!(write.message.contains(UNKNOWN), "{}", write.message);
    }
}

#[tokio::test]
async fn an_error_with_an_incomplete_body_keeps_its_kind() {
    let broken = b"HTTP/1.1 404 Not Found\r\ncontent-length: 100\r\n\r\n{\"error\":";
    let error = failed(get(&caller(&start_answering(broken).await)).await);
    assert_eq!((error.kind, error.status), (FailureKind::NotFound, Some(404)));
}

#[tokio::test]
async fn a_lost_connection_leaves_the_outcome_unknown() {
    for farewell in [b"".as_slice(), b"SSH-2.0-OpenSSH\r\n\r\n"] {
        let caller = caller(&start_answering(farewell).await);
        let read = failed(get(&caller).await);
        assert_eq!((read.kind, read.status), (FailureKind::Unreachable, None));
        assert!(!read.message.contains(UNKNOWN), "{}", read.message);
        assert!(failed(set(&caller).await).message.contains(UNKNOWN));
    }
}

#[tokio::test]
async fn a_refused_connection_sends_nothing() {
    let (listener, base_url) = listen().await;
    drop(listener);
    let error = failed(set(&caller(&base_url)).await);
    assert_eq!((error.source, error.kind, error.status), (FailureSource::Upstream, FailureKind::Unreachable, None));
    assert!(error.message.contains("Nothing was sent"), "{}", error.message);
    assert!(error.message.contains("127.0.0.1:") && !error.message.contains("/api"), "{}", error.message);
    assert!(!error.message.contains(UNKNOWN), "{}", error.message);
}

#[tokio::test]
async fn a_request_on_a_reused_connection_is_not_retried() {
    let (listener, base_url) = listen().await;
    let caller = caller(&base_url);
    let server = tokio::spawn(async move {
        let mut stream = accept_request(&listener).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await.unwrap();
        read_head(&mut stream).await;
        drop(stream);
        listener
    });
    ok(get(&caller).await);
    let error = failed(set(&caller).await);
    assert_eq!(error.kind, FailureKind::Unreachable);
    assert!(error.message.contains(UNKNOWN), "{}", error.message);
    let listener = server.await.unwrap();
    let another = tokio::time::timeout(Duration::from_millis(50), listener.accept()).await;
    assert!(another.is_err(), "the request was sent again");
}

#[tokio::test]
async fn dropping_a_call_drops_its_request() {
    let (listener, base_url) = listen().await;
    let caller = caller(&base_url);
    let (arrived, has_arrived) = oneshot::channel();
    let server = tokio::spawn(async move {
        let mut stream = accept_request(&listener).await;
        arrived.send(()).unwrap();
        // Returns when the client closes the connection.
        let _ = stream.read_to_end(&mut Vec::new()).await;
    });
    let call = tokio::spawn(async move { set(&caller).await });
    has_arrived.await.unwrap();
    call.abort();
    server.await.unwrap();
    assert!(call.await.unwrap_err().is_cancelled());
}

#[tokio::test]
async fn an_announced_length_over_the_limit_is_not_read() {
    // The body never arrives, so only the announced length can end the call.
    let huge = b"HTTP/1.1 200 OK\r\ncontent-length: 2000\r\n\r\n{";
    let options = UpstreamOptions { max_reply_bytes: 1000, ..UpstreamOptions::default() };
    let error = failed(get(&caller_with(&start_stalling(huge).await, options)).await);
    assert_eq!((error.kind, error.status), (FailureKind::TooLarge, Some(200)));
}

#[tokio::test]
async fn a_connect_timeout_sends_nothing() {
    // The system accepts the connection into the listener's queue, but the TLS handshake is never answered.
    let (listener, base_url) = listen().await;
    let options = UpstreamOptions { connect_timeout: Duration::from_millis(150), ..UpstreamOptions::default() };
    let error = failed(set(&caller_with(&base_url.replace("http:", "https:"), options)).await);
    assert_eq!(error.kind, FailureKind::Unreachable);
    assert!(error.message.contains("timed out") && error.message.contains("Nothing was sent"), "{}", error.message);
    drop(listener);
}

#[tokio::test]
async fn upload_progress_is_counted_while_sending() {
    /// More than all buffers between client and server hold together.
    const FILE: usize = 16_000_000;
    const ENOUGH: usize = 1_000_000;
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(64 * 1024).unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let caller = caller(&format!("http://{}/api", listener.local_addr().unwrap()));
    let progress = CallProgress::default();
    assert_eq!(progress.sent_of_total(), (0, 0));
    let api = async {
        let mut stream = accept_request(&listener).await;
        let mut body = BytesMut::new();
        while body.len() < ENOUGH {
            assert_ne!(stream.read_buf(&mut body).await.unwrap(), 0);
        }
        let (sent, total) = progress.sent_of_total();
        assert!((ENOUGH as u64 - 1000..total).contains(&sent), "{sent} of {total}");
        while !body.ends_with(b"--\r\n") {
            assert_ne!(stream.read_buf(&mut body).await.unwrap(), 0);
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await.unwrap();
        stream
    };
    let files = json!([{"filename": "a.bin", "content_base64": BASE64_STANDARD.encode(vec![0; FILE])}]);
    let arguments = object(json!({"id": "7", "note": "n", "files": files}));
    let (outcome, _stream) = tokio::join!(
        caller.call_with_progress(&ATTACH, arguments, tokio::time::Instant::now(), &progress, &OpenGate),
        api
    );
    ok(outcome);
    assert_eq!(progress.sent_of_total(), (FILE as u64, FILE as u64));
}
