//! Tests of the request log: it names requests, and contains no secret.

use crate::common::log;
use crate::http::server::{API_TOKEN, TOKEN, TWO_FACTOR_TOKEN, TestServer, call};

#[tokio::test]
async fn requests_are_logged_without_tokens_and_arguments() {
    log::record();
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

    let text = log::recorded();
    let ours: String = text
        .lines()
        .filter(|line| ["desk365_mcp", "mcp_server"].iter().any(|crate_name| line.contains(crate_name)))
        .collect();
    assert!(ours.contains("/mcp/{token}") && ours.contains("seen"), "{ours} of {text}");
    assert!(!ours.contains("secret"), "{ours}");
}
