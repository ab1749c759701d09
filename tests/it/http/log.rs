//! What is logged: who asked for what, and no secret.

use crate::common::log;
use crate::http::site::{GUARDED, SECOND, Site, TOKEN, call};

#[tokio::test]
async fn requests_are_logged_without_tokens_and_arguments() {
    log::record();
    let site = Site::open().await;
    let mut message = call("echo");
    message["params"]["arguments"]["tag"] = "secret-argument".into();

    let at = |path: String| site.client.post(site.url(&path)).json(&message);
    for sent in [
        at(format!("/mcp/{TOKEN}")).header("X-Request-Id", "seen"),
        at(format!("/mcp/{TOKEN}?token={TOKEN}")),
        at(format!("/mcp/{GUARDED}")).bearer_auth(SECOND),
        at("/mcp".to_owned()).bearer_auth(TOKEN),
        at("/mcp/secret-token-of-nobody".to_owned()),
        at("/mcp/secret-token-of-nobody/more".to_owned()),
        at(format!("/mcp/{TOKEN}")).header("Host", "evil.example.com"),
    ] {
        sent.send().await.unwrap();
    }
    site.client.get(site.url(&format!("/mcp/{TOKEN}"))).send().await.unwrap();

    let text = log::recorded();
    let ours: String = text.lines().filter(|line| line.contains("desk365_mcp")).collect();
    assert!(ours.contains("/mcp/{token}") && ours.contains("seen"), "{ours} of {text}");
    assert!(!ours.contains("secret"), "{ours}");
}
