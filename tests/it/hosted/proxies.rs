//! Proxies in front: whom they say a request came from counts only if they were named.

use serde_json::json;

use crate::common::node::{Node, serve};

/// The status of a request with a wrong token that a proxy on this machine hands over for `client`.
async fn guessed_for(node: &Node, client: &str) -> u16 {
    let request = node.message(&node.url("/integrated-account"), &json!({})).bearer_auth("a guess");
    request.header("x-forwarded-for", client).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn behind_a_trusted_proxy_whoever_guesses_waits_alone() {
    let folder = tempfile::tempdir().unwrap();
    let node = Node::start(serve(folder.path()).args(["--trusted-proxies", "127.0.0.0/8"]));
    for _ in 0..20 {
        assert_eq!(guessed_for(&node, "203.0.113.5, 198.51.100.7").await, 401);
    }
    assert_eq!(guessed_for(&node, "198.51.100.7").await, 429);
    assert_eq!(guessed_for(&node, "198.51.100.8").await, 401);
}

#[tokio::test]
async fn nobody_escapes_by_saying_to_be_a_proxy() {
    let folder = tempfile::tempdir().unwrap();
    let node = Node::start(&mut serve(folder.path()));
    for last in 0..20 {
        assert_eq!(guessed_for(&node, &format!("198.51.100.{last}")).await, 401);
    }
    assert_eq!(guessed_for(&node, "198.51.100.99").await, 429);
}
