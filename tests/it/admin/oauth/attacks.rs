//! Attacks on the flow (RFC 9700), and their ends.

use std::time::Duration;

use axum::body::Body;
use http::Request;
use serde_json::{Value, json};

use super::connector::{Connector, register, send_form, sign_in_server, text};
use crate::admin::browser::{Browser, ORIGIN};
use crate::admin::test_server::{ADMIN_TOKEN, TestServer, on_postgres};

struct Scene {
    node: TestServer,
    server: String,
    client: Connector,
    browser: Browser,
}

impl Scene {
    async fn start() -> Self {
        let node = TestServer::start().await;
        let server = sign_in_server(&node, &json!({})).await;
        let browser = Browser::signed_in(&node, ADMIN_TOKEN).await;
        let client = Connector::registered(&node, &server, "https://app.example/cb").await;
        Self { node, server, client, browser }
    }

    async fn exchange(&self, code: &str, changes: &[(&'static str, &str)]) -> (u16, Value) {
        let mut form = self.client.code_form(code);
        form.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
        form.extend(
            changes.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (*name, (*value).to_owned())),
        );
        send_form(&self.node, "/oauth/token", &form).await
    }
}

#[tokio::test]
async fn a_code_works_once_and_its_reuse_revokes_its_tokens() {
    let mut it = Scene::start().await;
    let code = it.client.code(&it.node, &mut it.browser).await;
    let (status, tokens) = it.exchange(&code, &[]).await;
    assert_eq!(status, 200);
    assert!(it.node.list_tools_with(&it.server, Some(text(&tokens, "access_token"))).await.is_ok());
    assert_eq!(it.exchange(&code, &[]).await.0, 400);
    assert!(it.node.list_tools_with(&it.server, Some(text(&tokens, "access_token"))).await.is_err());
    assert_eq!(it.client.refresh(&it.node, text(&tokens, "refresh_token"), None).await.0, 400);
    assert_eq!(it.exchange(&code, &[]).await.0, 400, "deleting the connection does not revive the code");
}

#[tokio::test]
async fn a_code_expires_after_a_minute() {
    let mut it = Scene::start().await;
    let code = it.client.code(&it.node, &mut it.browser).await;
    it.node.clock.advance(Duration::from_mins(1));
    assert_eq!(it.exchange(&code, &[]).await.0, 400);
}

#[tokio::test]
async fn an_injected_code_is_refused() {
    let mut it = Scene::start().await;
    let other = Connector::registered(&it.node, &it.server, "https://app.example/cb").await;
    let code = it.client.code(&it.node, &mut it.browser).await;
    let other_verifier = "another-verifier-of-a-client-that-is-long-enough";
    for changes in [
        [("code_verifier", other_verifier)],
        [("code_verifier", "")],
        [("client_id", other.client_id.as_str())],
        [("redirect_uri", "https://app.example/other")],
        [("resource", "https://other.example/mcp")],
        [("code", "unknown")],
    ] {
        assert_eq!(it.exchange(&code, &changes).await.0, 400, "{changes:?}");
    }
    assert_eq!(it.exchange(&code, &[]).await.0, 200, "the client itself is not affected");
}

#[tokio::test]
async fn a_token_works_at_its_own_server_only() {
    let mut it = Scene::start().await;
    let other = sign_in_server(&it.node, &json!({})).await;
    let url_server = it.node.create_server(&it.node.create_account().await, &json!({ "auth": "api_token" })).await;
    let tokens = it.client.connect(&it.node, &mut it.browser).await;
    let (access, refresh) = (text(&tokens, "access_token"), text(&tokens, "refresh_token"));
    assert_eq!(it.node.list_tools_with(&other, Some(access)).await.unwrap_err(), 401);
    assert_eq!(it.node.list_tools_with(text(&url_server, "token"), Some(access)).await.unwrap_err(), 401);
    assert_eq!(it.node.send_as(access, "GET", "/connection", None).await.0, 401);
    let bearer_only = |token: &str| {
        let request = Request::post("/mcp").header("authorization", format!("Bearer {token}"));
        request.header("content-type", "application/json").body(Body::from("{}")).unwrap()
    };
    for token in [access, it.server.as_str()] {
        assert_eq!(it.node.request(bearer_only(token)).await.status(), 404);
    }
    // Nor is another kind of token an access token.
    for token in [refresh, "an admin token that tests know"] {
        assert_eq!(it.node.list_tools_with(&it.server, Some(token)).await.unwrap_err(), 401);
    }
    // A refresh for another server is refused.
    let form = [
        ("grant_type", "refresh_token".to_owned()),
        ("refresh_token", refresh.to_owned()),
        ("client_id", it.client.client_id.clone()),
        ("resource", format!("{ORIGIN}/mcp/{other}")),
    ];
    let (status, refused) = send_form(&it.node, "/oauth/token", &form).await;
    assert_eq!((status, text(&refused, "error")), (400, "invalid_target"));
}

#[tokio::test]
async fn another_site_cannot_agree_for_the_user() {
    let mut it = Scene::start().await;
    let page = it.browser.open(&it.node, &it.client.authorize_path(&[])).await;
    assert!(page.policy().contains("frame-ancestors 'none'") && page.policy().contains("default-src 'none'"));
    let (request, csrf) = (page.field("request"), page.field("csrf_token"));
    let allow = ("decision", "allow");
    let right = [("request", request.as_str()), ("csrf_token", csrf.as_str()), allow];
    let other_origin = it.browser.submit(&it.node, "/oauth/authorize", "https://evil.example", &right).await;
    assert_eq!((other_origin.status.as_u16(), other_origin.location()), (403, ""));
    for wrong in ["", "0000"] {
        let fields = [("request", request.as_str()), ("csrf_token", wrong), allow];
        assert_eq!(it.browser.submit(&it.node, "/oauth/authorize", ORIGIN, &fields).await.status, 403);
    }
    // The token of another session.
    let mut victim = Browser::signed_in(&it.node, ADMIN_TOKEN).await;
    assert_eq!(victim.submit(&it.node, "/oauth/authorize", ORIGIN, &right).await.status, 403);
    // A link alone changes nothing, whatever its parameters are.
    let link = it.client.authorize_path(&[("decision", "allow"), ("csrf_token", &csrf)]);
    assert_eq!(it.browser.open(&it.node, &link).await.status, 200);
    // Anything but agreement is a refusal.
    let denied = it.browser.submit(&it.node, "/oauth/authorize", ORIGIN, &[right[0], right[1]]).await;
    assert_eq!(denied.parameter("error").as_deref(), Some("access_denied"));
    assert_eq!(it.browser.submit(&it.node, "/oauth/authorize", ORIGIN, &right).await.status, 303);
}

#[tokio::test]
async fn a_link_redirects_to_no_other_site() {
    let mut it = Scene::start().await;
    for changes in [
        [("redirect_uri", "https://evil.example/cb")],
        [("client_id", "01890a5d-ac96-774b-bcce-b302099a8057")],
        [("client_id", "")],
        [("code_challenge_method", "plain")],
        [("code_challenge", "")],
        [("response_type", "token")],
        [("resource", "https://mcp.example.com/mcp/01890a5d-ac96-774b-bcce-b302099a8057")],
        [("resource", "")],
        [("scope", "admin")],
    ] {
        let visit = it.browser.open(&it.node, &it.client.authorize_path(&changes)).await;
        assert_eq!((visit.status.as_u16(), visit.location()), (400, ""), "{changes:?}");
    }
    let repeated = format!("{}&scope=read&scope=write", it.client.authorize_path(&[]));
    assert_eq!(it.browser.open(&it.node, &repeated).await.status, 400);
}

#[tokio::test]
async fn texts_of_clients_are_escaped() {
    let mut it = Scene::start().await;
    let metadata = json!({
        "client_name": "<script>alert(1)</script>",
        "redirect_uris": ["https://app.example/cb"],
        "token_endpoint_auth_method": "none",
    });
    let (_, client) = register(&it.node, &metadata).await;
    let client = Connector { client_id: text(&client, "client_id").to_owned(), ..it.client.clone() };
    let page = it.browser.open(&it.node, &client.authorize_path(&[("state", "\"><script>")])).await;
    assert!(page.text.contains("&lt;script&gt;") && !page.text.contains("<script>"), "{}", page.text);
}

#[workspace_tests::full_run("PostgreSQL")]
#[test]
fn attacks_on_the_flow_fail_on_postgres() {
    on_postgres(&[
        a_code_works_once_and_its_reuse_revokes_its_tokens,
        a_code_expires_after_a_minute,
        an_injected_code_is_refused,
        a_token_works_at_its_own_server_only,
        another_site_cannot_agree_for_the_user,
        a_link_redirects_to_no_other_site,
        texts_of_clients_are_escaped,
    ]);
}
