//! Connections of users of a provider: our refresh tokens work as long as the provider admits the user.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{Fixture, LATER};
use crate::admin::browser::Browser;
use crate::admin::oauth::connector::{Connector, sign_in_server, text};
use crate::admin::test_server::{TestServer, on_postgres};

/// A user of the provider who has let a client use a server.
struct Connected {
    fixture: Fixture,
    server: String,
    client: Connector,
    browser: Browser,
    /// The newest tokens.
    tokens: Value,
}

impl Connected {
    /// Returns `None` if the test is skipped.
    async fn start(orders: Value) -> Option<Self> {
        let fixture = Fixture::start(json!({})).await?;
        // The clock of the provider does not move with this server's.
        fixture.provider.control(json!({ "id_token_seconds": 7 * 24 * 3600 })).await;
        fixture.provider.control(orders).await;
        let server = sign_in_server(&fixture.node, &json!({})).await;
        let (shown, mut browser) = fixture.sign_in().await;
        assert_eq!(shown.status, 303, "{}", shown.text);
        let client = Connector::registered(&fixture.node, &server, "https://app.example/cb").await;
        let tokens = client.connect(&fixture.node, &mut browser).await;
        Some(Self { fixture, server, client, browser, tokens })
    }

    /// Refreshes the tokens, which must work, and keeps the new ones.
    async fn refreshes(&mut self) {
        let (status, tokens) = self.refresh().await;
        assert_eq!(status, 200, "{tokens}");
        self.tokens = tokens;
        assert_eq!(self.listed_at(&self.fixture.node).await, Ok(()));
    }

    async fn refresh(&self) -> (u16, Value) {
        self.client.refresh(&self.fixture.node, text(&self.tokens, "refresh_token"), None).await
    }

    /// A refresh is refused, and the user has to sign in again.
    async fn has_to_sign_in_again(&self) {
        let (status, refused) = self.refresh().await;
        assert_eq!((status, text(&refused, "error")), (400, "invalid_grant"), "{refused}");
    }

    async fn listed_at(&self, node: &TestServer) -> Result<(), u16> {
        let access = Some(text(&self.tokens, "access_token"));
        node.list_tools_with(&self.server, access).await.map(drop).map_err(|status| status.as_u16())
    }

    fn advance(&self, time: Duration) {
        self.fixture.node.clock.advance(time);
    }
}

#[workspace_tests::full_run("Node.js packages")]
#[tokio::test]
async fn a_refusal_of_the_provider_ends_connections() {
    let Some(mut it) = Connected::start(json!({})).await else { return };
    let there = it.fixture.node.second_node().await;
    it.advance(LATER);
    it.refreshes().await;
    assert_eq!(it.fixture.provider.control(json!({})).await["refreshes"], 1);
    assert_eq!(it.listed_at(&there).await, Ok(()));
    it.fixture.provider.control(json!({ "known": false })).await;
    it.advance(LATER);
    assert_eq!(it.listed_at(&there).await, Ok(()), "the provider was not asked yet");
    it.has_to_sign_in_again().await;
    assert_eq!(it.listed_at(&it.fixture.node).await, Err(401));
    it.advance(Duration::from_millis(500));
    assert_eq!(it.listed_at(&there).await, Err(401));
    assert_eq!(it.browser.session(&there).await, Value::Null);
    let node = &it.fixture.node;
    assert_eq!(node.get("/connection").await.1["result"], json!([]));
    let (_, audit) = node.get("/audit").await;
    let event = &audit["result"][0];
    assert_eq!((text(event, "actor"), text(event, "action")), ("identity provider", "revoked"), "{event}");
    assert_eq!((text(event, "object"), text(event, "object_name")), ("user", "kim@example.com"), "{event}");
    // The provider admits the user again: only a new connection works.
    it.fixture.provider.control(json!({ "known": true })).await;
    it.has_to_sign_in_again().await;
    let (shown, mut browser) = it.fixture.sign_in().await;
    assert_eq!(shown.status, 303, "{}", shown.text);
    it.has_to_sign_in_again().await;
    it.tokens = it.client.connect(&it.fixture.node, &mut browser).await;
    assert_eq!(it.listed_at(&there).await, Ok(()));
}

#[workspace_tests::full_run("Node.js packages")]
#[tokio::test]
async fn connections_go_on_for_a_day_without_the_provider() {
    let Some(mut it) = Connected::start(json!({})).await else { return };
    it.advance(LATER);
    it.refreshes().await;
    it.fixture.provider.control(json!({ "away": true })).await;
    // The day begins with the last confirmation, not with the sign-in.
    it.advance(Duration::from_hours(24) - Duration::from_secs(1));
    it.refreshes().await;
    it.advance(Duration::from_secs(1));
    it.has_to_sign_in_again().await;
    assert_eq!(it.listed_at(&it.fixture.node).await, Ok(()), "an access token works for its hour");
    it.fixture.provider.control(json!({ "away": false })).await;
    it.refreshes().await;
}

#[workspace_tests::full_run("Node.js packages")]
#[tokio::test]
async fn connections_last_half_a_day_without_provider_tokens() {
    let orders = json!({ "refresh_tokens": false });
    let Some(mut it) = Connected::start(orders).await else { return };
    it.advance(Duration::from_hours(12) - Duration::from_secs(1));
    it.refreshes().await;
    it.advance(Duration::from_secs(1));
    it.has_to_sign_in_again().await;
    // After the user has signed in again, the connection goes on.
    let (shown, _) = it.fixture.sign_in().await;
    assert_eq!(shown.status, 303, "{}", shown.text);
    it.refreshes().await;
}

#[workspace_tests::full_run("Node.js packages")]
#[tokio::test]
async fn parallel_refreshes_on_two_nodes_ask_the_provider_once() {
    let Some(mut it) = Connected::start(json!({})).await else { return };
    let there = it.fixture.node.second_node().await;
    // After more than a day, no request is tolerated: all wait for the one that asks.
    for (time, asked) in [(LATER, 1), (Duration::from_hours(25), 2)] {
        it.advance(time);
        let refresh_token = text(&it.tokens, "refresh_token");
        let refreshes = (0..100).map(|number| {
            let node = if number % 2 == 0 { &it.fixture.node } else { &there };
            it.client.refresh(node, refresh_token, None)
        });
        let answers = join_all(refreshes).await;
        for (status, tokens) in &answers {
            assert_eq!(*status, 200, "{tokens}");
        }
        assert_eq!(it.fixture.provider.control(json!({})).await["refreshes"], asked);
        it.tokens = answers.into_iter().next().unwrap().1;
    }
}

#[workspace_tests::full_run("Node.js packages and PostgreSQL")]
#[test]
fn connections_of_provider_users_work_on_postgres() {
    on_postgres(&[
        a_refusal_of_the_provider_ends_connections,
        connections_go_on_for_a_day_without_the_provider,
        connections_last_half_a_day_without_provider_tokens,
        parallel_refreshes_on_two_nodes_ask_the_provider_once,
    ]);
}
