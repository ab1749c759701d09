//! API tokens, and what nobody may tell about tokens.

use axum::body::{Body, Bytes};
use http::{HeaderMap, Request};
use serde_json::json;

use crate::admin::site::{ADMIN_TOKEN, Site, UNKNOWN_ID, shown, taken_apart, token, violated};

/// Everything in a refusal, byte for byte.
async fn refusal(site: &Site, given: &str) -> (u16, HeaderMap, Bytes) {
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
    let (head, body) = site.mcp(given, None, &message).await.into_parts();
    (head.status.as_u16(), head.headers, axum::body::to_bytes(body, 10_000).await.unwrap())
}

#[tokio::test]
async fn unknown_malformed_ended_removed_and_tampered_tokens_get_the_same_bytes() {
    let site = Site::open().await;
    let account = site.account().await;
    let live = site.server(&account, &json!({})).await;
    let removed = site.server(&account, &json!({})).await;
    site.delete(&format!("/integrated-account/{account}/mcp/{}", removed["id"].as_str().unwrap())).await;
    let end = (site.registry.clock().now() + jiff::SignedDuration::from_mins(1)).to_string();
    let path = format!("/integrated-account/{account}/mcp");
    let (_, ended) = site.post(&path, &json!({ "name": "x", "expires_at": end })).await;
    site.hands.pass(std::time::Duration::from_mins(1));

    let expected = refusal(&site, "x").await;
    assert_eq!(expected.0, 404);
    let text = token(&live);
    let minted = desk365_mcp::token::mint("other", desk365_mcp::token::Kind::Server);
    let mut given = vec![
        token(&removed).to_owned(),
        token(&ended).to_owned(),
        site.api_token("admin").await,
        shown(&minted).to_owned(),
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
        assert_eq!(refusal(&site, &given).await, expected, "{given}");
    }
    assert!(site.listed(text).await.is_ok());
}

#[tokio::test]
async fn only_live_admin_tokens_open_the_admin_api() {
    let site = Site::open().await;
    let (admin, caller) = (site.api_token("admin").await, site.api_token("caller").await);
    let status = async |given: &str| site.send_as(given, "GET", "/integrated-account", None).await.0.as_u16();
    assert_eq!(status(&admin).await, 200);
    assert_eq!(status(&caller).await, 403);
    for wrong in ["", "x", &ADMIN_TOKEN[1..], "' OR 1=1 --"] {
        assert_eq!(status(wrong).await, 401, "{wrong}");
    }
    let bare = Request::builder().uri("/integrated-account").body(Body::empty()).unwrap();
    let response = site.request(bare).await;
    assert_eq!(response.headers()["www-authenticate"], "Bearer");
    let (code, body) = taken_apart(response).await;
    assert_eq!((code.as_u16(), &body["statusCode"], &body["error"]), (401, &json!(401), &json!("Unauthorized")));
}

#[tokio::test]
async fn an_api_token_is_made_listed_and_removed() {
    let site = Site::open().await;
    let (status, made) = site.post("/api-token", &json!({ "name": "ci", "role": "admin" })).await;
    assert_eq!(status, 201);
    let (_, list) = site.get("/api-token").await;
    assert_eq!(list["result"][0]["id"], made["id"]);
    assert!(!list.to_string().contains(token(&made)));
    let path = format!("/api-token/{}", made["id"].as_str().unwrap());
    assert_eq!(site.delete(&path).await.0, 204);
    assert_eq!(site.delete(&path).await.0, 404);
    assert_eq!(site.delete(&format!("/api-token/{UNKNOWN_ID}")).await.0, 404);
    assert_eq!(site.send_as(token(&made), "GET", "/api-token", None).await.0, 401);
    let (_, body) = site.post("/api-token", &json!({ "role": "root", "expires_at": "2001-01-01T00:00:00Z" })).await;
    assert_eq!(violated(&body), ["name", "role", "expires_at"]);
}

#[tokio::test]
async fn an_api_token_ends_when_it_is_to() {
    let site = Site::open().await;
    let end = (site.registry.clock().now() + jiff::SignedDuration::from_mins(1)).to_string();
    let (_, made) = site.post("/api-token", &json!({ "name": "x", "role": "admin", "expires_at": end })).await;
    assert_eq!(site.send_as(token(&made), "GET", "/api-token", None).await.0, 200);
    site.hands.pass(std::time::Duration::from_mins(1));
    assert_eq!(site.send_as(token(&made), "GET", "/api-token", None).await.0, 401);
}
