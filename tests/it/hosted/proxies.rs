//! Proxies: `X-Forwarded-For` counts only from trusted ones, and the way to the internet decides which clients are accepted.

use serde_json::json;

use crate::common::node::{Node, serve};

/// Sends a request with a wrong token through a proxy on this machine for `client`, and returns the status.
async fn wrong_token_status(node: &Node, client: &str) -> u16 {
    let request = node.message(&node.url("/integrated-account"), &json!({})).bearer_auth("a guess");
    request.header("x-forwarded-for", client).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn clients_of_a_trusted_proxy_are_throttled_separately() {
    let folder = tempfile::tempdir().unwrap();
    let node = Node::start(serve(folder.path()).args(["--trusted-proxies", "127.0.0.0/8"]));
    for _ in 0..20 {
        assert_eq!(wrong_token_status(&node, "203.0.113.5, 198.51.100.7").await, 401);
    }
    assert_eq!(wrong_token_status(&node, "198.51.100.7").await, 429);
    assert_eq!(wrong_token_status(&node, "198.51.100.8").await, 401);
}

#[tokio::test]
async fn an_untrusted_proxy_header_does_not_avoid_the_throttle() {
    let folder = tempfile::tempdir().unwrap();
    let node = Node::start(&mut serve(folder.path()));
    for last in 0..20 {
        assert_eq!(wrong_token_status(&node, &format!("198.51.100.{last}")).await, 401);
    }
    assert_eq!(wrong_token_status(&node, "198.51.100.99").await, 429);
}

#[tokio::test]
async fn behind_a_proxy_client_documents_are_not_offered() {
    for (proxy, offered) in [(None, true), (Some("http://127.0.0.1:1"), false)] {
        let folder = tempfile::tempdir().unwrap();
        let mut command = serve(folder.path());
        command.args(["--public-url", "https://mcp.example.com"]);
        if let Some(proxy) = proxy {
            command.env("HTTPS_PROXY", proxy);
        }
        let node = Node::start(&mut command);
        node.server_with("http://127.0.0.1:1", "a-key", &json!({ "auth": "sign_in" })).await;
        let (status, metadata) = node.get("/.well-known/oauth-authorization-server").await;
        assert_eq!((status, &metadata["client_id_metadata_document_supported"]), (200, &json!(offered)), "{metadata}");
    }
}
