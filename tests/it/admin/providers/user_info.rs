//! Claims that a provider gives at its `UserInfo` endpoint only.

use desk365_mcp::sign_in::Confirmation;
use serde_json::{Value, json};

use super::{Fixture, LATER, signed_in};
use crate::admin::test_server::on_postgres;

/// Starts a provider whose ID tokens name the subject alone.
async fn start(rules: Value) -> Option<Fixture> {
    let fixture = Fixture::start(rules).await?;
    let claims = json!({
        "sub": "kim", "name": "Kim", "email": "kim@example.com", "email_verified": true, "groups": ["support"],
    });
    fixture.provider.control(json!({ "user_info_only": true, "new_key": true, "claims": claims })).await;
    Some(fixture)
}

#[workspace_tests::full_run("Node.js packages")]
#[tokio::test]
async fn claims_at_user_info_only_are_fetched_there() {
    let rules = json!({ "allowed_domains": ["example.com"], "allowed_groups": ["support"] });
    let Some(fixture) = start(rules).await else { return };
    let (sign_in, user, provider) = signed_in(&fixture).await;
    let [known] = &*fixture.users().await else { panic!("one user") };
    assert_eq!((&known["email"], &known["email_verified"]), (&json!("kim@example.com"), &json!(true)));
    assert_eq!((&known["name"], &known["groups"]), (&json!("Kim"), &json!(["support"])));
    // They are fetched again at a refresh.
    let claims =
        json!({ "sub": "kim", "email": "kim@example.com", "email_verified": true, "groups": ["support", "sales"] });
    fixture.provider.control(json!({ "claims": claims })).await;
    fixture.node.clock.advance(LATER);
    assert_eq!(sign_in.confirm(user, provider).await.unwrap(), Confirmation::Confirmed);
    let [known] = &*fixture.users().await else { panic!("one user") };
    assert_eq!((&known["name"], &known["groups"]), (&json!("Kim"), &json!(["support", "sales"])));
    fixture.provider.control(json!({ "claims": { "sub": "kim", "groups": ["support"] } })).await;
    fixture.node.clock.advance(LATER);
    assert_eq!(sign_in.confirm(user, provider).await.unwrap(), Confirmation::SignInAgain, "the address is gone");
}

#[workspace_tests::full_run("Node.js packages")]
#[tokio::test]
async fn claims_about_another_subject_are_refused() {
    let Some(fixture) = start(json!({})).await else { return };
    let (sign_in, user, provider) = signed_in(&fixture).await;
    fixture.provider.control(json!({ "user_info_sub": "mallory" })).await;
    let (shown, mut browser) = fixture.sign_in().await;
    assert_eq!(shown.status, 403, "{}", shown.text);
    assert_eq!(browser.session(&fixture.node).await, Value::Null);
    fixture.node.clock.advance(LATER);
    assert_eq!(sign_in.confirm(user, provider).await.unwrap(), Confirmation::SignInAgain);
    assert_eq!(fixture.users().await.len(), 1);
}

#[workspace_tests::full_run("Node.js packages and PostgreSQL")]
#[test]
fn claims_at_user_info_are_fetched_on_postgres() {
    on_postgres(&[claims_at_user_info_only_are_fetched_there, claims_about_another_subject_are_refused]);
}
