//! The calendar: it affects expiry and the hour that clients are told, and nothing else.

use std::time::Duration;

use axum::body::Body;
use http::Request;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::admin::test_server::{TestServer, read_tool, status_and_json, token};

const HOUR: i64 = 3_600_000;

#[tokio::test]
async fn calendar_jumps_affect_only_expiry() {
    let node = TestServer::start().await;
    node.set_api_reply(200, &[]).await;
    let account = node.create_account().await;
    let path = format!("/integrated-account/{account}/mcp");
    let expires_at = (node.registry.clock().now() + SignedDuration::from_mins(30)).to_string();
    let (_, expiring) = node.post(&path, &json!({ "name": "expiring", "expires_at": expires_at })).await;
    let permanent = node.create_server(&account, &json!({})).await;
    let (_, admin) = node.post("/api-token", &json!({ "name": "x", "role": "admin", "expires_at": expires_at })).await;
    let reachable = async || {
        let admin = node.send_as(token(&admin), "GET", "/integrated-account", None).await.0.as_u16();
        (node.list_tools(token(&expiring)).await.is_ok(), node.list_tools(token(&permanent)).await.is_ok(), admin)
    };
    for (jump, expected) in [
        (0, (true, true, 200)),
        (HOUR, (false, true, 401)),
        (-HOUR, (true, true, 200)),
        (-100 * 24 * HOUR, (true, true, 200)),
        (100 * 24 * HOUR + HOUR, (false, true, 401)),
    ] {
        node.clock.shift_calendar(jump);
        assert_eq!(reachable().await, expected, "{jump}");
    }
}

#[tokio::test]
async fn calendar_jumps_do_not_delay_changes_on_other_nodes() {
    let node = TestServer::start().await;
    let there = node.second_node().await;
    let account = node.create_account().await;
    for jump in [-HOUR, HOUR, 0] {
        let server = node.create_server(&account, &json!({})).await;
        assert!(there.list_tools(token(&server)).await.is_ok());
        node.clock.shift_calendar(jump);
        node.delete(&format!("/integrated-account/{account}/mcp/{}", server["id"].as_str().unwrap())).await;
        // The age of a cached lookup does not depend on the calendar.
        node.clock.advance(Duration::from_millis(500));
        assert_eq!(there.list_tools(token(&server)).await.unwrap_err(), 404, "{jump}");
    }
}

#[tokio::test]
async fn calendar_jumps_do_not_reorder_the_log() {
    let node = TestServer::start().await;
    node.set_api_reply(200, &[]).await;
    let server = node.create_server(&node.create_account().await, &json!({})).await;
    let (name, arguments) = read_tool();
    node.call_tool(token(&server), name, &arguments).await;
    node.clock.shift_calendar(-HOUR);
    node.call_tool(token(&server), name, &json!({ "x_no_such_argument": 1 })).await;
    node.call_log.flush().await;
    let (_, log) = node.get("/log").await;
    let statuses: Vec<_> = log["result"].as_array().unwrap().iter().map(|call| &call["status"]).collect();
    assert_eq!(statuses, ["invalid_arguments", "ok"]);
}

/// The result of `server/discover`, or of a list, for a stateless client.
async fn stateless_result(node: &TestServer, token: &str, method: &str) -> Value {
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": { "_meta": meta } });
    let request = Request::post(format!("/mcp/{token}"))
        .header("content-type", "application/json")
        .header("accept", "application/json, text/event-stream")
        .header("mcp-protocol-version", "2026-07-28")
        .header("mcp-method", method);
    let (_, body) = status_and_json(node.request(request.body(Body::from(message.to_string())).unwrap()).await).await;
    body["result"].clone()
}

#[tokio::test]
async fn clients_are_told_the_hour_until_it_ends() {
    let node = TestServer::start().await;
    let server = node.create_server(&node.create_account().await, &json!({})).await;
    let server = token(&server);
    let listed = stateless_result(&node, server, "tools/list").await;
    for (advance, hour, ttl_ms) in [
        (Duration::ZERO, "Friday, 2027-01-15, between 08:00 and 08:59 UTC", 300_000),
        (Duration::from_secs(3599), "Friday, 2027-01-15, between 08:00 and 08:59 UTC", 1000),
        (Duration::from_hours(16), "Saturday, 2027-01-16, between 00:00 and 00:59 UTC", 1000),
    ] {
        node.clock.advance(advance);
        let discovered = stateless_result(&node, server, "server/discover").await;
        let params = json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "c", "version": "1" } });
        let initialize = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params });
        let (_, initialized) = status_and_json(node.send_mcp(server, None, &initialize).await).await;
        for instructions in [&discovered["instructions"], &initialized["result"]["instructions"]] {
            let instructions = instructions.as_str().unwrap();
            assert!(instructions.contains(hour) && instructions.contains("time zone is unknown"), "{instructions}");
            assert!(instructions.chars().count() < 2_048);
        }
        assert_eq!(discovered["ttlMs"], ttl_ms);
        assert_eq!(stateless_result(&node, server, "tools/list").await, listed);
    }
}
