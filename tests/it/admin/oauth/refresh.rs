//! Refresh tokens: each has one successor, a repeated refresh is harmless, and an old token that turns up ends the connection.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::json;

use super::connector::{Connector, send_form, sign_in_server, text};
use crate::admin::browser::Browser;
use crate::admin::test_server::{ADMIN_TOKEN, TestServer, on_postgres, until};

struct Connected {
    node: TestServer,
    server: String,
    client: Connector,
    browser: Browser,
}

impl Connected {
    async fn start() -> Self {
        Self::on(TestServer::start().await).await
    }

    async fn on(node: TestServer) -> Self {
        let server = sign_in_server(&node, &json!({})).await;
        let browser = Browser::signed_in(&node, ADMIN_TOKEN).await;
        let client = Connector::registered(&node, &server, "https://app.example/cb").await;
        Self { node, server, client, browser }
    }

    async fn works(&self, access: &str) -> bool {
        self.node.list_tools_with(&self.server, Some(access)).await.is_ok()
    }
}

#[tokio::test]
async fn a_repeated_refresh_gets_the_same_successor() {
    let mut it = Connected::start().await;
    let tokens = it.client.connect(&it.node, &mut it.browser).await;
    let first = text(&tokens, "refresh_token").to_owned();
    let (_, one) = it.client.refresh(&it.node, &first, None).await;
    let (status, again) = it.client.refresh(&it.node, &first, None).await;
    assert_eq!((status, text(&again, "refresh_token")), (200, text(&one, "refresh_token")));
    assert_ne!(text(&again, "access_token"), text(&one, "access_token"));
    for tokens in [&tokens, &one, &again] {
        assert!(it.works(text(tokens, "access_token")).await);
    }
    // Also after its successor was used: one generation of grace.
    let (_, two) = it.client.refresh(&it.node, text(&one, "refresh_token"), None).await;
    assert_eq!(it.client.refresh(&it.node, text(&one, "refresh_token"), None).await.0, 200);
    assert!(it.works(text(&two, "access_token")).await);
}

#[tokio::test]
async fn an_old_refresh_token_revokes_the_connection() {
    let mut it = Connected::start().await;
    let other = it.client.connect(&it.node, &mut it.browser).await;
    let tokens = it.client.connect(&it.node, &mut it.browser).await;
    let first = text(&tokens, "refresh_token").to_owned();
    let (_, one) = it.client.refresh(&it.node, &first, None).await;
    let (_, two) = it.client.refresh(&it.node, text(&one, "refresh_token"), None).await;
    let second_node = it.node.second_node().await;
    assert!(second_node.list_tools_with(&it.server, Some(text(&two, "access_token"))).await.is_ok());
    let (status, refused) = it.client.refresh(&it.node, &first, None).await;
    assert_eq!((status, text(&refused, "error")), (400, "invalid_grant"));
    for tokens in [&tokens, &one, &two] {
        assert!(!it.works(text(tokens, "access_token")).await);
        assert_eq!(it.client.refresh(&it.node, text(tokens, "refresh_token"), None).await.0, 400);
    }
    // On other nodes within a second.
    it.node.clock.advance(Duration::from_millis(500));
    assert_eq!(second_node.list_tools_with(&it.server, Some(text(&two, "access_token"))).await.unwrap_err(), 401);
    // The user's other connections stay.
    assert!(it.works(text(&other, "access_token")).await);
    let (_, audit) = it.node.get("/audit?object=connection").await;
    let actions: Vec<_> = audit["result"].as_array().unwrap().iter().map(|row| text(row, "action")).collect();
    assert_eq!(actions, ["revoked", "created", "created"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_parallel_refreshes_lead_to_one_successor() {
    parallel_refreshes_lead_to_one_successor(TestServer::start().await).await;
}

#[workspace_tests::full_run("PostgreSQL")]
#[tokio::test(flavor = "multi_thread")]
async fn parallel_refreshes_on_postgres_lead_to_one_successor() {
    let Some(node) = TestServer::on_postgres().await else { return };
    parallel_refreshes_lead_to_one_successor(node).await;
}

async fn parallel_refreshes_lead_to_one_successor(node: TestServer) {
    let mut it = Connected::on(node).await;
    let tokens = it.client.connect(&it.node, &mut it.browser).await;
    let refresh_token = text(&tokens, "refresh_token");
    let second_node = it.node.second_node().await;
    let requests = (0..100).map(|number| {
        let node = if number % 2 == 0 { &it.node } else { &second_node };
        it.client.refresh(node, refresh_token, None)
    });
    let answers = futures_util::future::join_all(requests).await;
    let (mut access, mut refresh) = (HashSet::new(), HashSet::new());
    for (status, tokens) in &answers {
        assert_eq!(*status, 200, "{tokens}");
        access.insert(text(tokens, "access_token"));
        refresh.insert(text(tokens, "refresh_token"));
    }
    assert_eq!((access.len(), refresh.len()), (100, 1));
    assert!(it.works(access.iter().next().unwrap()).await);
    let next = refresh.into_iter().next().unwrap();
    assert_eq!(it.client.refresh(&it.node, next, None).await.0, 200);
    // An old token ends the connection.
    let (_, third) = it.client.refresh(&it.node, next, None).await;
    assert_eq!(it.client.refresh(&second_node, text(&third, "refresh_token"), None).await.0, 200);
    assert_eq!(it.client.refresh(&it.node, refresh_token, None).await.0, 400);
    assert!(!it.works(text(&third, "access_token")).await);
}

#[tokio::test]
async fn tokens_expire() {
    let mut it = Connected::start().await;
    let tokens = it.client.connect(&it.node, &mut it.browser).await;
    it.node.clock.advance(Duration::from_secs(3599));
    assert!(it.works(text(&tokens, "access_token")).await);
    it.node.clock.advance(Duration::from_secs(1));
    assert!(!it.works(text(&tokens, "access_token")).await);
    let (status, next) = it.client.refresh(&it.node, text(&tokens, "refresh_token"), None).await;
    assert_eq!(status, 200);
    it.node.clock.advance(Duration::from_hours(30 * 24) - Duration::from_secs(1));
    assert_eq!(it.client.refresh(&it.node, text(&next, "refresh_token"), None).await.0, 200);
    it.node.clock.advance(Duration::from_hours(30 * 24) + Duration::from_secs(1));
    assert_eq!(it.client.refresh(&it.node, text(&next, "refresh_token"), None).await.0, 400);
    assert_eq!(it.node.get("/connection").await.1["result"], json!([]));
}

#[tokio::test]
async fn a_client_can_revoke_its_tokens_only() {
    let mut it = Connected::start().await;
    let tokens = it.client.connect(&it.node, &mut it.browser).await;
    let (access, refresh) = (text(&tokens, "access_token"), text(&tokens, "refresh_token"));
    let stranger = Connector::registered(&it.node, &it.server, "https://evil.example/cb").await;
    for token in [access, refresh, "unknown"] {
        assert_eq!(stranger.revoke(&it.node, token).await, 200);
        assert!(it.works(access).await);
    }
    assert_eq!(stranger.refresh(&it.node, refresh, None).await.0, 400);
    // An access token alone.
    assert_eq!(it.client.revoke(&it.node, access).await, 200);
    assert!(!it.works(access).await);
    let (_, next) = it.client.refresh(&it.node, refresh, None).await;
    // A refresh token with its connection.
    assert_eq!(it.client.revoke(&it.node, text(&next, "refresh_token")).await, 200);
    assert!(!it.works(text(&next, "access_token")).await);
    assert_eq!(it.client.refresh(&it.node, text(&next, "refresh_token"), None).await.0, 400);
}

#[tokio::test]
async fn a_refresh_cannot_widen_the_scope() {
    let mut it = Connected::start().await;
    let visit = it.client.decide(&it.node, &mut it.browser, &[], &[("decision", "allow"), ("access", "read")]).await;
    let form = it.client.code_form(&visit.parameter("code").unwrap());
    let (_, tokens) = send_form(&it.node, "/oauth/token", &form).await;
    let (status, refused) = it.client.refresh(&it.node, text(&tokens, "refresh_token"), Some("read write")).await;
    assert_eq!((status, text(&refused, "error")), (400, "invalid_scope"));
    assert_eq!(text(&it.client.refresh(&it.node, text(&tokens, "refresh_token"), None).await.1, "scope"), "read");
}

#[tokio::test]
async fn connections_show_their_last_use() {
    let mut it = Connected::start().await;
    let tokens = it.client.connect(&it.node, &mut it.browser).await;
    it.node.clock.advance(Duration::from_mins(10));
    assert!(it.works(text(&tokens, "access_token")).await);
    until("the last use is stored", async || {
        it.node.call_log.flush().await;
        let (_, connections) = it.node.get("/connection").await;
        let connection = &connections["result"][0];
        text(connection, "last_used_at") > text(connection, "created_at")
    })
    .await;
}

#[tokio::test]
async fn an_identity_provider_ends_connections_of_api_tokens() {
    let mut it = Connected::start().await;
    let tokens = it.client.connect(&it.node, &mut it.browser).await;
    assert!(it.works(text(&tokens, "access_token")).await);
    let provider = json!({
        "name": "Company", "preset": "other", "issuer": "https://login.example.com", "client_id": "c", "client_secret": "s",
    });
    assert_eq!(it.node.post("/identity-provider", &provider).await.0, 201);
    assert!(!it.works(text(&tokens, "access_token")).await);
    assert_eq!(it.client.refresh(&it.node, text(&tokens, "refresh_token"), None).await.0, 400);
    let again = it.browser.open(&it.node, &it.client.authorize_path(&[])).await;
    assert_ne!(again.status, 200, "the session of an API token admits to the console only");
}

#[workspace_tests::full_run("PostgreSQL")]
#[test]
fn rules_of_refresh_tokens_hold_on_postgres() {
    on_postgres(&[
        a_repeated_refresh_gets_the_same_successor,
        an_old_refresh_token_revokes_the_connection,
        tokens_expire,
        a_client_can_revoke_its_tokens_only,
        a_refresh_cannot_widen_the_scope,
        connections_show_their_last_use,
        an_identity_provider_ends_connections_of_api_tokens,
    ]);
}
