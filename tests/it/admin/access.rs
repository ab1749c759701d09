//! The second factor, throttling, the probes, and the health of accounts.

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use axum::extract::ConnectInfo;
use http::Request;
use serde_json::{Value, json};

use crate::admin::test_server::{ADMIN_TOKEN, TestServer, read_tool, status_and_json, token};

#[tokio::test]
async fn any_live_api_token_passes_the_second_factor() {
    let node = TestServer::start().await;
    let account = node.create_account().await;
    let server = node.create_server(&account, &json!({ "require_api_token_auth": true })).await;
    let (_, caller) = node.post("/api-token", &json!({ "name": "c", "role": "caller" })).await;
    for (bearer, expected) in [
        (None, Some(401)),
        (Some("x"), Some(401)),
        (Some(token(&server)), Some(401)),
        (Some(token(&caller)), None),
        (Some(ADMIN_TOKEN), None),
    ] {
        let refused = node.list_tools_with(token(&server), bearer).await.err().map(|status| status.as_u16());
        assert_eq!(refused, expected, "{bearer:?}");
    }
    node.delete(&format!("/api-token/{}", caller["id"].as_str().unwrap())).await;
    assert_eq!(node.list_tools_with(token(&server), Some(token(&caller))).await.unwrap_err(), 401);
}

#[tokio::test]
async fn header_tokens_do_not_open_second_factor_servers() {
    let node = TestServer::start().await;
    let account = node.create_account().await;
    for (config, expected) in [(json!({}), 200), (json!({ "require_api_token_auth": true }), 401)] {
        let server = node.create_server(&account, &config).await;
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
        let request = Request::builder()
            .method("POST")
            .uri("/mcp")
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream")
            .header("authorization", format!("Bearer {}", token(&server)))
            .body(Body::from(message.to_string()));
        assert_eq!(node.request(request.unwrap()).await.status(), expected);
    }
}

#[tokio::test]
async fn metrics_need_a_token_and_readiness_needs_the_store() {
    let node = TestServer::start().await;
    let caller = node.create_api_token("caller").await;
    let get = async |path: &str, bearer: &str| {
        let request = Request::builder().uri(path).header("authorization", format!("Bearer {bearer}"));
        node.request(request.body(Body::empty()).unwrap()).await.status().as_u16()
    };
    assert_eq!((get("/metrics", &caller).await, get("/metrics", "x").await), (200, 401));
    assert_eq!((get("/healthz", "").await, get("/readyz", "").await), (200, 200));
    assert_eq!(get("/readyz?strict=1", "").await, 200);
    node.registry.store().close().await;
    // Within the grace period the node is ready, and nothing can be written.
    node.clock.advance(Duration::from_secs(1));
    assert_eq!(
        (get("/healthz", "").await, get("/readyz", "").await, get("/readyz?strict=1", "").await),
        (200, 200, 503)
    );
    assert_eq!(node.get("/integrated-account").await.0, 503);
    node.clock.advance(Duration::from_mins(5));
    assert_eq!(
        (get("/healthz", "").await, get("/readyz", "").await, get("/readyz?strict=1", "").await),
        (200, 503, 503)
    );
}

/// Returns the status and `Retry-After` of the admin API for a token from an address.
async fn get_from(node: &TestServer, peer: &str, bearer: &str) -> (u16, Option<String>) {
    send_from("/integrated-account", Body::empty(), node, peer, bearer).await
}

/// The same for any path; a request with a body is a `POST`.
async fn send_from(path: &str, body: Body, node: &TestServer, peer: &str, bearer: &str) -> (u16, Option<String>) {
    let method = if body.is_end_stream() { "GET" } else { "POST" };
    let request = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {bearer}"));
    let mut request = request.body(body).unwrap();
    let peer: SocketAddr = peer.parse().unwrap();
    request.extensions_mut().insert(ConnectInfo(peer));
    let response = node.request(request).await;
    let wait = response.headers().get("retry-after").map(|wait| wait.to_str().unwrap().to_owned());
    (response.status().as_u16(), wait)
}

#[tokio::test]
async fn wrong_tokens_throttle_their_address_only() {
    let node = TestServer::start().await;
    let caller = node.create_api_token("caller").await;
    for attempt in 0..20 {
        assert_eq!(get_from(&node, "192.0.2.1:1", &format!("wrong token {attempt}")).await.0, 401);
        // Valid tokens, tokens without the needed role and missing tokens do not count.
        assert_eq!(get_from(&node, "192.0.2.2:1", ADMIN_TOKEN).await.0, 200);
        assert_eq!(get_from(&node, "192.0.2.2:1", &caller).await.0, 403);
        assert_eq!(get_from(&node, "192.0.2.2:1", "").await.0, 401);
    }
    // The port does not matter.
    assert_eq!(get_from(&node, "192.0.2.1:2", "wrong token").await, (429, Some("60".to_owned())));
    assert_eq!(get_from(&node, "192.0.2.2:1", "wrong token").await.0, 401);
    node.clock.advance(Duration::from_secs(59));
    assert_eq!(get_from(&node, "192.0.2.1:1", "wrong token").await, (429, Some("1".to_owned())));
    node.clock.advance(Duration::from_secs(1));
    assert_eq!(get_from(&node, "192.0.2.1:1", "wrong token").await.0, 401);
}

#[tokio::test]
async fn wrong_tokens_do_not_lock_out_a_right_one() {
    let node = TestServer::start().await;
    let caller = node.create_api_token("caller").await;
    let guarded = node.create_server(&node.create_account().await, &json!({ "require_api_token_auth": true })).await;
    let mcp = format!("/mcp/{}", token(&guarded));
    let ping = || Body::from(json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" }).to_string());
    let statuses = async |bearer: &str| {
        let metrics = send_from("/metrics", Body::empty(), &node, "192.0.2.1:1", bearer).await.0;
        let admin = get_from(&node, "192.0.2.1:1", bearer).await.0;
        (metrics, admin, send_from(&mcp, ping(), &node, "192.0.2.1:1", bearer).await.0)
    };
    for attempt in 0..20 {
        assert_eq!(statuses(&format!("wrong token {attempt}")).await, (401, 401, 401));
    }
    assert_eq!(statuses("wrong token").await, (429, 429, 429));
    assert_eq!(statuses(&caller).await, (200, 403, 200), "the token was never used before");
    assert_eq!(statuses(ADMIN_TOKEN).await, (200, 200, 200));
}

#[tokio::test]
async fn throttles_of_metrics_and_second_factor_are_separate() {
    let node = TestServer::start().await;
    let caller = node.create_api_token("caller").await;
    let guarded = node.create_server(&node.create_account().await, &json!({ "require_api_token_auth": true })).await;
    let mcp = format!("/mcp/{}", token(&guarded));
    let ping = || Body::from(json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" }).to_string());
    let metrics = async |peer: &str, bearer: &str| send_from("/metrics", Body::empty(), &node, peer, bearer).await;
    let ping_server = async |peer: &str, bearer: &str| send_from(&mcp, ping(), &node, peer, bearer).await;
    for attempt in 0..20 {
        assert_eq!(metrics("192.0.2.1:1", &format!("wrong token {attempt}")).await.0, 401);
        assert_eq!(ping_server("192.0.2.3:1", &format!("wrong token {attempt}")).await.0, 401);
        assert_eq!((metrics("192.0.2.2:1", &caller).await.0, ping_server("192.0.2.2:1", &caller).await.0), (200, 200));
    }
    let wait = (429, Some("60".to_owned()));
    let wrong = "wrong token";
    assert_eq!((metrics("192.0.2.1:2", wrong).await, ping_server("192.0.2.3:2", wrong).await), (wait.clone(), wait));
    assert_eq!((metrics("192.0.2.3:2", &caller).await.0, ping_server("192.0.2.1:2", &caller).await.0), (200, 200));
    assert_eq!((metrics("192.0.2.2:1", &caller).await.0, ping_server("192.0.2.2:1", &caller).await.0), (200, 200));
    assert_eq!(get_from(&node, "192.0.2.1:1", ADMIN_TOKEN).await.0, 200);
}

async fn health(node: &TestServer, account: &str) -> Value {
    node.call_log.flush().await;
    node.get(&format!("/integrated-account/{account}")).await.1["status"].clone()
}

#[tokio::test]
async fn a_refused_key_marks_the_account_until_a_call_succeeds() {
    let node = TestServer::start().await;
    let account = node.create_account().await;
    let server = node.create_server(&account, &json!({})).await;
    let (name, arguments) = read_tool();
    for (status, expected) in [
        (200, "active"),
        (500, "active"),
        (401, "needs_reauth"),
        (401, "needs_reauth"),
        (429, "needs_reauth"),
        (200, "active"),
        (401, "needs_reauth"),
    ] {
        node.set_api_reply(status, &[]).await;
        node.call_tool(token(&server), name, &arguments).await;
        assert_eq!(health(&node, &account).await, json!(expected), "{status}");
        // The call was sent even if the key was refused before.
        assert_eq!(node.api.received_requests().await.unwrap().len(), 1);
    }
    node.patch(&format!("/integrated-account/{account}"), &json!({ "api_key": "a-new-key" })).await;
    assert_eq!(health(&node, &account).await, json!("active"));
    // The new key is refused as well.
    node.set_api_reply(401, &[]).await;
    node.call_tool(token(&server), name, &arguments).await;
    assert_eq!(health(&node, &account).await, json!("needs_reauth"));
}

#[tokio::test]
async fn the_account_shows_the_reported_rate_limit() {
    let node = TestServer::start().await;
    let account = node.create_account().await;
    let server = node.create_server(&account, &json!({})).await;
    let api = &desk365_mcp::tools::API;
    node.set_api_reply(200, &[(api.rate_limit.limit[0], "100"), (api.rate_limit.remaining[0], "7")]).await;
    let (name, arguments) = read_tool();
    node.call_tool(token(&server), name, &arguments).await;
    node.call_log.flush().await;
    let (_, shown) = node.get(&format!("/integrated-account/{account}")).await;
    assert_eq!((&shown["ratelimit"]["limit"], &shown["ratelimit"]["remaining"]), (&json!(100), &json!(7)), "{shown}");
    assert!(shown["ratelimit"]["at"].is_string());
    let servers = node.get(&format!("/integrated-account/{account}/mcp")).await.1;
    assert!(servers["result"][0]["last_used_at"].is_string());
    let (status, _) = status_and_json(node.send_mcp(token(&server), None, &json!({})).await).await;
    assert_eq!(status, 400);
}
