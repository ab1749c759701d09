//! What a connector in the cloud sends, byte for byte, on one connection that it keeps: looking for a way to sign in,
//! for a stream, and then the handshake and its calls, all with `Accept: */*`.

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufStream};
use tokio::net::TcpStream;

use crate::site::{Site, TOKEN, call, request};

struct Connector {
    stream: BufStream<TcpStream>,
}

/// A response as it came.
struct Answer {
    status: String,
    head: String,
    body: Value,
}

impl Connector {
    async fn at(site: &Site) -> Self {
        Self { stream: BufStream::new(site.connect().await) }
    }

    async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, "Accept: */*\r\n", "").await
    }

    /// The first message comes without a revision in its headers, all others with the one agreed on.
    async fn post(&mut self, revision: Option<&str>, message: &Value) -> Answer {
        let revision = revision.map(|name| format!("MCP-Protocol-Version: {name}\r\n")).unwrap_or_default();
        let headers = format!("Accept: */*\r\nContent-Type: application/json\r\n{revision}");
        self.send("POST", &format!("/mcp/{TOKEN}"), &headers, &message.to_string()).await
    }

    async fn send(&mut self, method: &str, path: &str, headers: &str, body: &str) -> Answer {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: Claude-User\r\nAccept-Encoding: gzip, deflate, br\
             \r\nConnection: keep-alive\r\n{headers}Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.stream.write_all(request.as_bytes()).await.unwrap();
        self.stream.flush().await.unwrap();
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert_ne!(self.stream.read_line(&mut head).await.unwrap(), 0, "the connection is kept: {head}");
        }
        let head = head.to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        self.stream.read_exact(&mut body).await.unwrap();
        let status = head.split(' ').nth(1).unwrap().to_owned();
        let body = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() };
        Answer { status, head, body }
    }
}

#[tokio::test]
async fn a_connector_in_the_cloud_is_served_on_one_connection() {
    let site = Site::open().await;
    let mut connector = Connector::at(&site).await;

    // There is nothing to sign in to, and no session: it is told so, and goes on.
    for path in [
        format!("/.well-known/oauth-protected-resource/mcp/{TOKEN}"),
        "/.well-known/oauth-authorization-server".to_owned(),
    ] {
        assert_eq!(connector.get(&path).await.status, "404");
    }
    let answer = connector.get(&format!("/mcp/{TOKEN}")).await;
    assert_eq!(answer.status, "405");
    assert!(answer.head.contains("\r\nallow: post\r\n"), "{}", answer.head);

    let client = json!({ "name": "claude-ai", "version": "0.1.0" });
    let hello = json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client });
    let answer = connector.post(None, &request(0, "initialize", &hello)).await;
    assert_eq!((&*answer.status, &answer.body["result"]["protocolVersion"]), ("200", &json!("2025-11-25")));
    assert!(answer.head.contains("\r\ncontent-type: application/json\r\n"), "{}", answer.head);
    assert!(!answer.head.contains("mcp-session-id"), "{}", answer.head);

    let agreed = Some("2025-11-25");
    let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    assert_eq!(connector.post(agreed, &initialized).await.status, "202");
    let answer = connector.post(agreed, &request(1, "tools/list", &json!({}))).await;
    assert_eq!(answer.body["result"]["tools"][1]["name"], "echo");
    let answer = connector.post(agreed, &call("echo")).await;
    assert_eq!((&*answer.status, &answer.body["result"]["content"][0]["text"]), ("200", &json!("{}")));
}
