//! API tokens, and the indistinguishable responses to invalid tokens.

use axum::body::{Body, Bytes};
use http::{HeaderMap, Request};
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::admin::test_server::{ADMIN_TOKEN, TestServer, UNKNOWN_ID, status_and_json, token, violated_arguments};

/// Returns the status, headers and body of a refusal.
async fn refusal(node: &TestServer, given: &str) -> (u16, HeaderMap, Bytes) {
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
    let (head, body) = node.send_mcp(given, None, &message).await.into_parts();
    (head.status.as_u16(), head.headers, axum::body::to_bytes(body, 10_000).await.unwrap())
}

#[tokio::test]
async fn invalid_tokens_get_identical_responses() {
    let node = TestServer::start().await;
    let account = node.create_account().await;
    let live = node.create_server(&account, &json!({})).await;
    let revoked = node.create_server(&account, &json!({})).await;
    node.delete(&format!("/integrated-account/{account}/mcp/{}", revoked["id"].as_str().unwrap())).await;
    let expires_at = (node.registry.clock().now() + jiff::SignedDuration::from_mins(1)).to_string();
    let path = format!("/integrated-account/{account}/mcp");
    let (_, expired) = node.post(&path, &json!({ "name": "x", "expires_at": expires_at })).await;
    node.clock.advance(std::time::Duration::from_mins(1));

    let paused = node.create_server(&account, &json!({ "paused": true })).await;
    let elsewhere = node.create_server(&account, &json!({ "allowed_ips": ["192.0.2.0/24"] })).await;

    let expected = refusal(&node, "x").await;
    assert_eq!(expected.0, 404);
    let text = token(&live);
    let minted = desk365_mcp::token::mint("other", desk365_mcp::token::TokenKind::Server);
    let mut given = vec![
        token(&revoked).to_owned(),
        token(&expired).to_owned(),
        token(&paused).to_owned(),
        token(&elsewhere).to_owned(),
        node.create_api_token("admin").await,
        minted.expose_secret().to_owned(),
        text.to_uppercase(),
        format!("{text}x"),
        text[..text.len() - 1].to_owned(),
        "a".repeat(4000),
        "%27%20OR%201%3D1--".to_owned(),
        "%00".to_owned(),
        "%F0%9F%98%80".to_owned(),
    ];
    given.extend((0..text.len()).step_by(7).map(|index| {
        let mut tampered = text.to_owned().into_bytes();
        tampered[index] = if tampered[index] == b'x' { b'y' } else { b'x' };
        String::from_utf8(tampered).unwrap()
    }));
    for given in given {
        assert_eq!(refusal(&node, &given).await, expected, "{given}");
    }
    assert!(node.list_tools(text).await.is_ok());
}

#[tokio::test]
async fn the_admin_api_needs_a_live_admin_token() {
    let node = TestServer::start().await;
    let (admin, caller) = (node.create_api_token("admin").await, node.create_api_token("caller").await);
    let status = async |given: &str| node.send_as(given, "GET", "/integrated-account", None).await.0.as_u16();
    assert_eq!(status(&admin).await, 200);
    assert_eq!(status(&caller).await, 403);
    for wrong in ["", "x", &ADMIN_TOKEN[1..], "' OR 1=1 --"] {
        assert_eq!(status(wrong).await, 401, "{wrong}");
    }
    let bare = Request::builder().uri("/integrated-account").body(Body::empty()).unwrap();
    let response = node.request(bare).await;
    assert_eq!(response.headers()["www-authenticate"], "Bearer");
    let (code, body) = status_and_json(response).await;
    assert_eq!((code.as_u16(), &body["statusCode"], &body["error"]), (401, &json!(401), &json!("Unauthorized")));
}

#[tokio::test]
async fn api_tokens_are_created_listed_and_revoked() {
    let node = TestServer::start().await;
    let (status, made) = node.post("/api-token", &json!({ "name": "ci", "role": "admin" })).await;
    assert_eq!(status, 201);
    let (_, list) = node.get("/api-token").await;
    assert_eq!(list["result"][0]["id"], made["id"]);
    assert!(!list.to_string().contains(token(&made)));
    let path = format!("/api-token/{}", made["id"].as_str().unwrap());
    assert_eq!(node.delete(&path).await.0, 204);
    assert_eq!(node.delete(&path).await.0, 404);
    assert_eq!(node.delete(&format!("/api-token/{UNKNOWN_ID}")).await.0, 404);
    assert_eq!(node.send_as(token(&made), "GET", "/api-token", None).await.0, 401);
    let (_, body) = node.post("/api-token", &json!({ "role": "root", "expires_at": "2001-01-01T00:00:00Z" })).await;
    assert_eq!(violated_arguments(&body), ["name", "role", "expires_at"]);
}

#[tokio::test]
async fn an_expired_api_token_is_refused() {
    let node = TestServer::start().await;
    let expires_at = (node.registry.clock().now() + jiff::SignedDuration::from_mins(1)).to_string();
    let (_, made) = node.post("/api-token", &json!({ "name": "x", "role": "admin", "expires_at": expires_at })).await;
    assert_eq!(node.send_as(token(&made), "GET", "/api-token", None).await.0, 200);
    node.clock.advance(std::time::Duration::from_mins(1));
    assert_eq!(node.send_as(token(&made), "GET", "/api-token", None).await.0, 401);
}
