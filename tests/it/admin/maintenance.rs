//! Maintenance purges expired servers, expired API tokens and old call records.

use std::time::Duration;

use desk365_mcp::maintenance::{self, Maintenance};
use jiff::SignedDuration;
use serde_json::json;

use crate::admin::test_server::{TestServer, read_tool, token};

const RETENTION: Duration = Duration::from_hours(30 * 24);

/// The time for which the calendar must say that a row has expired.
const SETTLING_TIME: Duration = Duration::from_hours(1);

/// The maintenance of a node.
fn maintenance(node: &TestServer) -> Maintenance {
    let (store, clock) = (node.registry.store().clone(), node.registry.clock().clone());
    Maintenance::new(store, clock, maintenance::MaintenanceOptions::default())
}

/// Lets the time pass after which a row that has expired is purged, and runs the maintenance.
async fn settle(node: &TestServer, maintenance: &mut Maintenance) {
    maintenance.run_once().await.unwrap();
    for _ in 0..2 {
        node.clock.advance(SETTLING_TIME);
        maintenance.run_once().await.unwrap();
    }
}

async fn count_rows(node: &TestServer, table: &'static str) -> i64 {
    let pool = sqlx::AnyPool::connect(&node.database.url).await.unwrap();
    let counted = match table {
        "server" => sqlx::query_scalar("SELECT COUNT(*) FROM server"),
        "api_token" => sqlx::query_scalar("SELECT COUNT(*) FROM api_token"),
        "audit" => sqlx::query_scalar("SELECT COUNT(*) FROM audit"),
        _ => sqlx::query_scalar("SELECT COUNT(*) FROM call_log"),
    };
    counted.fetch_one(&pool).await.unwrap()
}

#[tokio::test]
async fn expired_servers_and_tokens_are_purged() {
    let node = TestServer::start().await;
    let mut maintenance = maintenance(&node);
    let account = node.create_account().await;
    let expires_at = (node.registry.clock().now() + SignedDuration::from_mins(2)).to_string();
    for body in [json!({ "name": "expiring", "expires_at": expires_at }), json!({ "name": "permanent" })] {
        assert_eq!(node.post(&format!("/integrated-account/{account}/mcp"), &body).await.0, 201);
        let mut body = body;
        body["role"] = json!("caller");
        assert_eq!(node.post("/api-token", &body).await.0, 201);
    }
    let rows = async || (count_rows(&node, "server").await, count_rows(&node, "api_token").await);
    node.clock.advance(Duration::from_mins(2));
    // The calendar has not shown for long enough that they have expired.
    maintenance.run_once().await.unwrap();
    assert_eq!(rows().await, (2, 2));
    settle(&node, &mut maintenance).await;
    assert_eq!(rows().await, (1, 1));
}

#[tokio::test]
async fn a_jump_of_the_clock_purges_nothing() {
    let node = TestServer::start().await;
    let mut maintenance = maintenance(&node);
    node.set_api_reply(200, &[]).await;
    let account = node.create_account().await;
    let expires_at = (node.registry.clock().now() + SignedDuration::from_hours(24)).to_string();
    let path = format!("/integrated-account/{account}/mcp");
    let (_, server) = node.post(&path, &json!({ "name": "expiring", "expires_at": expires_at })).await;
    let (_, api_token) =
        node.post("/api-token", &json!({ "name": "x", "role": "caller", "expires_at": expires_at })).await;
    let (name, arguments) = read_tool();
    node.call_tool(token(&server), name, &arguments).await;
    node.call_log.flush().await;
    let jump = i64::try_from(RETENTION.as_millis()).unwrap() + 1;
    node.clock.shift_calendar(jump);
    maintenance.run_once().await.unwrap();
    node.clock.advance(Duration::from_secs(30));
    maintenance.run_once().await.unwrap();
    assert_eq!(node.list_tools(token(&server)).await.unwrap_err(), 404);
    node.call_log.flush().await;
    node.clock.shift_calendar(-jump);
    settle(&node, &mut maintenance).await;
    assert!(node.list_tools(token(&server)).await.is_ok());
    assert_eq!(node.send_as(token(&api_token), "GET", "/integrated-account", None).await.0, 403);
    // The call, and the request that was refused.
    for (table, rows) in [("server", 1), ("api_token", 1), ("call_log", 2)] {
        assert_eq!(count_rows(&node, table).await, rows, "{table}");
    }
}

#[tokio::test]
async fn call_records_are_kept_for_thirty_days() {
    assert_eq!(maintenance::MaintenanceOptions::default().log_retention, RETENTION);
    let node = TestServer::start().await;
    let mut maintenance = maintenance(&node);
    node.set_api_reply(200, &[]).await;
    let server = node.create_server(&node.create_account().await, &json!({})).await;
    let (name, arguments) = read_tool();
    node.call_tool(token(&server), name, &arguments).await;
    node.call_log.flush().await;
    node.clock.advance(Duration::from_hours(30 * 24 - 2));
    node.call_tool(token(&server), name, &arguments).await;
    node.call_log.flush().await;
    settle(&node, &mut maintenance).await;
    assert_eq!(count_rows(&node, "call_log").await, 2);
    settle(&node, &mut maintenance).await;
    assert_eq!(count_rows(&node, "call_log").await, 1);
}

#[tokio::test]
async fn audit_rows_are_kept_for_a_year() {
    let node = TestServer::start().await;
    let mut maintenance = maintenance(&node);
    node.create_account().await;
    node.clock.advance(Duration::from_hours(365 * 24 - 2));
    node.create_account().await;
    settle(&node, &mut maintenance).await;
    assert_eq!(count_rows(&node, "audit").await, 2);
    settle(&node, &mut maintenance).await;
    assert_eq!(count_rows(&node, "audit").await, 1);
}

#[tokio::test]
async fn the_oldest_call_records_beyond_the_limit_are_purged() {
    let node = TestServer::start().await;
    node.set_api_reply(200, &[]).await;
    let server = node.create_server(&node.create_account().await, &json!({})).await;
    let (name, arguments) = read_tool();
    for _ in 0..10 {
        node.call_tool(token(&server), name, &arguments).await;
    }
    node.call_log.flush().await;
    let options = maintenance::MaintenanceOptions { log_max_rows: 3, ..maintenance::MaintenanceOptions::default() };
    let (store, clock) = (node.registry.store().clone(), node.registry.clock().clone());
    // Whatever the calendar says.
    Maintenance::new(store, clock, options).run_once().await.unwrap();
    assert_eq!(count_rows(&node, "call_log").await, 3);
}
