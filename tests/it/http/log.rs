//! Tests of the request log: it names requests, and contains no secret.

use std::cell::RefCell;
use std::io::{self, Write};

use crate::http::server::{API_TOKEN, TOKEN, TWO_FACTOR_TOKEN, TestServer, call};

thread_local! {
    /// The log of this thread, and so of one test.
    static LOGGED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// A log writer per thread. A subscriber per thread would be simpler, but `tracing` caches globally whether an event is
/// enabled, as the first subscriber decides it.
struct OwnThread;

impl Write for OwnThread {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOGGED.with_borrow_mut(|logged| logged.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn requests_are_logged_without_tokens_and_arguments() {
    tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(|| OwnThread).init();
    let server = TestServer::start().await;
    let mut message = call("echo");
    message["params"]["arguments"]["tag"] = "secret-argument".into();

    let at = |path: String| server.client.post(server.url(&path)).json(&message);
    for sent in [
        at(format!("/mcp/{TOKEN}")).header("X-Request-Id", "seen"),
        at(format!("/mcp/{TOKEN}?token={TOKEN}")),
        at(format!("/mcp/{TWO_FACTOR_TOKEN}")).bearer_auth(API_TOKEN),
        at("/mcp".to_owned()).bearer_auth(TOKEN),
        at("/mcp/secret-unknown-token".to_owned()),
        at("/mcp/secret-unknown-token/more".to_owned()),
        at(format!("/mcp/{TOKEN}")).header("Host", "evil.example.com"),
    ] {
        sent.send().await.unwrap();
    }
    server.client.get(server.url(&format!("/mcp/{TOKEN}"))).send().await.unwrap();

    let text = String::from_utf8(LOGGED.take()).unwrap();
    let ours: String = text
        .lines()
        .filter(|line| ["desk365_mcp", "mcp_server"].iter().any(|crate_name| line.contains(crate_name)))
        .collect();
    assert!(ours.contains("/mcp/{token}") && ours.contains("seen"), "{ours} of {text}");
    assert!(!ours.contains("secret"), "{ours}");
}
