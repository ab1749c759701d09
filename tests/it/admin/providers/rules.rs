//! Rules of a provider and of a server that change while users are signed in: they take effect at the next refresh.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use desk365_mcp::registry::Authorization;
use desk365_mcp::scope::Grant;
use desk365_mcp::sign_in::Confirmation;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{Fixture, LATER, signed_in};
use crate::admin::oauth::connector::{Connector, VERIFIER, send_form, sign_in_server, text};
use crate::admin::test_server::on_postgres;

const CALLBACK: &str = "https://claude.ai/api/mcp/auth_callback";

async fn set_claims(fixture: &Fixture, groups: Value) {
    let claims = json!({ "sub": "kim", "email": "kim@example.com", "email_verified": true, "groups": groups });
    fixture.provider.control(json!({ "claims": claims })).await;
}

async fn set_rules(fixture: &Fixture, rules: Value) {
    let (status, changed) = fixture.node.patch(&format!("/identity-provider/{}", fixture.id), &rules).await;
    assert_eq!(status, 200, "{changed}");
}

#[workspace_tests::full_run("Node.js packages")]
#[tokio::test]
async fn new_provider_rules_apply_at_the_next_refresh() {
    for rules in [
        json!({ "allowed_groups": ["sales"] }),
        json!({ "allowed_domains": ["example.org"] }),
        json!({ "allowed_domains": ["example.com"], "allowed_groups": ["sales"] }),
    ] {
        let Some(fixture) = Fixture::start(json!({ "allowed_groups": ["support"] })).await else { return };
        set_claims(&fixture, json!(["support"])).await;
        let (sign_in, user, provider) = signed_in(&fixture).await;
        set_rules(&fixture, json!({ "allowed_domains": ["example.com"] })).await;
        assert_eq!(sign_in.confirm(user, provider).await.unwrap(), Confirmation::Confirmed);
        // The last known claims are enough, whether or not the provider can be asked.
        fixture.provider.control(json!({ "away": true })).await;
        set_rules(&fixture, rules).await;
        assert_eq!(sign_in.confirm(user, provider).await.unwrap(), Confirmation::SignInAgain);
        fixture.provider.control(json!({ "away": false })).await;
        set_rules(&fixture, json!({ "allowed_domains": [], "allowed_groups": [] })).await;
        assert_eq!(sign_in.confirm(user, provider).await.unwrap(), Confirmation::SignInAgain, "a refusal is final");
        let (_, audit) = fixture.node.get("/audit?object=user&action=revoked").await;
        assert_eq!(audit["result"][0]["object_name"], json!("kim@example.com"), "{audit}");
    }
}

#[workspace_tests::full_run("Node.js packages")]
#[tokio::test]
async fn groups_that_a_user_left_are_noticed_at_the_next_refresh() {
    let Some(fixture) = Fixture::start(json!({ "allowed_groups": ["support"] })).await else { return };
    set_claims(&fixture, json!(["support", "sales"])).await;
    let (sign_in, user, provider) = signed_in(&fixture).await;
    set_claims(&fixture, json!(["support"])).await;
    fixture.node.clock.advance(LATER);
    assert_eq!(sign_in.confirm(user, provider).await.unwrap(), Confirmation::Confirmed);
    assert_eq!(fixture.users().await[0]["groups"], json!(["support"]));
    set_claims(&fixture, json!(["sales"])).await;
    fixture.node.clock.advance(LATER);
    assert_eq!(sign_in.confirm(user, provider).await.unwrap(), Confirmation::SignInAgain);
}

#[workspace_tests::full_run("Node.js packages")]
#[tokio::test]
async fn a_user_who_leaves_a_group_loses_the_connection() {
    let Some(fixture) = Fixture::start(json!({})).await else { return };
    let node = &fixture.node;
    set_claims(&fixture, json!(["support"])).await;
    let (_, user, _) = signed_in(&fixture).await;
    let server = sign_in_server(node, &json!({ "sign_in": { "provider": fixture.id, "groups": ["support"] } })).await;
    let client = Connector::registered(node, &server, CALLBACK).await;
    let mut tokens = connected(&fixture, user, &client).await;
    for status in [200, 400] {
        node.clock.advance(LATER);
        let (answered, next) = client.refresh(node, text(&tokens, "refresh_token"), None).await;
        assert_eq!(answered, status, "{next}");
        if status == 200 {
            tokens = next;
            set_claims(&fixture, json!(["sales"])).await;
        }
    }
    assert_eq!(node.get("/connection").await.1["result"], json!([]));
    // Being in the group again does not bring the connection back.
    set_claims(&fixture, json!(["support"])).await;
    node.clock.advance(LATER);
    assert_eq!(client.refresh(node, text(&tokens, "refresh_token"), None).await.0, 400);
}

/// Connects a client for a user, and returns its tokens.
async fn connected(fixture: &Fixture, user: Uuid, client: &Connector) -> Value {
    let authorization = Authorization {
        user_id: user,
        server_id: client.server.parse().unwrap(),
        client_id: &client.client_id,
        client_name: "A client",
        redirect_uri: CALLBACK,
        grant: Grant::parse("read write"),
        remembered: true,
        code_challenge: &URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER)),
    };
    let code = fixture.node.registry.authorize(&authorization).await.unwrap();
    // The form without the resource, which is at another public URL.
    let form: Vec<_> =
        client.code_form(code.expose_secret()).into_iter().filter(|(name, _)| *name != "resource").collect();
    let (status, tokens) = send_form(&fixture.node, "/oauth/token", &form).await;
    assert_eq!(status, 200, "{tokens}");
    tokens
}

#[workspace_tests::full_run("Node.js packages and PostgreSQL")]
#[test]
fn rules_of_providers_apply_on_postgres() {
    on_postgres(&[
        new_provider_rules_apply_at_the_next_refresh,
        groups_that_a_user_left_are_noticed_at_the_next_refresh,
        a_user_who_leaves_a_group_loses_the_connection,
    ]);
}
