//! An operator sets the calendar: it affects expiry and nothing else.

use jiff::SignedDuration;
use serde_json::json;

use crate::admin::test_server::{TestServer, read_tool, token};

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
        node.clock.advance(std::time::Duration::from_millis(500));
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
