//! Resident memory, while clients of one server read no answers or send large files all at once.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

use crate::common::node::{Node, serve};

/// The length of the API's replies: just below the limit of 10 MB.
const REPLY: usize = 9_900_000;
const UNREAD_ANSWERS: usize = 40;
/// The length of a file that becomes a body of 33 MB.
const FILE: usize = 24_700_000;
const UPLOADS: usize = 24;
const MEGABYTE: u64 = 1_000_000;
const TEST_TIMEOUT: Duration = Duration::from_mins(5);

const READ: &str = "get_single_desk_365_ticket_by_id";
const UPLOAD: &str = "desk_365_ticket_replies_create_with_attachment";

/// An API that answers every request with a long JSON text, once it has received all of it.
async fn api() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            tokio::spawn(answer_all(connection));
        }
    });
    url
}

async fn answer_all(mut connection: TcpStream) {
    let mut received = Vec::new();
    loop {
        let head_ends = loop {
            if let Some(at) = received.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break at + 4;
            }
            if !matches!(connection.read_buf(&mut received).await, Ok(1..)) {
                return;
            }
        };
        let head = String::from_utf8_lossy(&received[..head_ends]).to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let mut left = length.map_or(0, |length| length.parse::<usize>().unwrap());
        left -= (received.len() - head_ends).min(left);
        received.clear();
        let mut part = vec![0; 64 * 1024];
        while left > 0 {
            let Ok(bytes @ 1..) = connection.read(&mut part[..left.min(64 * 1024)]).await else { return };
            left -= bytes;
        }
        let length = if head.starts_with("get") { REPLY } else { 2 };
        let reply = format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n");
        let body = if length == 2 { "{}".to_owned() } else { format!("\"{}\"", "x".repeat(REPLY - 2)) };
        if connection.write_all(reply.as_bytes()).await.is_err() || connection.write_all(body.as_bytes()).await.is_err()
        {
            return;
        }
    }
}

/// A server with default settings, and the path of its URL.
async fn started() -> (Node, String, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let node = Node::start(&mut serve(folder.path()));
    let url = node.server_with(&api().await, "key", &json!({ "results": "raw" })).await;
    let path = url.split_at(url.find("/mcp/").unwrap()).1.to_owned();
    (node, path, folder)
}

fn call(tool: &str, arguments: &Value) -> String {
    let params = json!({ "name": tool, "arguments": arguments });
    json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params }).to_string()
}

/// Sends a message on a connection of its own.
async fn sent(node: &Node, path: &str, body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(&node.address).await.unwrap();
    let head = format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).await.unwrap();
    // Fails if the server answers before it has read all of it.
    let _ = stream.write_all(body.as_bytes()).await;
    stream
}

/// Reads the status of an answer: 0 if the connection was closed instead.
async fn status(stream: &mut TcpStream) -> u16 {
    let mut line = vec![0; "HTTP/1.1 200".len()];
    match stream.read_exact(&mut line).await {
        Ok(_) => String::from_utf8(line).unwrap()["HTTP/1.1 ".len()..].parse().unwrap(),
        Err(_) => 0,
    }
}

/// Runs `load`, and returns its result and the highest resident memory meanwhile.
async fn peak_during<T>(node: &Node, load: impl Future<Output = T>) -> (T, u64) {
    let mut load = std::pin::pin!(timeout(TEST_TIMEOUT, load));
    let mut peak = 0;
    loop {
        peak = peak.max(node.resident_bytes());
        tokio::select! {
            result = &mut load => return (result.expect("the load ends"), peak),
            () = sleep(Duration::from_millis(5)) => {}
        }
    }
}

#[workspace_tests::full_run("a minute")]
#[tokio::test(flavor = "multi_thread")]
async fn unread_answers_hold_at_most_150_mb() {
    let (node, path, _folder) = started().await;
    let before = node.resident_bytes();
    let load = async {
        let mut answers = Vec::new();
        for _ in 0..UNREAD_ANSWERS {
            answers.push(sent(&node, &path, &call(READ, &json!({ "ticket_number": 904 }))).await);
        }
        // The server answers as many as it has room for, and each client reads only the status.
        let mut statuses = Vec::new();
        for answer in &mut answers {
            statuses.push(status(answer).await);
        }
        statuses
    };
    let (statuses, peak) = peak_during(&node, load).await;
    let served = statuses.iter().filter(|status| **status == 200).count();
    println!(
        "{UNREAD_ANSWERS} unread answers: {served} served, resident {} MB before and {} MB at most",
        before / MEGABYTE,
        peak / MEGABYTE
    );
    assert!(statuses.iter().all(|status| matches!(status, 0 | 200 | 429)), "{statuses:?}");
    assert!(served >= 4, "{statuses:?}");
    assert!(peak <= 150 * MEGABYTE, "{peak}");
    // The same server still answers a client that reads.
    let tools = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" }).to_string();
    assert_eq!(status(&mut sent(&node, &path, &tools).await).await, 200);
}

#[workspace_tests::full_run("minutes")]
#[tokio::test(flavor = "multi_thread")]
async fn large_uploads_peak_at_400_mb() {
    let (node, path, _folder) = started().await;
    let before = node.resident_bytes();
    let file = json!({ "filename": "a.bin", "content_base64": STANDARD.encode(vec![7; FILE]) });
    let body = call(UPLOAD, &json!({ "ticket_number": 904, "body": "Hello", "files": [file] }));
    let load = async {
        let uploads = (0..UPLOADS).map(|_| async {
            let mut stream = sent(&node, &path, &body).await;
            status(&mut stream).await
        });
        futures_util::future::join_all(uploads).await
    };
    let (statuses, peak) = peak_during(&node, load).await;
    let served = statuses.iter().filter(|status| **status == 200).count();
    println!(
        "{UPLOADS} uploads of {} MB: {served} served, resident {} MB before and {} MB at most",
        body.len() as u64 / MEGABYTE,
        before / MEGABYTE,
        peak / MEGABYTE
    );
    assert!(statuses.iter().all(|status| matches!(status, 0 | 200 | 429)), "{statuses:?}");
    assert!(served > 0 && peak <= 400 * MEGABYTE, "{served} served, {peak}");
}
