//! Several nodes on one database, and an outage of the database.

use std::sync::Arc;
use std::time::Duration;

use desk365_mcp::seal::MasterKey;
use http::StatusCode;
use serde_json::json;
use wiremock::MockServer;

use crate::admin::confirmation::{Confirming, code, risky};
use crate::admin::test_server::{ManualClock, TestServer, token, until};
use crate::common::database::{Cluster, Database};

/// The age at which a node revalidates a cached lookup.
const REVALIDATE_AFTER: Duration = Duration::from_millis(500);

async fn changes_apply_on_another_node_within_a_second(here: &TestServer) {
    let there = here.second_node().await;
    let account = here.create_account().await;
    let server = here.create_server(&account, &json!({ "methods": ["read"] })).await;
    let path = format!("/integrated-account/{account}/mcp/{}", server["id"].as_str().unwrap());
    let before = there.list_tools(token(&server)).await.unwrap();
    here.patch(&path, &json!({ "config": { "methods": null } })).await;
    here.clock.advance(REVALIDATE_AFTER);
    let after = there.list_tools(token(&server)).await.unwrap();
    assert!(after.len() > before.len());
    assert_eq!(here.delete(&path).await.0, 204);
    assert_eq!(here.list_tools(token(&server)).await.unwrap_err(), 404);
    here.clock.advance(REVALIDATE_AFTER);
    assert_eq!(there.list_tools(token(&server)).await.unwrap_err(), 404);
    let caller = here.create_api_token("caller").await;
    let guarded = here.create_server(&account, &json!({ "require_api_token_auth": true })).await;
    assert!(there.list_tools_with(token(&guarded), Some(&caller)).await.is_ok());
}

#[tokio::test]
async fn changes_reach_other_nodes_on_sqlite() {
    changes_apply_on_another_node_within_a_second(&TestServer::start().await).await;
}

#[workspace_tests::full_run("PostgreSQL")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_reach_other_nodes_on_postgres() {
    let Some(database) = crate::common::database::postgres().await else { return };
    let api = Arc::new(MockServer::start().await);
    let node = TestServer::with_database(Arc::new(database), MasterKey::generate(), ManualClock::new(), api).await;
    changes_apply_on_another_node_within_a_second(&node).await;
}

#[tokio::test]
async fn a_confirmation_works_on_one_of_two_nodes_on_sqlite() {
    a_confirmation_works_once(TestServer::start().await).await;
}

#[workspace_tests::full_run("PostgreSQL")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_confirmation_works_on_one_of_two_nodes_on_postgres() {
    let Some(database) = crate::common::database::postgres().await else { return };
    let api = Arc::new(MockServer::start().await);
    let node = TestServer::with_database(Arc::new(database), MasterKey::generate(), ManualClock::new(), api).await;
    a_confirmation_works_once(node).await;
}

/// A code and the answer to a question that one node issued are each accepted once, by the other node too.
async fn a_confirmation_works_once(here: TestServer) {
    let there = here.second_node().await;
    let here = Confirming::on(here, &json!({ "confirm": "always" })).await;
    let there = Confirming { node: there, account: here.account.clone(), token: here.token.clone() };
    let (_, arguments) = risky();
    let given = code(&here.call(&arguments).await);
    let by_code = tokio::join!(here.call_with_code(&arguments, &given), there.call_with_code(&arguments, &given));
    let accepted = [&by_code.0, &by_code.1].into_iter().filter(|result| result["isError"] != json!(true)).count();
    assert_eq!((accepted, here.sent().await), (1, 1), "{by_code:?}");
    let (state, _) = here.asked().await;
    let arguments = json!(arguments);
    let answers = tokio::join!(here.answer(&arguments, &state, "accept"), there.answer(&arguments, &state, "accept"));
    let accepted = [&answers.0, &answers.1].into_iter().filter(|answer| answer.get("result").is_some()).count();
    assert_eq!((accepted, here.sent().await), (1, 2), "{answers:?}");
}

#[workspace_tests::full_run("PostgreSQL")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn known_tokens_work_during_a_database_outage() {
    let Some(cluster) = Cluster::start() else { return };
    let database = Arc::new(Database::at(cluster.new_database().await));
    let api = Arc::new(MockServer::start().await);
    let node = TestServer::with_database(database, MasterKey::generate(), ManualClock::new(), api).await;
    node.set_api_reply(200, &[]).await;
    let account = node.create_account().await;
    let expires_at = (node.registry.clock().now() + jiff::SignedDuration::from_mins(1)).to_string();
    let expiring = json!({ "name": "x", "expires_at": expires_at });
    let (_, expiring) = node.post(&format!("/integrated-account/{account}/mcp"), &expiring).await;
    let (known, other) =
        (node.create_server(&account, &json!({})).await, node.create_server(&account, &json!({})).await);
    assert!(node.list_tools(token(&known)).await.is_ok());
    assert!(node.list_tools(token(&expiring)).await.is_ok());

    cluster.stop();
    node.clock.advance(REVALIDATE_AFTER);
    assert!(node.list_tools(token(&known)).await.is_ok());
    assert_eq!(node.list_tools(token(&other)).await.unwrap_err(), 503);
    assert_eq!(
        (node.get("/readyz").await.0, node.get("/readyz?strict=1").await.0),
        (StatusCode::OK, StatusCode::SERVICE_UNAVAILABLE)
    );
    assert_eq!(node.get("/integrated-account").await.0, 503);
    assert_eq!(node.post("/integrated-account", &node.account_body()).await.0, 503);
    node.clock.advance(Duration::from_mins(1));
    assert!(node.list_tools(token(&known)).await.is_ok());
    assert_eq!(node.list_tools(token(&expiring)).await.unwrap_err(), 503);
    node.clock.advance(Duration::from_mins(5));
    assert_eq!(node.list_tools(token(&known)).await.unwrap_err(), 503);
    assert_eq!(node.get("/readyz").await.0, 503);

    cluster.resume();
    until("the store answers again", async || node.list_tools(token(&known)).await.is_ok()).await;
    assert_eq!(node.list_tools(token(&expiring)).await.unwrap_err(), 404);
    assert_eq!(node.get("/readyz").await.0, 200);
    // Refused writes were not stored.
    assert_eq!(node.get("/integrated-account").await.1["result"].as_array().unwrap().len(), 1);
}
