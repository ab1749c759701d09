//! The call log never holds up a call: what it has no room for is counted and left out.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use desk365_mcp::access::Options;
use desk365_mcp::metrics;
use serde_json::{Value, json};
use sqlx::Connection as _;

use crate::admin::site::{Site, reader, taken_apart, token, until};

async fn entries(site: &Site, query: &str) -> Vec<Value> {
    site.get(&format!("/log?limit=200&{query}")).await.1["result"].as_array().unwrap().clone()
}

/// How many calls the log of this process has had no room for.
fn unlogged() -> usize {
    let rendered = metrics::rendered();
    let counter = rendered.lines().find_map(|line| line.strip_prefix("mcp_unlogged_calls_total "));
    counter.map_or(0, |counter| counter.parse().unwrap())
}

#[tokio::test]
async fn a_call_comes_into_the_log_by_itself() {
    // Others count on less than a second.
    assert!(Options::default().call_log_interval <= Duration::from_millis(500));
    let site = Site::open().await;
    site.api_answers(200, &[]).await;
    let server = site.server(&site.account().await, &json!({})).await;
    let (name, arguments) = reader();
    site.call(token(&server), name, &arguments).await;
    until("the call is in the log", async || !entries(&site, "").await.is_empty()).await;
}

#[tokio::test]
async fn what_the_log_has_no_room_for_is_counted_and_holds_up_no_call() {
    const ROOM: usize = 4;
    const CALLS: usize = 30;
    metrics::start().unwrap();
    let site = Site::behaving(Options { call_log_capacity: ROOM, ..Options::default() }).await;
    site.api_answers(200, &[]).await;
    let server = site.server(&site.account().await, &json!({})).await;
    site.listed(token(&server)).await.unwrap();
    let before = unlogged();

    // Nothing can be written while somebody else writes.
    let mut writer = sqlx::AnyConnection::connect(&site.database.url).await.unwrap();
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut writer).await.unwrap();
    let (name, arguments) = reader();
    for _ in 0..CALLS {
        assert_ne!(site.call(token(&server), name, &arguments).await["result"]["isError"], json!(true));
    }
    sqlx::raw_sql("ROLLBACK").execute(&mut writer).await.unwrap();

    site.access.call_log().flush().await;
    let kept = entries(&site, "status=ok").await.len();
    // One load is with the writer, one waits.
    assert!((ROOM..=2 * ROOM).contains(&kept), "{kept}");
    assert!(unlogged() - before >= CALLS - kept);
}

#[tokio::test]
async fn what_is_enough_for_a_batch_is_written_without_being_waited_for() {
    /// As many lines as a batch has.
    const CALLS: usize = 256;
    let site = Site::behaving(Options { call_log_interval: Duration::from_hours(1), ..Options::default() }).await;
    site.api_answers(200, &[]).await;
    let server = site.server(&site.account().await, &json!({})).await;
    // The first time that the writer looks is at once.
    site.access.call_log().flush().await;
    let (name, arguments) = reader();
    for _ in 0..CALLS {
        site.call(token(&server), name, &arguments).await;
    }
    until("the batch is in the log", async || !entries(&site, "status=ok").await.is_empty()).await;
}

#[tokio::test]
async fn strangers_cannot_fill_the_log() {
    metrics::start().unwrap();
    let site = Site::open().await;
    let before = unlogged();
    for _ in 0..50 {
        assert_eq!(site.listed("unknown").await.unwrap_err(), 404);
    }
    site.hands.pass(Duration::from_secs(1));
    assert_eq!(site.listed("unknown").await.unwrap_err(), 404);
    site.access.call_log().flush().await;
    assert_eq!(entries(&site, "status=unknown_token").await.len(), 21);
    assert!(unlogged() - before >= 30);
}

#[tokio::test]
async fn whoever_knows_a_server_but_lacks_the_second_factor_cannot_fill_the_log_either() {
    let site = Site::open().await;
    let server = site.server(&site.account().await, &json!({ "require_api_token_auth": true })).await;
    for _ in 0..50 {
        assert_eq!(site.listed(token(&server)).await.unwrap_err(), 401);
    }
    // And leaves room for what strangers do.
    assert_eq!(site.listed("unknown").await.unwrap_err(), 404);
    site.access.call_log().flush().await;
    assert_eq!(entries(&site, "status=second_factor_missing").await.len(), 20);
    assert_eq!(entries(&site, "status=unknown_token").await.len(), 1);
}

#[tokio::test]
async fn a_message_that_does_not_come_to_a_call_is_in_the_log_with_what_is_known_of_it() {
    let site = Site::open().await;
    let server = site.server(&site.account().await, &json!({})).await;
    let (name, _) = reader();
    let send = async |revision: Option<&str>, body: String| {
        let request = Request::builder().method("POST").uri(format!("/mcp/{}", token(&server)));
        let request = request.header("user-agent", "tester/1.0").header("x-request-id", "request-1");
        let request = revision.into_iter().fold(request, |request, name| request.header("mcp-protocol-version", name));
        taken_apart(site.request(request.body(Body::from(body)).unwrap()).await).await.1
    };
    let call = |params: &str| format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{params}}}"#);
    let plain = format!(r#"{{"name":"{name}"}}"#);
    let refusable = [
        ("2025-11-25", r#"{"name":"x","arguments":[]}"#),
        ("2025-11-25", r#"{"name":5}"#),
        ("2025-11-25", r#"{"name":"x","name":"y"}"#),
        ("1999-01-01", &plain),
        // It lacks what the revision asks for in headers.
        ("2026-07-28", &plain),
    ];
    for (revision, params) in refusable {
        assert!(send(Some(revision), call(params)).await["error"].is_object(), "{params}");
    }
    // What of it is no message comes to one line, and each call to its own.
    let batch = format!(r#"[{{"id":3}},{{"id":4}},{},{}]"#, call(r#"{"name":5}"#), call(r#"{"name":6}"#));
    assert_eq!(send(None, batch).await.as_array().unwrap().len(), 4);
    site.access.call_log().flush().await;
    let refused = entries(&site, "status=bad_message").await;
    assert_eq!(refused.len(), refusable.len() + 3);
    let first = refused.last().unwrap();
    assert_eq!((&first["server_id"], &first["tool"]), (&server["id"], &Value::Null));
    assert_eq!(first["client"], json!({ "name": "tester", "version": "1.0" }));
    assert_eq!((&first["protocol_revision"], &first["request_id"]), (&json!("2025-11-25"), &json!("request-1")));
    assert_eq!(entries(&site, "").await.len(), refused.len());
}

#[tokio::test]
async fn whoever_sends_what_is_no_call_leaves_room_for_what_others_are_refused() {
    let site = Site::open().await;
    let account = site.account().await;
    let server = site.server(&account, &json!({})).await;
    let guarded = site.server(&account, &json!({ "require_api_token_auth": true })).await;
    for _ in 0..50 {
        let request = Request::builder().method("POST").uri(format!("/mcp/{}", token(&server)));
        site.request(request.body(Body::from("{")).unwrap()).await;
    }
    assert_eq!(site.listed(token(&guarded)).await.unwrap_err(), 401);
    site.access.call_log().flush().await;
    assert_eq!(entries(&site, "status=bad_message").await.len(), 20);
    assert_eq!(entries(&site, "status=second_factor_missing").await.len(), 1);
}

#[tokio::test]
async fn what_cannot_be_written_before_the_end_is_counted() {
    metrics::start().unwrap();
    let site = Site::open().await;
    site.api_answers(200, &[]).await;
    let server = site.server(&site.account().await, &json!({})).await;
    site.access.call_log().flush().await;
    let before = unlogged();
    sqlx::raw_sql("DROP TABLE call_log")
        .execute(&mut sqlx::AnyConnection::connect(&site.database.url).await.unwrap())
        .await
        .unwrap();
    let (name, arguments) = reader();
    site.call(token(&server), name, &arguments).await;
    site.access.close().await;
    assert!(unlogged() > before);
}
