//! New URLs of servers, and how long the old ones work.

use std::sync::Arc;
use std::time::Duration;

use desk365_mcp::seal::MasterKey;
use serde_json::{Value, json};
use wiremock::MockServer;

use crate::admin::test_server::{ManualClock, TestServer, UNKNOWN_ID, token, violated_arguments};

/// The age at which a node revalidates a cached lookup.
const REVALIDATE_AFTER: Duration = Duration::from_millis(500);

fn path_of(account: &str, server: &Value) -> String {
    format!("/integrated-account/{account}/mcp/{}", server["id"].as_str().unwrap())
}

/// Replaces the URL of a server. Returns the response.
async fn rotate(node: &TestServer, path: &str, overlap: u32) -> Value {
    let (status, rotated) = node.post(&format!("{path}/rotate-url"), &json!({ "overlap_seconds": overlap })).await;
    assert_eq!(status, 200, "{rotated}");
    rotated
}

/// Returns whether each token works, on a node.
async fn works(node: &TestServer, tokens: &[&str]) -> Vec<bool> {
    let mut works = Vec::new();
    for token in tokens {
        works.push(node.list_tools(token).await.is_ok());
    }
    works
}

async fn old_urls_end_on_every_node(here: &TestServer) {
    let there = here.second_node().await;
    let account = here.create_account().await;
    let server = here.create_server(&account, &json!({})).await;
    let path = path_of(&account, &server);
    let first = token(&server);
    assert_eq!((works(here, &[first]).await, works(&there, &[first]).await), (vec![true], vec![true]));

    let second = rotate(here, &path, 3600).await;
    let ends = here.registry.clock().now() + jiff::SignedDuration::from_hours(1);
    assert_eq!(second["old_url_expires_at"], json!(ends));
    assert_eq!(second["url"], format!("https://mcp.example.com/mcp/{}", token(&second)));
    let tokens = [first, token(&second)];
    here.clock.advance(REVALIDATE_AFTER);
    assert_eq!((works(here, &tokens).await, works(&there, &tokens).await), (vec![true; 2], vec![true; 2]));
    here.clock.advance(Duration::from_hours(1).saturating_sub(REVALIDATE_AFTER));
    assert_eq!((works(here, &tokens).await, works(&there, &tokens).await), (vec![false, true], vec![false, true]));

    let third = rotate(here, &path, 0).await;
    assert_eq!(third["old_url_expires_at"], Value::Null);
    let tokens = [token(&second), token(&third)];
    assert_eq!(works(here, &tokens).await, [false, true], "at once on the node that did it");
    here.clock.advance(REVALIDATE_AFTER);
    assert_eq!(works(&there, &tokens).await, [false, true]);
}

#[tokio::test]
async fn an_old_url_works_until_its_overlap_ends_on_sqlite() {
    old_urls_end_on_every_node(&TestServer::start().await).await;
}

#[workspace_tests::full_run("PostgreSQL")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_url_works_until_its_overlap_ends_on_postgres() {
    let Some(database) = crate::common::database::postgres().await else { return };
    let api = Arc::new(MockServer::start().await);
    let node = TestServer::with_database(Arc::new(database), MasterKey::generate(), ManualClock::new(), api).await;
    old_urls_end_on_every_node(&node).await;
}

#[tokio::test]
async fn a_rotation_shortens_earlier_overlaps() {
    let node = TestServer::start().await;
    let account = node.create_account().await;
    let server = node.create_server(&account, &json!({})).await;
    let path = path_of(&account, &server);
    let second = rotate(&node, &path, 86_400).await;
    let third = rotate(&node, &path, 60).await;
    let tokens = [token(&server), token(&second), token(&third)];
    assert_eq!(works(&node, &tokens).await, [true; 3]);
    node.clock.advance(Duration::from_mins(1));
    assert_eq!(works(&node, &tokens).await, [false, false, true]);
    rotate(&node, &path, 86_400).await;
    let leaked = rotate(&node, &path, 0).await;
    assert_eq!(works(&node, &[token(&third), token(&leaked)]).await, [false, true]);
    assert_eq!(node.delete(&path).await.0, 204);
    assert_eq!(works(&node, &[token(&leaked)]).await, [false]);
}

#[tokio::test]
async fn an_old_url_expires_with_its_server() {
    let node = TestServer::start().await;
    let account = node.create_account().await;
    let server = node.create_server(&account, &json!({})).await;
    let path = path_of(&account, &server);
    let expires_at = json!(node.registry.clock().now() + jiff::SignedDuration::from_mins(2));
    node.patch(&path, &json!({ "expires_at": expires_at })).await;
    let rotated = rotate(&node, &path, 3600).await;
    assert_eq!(rotated["old_url_expires_at"], expires_at);
    let tokens = [token(&server), token(&rotated)];
    assert_eq!(works(&node, &tokens).await, [true; 2]);
    node.clock.advance(Duration::from_mins(2));
    assert_eq!(works(&node, &tokens).await, [false; 2]);
}

#[tokio::test]
async fn a_rotation_changes_the_url_only_and_is_audited() {
    let node = TestServer::start().await;
    let account = node.create_account().await;
    let (_, tag, server) = {
        let path = format!("/integrated-account/{account}/mcp");
        node.send_if_match("POST", &path, None, &json!({ "name": "s", "config": { "methods": ["read"] } })).await
    };
    let path = path_of(&account, &server);
    let before = node.get(&path).await.1;
    let rotate_path = format!("{path}/rotate-url");
    let (status, after_tag, rotated) = node.send_if_match("POST", &rotate_path, None, &json!({})).await;
    assert_eq!((status.as_u16(), after_tag), (200, tag));
    assert_eq!(node.get(&path).await.1, before);
    assert_ne!(token(&rotated), token(&server));
    let (_, audit) = node.get("/audit?action=rotated").await;
    let event = &audit["result"][0];
    assert_eq!((&event["object_id"], &event["fields"]), (&server["id"], &json!(["url"])));
    assert!(!audit.to_string().contains(token(&rotated)) && !audit.to_string().contains(token(&server)));

    for (body, wrong) in [
        (json!({ "overlap_seconds": 86_401 }), "overlap_seconds"),
        (json!({ "overlap_seconds": -1 }), "overlap_seconds"),
        (json!({ "overlap": 1 }), "overlap"),
    ] {
        let (status, problem) = node.post(&rotate_path, &body).await;
        assert_eq!((status.as_u16(), violated_arguments(&problem)), (400, vec![wrong]), "{problem}");
    }
    let unknown = format!("/integrated-account/{account}/mcp/{UNKNOWN_ID}/rotate-url");
    assert_eq!(node.post(&unknown, &json!({})).await.0, 404);
    assert!(node.list_tools(token(&rotated)).await.is_ok());
}
