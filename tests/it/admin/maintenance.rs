//! Maintenance purges expired servers, expired API tokens and old call records.

use std::time::Duration;

use desk365_mcp::maintenance;
use jiff::SignedDuration;
use serde_json::json;

use crate::admin::test_server::{Options, TestServer, read_tool, token, until};

const RETENTION: Duration = Duration::from_hours(30 * 24);

/// A node whose maintenance runs every 20 ms.
async fn with_short_interval() -> TestServer {
    let interval = Duration::from_millis(20);
    let options = maintenance::Options { interval, ..maintenance::Options::default() };
    TestServer::with_options(Options { maintenance: options, ..Options::default() }).await
}

async fn count_rows(node: &TestServer, table: &'static str) -> i64 {
    let pool = sqlx::AnyPool::connect(&node.database.url).await.unwrap();
    let counted = match table {
        "server" => sqlx::query_scalar("SELECT COUNT(*) FROM server"),
        "api_token" => sqlx::query_scalar("SELECT COUNT(*) FROM api_token"),
        _ => sqlx::query_scalar("SELECT COUNT(*) FROM call_log"),
    };
    counted.fetch_one(&pool).await.unwrap()
}

#[tokio::test]
async fn expired_servers_and_tokens_are_purged() {
    let node = with_short_interval().await;
    let account = node.create_account().await;
    let expires_at = (node.registry.clock().now() + SignedDuration::from_mins(2)).to_string();
    for body in [json!({ "name": "expiring", "expires_at": expires_at }), json!({ "name": "permanent" })] {
        assert_eq!(node.post(&format!("/integrated-account/{account}/mcp"), &body).await.0, 201);
        let mut body = body;
        body["role"] = json!("caller");
        assert_eq!(node.post("/api-token", &body).await.0, 201);
    }
    node.clock.advance(Duration::from_mins(1));
    assert_eq!((count_rows(&node, "server").await, count_rows(&node, "api_token").await), (2, 2));
    node.clock.advance(Duration::from_mins(1));
    for table in ["server", "api_token"] {
        until("it is purged", async || count_rows(&node, table).await == 1).await;
    }
}

#[tokio::test]
async fn call_records_are_kept_for_thirty_days() {
    assert_eq!(maintenance::Options::default().log_retention, RETENTION);
    let node = with_short_interval().await;
    node.set_api_reply(200, &[]).await;
    let server = node.create_server(&node.create_account().await, &json!({})).await;
    let (name, arguments) = read_tool();
    node.call_tool(token(&server), name, &arguments).await;
    node.call_log.flush().await;
    node.clock.advance(RETENTION);
    node.call_tool(token(&server), name, &arguments).await;
    node.call_log.flush().await;
    assert_eq!(count_rows(&node, "call_log").await, 2);
    node.clock.advance(Duration::from_millis(1));
    until("the older record is purged", async || count_rows(&node, "call_log").await == 1).await;
}
