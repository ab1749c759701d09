//! Users who leave: the provider is asked again, and what happens if it refuses or does not respond.

use std::time::Duration;

use desk365_mcp::sign_in::Confirmation;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{Fixture, LATER, signed_in};
use crate::admin::test_server::on_postgres;

#[workspace_tests::full_run("Node.js packages")]
#[tokio::test]
async fn a_user_whom_the_provider_refuses_signs_in_again() {
    let Some(fixture) = Fixture::start(json!({})).await else { return };
    let (sign_in, user, provider) = signed_in(&fixture).await;
    let confirm = || async { sign_in.confirm(user, provider).await.unwrap() };
    for _ in 0..3 {
        fixture.node.clock.advance(LATER);
        assert_eq!(confirm().await, Confirmation::Confirmed, "refresh tokens rotate at the provider");
    }
    fixture.provider.control(json!({ "known": false })).await;
    assert_eq!(confirm().await, Confirmation::Confirmed, "it was asked a moment ago");
    fixture.node.clock.advance(LATER);
    assert_eq!(confirm().await, Confirmation::SignInAgain);
    fixture.provider.control(json!({ "known": true })).await;
    assert_eq!(confirm().await, Confirmation::SignInAgain, "a refusal is final");
}

#[workspace_tests::full_run("Node.js packages")]
#[tokio::test]
async fn a_provider_may_be_away_for_a_day() {
    let Some(fixture) = Fixture::start(json!({})).await else { return };
    // The clock of the provider does not move with this server's.
    fixture.provider.control(json!({ "id_token_seconds": 7 * 24 * 3600 })).await;
    let (sign_in, user, provider) = signed_in(&fixture).await;
    fixture.provider.control(json!({ "away": true })).await;
    fixture.node.clock.advance(Duration::from_hours(23));
    assert_eq!(sign_in.confirm(user, provider).await.unwrap(), Confirmation::Confirmed);
    fixture.node.clock.advance(Duration::from_hours(1));
    assert_eq!(sign_in.confirm(user, provider).await.unwrap(), Confirmation::SignInAgain);
    fixture.provider.control(json!({ "away": false })).await;
    assert_eq!(sign_in.confirm(user, provider).await.unwrap(), Confirmation::Confirmed, "nothing was revoked");
}

#[workspace_tests::full_run("Node.js packages")]
#[tokio::test]
async fn without_refresh_tokens_users_sign_in_after_twelve_hours() {
    let Some(fixture) = Fixture::start(json!({})).await else { return };
    fixture.provider.control(json!({ "refresh_tokens": false })).await;
    let (sign_in, user, provider) = signed_in(&fixture).await;
    fixture.node.clock.advance(Duration::from_hours(12) - Duration::from_secs(1));
    assert_eq!(sign_in.confirm(user, provider).await.unwrap(), Confirmation::Confirmed);
    fixture.node.clock.advance(Duration::from_secs(1));
    assert_eq!(sign_in.confirm(user, provider).await.unwrap(), Confirmation::SignInAgain);
}

#[workspace_tests::full_run("Node.js packages")]
#[tokio::test]
async fn parallel_confirmations_ask_the_provider_once() {
    let Some(fixture) = Fixture::start(json!({})).await else { return };
    let (sign_in, user, provider) = signed_in(&fixture).await;
    fixture.node.clock.advance(LATER);
    let confirmed = join_all((0..100).map(|_| sign_in.confirm(user, provider))).await;
    assert!(confirmed.into_iter().all(|confirmed| confirmed.unwrap() == Confirmation::Confirmed));
    assert_eq!(fixture.provider.control(json!({})).await["refreshes"], 1);
}

#[workspace_tests::full_run("Node.js packages")]
#[tokio::test]
async fn users_of_a_deleted_provider_are_signed_out() {
    let Some(fixture) = Fixture::start(json!({})).await else { return };
    let (_, mut browser) = fixture.sign_in().await;
    assert_eq!(fixture.node.delete(&format!("/identity-provider/{}", fixture.id)).await.0, 204);
    assert_eq!(browser.session(&fixture.node).await, Value::Null);
    assert_eq!(browser.open(&fixture.node, &format!("/sign-in/start/{}", fixture.id)).await.status, 404);
}

#[workspace_tests::full_run("Node.js packages and PostgreSQL")]
#[test]
fn confirmations_work_on_postgres() {
    on_postgres(&[
        a_user_whom_the_provider_refuses_signs_in_again,
        a_provider_may_be_away_for_a_day,
        without_refresh_tokens_users_sign_in_after_twelve_hours,
        parallel_confirmations_ask_the_provider_once,
        users_of_a_deleted_provider_are_signed_out,
    ]);
}
