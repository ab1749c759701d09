//! Identity providers in the admin API.

use desk365_mcp::clock::Clock;
use desk365_mcp::seal::MasterKey;
use desk365_mcp::seal::keyring::{KeySource, Keyring};
use desk365_mcp::seal::rotation::Rotation;
use serde_json::{Value, json};

use crate::admin::test_server::{TestServer, on_postgres, violated_arguments};

const SECRET: &str = "the-secret-that-must-not-come-back";

fn entra() -> Value {
    json!({
        "name": "Microsoft", "preset": "microsoft_entra", "client_id": "client", "client_secret": SECRET,
        "issuer": "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0",
    })
}

#[tokio::test]
async fn a_provider_is_configured_and_never_shows_its_secret() {
    let node = TestServer::start().await;
    let (status, made) = node.post("/identity-provider", &entra()).await;
    assert_eq!(status, 201, "{made}");
    let path = format!("/identity-provider/{}", made["id"].as_str().unwrap());
    let redirect_uri = format!("https://mcp.example.com/sign-in/callback/{}", made["id"].as_str().unwrap());
    assert_eq!(made["redirect_uri"], json!(redirect_uri));
    let change = json!({ "client_secret": "another", "allowed_groups": ["a", "a", "b"] });
    let (status, changed) = node.patch(&path, &change).await;
    assert_eq!((status.as_u16(), &changed["allowed_groups"]), (200, &json!(["a", "b"])), "{changed}");
    for shown in [&made, &changed, &node.get(&path).await.1, &node.get("/identity-provider").await.1] {
        assert!(!shown.to_string().contains(SECRET) && !shown.to_string().contains("another"), "{shown}");
    }
    let (_, audit) = node.get("/audit?object=identity_provider").await;
    assert_eq!(audit["result"][0]["fields"], json!(["client_secret", "allowed_groups"]), "{audit}");
    assert_eq!(node.delete(&path).await.0, 204);
    assert_eq!(node.get(&path).await.0, 404);
}

#[tokio::test]
async fn issuers_of_all_tenants_and_without_tls_are_refused() {
    let node = TestServer::start().await;
    for issuer in [
        "https://login.microsoftonline.com/common/v2.0",
        "https://login.microsoftonline.com/organizations/v2.0",
        "https://login.microsoftonline.com/consumers/v2.0",
        "http://login.example.com",
        "http://127.0.0.1:1",
        "https://user:secret@login.example.com",
        "https://login.example.com?a=b",
        "login.example.com",
        "file:///etc/passwd",
    ] {
        let mut body = entra();
        body["issuer"] = json!(issuer);
        let (status, refused) = node.post("/identity-provider", &body).await;
        assert_eq!((status.as_u16(), violated_arguments(&refused)), (400, vec!["issuer"]), "{issuer} {refused}");
    }
    let (status, refused) = node.post("/identity-provider", &json!({ "allowed_groups": "a", "preset": "ldap" })).await;
    let wrong = vec!["name", "preset", "client_id", "client_secret", "allowed_groups"];
    assert_eq!((status.as_u16(), violated_arguments(&refused)), (400, wrong), "{refused}");
}

#[tokio::test]
async fn secrets_of_providers_are_sealed_and_rotated() {
    let node = TestServer::start().await;
    let (_, made) = node.post("/identity-provider", &entra()).await;
    let id = made["id"].as_str().unwrap().parse().unwrap();
    let stored = node.registry.store().secrets_not_sealed_with("", 10).await.unwrap();
    assert!(stored.len() == 1 && !stored[0].sealed.contains(SECRET), "{stored:?}");
    let (clock, next) = (Clock::new(node.clock.clone()), MasterKey::generate());
    let source = KeySource::Given { key: node.key.clone(), next: Some(next.clone()) };
    let keyring = Keyring::open(node.registry.store().clone(), source, &clock, |_| None).await.unwrap();
    let mut rotation = Rotation::begin(&keyring, &clock).unwrap();
    while rotation.step().await.unwrap().is_some() {}
    let stored = node.registry.store().secret(&stored[0].record).await.unwrap().unwrap();
    assert_eq!(stored.key_id, next.id());
    // A secret that is moved to another provider does not open there.
    let other = TestServer::with_database(node.database.clone(), next, node.clock.clone(), node.api.clone()).await;
    let provider = other.registry.configured_provider(id).await.unwrap().unwrap();
    assert_eq!(secrecy::ExposeSecret::expose_secret(&provider.client_secret), SECRET);
    let (_, second) = other.post("/identity-provider", &entra()).await;
    let second: uuid::Uuid = second["id"].as_str().unwrap().parse().unwrap();
    let record = stored.record.replace(&id.to_string(), &second.to_string());
    other.registry.store().set_secret(&desk365_mcp::store::SealedSecretRow { record, ..stored }).await.unwrap();
    assert!(other.registry.configured_provider(second).await.is_err());
}

#[workspace_tests::full_run("PostgreSQL")]
#[test]
fn providers_are_configured_on_postgres() {
    on_postgres(&[
        a_provider_is_configured_and_never_shows_its_secret,
        issuers_of_all_tenants_and_without_tls_are_refused,
        secrets_of_providers_are_sealed_and_rotated,
    ]);
}
