//! A cloud connector, byte for byte: one connection that stays open, and `Accept: */*` in every request.

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufStream};
use tokio::net::TcpStream;

const REVISION: &str = "2025-11-25";

/// The header of every message after the handshake.
const AGREED: &str = "MCP-Protocol-Version: 2025-11-25\r\n";

pub(crate) struct Connector {
    stream: BufStream<TcpStream>,
    /// The path of the MCP endpoint.
    path: String,
}

/// A response, unparsed except for its body.
pub(crate) struct Answer {
    pub(crate) status: String,
    /// In lower case.
    pub(crate) head: String,
    pub(crate) body: Value,
}

impl Connector {
    /// Connects to the MCP endpoint `url`.
    pub(crate) async fn at(url: &str) -> Self {
        let (authority, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
        let stream = BufStream::new(TcpStream::connect(authority).await.unwrap());
        Self { stream, path: format!("/{path}") }
    }

    /// Requests OAuth metadata and an event stream, as clients do first, and expects that the server has neither.
    pub(crate) async fn probe(&mut self) {
        let path = self.path.clone();
        for path in [
            format!("/.well-known/oauth-protected-resource{path}"),
            "/.well-known/oauth-authorization-server".to_owned(),
        ] {
            assert_eq!(self.get(&path).await.status, "404");
        }
        let answer = self.get(&path).await;
        assert_eq!(answer.status, "405");
        assert!(answer.head.contains("\r\nallow: post\r\n"), "{}", answer.head);
    }

    /// Performs the handshake, and expects a revision, but no session and no stream.
    pub(crate) async fn initialize(&mut self) {
        let client = json!({ "name": "claude-ai", "version": "0.1.0" });
        let hello = json!({ "protocolVersion": REVISION, "capabilities": {}, "clientInfo": client });
        let answer = self.post("", &request(0, "initialize", &hello)).await;
        assert_eq!((&*answer.status, &answer.body["result"]["protocolVersion"]), ("200", &json!(REVISION)));
        assert!(answer.head.contains("\r\ncontent-type: application/json\r\n"), "{}", answer.head);
        assert!(!answer.head.contains("mcp-session-id"), "{}", answer.head);
        let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        assert_eq!(self.post(AGREED, &initialized).await.status, "202");
    }

    /// Sends a request, and expects status 200.
    pub(crate) async fn ask(&mut self, method: &str, params: &Value) -> Answer {
        let answer = self.post(AGREED, &request(1, method, params)).await;
        assert_eq!(answer.status, "200", "{}", answer.body);
        answer
    }

    async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, "Accept: */*\r\n", "").await
    }

    /// Posts a message. Only the first one has no protocol revision in its headers.
    async fn post(&mut self, revision: &str, message: &Value) -> Answer {
        let headers = format!("Accept: */*\r\nContent-Type: application/json\r\n{revision}");
        self.send("POST", &self.path.clone(), &headers, &message.to_string()).await
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
            assert_ne!(self.stream.read_line(&mut head).await.unwrap(), 0, "the connection stays open: {head}");
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

fn request(id: u32, method: &str, params: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })
}
