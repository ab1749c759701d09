//! The second factor, the probes, and the health of accounts.

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use axum::extract::ConnectInfo;
use http::Request;
use serde_json::{Value, json};

use crate::admin::site::{ADMIN_TOKEN, Site, reader, taken_apart, token};

#[tokio::test]
async fn a_second_factor_is_a_live_api_token_of_any_role() {
    let site = Site::open().await;
    let account = site.account().await;
    let server = site.server(&account, &json!({ "require_api_token_auth": true })).await;
    let (_, caller) = site.post("/api-token", &json!({ "name": "c", "role": "caller" })).await;
    for (bearer, expected) in [
        (None, Some(401)),
        (Some("x"), Some(401)),
        (Some(token(&server)), Some(401)),
        (Some(token(&caller)), None),
        (Some(ADMIN_TOKEN), None),
    ] {
        let refused = site.listed_with(token(&server), bearer).await.err().map(|status| status.as_u16());
        assert_eq!(refused, expected, "{bearer:?}");
    }
    site.delete(&format!("/api-token/{}", caller["id"].as_str().unwrap())).await;
    assert_eq!(site.listed_with(token(&server), Some(token(&caller))).await.unwrap_err(), 401);
}

#[tokio::test]
async fn a_token_in_a_header_opens_only_servers_without_a_second_factor() {
    let site = Site::open().await;
    let account = site.account().await;
    for (config, expected) in [(json!({}), 200), (json!({ "require_api_token_auth": true }), 401)] {
        let server = site.server(&account, &config).await;
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
        let request = Request::builder()
            .method("POST")
            .uri("/mcp")
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream")
            .header("authorization", format!("Bearer {}", token(&server)))
            .body(Body::from(message.to_string()));
        assert_eq!(site.request(request.unwrap()).await.status(), expected);
    }
}

#[tokio::test]
async fn metrics_need_an_api_token_and_readiness_a_store() {
    let site = Site::open().await;
    let caller = site.api_token("caller").await;
    let get = async |path: &str, bearer: &str| {
        let request = Request::builder().uri(path).header("authorization", format!("Bearer {bearer}"));
        site.request(request.body(Body::empty()).unwrap()).await.status().as_u16()
    };
    assert_eq!((get("/metrics", &caller).await, get("/metrics", "x").await), (200, 401));
    assert_eq!((get("/healthz", "").await, get("/readyz", "").await), (200, 200));
    site.registry.store().close().await;
    assert_eq!((get("/healthz", "").await, get("/readyz", "").await), (200, 503));
    assert_eq!(site.get("/integrated-account").await.0, 503);
}

/// What the admin API answers somebody at that address who shows that token.
async fn asked_from(site: &Site, peer: &str, bearer: &str) -> (u16, Option<String>) {
    asked_at("/integrated-account", Body::empty(), site, peer, bearer).await
}

/// The same at any path, where there is a body with `POST`.
async fn asked_at(path: &str, body: Body, site: &Site, peer: &str, bearer: &str) -> (u16, Option<String>) {
    let method = if body.is_end_stream() { "GET" } else { "POST" };
    let request = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {bearer}"));
    let mut request = request.body(body).unwrap();
    let peer: SocketAddr = peer.parse().unwrap();
    request.extensions_mut().insert(ConnectInfo(peer));
    let response = site.request(request).await;
    let wait = response.headers().get("retry-after").map(|wait| wait.to_str().unwrap().to_owned());
    (response.status().as_u16(), wait)
}

#[tokio::test]
async fn whoever_shows_wrong_tokens_has_to_wait_and_nobody_else() {
    let site = Site::open().await;
    let caller = site.api_token("caller").await;
    for guess in 0..20 {
        assert_eq!(asked_from(&site, "192.0.2.1:1", &format!("guess {guess}")).await.0, 401);
        // Neither what is right nor what is only not enough counts, nor a request without a token.
        assert_eq!(asked_from(&site, "192.0.2.2:1", ADMIN_TOKEN).await.0, 200);
        assert_eq!(asked_from(&site, "192.0.2.2:1", &caller).await.0, 403);
        assert_eq!(asked_from(&site, "192.0.2.2:1", "").await.0, 401);
    }
    // The port is nobody's own, and the right token does not help any more.
    assert_eq!(asked_from(&site, "192.0.2.1:2", ADMIN_TOKEN).await, (429, Some("60".to_owned())));
    assert_eq!(asked_from(&site, "192.0.2.2:1", ADMIN_TOKEN).await.0, 200);
    site.hands.pass(Duration::from_secs(59));
    assert_eq!(asked_from(&site, "192.0.2.1:1", ADMIN_TOKEN).await, (429, Some("1".to_owned())));
    site.hands.pass(Duration::from_secs(1));
    assert_eq!(asked_from(&site, "192.0.2.1:1", ADMIN_TOKEN).await.0, 200);
}

#[tokio::test]
async fn whoever_guesses_at_metrics_or_a_second_factor_waits_there_and_nowhere_else() {
    let site = Site::open().await;
    let caller = site.api_token("caller").await;
    let guarded = site.server(&site.account().await, &json!({ "require_api_token_auth": true })).await;
    let mcp = format!("/mcp/{}", token(&guarded));
    let ping = || Body::from(json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" }).to_string());
    let metrics = async |peer: &str, bearer: &str| asked_at("/metrics", Body::empty(), &site, peer, bearer).await;
    let pinged = async |peer: &str, bearer: &str| asked_at(&mcp, ping(), &site, peer, bearer).await;
    for guess in 0..20 {
        assert_eq!(metrics("192.0.2.1:1", &format!("guess {guess}")).await.0, 401);
        assert_eq!(pinged("192.0.2.3:1", &format!("guess {guess}")).await.0, 401);
        assert_eq!((metrics("192.0.2.2:1", &caller).await.0, pinged("192.0.2.2:1", &caller).await.0), (200, 200));
    }
    let wait = (429, Some("60".to_owned()));
    assert_eq!((metrics("192.0.2.1:2", &caller).await, pinged("192.0.2.3:2", &caller).await), (wait.clone(), wait));
    assert_eq!((metrics("192.0.2.3:2", &caller).await.0, pinged("192.0.2.1:2", &caller).await.0), (200, 200));
    assert_eq!((metrics("192.0.2.2:1", &caller).await.0, pinged("192.0.2.2:1", &caller).await.0), (200, 200));
    assert_eq!(asked_from(&site, "192.0.2.1:1", ADMIN_TOKEN).await.0, 200);
}

async fn health(site: &Site, account: &str) -> Value {
    site.access.call_log().flush().await;
    site.get(&format!("/integrated-account/{account}")).await.1["status"].clone()
}

#[tokio::test]
async fn an_account_whose_key_is_refused_needs_a_new_one_until_a_call_succeeds() {
    let site = Site::open().await;
    let account = site.account().await;
    let server = site.server(&account, &json!({})).await;
    let (name, arguments) = reader();
    for (status, expected) in [
        (200, "active"),
        (500, "active"),
        (401, "needs_reauth"),
        (401, "needs_reauth"),
        (429, "needs_reauth"),
        (200, "active"),
        (401, "needs_reauth"),
    ] {
        site.api_answers(status, &[]).await;
        site.call(token(&server), name, &arguments).await;
        assert_eq!(health(&site, &account).await, json!(expected), "{status}");
        // It was tried all the same.
        assert_eq!(site.api.received_requests().await.unwrap().len(), 1);
    }
    site.patch(&format!("/integrated-account/{account}"), &json!({ "api_key": "a-new-key" })).await;
    assert_eq!(health(&site, &account).await, json!("active"));
    // News about the former key would say nothing about the new one.
    site.api_answers(401, &[]).await;
    site.call(token(&server), name, &arguments).await;
    assert_eq!(health(&site, &account).await, json!("needs_reauth"));
}

#[tokio::test]
async fn what_the_api_said_of_its_rate_limit_is_shown_with_the_account() {
    let site = Site::open().await;
    let account = site.account().await;
    let server = site.server(&account, &json!({})).await;
    let api = &desk365_mcp::tools::API;
    site.api_answers(200, &[(api.rate_limit.limit[0], "100"), (api.rate_limit.remaining[0], "7")]).await;
    let (name, arguments) = reader();
    site.call(token(&server), name, &arguments).await;
    site.access.call_log().flush().await;
    let (_, shown) = site.get(&format!("/integrated-account/{account}")).await;
    assert_eq!((&shown["ratelimit"]["limit"], &shown["ratelimit"]["remaining"]), (&json!(100), &json!(7)), "{shown}");
    assert!(shown["ratelimit"]["at"].is_string());
    let servers = site.get(&format!("/integrated-account/{account}/mcp")).await.1;
    assert!(servers["result"][0]["last_used_at"].is_string());
    let (status, _) = taken_apart(site.mcp(token(&server), None, &json!({})).await).await;
    assert_eq!(status, 400);
}
