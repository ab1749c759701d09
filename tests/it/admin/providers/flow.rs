//! The sign-in itself, the rules of a provider, and what a provider may do to its tokens and keys.

use serde_json::{Value, json};

use super::Fixture;
use crate::admin::browser::Browser;
use crate::admin::test_server::on_postgres;

#[workspace_tests::full_run("Node.js packages")]
#[tokio::test]
async fn a_user_signs_in_with_a_provider() {
    let Some(fixture) = Fixture::start(json!({})).await else { return };
    let page = Browser::default().open(&fixture.node, "/sign-in?return_to=/console%23/activity").await;
    assert!(page.text.contains("Sign in with <bdi>Company</bdi>"), "{}", page.text);
    let (shown, mut browser) = fixture.sign_in().await;
    assert_eq!((shown.status.as_u16(), shown.location()), (303, "./../../console#/activity"), "{}", shown.text);
    let session = browser.session(&fixture.node).await;
    assert_eq!((&session["user"], &session["role"]), (&json!("kim@example.com"), &json!("member")));
    let [user] = &*fixture.users().await else { panic!("one user") };
    assert_eq!((&user["issuer"], &user["subject"]), (&json!(fixture.provider.issuer), &json!("kim")));
    assert_eq!(user["email_verified"], json!(true));
    // The next sign-in is of the same user, with what the provider says then.
    let claims = json!({ "sub": "kim", "email": "new@example.com", "groups": ["support"] });
    fixture.provider.control(json!({ "claims": claims })).await;
    fixture.sign_in().await;
    let [again] = &*fixture.users().await else { panic!("one user") };
    assert_eq!(again["id"], user["id"]);
    assert_eq!((&again["email"], &again["groups"]), (&json!("new@example.com"), &json!(["support"])));
    assert_eq!(again["email_verified"], json!(false));
}

#[workspace_tests::full_run("Node.js packages")]
#[tokio::test]
async fn an_address_of_another_user_is_another_user() {
    let Some(fixture) = Fixture::start(json!({})).await else { return };
    fixture.sign_in().await;
    let claims = json!({ "sub": "mallory", "email": "kim@example.com", "email_verified": true });
    fixture.provider.control(json!({ "claims": claims })).await;
    fixture.sign_in().await;
    assert_eq!(fixture.users().await.len(), 2);
}

#[workspace_tests::full_run("Node.js packages")]
#[tokio::test]
async fn users_outside_the_rules_are_refused() {
    let rules = json!({ "allowed_domains": ["Example.com"], "allowed_groups": ["support"] });
    let Some(fixture) = Fixture::start(rules).await else { return };
    let refused = [
        (json!({ "sub": "a", "email": "a@evil.example", "email_verified": true, "groups": ["support"] }), "domain"),
        (json!({ "sub": "b", "email": "b@example.com", "groups": ["support"] }), "not verified"),
        (json!({ "sub": "c", "email_verified": true, "groups": ["support"] }), "domain"),
        (
            json!({ "sub": "d", "email": "d@example.com", "email_verified": true, "groups": ["sales"] }),
            "none of the groups",
        ),
        (json!({ "sub": "e", "email": "e@example.com", "email_verified": true }), "did not say in which groups"),
    ];
    for (claims, reason) in refused {
        let text = fixture.refusal(claims.clone()).await;
        assert!(text.contains(reason), "{claims}: {text}");
    }
    assert!(fixture.users().await.is_empty());
    let claims = json!({ "sub": "f", "email": "f@example.com", "email_verified": true, "groups": ["support"] });
    fixture.provider.control(json!({ "claims": claims })).await;
    assert_eq!(fixture.sign_in().await.0.status, 303);
}

#[workspace_tests::full_run("Node.js packages")]
#[tokio::test]
async fn users_of_other_entra_tenants_are_refused() {
    let Some(fixture) = Fixture::start(json!({ "preset": "microsoft_entra" })).await else { return };
    let text = fixture.refusal(json!({ "sub": "a", "oid": "a", "tid": "another tenant" })).await;
    assert!(text.contains("tenant"), "{text}");
}

#[workspace_tests::full_run("Node.js packages")]
#[tokio::test]
async fn id_tokens_are_accepted_in_their_time_only() {
    let Some(fixture) = Fixture::start(json!({})).await else { return };
    // Seconds by which this server's clock is ahead of the provider's, the lifetime of the ID token, and the status.
    for (ahead, lifetime, status) in [(50, 5, 303), (90, 5, 403), (-50, 3600, 303), (-120, 3600, 403)] {
        fixture.provider.control(json!({ "id_token_seconds": lifetime })).await;
        fixture.node.clock.shift_calendar(ahead * 1000);
        let (shown, _) = fixture.sign_in().await;
        assert_eq!(shown.status, status, "{ahead} {}", shown.text);
        fixture.node.clock.shift_calendar(-ahead * 1000);
    }
}

#[workspace_tests::full_run("Node.js packages")]
#[tokio::test]
async fn a_provider_may_rotate_its_keys() {
    let Some(fixture) = Fixture::start(json!({})).await else { return };
    assert_eq!(fixture.sign_in().await.0.status, 303);
    fixture.provider.control(json!({ "new_key": true })).await;
    let (shown, _) = fixture.sign_in().await;
    assert_eq!(shown.status, 303, "{}", shown.text);
}

#[workspace_tests::full_run("Node.js packages")]
#[tokio::test]
async fn sessions_go_on_while_a_provider_is_away() {
    let Some(fixture) = Fixture::start(json!({})).await else { return };
    let (_, mut browser) = fixture.sign_in().await;
    let mut late = Browser::default();
    let callback = late.go_to_provider(&fixture, "/console").await;
    fixture.provider.control(json!({ "away": true })).await;
    assert_ne!(browser.session(&fixture.node).await, Value::Null);
    let shown = late.open(&fixture.node, &callback).await;
    assert_eq!(shown.status, 503);
    assert!(shown.text.contains("cannot be reached"), "{}", shown.text);
}

#[workspace_tests::full_run("Node.js packages and PostgreSQL")]
#[test]
fn sign_in_with_a_provider_works_on_postgres() {
    on_postgres(&[
        a_user_signs_in_with_a_provider,
        an_address_of_another_user_is_another_user,
        users_outside_the_rules_are_refused,
        users_of_other_entra_tenants_are_refused,
        id_tokens_are_accepted_in_their_time_only,
        a_provider_may_rotate_its_keys,
        sessions_go_on_while_a_provider_is_away,
    ]);
}
