//! Responses that do not belong to the sign-in of this browser.

use serde_json::{Value, json};

use super::Fixture;
use crate::admin::browser::Browser;
use crate::admin::test_server::on_postgres;

/// Opens a callback, which must be refused.
async fn refused(fixture: &Fixture, browser: &mut Browser, callback: &str) {
    let shown = browser.open(&fixture.node, callback).await;
    assert_eq!(shown.status, 403, "{callback} {}", shown.text);
    assert_eq!(browser.session(&fixture.node).await, Value::Null, "{callback}");
}

#[workspace_tests::full_run("Node.js packages")]
#[tokio::test]
async fn a_callback_works_once_and_in_its_browser_only() {
    let Some(fixture) = Fixture::start(json!({})).await else { return };
    let mut browser = Browser::default();
    let callback = browser.go_to_provider(&fixture, "/console").await;
    // A victim who is led to the callback of an attacker's sign-in is not signed in as the attacker.
    refused(&fixture, &mut Browser::default(), &callback).await;
    let mut other = Browser::default();
    other.begin(&fixture, "/console").await;
    refused(&fixture, &mut other, &callback).await;
    let replayed = browser.clone();
    assert_eq!(browser.open(&fixture.node, &callback).await.status, 303);
    // Neither the same browser nor a copy of its cookies can use it again.
    for mut browser in [Browser::with_cookies(replayed.cookies.clone()), replayed] {
        refused(&fixture, &mut browser, &callback).await;
    }
}

#[workspace_tests::full_run("Node.js packages")]
#[tokio::test]
async fn a_code_of_another_sign_in_is_refused() {
    let Some(fixture) = Fixture::start(json!({})).await else { return };
    let code = |callback: &str| {
        let url: url::Url = format!("http://h{callback}").parse().unwrap();
        url.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned()
    };
    let (mut attacker, mut victim) = (Browser::default(), Browser::default());
    let theirs = attacker.go_to_provider(&fixture, "/console").await;
    let own = victim.go_to_provider(&fixture, "/console").await;
    // The code of the attacker in the response to the victim: the PKCE verifier differs.
    let injected = own.replace(&code(&own), &code(&theirs));
    refused(&fixture, &mut victim, &injected).await;
}

#[workspace_tests::full_run("Node.js packages")]
#[tokio::test]
async fn state_issuer_and_provider_must_match() {
    let Some(fixture) = Fixture::start(json!({})).await else { return };
    let mut browser = Browser::default();
    let callback = browser.go_to_provider(&fixture, "/console").await;
    assert!(callback.contains("iss="), "{callback}");
    let at = callback.find("state=").unwrap() + "state=".len();
    let wrong_state = format!("{}{}{}", &callback[..at], "x", &callback[at + 1..]);
    let body = json!({
        "name": "Other", "preset": "other", "issuer": "http://127.0.0.1:1", "client_id": "x", "client_secret": "x",
    });
    let (_, other) = fixture.node.post("/identity-provider", &body).await;
    let other = callback.replace(&fixture.id, other["id"].as_str().unwrap());
    let wrong_issuer = callback.replace("iss=http%3A%2F%2F127.0.0.1", "iss=http%3A%2F%2Fevil.example");
    assert_ne!(wrong_issuer, callback);
    for wrong in [wrong_state, other, wrong_issuer, callback.split('?').next().unwrap().to_owned()] {
        let mut copy = browser.clone();
        refused(&fixture, &mut copy, &wrong).await;
    }
    assert_eq!(browser.open(&fixture.node, &callback).await.status, 303);
}

#[workspace_tests::full_run("Node.js packages")]
#[tokio::test]
async fn sign_in_with_a_provider_expires_and_stays_on_this_site() {
    let Some(fixture) = Fixture::start(json!({})).await else { return };
    let mut browser = Browser::default();
    let callback = browser.go_to_provider(&fixture, "https://evil.example").await;
    let mut late = browser.clone();
    assert_eq!(browser.open(&fixture.node, &callback).await.location(), "./../../console");
    fixture.node.clock.advance(std::time::Duration::from_mins(11));
    refused(&fixture, &mut late, &callback).await;
    // The provider is asked in the way that the protocol wants.
    let url = Browser::default().begin(&fixture, "/console").await;
    let query: std::collections::BTreeMap<_, _> = url.query_pairs().into_owned().collect();
    assert_eq!((query["code_challenge_method"].as_str(), query["response_mode"].as_str()), ("S256", "query"));
    assert!(["state", "nonce", "code_challenge"].iter().all(|name| query[*name].len() >= 43), "{query:?}");
    assert!(!query.contains_key("resource"));
}

#[workspace_tests::full_run("Node.js packages")]
#[tokio::test]
async fn an_id_token_for_another_nonce_is_refused() {
    let Some(fixture) = Fixture::start(json!({})).await else { return };
    let mut browser = Browser::default();
    let mut at = browser.begin(&fixture, "/console").await;
    let other_nonce = at.query_pairs().into_owned().map(|(name, value)| {
        let value = if name == "nonce" { "the nonce of an ID token that was stolen before".to_owned() } else { value };
        (name, value)
    });
    let query: Vec<_> = other_nonce.collect();
    at.query_pairs_mut().clear().extend_pairs(query);
    let callback = browser.follow(at).await;
    refused(&fixture, &mut browser, &callback).await;
    assert_eq!(fixture.users().await, Vec::<Value>::new());
}

#[workspace_tests::full_run("Node.js packages")]
#[tokio::test]
async fn sign_in_with_a_provider_replaces_the_session() {
    let Some(fixture) = Fixture::start(json!({})).await else { return };
    let (_, attacker) = fixture.sign_in().await;
    // The attacker's cookie was planted in the browser of the victim.
    let mut victim = Browser::with_cookies(attacker.cookies.clone());
    let callback = victim.go_to_provider(&fixture, "/console").await;
    assert_eq!(victim.open(&fixture.node, &callback).await.status, 303);
    assert_ne!(victim.session(&fixture.node).await, Value::Null);
    assert_eq!(Browser::with_cookies(attacker.cookies).session(&fixture.node).await, Value::Null);
}

#[workspace_tests::full_run("Node.js packages and PostgreSQL")]
#[test]
fn attacks_on_sign_in_fail_on_postgres() {
    on_postgres(&[
        a_callback_works_once_and_in_its_browser_only,
        a_code_of_another_sign_in_is_refused,
        state_issuer_and_provider_must_match,
        sign_in_with_a_provider_expires_and_stays_on_this_site,
        an_id_token_for_another_nonce_is_refused,
        sign_in_with_a_provider_replaces_the_session,
    ]);
}
