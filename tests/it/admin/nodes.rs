//! Several nodes on one database, and a database that goes away.

use std::sync::Arc;
use std::time::Duration;

use desk365_mcp::seal::MasterKey;
use serde_json::json;
use wiremock::MockServer;

use crate::admin::site::{Hands, Site, token};
use crate::common::database::{Cluster, Database};

const FRESH: Duration = Duration::from_millis(500);

async fn what_changes_on_one_node_counts_on_the_other_within_a_second(here: &Site) {
    let there = here.sibling().await;
    let account = here.account().await;
    let server = here.server(&account, &json!({ "methods": ["read"] })).await;
    let path = format!("/integrated-account/{account}/mcp/{}", server["id"].as_str().unwrap());
    let before = there.listed(token(&server)).await.unwrap();
    here.patch(&path, &json!({ "config": { "methods": null } })).await;
    here.hands.pass(FRESH);
    let after = there.listed(token(&server)).await.unwrap();
    assert!(after.len() > before.len());
    assert_eq!(here.delete(&path).await.0, 204);
    assert_eq!(here.listed(token(&server)).await.unwrap_err(), 404);
    here.hands.pass(FRESH);
    assert_eq!(there.listed(token(&server)).await.unwrap_err(), 404);
    let caller = here.api_token("caller").await;
    let guarded = here.server(&account, &json!({ "require_api_token_auth": true })).await;
    assert!(there.listed_with(token(&guarded), Some(&caller)).await.is_ok());
}

#[tokio::test]
async fn nodes_on_a_file_agree() {
    what_changes_on_one_node_counts_on_the_other_within_a_second(&Site::open().await).await;
}

#[workspace_tests::full_run("PostgreSQL")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_on_a_database_server_agree() {
    let Some(database) = crate::common::database::postgres().await else { return };
    let api = Arc::new(MockServer::start().await);
    let site = Site::on(Arc::new(database), MasterKey::generate(), Hands::new(), api).await;
    what_changes_on_one_node_counts_on_the_other_within_a_second(&site).await;
}

#[workspace_tests::full_run("PostgreSQL")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn known_tokens_are_served_on_while_the_database_is_away() {
    let Some(cluster) = Cluster::start() else { return };
    let database = Arc::new(Database::at(cluster.new_database().await));
    let api = Arc::new(MockServer::start().await);
    let site = Site::on(database, MasterKey::generate(), Hands::new(), api).await;
    site.api_answers(200, &[]).await;
    let account = site.account().await;
    let end = (site.registry.clock().now() + jiff::SignedDuration::from_mins(1)).to_string();
    let ending = json!({ "name": "x", "expires_at": end });
    let (_, ending) = site.post(&format!("/integrated-account/{account}/mcp"), &ending).await;
    let (known, other) = (site.server(&account, &json!({})).await, site.server(&account, &json!({})).await);
    assert!(site.listed(token(&known)).await.is_ok());
    assert!(site.listed(token(&ending)).await.is_ok());

    cluster.stop();
    site.hands.pass(FRESH);
    assert!(site.listed(token(&known)).await.is_ok());
    assert_eq!(site.listed(token(&other)).await.unwrap_err(), 503);
    assert_eq!(site.get("/readyz").await.0, 503);
    assert_eq!(site.get("/integrated-account").await.0, 503);
    assert_eq!(site.post("/integrated-account", &site.account_body()).await.0, 503);
    site.hands.pass(Duration::from_mins(1));
    assert!(site.listed(token(&known)).await.is_ok());
    assert_eq!(site.listed(token(&ending)).await.unwrap_err(), 503);
    site.hands.pass(Duration::from_mins(5));
    assert_eq!(site.listed(token(&known)).await.unwrap_err(), 503);

    cluster.resume();
    site.hands.pass(FRESH);
    assert!(site.listed(token(&known)).await.is_ok());
    assert_eq!(site.listed(token(&ending)).await.unwrap_err(), 404);
    assert_eq!(site.get("/readyz").await.0, 200);
    // What was refused did not happen.
    assert_eq!(site.get("/integrated-account").await.1["result"].as_array().unwrap().len(), 1);
}
