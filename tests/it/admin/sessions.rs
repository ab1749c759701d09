//! Sessions of browsers: signing in with an API token, the admin API in a session, and every way in which one ends.

use std::sync::Arc;
use std::time::Duration;

use desk365_mcp::clock::Clock;
use desk365_mcp::registry::{OpenOptions, OpenedRegistry};
use desk365_mcp::seal::keyring::KeySource;
use desk365_mcp::tools::API;
use desk365_mcp::upstream::ApiHosts;
use serde_json::{Value, json};

use crate::admin::browser::{Browser, ORIGIN};
use crate::admin::test_server::{ADMIN_TOKEN, TestServer, on_postgres, token};

#[tokio::test]
async fn an_api_token_signs_a_browser_in() {
    let node = TestServer::start().await;
    let admin = Browser::signed_in(&node, ADMIN_TOKEN).await;
    let (status, made) = admin.send(&node, "POST", "/api-token", json!({ "name": "Kim", "role": "caller" })).await;
    assert_eq!((status.as_u16(), made["created_by"].as_str()), (201, Some("admin token in the settings")));
    let mut member = Browser::signed_in(&node, token(&made)).await;
    let session = member.session(&node).await;
    assert_eq!((session["user"].as_str(), session["role"].as_str()), (Some("Kim"), Some("member")));
    let (status, body) = member.send(&node, "GET", "/api-token", Value::Null).await;
    assert_eq!(status, 403, "{body}");
}

#[tokio::test]
async fn the_sign_in_page_cannot_be_framed_or_cached() {
    let node = TestServer::start().await;
    let shown = Browser::default().open(&node, "/sign-in?return_to=/console%23/activity").await;
    assert_eq!((shown.status.as_u16(), shown.header("content-type")), (200, "text/html; charset=utf-8"));
    for rule in ["default-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"] {
        assert!(shown.header("content-security-policy").contains(rule), "{rule}");
    }
    assert!(!shown.header("content-security-policy").contains("script"));
    assert_eq!(shown.header("x-frame-options"), "DENY");
    assert_eq!((shown.header("cache-control"), shown.header("referrer-policy")), ("no-store", "same-origin"));
    assert!(shown.text.contains(r#"name="return_to" value="/console#/activity""#), "{}", shown.text);
    assert!(shown.text.contains(r#"autocomplete="current-password""#));
    assert!(!shown.text.contains("<script"));
}

#[tokio::test]
async fn sign_in_never_leads_to_another_site() {
    let node = TestServer::start().await;
    for hostile in ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", "/..//evil"]
    {
        let mut browser = Browser::default();
        let shown = browser.submit_token(&node, ADMIN_TOKEN, hostile).await;
        assert_eq!((shown.status.as_u16(), shown.header("location")), (303, "./console"), "{hostile}");
        // A browser that is signed in is sent on at once.
        let query: String = url::form_urlencoded::byte_serialize(hostile.as_bytes()).collect();
        let shown = browser.open(&node, &format!("/sign-in?return_to={query}")).await;
        assert_eq!((shown.status.as_u16(), shown.header("location")), (303, "./console"), "{hostile}");
    }
    let shown = Browser::default().submit_token(&node, ADMIN_TOKEN, "/oauth/authorize?a=1").await;
    assert_eq!(shown.header("location"), "./oauth/authorize?a=1");
}

#[tokio::test]
async fn sign_in_replaces_the_session_before_it() {
    let node = TestServer::start().await;
    let attacker = Browser::signed_in(&node, ADMIN_TOKEN).await;
    // The attacker's cookie was planted in the browser of another user.
    let mut victim = attacker.clone();
    victim.submit_token(&node, ADMIN_TOKEN, "/console").await;
    assert_ne!(victim.cookies, attacker.cookies);
    assert_eq!(attacker.clone().session(&node).await, Value::Null);
    let mut guessed = Browser::default();
    guessed.cookies.plant_session("planted");
    guessed.submit_token(&node, ADMIN_TOKEN, "/console").await;
    assert!(guessed.cookies.session().is_some_and(|cookie| cookie.starts_with("desk365_session_")));
}

#[tokio::test]
async fn a_session_needs_its_csrf_token_and_the_own_origin() {
    let node = TestServer::start().await;
    let mut browser = Browser::signed_in(&node, ADMIN_TOKEN).await;
    let csrf_token = browser.session(&node).await["csrf_token"].as_str().unwrap().to_owned();
    let other =
        Browser::signed_in(&node, ADMIN_TOKEN).await.session(&node).await["csrf_token"].as_str().unwrap().to_owned();
    assert_ne!(csrf_token, other);
    let body = json!({ "name": "x", "role": "caller" });
    let refused: [&[(&str, &str)]; 6] = [
        &[("origin", ORIGIN)],
        &[("origin", ORIGIN), ("x-csrf-token", "")],
        &[("origin", ORIGIN), ("x-csrf-token", &other)],
        &[("x-csrf-token", &csrf_token)],
        &[("origin", "https://evil.example"), ("x-csrf-token", &csrf_token)],
        &[("origin", ORIGIN), ("sec-fetch-site", "cross-site"), ("x-csrf-token", &csrf_token)],
    ];
    for headers in refused {
        let (status, answer) = browser.send_from(&node, "POST", "/api-token", body.clone(), headers).await;
        assert_eq!(status, 403, "{headers:?} {answer}");
    }
    let (status, _) = browser.send_from(&node, "GET", "/api-token", Value::Null, &[]).await;
    assert_eq!(status, 403, "a read needs the token as well");
    let (_, tokens) = browser.send(&node, "GET", "/api-token", Value::Null).await;
    assert_eq!(tokens["result"], json!([]));
    // A page of another site can neither sign a browser in nor out.
    let shown = Browser::default().submit(&node, "/sign-in", "https://evil.example", &[("token", ADMIN_TOKEN)]).await;
    assert_eq!((shown.status.as_u16(), shown.header("set-cookie")), (403, ""));
    for (origin, csrf_token) in [("https://evil.example", csrf_token.as_str()), (ORIGIN, &other), ("null", &csrf_token)]
    {
        let shown = browser.submit(&node, "/sign-out", origin, &[("csrf_token", csrf_token)]).await;
        assert_eq!(shown.status, 403, "{origin}");
    }
    assert_ne!(browser.session(&node).await, Value::Null);
}

#[tokio::test]
async fn signing_out_ends_one_session_or_all() {
    let node = TestServer::start().await;
    let mut browsers = Vec::new();
    for _ in 0..3 {
        browsers.push(Browser::signed_in(&node, ADMIN_TOKEN).await);
    }
    let stolen = browsers[0].clone();
    let shown = browsers[0].sign_out(&node, false).await;
    assert_eq!((shown.status.as_u16(), shown.header("location")), (303, "./sign-in?return_to=%2Fconsole"));
    assert_eq!(browsers[0].cookies.session(), None);
    assert_eq!(stolen.clone().session(&node).await, Value::Null, "the cookie is worthless on another machine, too");
    assert_ne!(browsers[1].session(&node).await, Value::Null);
    browsers[1].sign_out(&node, true).await;
    assert_eq!(browsers[2].session(&node).await, Value::Null);
}

#[tokio::test]
async fn a_session_expires_after_twelve_hours() {
    let node = TestServer::start().await;
    let mut browser = Browser::signed_in(&node, ADMIN_TOKEN).await;
    node.clock.advance(Duration::from_hours(12) - Duration::from_secs(1));
    assert_ne!(browser.session(&node).await, Value::Null);
    node.clock.advance(Duration::from_secs(1));
    assert_eq!(browser.session(&node).await, Value::Null);
    let (status, _) = browser.send(&node, "GET", "/api-token", Value::Null).await;
    assert_eq!(status, 401);
}

#[tokio::test]
async fn sessions_end_with_their_api_token_on_every_node() {
    let node = TestServer::start().await;
    let other = node.second_node().await;
    let expires_at = (node.registry.clock().now() + jiff::SignedDuration::from_mins(1)).to_string();
    let (_, expiring) =
        node.post("/api-token", &json!({ "name": "a", "role": "admin", "expires_at": expires_at })).await;
    let (_, revoked) = node.post("/api-token", &json!({ "name": "b", "role": "admin" })).await;
    let mut of_expiring = Browser::signed_in(&node, token(&expiring)).await;
    let mut of_revoked = Browser::signed_in(&node, token(&revoked)).await;
    assert_ne!(of_revoked.session(&other).await, Value::Null);
    node.delete(&format!("/api-token/{}", revoked["id"].as_str().unwrap())).await;
    assert_eq!(of_revoked.session(&node).await, Value::Null);
    assert_eq!(of_revoked.session(&other).await, Value::Null);
    assert_ne!(of_expiring.session(&other).await, Value::Null);
    node.clock.advance(Duration::from_mins(1));
    assert_eq!(of_expiring.session(&other).await, Value::Null);
}

#[tokio::test]
async fn another_admin_token_in_the_settings_ends_sessions() {
    let node = TestServer::start().await;
    let browser = Browser::signed_in(&node, ADMIN_TOKEN).await;
    let cookie = browser.cookies.session().unwrap();
    let open = |admin_token: Option<&str>| OpenOptions {
        database_url: node.database.url.clone(),
        keys: KeySource::Given { key: node.key.clone(), next: None },
        admin_token: admin_token.map(Into::into),
        public_url: ORIGIN.to_owned(),
        api_hosts: ApiHosts::of_api(&API),
    };
    for (admin_token, lives) in
        [(Some(ADMIN_TOKEN), true), (Some("another token in the settings"), false), (None, false)]
    {
        let clock = Clock::new(node.clock.clone());
        let opened = OpenedRegistry::open_existing(&API, open(admin_token), clock).await.unwrap();
        assert_eq!(opened.registry.session(cookie).await.unwrap().is_some(), lives, "{admin_token:?}");
        opened.registry.store().close().await;
    }
}

#[tokio::test]
async fn wrong_tokens_at_sign_in_throttle_the_admin_api_too() {
    let node = Arc::new(TestServer::start().await);
    for attempt in 0..20 {
        let shown = Browser::default().submit_token(&node, "wrong", "/console").await;
        assert_eq!((shown.status.as_u16(), shown.header("set-cookie")), (403, ""), "{attempt}");
        assert!(shown.text.contains("not a valid API token"));
    }
    let shown = Browser::default().submit_token(&node, "wrong", "/console").await;
    assert_eq!(shown.status, 429);
    assert!(shown.header("retry-after").parse::<u64>().unwrap() > 0);
    let (status, _) = node.send_as("wrong", "GET", "/api-token", None).await;
    assert_eq!(status, 429);
    // A right token is accepted nevertheless.
    Browser::signed_in(&node, ADMIN_TOKEN).await;
}

#[workspace_tests::full_run("PostgreSQL")]
#[test]
fn rules_of_sessions_hold_on_postgres() {
    on_postgres(&[
        an_api_token_signs_a_browser_in,
        the_sign_in_page_cannot_be_framed_or_cached,
        sign_in_never_leads_to_another_site,
        sign_in_replaces_the_session_before_it,
        a_session_needs_its_csrf_token_and_the_own_origin,
        signing_out_ends_one_session_or_all,
        a_session_expires_after_twelve_hours,
        sessions_end_with_their_api_token_on_every_node,
        another_admin_token_in_the_settings_ends_sessions,
        wrong_tokens_at_sign_in_throttle_the_admin_api_too,
    ]);
}
