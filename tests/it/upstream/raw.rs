//! Servers that no HTTP library would be: they stall, hang up, and break off.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::BytesMut;
use desk365_mcp::outcome::{Kind, Source};
use desk365_mcp::upstream::{Options, Upload};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::upstream::fixture::{ATTACH, caller, caller_with, failed, get, impatient, object, ok, set};

const UNKNOWN: &str = "do not repeat the call blindly";

/// A listener, and the base URL under which it is the API.
async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}/api", listener.local_addr().unwrap());
    (listener, base_url)
}

/// The next connection, once its request's head is there (a small body is sent along with it).
async fn request(listener: &TcpListener) -> TcpStream {
    let (mut stream, _) = listener.accept().await.unwrap();
    head(&mut stream).await;
    stream
}

async fn head(stream: &mut TcpStream) {
    let mut seen = Vec::new();
    while !seen.windows(4).any(|four| four == b"\r\n\r\n") {
        assert_ne!(stream.read_buf(&mut seen).await.unwrap(), 0, "the request must be whole");
    }
}

/// The base URL of a server that answers every connection's first request with `bytes` and hangs up.
async fn answering(bytes: &'static [u8]) -> String {
    let (listener, base_url) = listen().await;
    tokio::spawn(async move {
        loop {
            let mut stream = request(&listener).await;
            stream.write_all(bytes).await.unwrap();
            stream.shutdown().await.unwrap();
            let _ = stream.read_to_end(&mut Vec::new()).await;
        }
    });
    base_url
}

/// The base URL of a server that answers with `bytes` and then leaves the connection as it is.
async fn stalling_after(bytes: &'static [u8]) -> String {
    let (listener, base_url) = listen().await;
    tokio::spawn(async move {
        let mut held = Vec::new();
        loop {
            let mut stream = request(&listener).await;
            stream.write_all(bytes).await.unwrap();
            held.push(stream);
        }
    });
    base_url
}

#[tokio::test]
async fn an_api_that_never_answers_is_given_up_on() {
    for silence in [b"".as_slice(), b"HTTP/1.1 200 OK\r\nx-sl"] {
        let caller = caller_with(&stalling_after(silence).await, impatient());
        let read = failed(get(&caller).await);
        assert_eq!((read.source, read.kind, read.status), (Source::Upstream, Kind::TimedOut, None));
        assert!(read.message.contains("150ms") && !read.message.contains(UNKNOWN), "{}", read.message);
        let write = failed(set(&caller).await);
        assert_eq!(write.kind, Kind::TimedOut);
        assert!(write.message.contains(UNKNOWN), "{}", write.message);
    }
}

#[tokio::test]
async fn a_reply_that_stalls_has_a_status_but_no_result() {
    let stalled = b"HTTP/1.1 200 OK\r\nx-left: 4\r\ncontent-length: 100\r\n\r\n{\"half\":";
    // Long enough for the head to arrive on a busy machine.
    let options = Options { total_timeout: Duration::from_secs(1), ..Options::default() };
    let caller = caller_with(&stalling_after(stalled).await, options);
    let error = failed(set(&caller).await);
    assert_eq!((error.kind, error.status, error.ratelimit.remaining), (Kind::TimedOut, Some(200), Some(4)));
    assert!(error.message.contains("most likely made") && error.message.contains(UNKNOWN), "{}", error.message);
}

#[tokio::test]
async fn a_reply_that_breaks_off_is_a_bad_reply() {
    for broken in [
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"half\":".as_slice(),
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 7\r\n\r\nnotgzip",
    ] {
        let caller = caller(&answering(broken).await);
        let read = failed(get(&caller).await);
        assert_eq!((read.source, read.kind, read.status), (Source::Upstream, Kind::BadReply, Some(200)));
        assert!(!read.message.contains(UNKNOWN), "{}", read.message);
        let write = failed(set(&caller).await);
        assert!(write.message.contains(UNKNOWN), "{}", write.message);
    }
}

#[tokio::test]
async fn an_error_whose_body_breaks_off_is_still_that_error() {
    let broken = b"HTTP/1.1 404 Not Found\r\ncontent-length: 100\r\n\r\n{\"error\":";
    let error = failed(get(&caller(&answering(broken).await)).await);
    assert_eq!((error.kind, error.status), (Kind::NotFound, Some(404)));
}

#[tokio::test]
async fn an_api_that_hangs_up_unanswered_leaves_a_write_in_doubt() {
    for farewell in [b"".as_slice(), b"SSH-2.0-OpenSSH\r\n\r\n"] {
        let caller = caller(&answering(farewell).await);
        let read = failed(get(&caller).await);
        assert_eq!((read.kind, read.status), (Kind::Unreachable, None));
        assert!(!read.message.contains(UNKNOWN), "{}", read.message);
        assert!(failed(set(&caller).await).message.contains(UNKNOWN));
    }
}

#[tokio::test]
async fn a_refused_connection_has_sent_nothing() {
    let (listener, base_url) = listen().await;
    drop(listener);
    let error = failed(set(&caller(&base_url)).await);
    assert_eq!((error.source, error.kind, error.status), (Source::Upstream, Kind::Unreachable, None));
    assert!(error.message.contains("Nothing was sent"), "{}", error.message);
    assert!(error.message.contains("127.0.0.1:") && !error.message.contains("/api"), "{}", error.message);
    assert!(!error.message.contains(UNKNOWN), "{}", error.message);
}

#[tokio::test]
async fn a_request_that_left_on_a_kept_connection_is_not_sent_again() {
    let (listener, base_url) = listen().await;
    let caller = caller(&base_url);
    let server = tokio::spawn(async move {
        let mut stream = request(&listener).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await.unwrap();
        head(&mut stream).await;
        drop(stream);
        listener
    });
    ok(get(&caller).await);
    let error = failed(set(&caller).await);
    assert_eq!(error.kind, Kind::Unreachable);
    assert!(error.message.contains(UNKNOWN), "{}", error.message);
    let listener = server.await.unwrap();
    let another = tokio::time::timeout(Duration::from_millis(50), listener.accept()).await;
    assert!(another.is_err(), "the call came again");
}

#[tokio::test]
async fn dropping_a_call_drops_its_request() {
    let (listener, base_url) = listen().await;
    let caller = caller(&base_url);
    let (arrived, has_arrived) = oneshot::channel();
    let server = tokio::spawn(async move {
        let mut stream = request(&listener).await;
        arrived.send(()).unwrap();
        // Ends when the client closes its side, and never if it does not.
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
    // The body never comes: only the announcement can end the call.
    let huge = b"HTTP/1.1 200 OK\r\ncontent-length: 2000\r\n\r\n{";
    let options = Options { max_reply_bytes: 1000, ..Options::default() };
    let error = failed(get(&caller_with(&stalling_after(huge).await, options)).await);
    assert_eq!((error.kind, error.status), (Kind::TooLarge, Some(200)));
}

#[tokio::test]
async fn a_connection_that_is_never_taken_up_has_sent_nothing() {
    // The listener's queue takes the connection, but nobody ever speaks TLS on it.
    let (listener, base_url) = listen().await;
    let options = Options { connect_timeout: Duration::from_millis(150), ..Options::default() };
    let error = failed(set(&caller_with(&base_url.replace("http:", "https:"), options)).await);
    assert_eq!(error.kind, Kind::Unreachable);
    assert!(error.message.contains("in time") && error.message.contains("Nothing was sent"), "{}", error.message);
    drop(listener);
}

#[tokio::test]
async fn what_is_sent_of_a_file_is_counted_while_it_is_sent() {
    /// More than all buffers between the two ends hold together.
    const FILE: usize = 16_000_000;
    const ENOUGH: usize = 1_000_000;
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(64 * 1024).unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let caller = caller(&format!("http://{}/api", listener.local_addr().unwrap()));
    let upload = Upload::default();
    assert_eq!(upload.sent_of_total(), (0, 0));
    let api = async {
        let mut stream = request(&listener).await;
        let mut body = BytesMut::new();
        while body.len() < ENOUGH {
            assert_ne!(stream.read_buf(&mut body).await.unwrap(), 0);
        }
        let (sent, total) = upload.sent_of_total();
        assert!((ENOUGH as u64 - 1000..total).contains(&sent), "{sent} of {total}");
        while !body.ends_with(b"--\r\n") {
            assert_ne!(stream.read_buf(&mut body).await.unwrap(), 0);
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await.unwrap();
        stream
    };
    let files = json!([{"filename": "a.bin", "content_base64": BASE64_STANDARD.encode(vec![0; FILE])}]);
    let arguments = object(json!({"id": "7", "note": "n", "files": files}));
    let (outcome, _stream) = tokio::join!(caller.call_counting(&ATTACH, arguments, &upload), api);
    ok(outcome);
    assert_eq!(upload.sent_of_total(), (FILE as u64, FILE as u64));
}
