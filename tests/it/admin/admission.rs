//! Paused servers, and servers that allow only some addresses. Their answer is that of an unknown token, which the tests of
//! tokens compare byte by byte.

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use http::Request;
use serde_json::{Value, json};

use crate::admin::test_server::{TestServer, token, violated_arguments};

/// Returns the status that a client at an address gets.
async fn status_from(node: &TestServer, token: &str, peer: &str) -> u16 {
    let ping = json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" }).to_string();
    let request = Request::post(format!("/mcp/{token}")).header("content-type", "application/json");
    let request = request.header("accept", "application/json, text/event-stream");
    let mut request = request.body(Body::from(ping)).unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
    node.request(request).await.status().as_u16()
}

fn path_of(account: &str, server: &Value) -> String {
    format!("/integrated-account/{account}/mcp/{}", server["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_server_is_paused_and_resumed_on_every_node() {
    let node = TestServer::start().await;
    let there = node.second_node().await;
    let account = node.create_account().await;
    let server = node.create_server(&account, &json!({})).await;
    let path = path_of(&account, &server);
    for paused in [true, false, true, false] {
        assert_eq!(node.list_tools(token(&server)).await.is_ok(), paused, "as before");
        assert_eq!(there.list_tools(token(&server)).await.is_ok(), paused, "as before");
        assert_eq!(node.patch(&path, &json!({ "config": { "paused": paused } })).await.0, 200);
        assert_eq!(node.list_tools(token(&server)).await.is_ok(), !paused);
        node.clock.advance(Duration::from_millis(500));
        assert_eq!(there.list_tools(token(&server)).await.is_ok(), !paused);
    }
}

#[tokio::test]
async fn clients_outside_the_list_find_no_server() {
    let node = TestServer::start().await;
    let account = node.create_account().await;
    let server = node.create_server(&account, &json!({ "allowed_ips": ["192.0.2.0/24", "2001:db8::/32"] })).await;
    for _ in 0..2 {
        for (peer, status) in
            [("192.0.2.7", 200), ("192.0.3.7", 404), ("::ffff:192.0.2.7", 200), ("2001:db8::1", 200), ("::1", 404)]
        {
            assert_eq!(status_from(&node, token(&server), peer).await, status, "{peer}");
        }
        node.clock.advance(Duration::from_secs(1));
    }
    node.patch(&path_of(&account, &server), &json!({ "config": { "allowed_ips": ["192.0.3.7"] } })).await;
    assert_eq!(status_from(&node, token(&server), "192.0.3.7").await, 200);
    assert_eq!(status_from(&node, token(&server), "192.0.2.7").await, 404);
}

#[tokio::test]
async fn a_refused_client_does_not_end_the_access_of_others() {
    let node = TestServer::start().await;
    let account = node.create_account().await;
    let server = node.create_server(&account, &json!({ "allowed_ips": ["192.0.2.7"] })).await;
    assert_eq!(status_from(&node, token(&server), "192.0.2.7").await, 200);
    node.registry.store().close().await;
    node.clock.advance(Duration::from_secs(1));
    // Like an unknown token, the refused client waits for the store, also if the server is cached.
    assert_eq!(status_from(&node, "unknown", "192.0.3.7").await, 503);
    assert_eq!(status_from(&node, token(&server), "192.0.3.7").await, 503);
    assert_eq!(status_from(&node, token(&server), "192.0.2.7").await, 200);
}

#[tokio::test]
async fn refused_requests_name_their_server_in_the_log() {
    let node = TestServer::start().await;
    let account = node.create_account().await;
    let server = node.create_server(&account, &json!({ "allowed_ips": ["192.0.2.7"] })).await;
    assert_eq!(status_from(&node, token(&server), "192.0.3.7").await, 404);
    assert_eq!(status_from(&node, token(&server), "192.0.2.7").await, 200);
    assert_eq!(status_from(&node, token(&server), "192.0.3.7").await, 404);
    node.patch(&path_of(&account, &server), &json!({ "config": { "paused": true } })).await;
    assert_eq!(status_from(&node, token(&server), "192.0.2.7").await, 404);
    node.call_log.flush().await;
    let (_, log) = node.get(&format!("/log?server_id={}", server["id"].as_str().unwrap())).await;
    let statuses: Vec<_> = log["result"].as_array().unwrap().iter().map(|call| &call["status"]).collect();
    assert_eq!(statuses, ["paused", "address_not_allowed", "address_not_allowed"]);
}

#[tokio::test]
async fn wrong_addresses_are_refused() {
    let node = TestServer::start().await;
    let path = format!("/integrated-account/{}/mcp", node.create_account().await);
    let many: Vec<_> = (0..101).map(|last| format!("192.0.2.{last}")).collect();
    for allowed in [json!([]), json!(["mcp.example.com"]), json!(["192.0.2.0/33"]), json!([1]), json!(many)] {
        let (status, problem) = node.post(&path, &json!({ "name": "s", "config": { "allowed_ips": allowed } })).await;
        assert_eq!(status, 400, "{problem}");
        assert!(violated_arguments(&problem)[0].starts_with("config.allowed_ips"), "{problem}");
    }
    let (status, problem) = node.post(&path, &json!({ "name": "s", "config": { "paused": "yes" } })).await;
    assert_eq!((status.as_u16(), violated_arguments(&problem)), (400, vec!["config.paused"]));
}
