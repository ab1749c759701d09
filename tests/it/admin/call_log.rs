//! The call log delays no call: records that do not fit are counted and dropped.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use desk365_mcp::call_log;
use desk365_mcp::metrics;
use serde_json::{Value, json};
use sqlx::Connection as _;

use crate::admin::test_server::{Options, TestServer, read_tool, status_and_json, token, until};

async fn entries(node: &TestServer, query: &str) -> Vec<Value> {
    node.get(&format!("/log?limit=200&{query}")).await.1["result"].as_array().unwrap().clone()
}

/// Returns the number of records that this process has dropped.
fn unlogged() -> usize {
    let rendered = metrics::render();
    let counter = rendered.lines().find_map(|line| line.strip_prefix("mcp_unlogged_calls_total "));
    counter.map_or(0, |counter| counter.parse().unwrap())
}

#[tokio::test]
async fn a_call_appears_in_the_log_within_a_second() {
    assert!(call_log::CallLogOptions::default().write_interval <= Duration::from_millis(500));
    let node = TestServer::start().await;
    node.set_api_reply(200, &[]).await;
    let server = node.create_server(&node.create_account().await, &json!({})).await;
    let (name, arguments) = read_tool();
    node.call_tool(token(&server), name, &arguments).await;
    until("the call is in the log", async || !entries(&node, "").await.is_empty()).await;
}

#[tokio::test]
async fn a_full_log_delays_no_call_and_counts_dropped_records() {
    const CAPACITY: usize = 4;
    const CALLS: usize = 30;
    metrics::start().unwrap();
    let options = call_log::CallLogOptions { queue_capacity: CAPACITY, ..call_log::CallLogOptions::default() };
    let node = TestServer::with_options(Options { call_log: options, ..Options::default() }).await;
    node.set_api_reply(200, &[]).await;
    let server = node.create_server(&node.create_account().await, &json!({})).await;
    node.list_tools(token(&server)).await.unwrap();
    let before = unlogged();

    // While another connection holds the write lock, no record is written.
    let mut writer = sqlx::AnyConnection::connect(&node.database.url).await.unwrap();
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut writer).await.unwrap();
    let (name, arguments) = read_tool();
    for _ in 0..CALLS {
        assert_ne!(node.call_tool(token(&server), name, &arguments).await["result"]["isError"], json!(true));
    }
    sqlx::raw_sql("ROLLBACK").execute(&mut writer).await.unwrap();

    node.call_log.flush().await;
    let written = entries(&node, "status=ok").await.len();
    // The writer holds as many records as the queue.
    assert!((CAPACITY..=2 * CAPACITY).contains(&written), "{written}");
    assert!(unlogged() - before >= CALLS - written);
}

#[tokio::test]
async fn a_full_batch_is_written_before_the_interval() {
    /// The number of records in a batch.
    const CALLS: usize = 256;
    let options = call_log::CallLogOptions {
        write_interval: Duration::from_hours(1),
        records_per_second: u32::MAX,
        ..call_log::CallLogOptions::default()
    };
    let node = TestServer::with_options(Options { call_log: options, ..Options::default() }).await;
    node.set_api_reply(200, &[]).await;
    let server = node.create_server(&node.create_account().await, &json!({})).await;
    // The first interval begins with a write.
    node.call_log.flush().await;
    let (name, arguments) = read_tool();
    for _ in 0..CALLS {
        node.call_tool(token(&server), name, &arguments).await;
    }
    until("the batch is in the log", async || !entries(&node, "status=ok").await.is_empty()).await;
}

#[tokio::test]
async fn calls_beyond_the_rate_share_a_record() {
    let options = call_log::CallLogOptions { records_per_second: 5, ..call_log::CallLogOptions::default() };
    let node = TestServer::with_options(Options { call_log: options, ..Options::default() }).await;
    let account = node.create_account().await;
    let (busy, quiet) =
        (node.create_server(&account, &json!({})).await, node.create_server(&account, &json!({})).await);
    let (name, _) = read_tool();
    for _ in 0..20 {
        node.call_tool(token(&busy), name, &json!({ "no such": 1 })).await;
    }
    node.call_tool(token(&quiet), name, &json!({ "no such": 1 })).await;
    node.call_log.flush().await;
    assert_eq!(entries(&node, "status=invalid_arguments").await.len(), 6);
    let several = entries(&node, "status=not_logged").await;
    assert_eq!((several.len(), &several[0]["calls"], &several[0]["server_id"]), (1, &json!(15), &busy["id"]));
    let (_, sums) = node.get("/log/summary?group=none").await;
    assert_eq!(sums["result"][0]["calls"], json!(21));
    node.clock.advance(Duration::from_secs(1));
    node.call_tool(token(&busy), name, &json!({ "no such": 1 })).await;
    node.call_log.flush().await;
    assert_eq!(entries(&node, "status=invalid_arguments").await.len(), 7, "a new second");
}

#[tokio::test]
async fn unknown_tokens_cannot_fill_the_log() {
    metrics::start().unwrap();
    let node = TestServer::start().await;
    let before = unlogged();
    for _ in 0..50 {
        assert_eq!(node.list_tools("unknown").await.unwrap_err(), 404);
    }
    node.clock.advance(Duration::from_secs(1));
    assert_eq!(node.list_tools("unknown").await.unwrap_err(), 404);
    node.call_log.flush().await;
    assert_eq!(entries(&node, "status=unknown_token").await.len(), 21);
    assert!(unlogged() - before >= 30);
}

#[tokio::test]
async fn a_missing_second_factor_cannot_fill_the_log() {
    let node = TestServer::start().await;
    let server = node.create_server(&node.create_account().await, &json!({ "require_api_token_auth": true })).await;
    for _ in 0..50 {
        assert_eq!(node.list_tools(token(&server)).await.unwrap_err(), 401);
    }
    // Requests with unknown tokens have a limit of their own.
    assert_eq!(node.list_tools("unknown").await.unwrap_err(), 404);
    node.call_log.flush().await;
    assert_eq!(entries(&node, "status=second_factor_missing").await.len(), 20);
    assert_eq!(entries(&node, "status=unknown_token").await.len(), 1);
}

#[tokio::test]
async fn bad_messages_are_recorded_with_client_and_revision() {
    let node = TestServer::start().await;
    let server = node.create_server(&node.create_account().await, &json!({})).await;
    let (name, _) = read_tool();
    let send = async |revision: Option<&str>, body: String| {
        let request = Request::builder().method("POST").uri(format!("/mcp/{}", token(&server)));
        let request = request.header("user-agent", "tester/1.0").header("x-request-id", "request-1");
        let request = revision.into_iter().fold(request, |request, name| request.header("mcp-protocol-version", name));
        status_and_json(node.request(request.body(Body::from(body)).unwrap()).await).await.1
    };
    let call = |params: &str| format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{params}}}"#);
    let plain = format!(r#"{{"name":"{name}"}}"#);
    let bad_messages = [
        ("2025-11-25", r#"{"name":"x","arguments":[1]}"#),
        ("2025-11-25", r#"{"name":5}"#),
        ("2025-11-25", r#"{"name":"x","name":"y"}"#),
        ("1999-01-01", &plain),
        // The revision requires headers that are missing.
        ("2026-07-28", &plain),
    ];
    for (revision, params) in bad_messages {
        assert!(send(Some(revision), call(params)).await["error"].is_object(), "{params}");
    }
    // The items that are not messages share one record; each bad call has its own.
    let batch = format!(r#"[{{"id":3}},{{"id":4}},{},{}]"#, call(r#"{"name":5}"#), call(r#"{"name":6}"#));
    assert_eq!(send(None, batch).await.as_array().unwrap().len(), 4);
    node.call_log.flush().await;
    let refused = entries(&node, "status=bad_message").await;
    assert_eq!(refused.len(), bad_messages.len() + 3);
    let first = refused.last().unwrap();
    assert_eq!((&first["server_id"], &first["tool"]), (&server["id"], &Value::Null));
    assert_eq!(first["client"], json!({ "name": "tester", "version": "1.0" }));
    assert_eq!((&first["protocol_revision"], &first["request_id"]), (&json!("2025-11-25"), &json!("request-1")));
    assert_eq!(entries(&node, "").await.len(), refused.len());
}

#[tokio::test]
async fn bad_messages_do_not_displace_other_refusals() {
    let node = TestServer::start().await;
    let account = node.create_account().await;
    let server = node.create_server(&account, &json!({})).await;
    let guarded = node.create_server(&account, &json!({ "require_api_token_auth": true })).await;
    for _ in 0..50 {
        let request = Request::builder().method("POST").uri(format!("/mcp/{}", token(&server)));
        node.request(request.body(Body::from("{")).unwrap()).await;
    }
    assert_eq!(node.list_tools(token(&guarded)).await.unwrap_err(), 401);
    node.call_log.flush().await;
    assert_eq!(entries(&node, "status=bad_message").await.len(), 20);
    assert_eq!(entries(&node, "status=second_factor_missing").await.len(), 1);
}

#[tokio::test]
async fn records_lost_at_shutdown_are_counted() {
    metrics::start().unwrap();
    let node = TestServer::start().await;
    node.set_api_reply(200, &[]).await;
    let server = node.create_server(&node.create_account().await, &json!({})).await;
    node.call_log.flush().await;
    let before = unlogged();
    sqlx::raw_sql("DROP TABLE call_log")
        .execute(&mut sqlx::AnyConnection::connect(&node.database.url).await.unwrap())
        .await
        .unwrap();
    let (name, arguments) = read_tool();
    node.call_tool(token(&server), name, &arguments).await;
    node.call_log.close().await;
    assert!(unlogged() > before);
}
