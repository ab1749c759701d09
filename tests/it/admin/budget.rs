//! The budget of calls: shared and kept reads, the limits of a server, and the reserve of an account.

use std::sync::Arc;
use std::time::Duration;

use desk365_mcp::seal::MasterKey;
use serde_json::{Value, json};
use tool_runtime::tool::{ToolDef, ToolMethod};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::admin::test_server::{ManualClock, TestServer, find_tool, read_tool, token, until};

const HOUR: Duration = Duration::from_hours(1);

/// The number of requests that the fake API has received.
async fn sent(node: &TestServer) -> usize {
    node.api.received_requests().await.unwrap().len()
}

fn example(def: &ToolDef) -> Value {
    serde_json::from_str(def.example).unwrap()
}

/// A tool that changes something and costs one call.
fn write_tool() -> &'static ToolDef {
    find_tool(|def| !def.hints.read_only && def.cost == 1 && def.files.is_none())
}

/// Calls a tool. Returns the result.
async fn call(node: &TestServer, token: &str, tool: &str, arguments: &Value) -> Value {
    node.call_tool(token, tool, arguments).await["result"].clone()
}

/// Reads through a server. Returns the result.
async fn read(node: &TestServer, token: &str) -> Value {
    let (name, arguments) = read_tool();
    call(node, token, name, &arguments).await
}

fn text(result: &Value) -> &str {
    result["content"][0]["text"].as_str().unwrap()
}

/// Checks that a call was refused by this server, and returns the text.
fn refused(result: &Value) -> &str {
    assert_eq!(result["isError"], true, "{result}");
    let text = text(result);
    assert!(text.contains("The call was not sent") && result["_meta"]["error"]["kind"] == "rate_limited", "{text}");
    text
}

async fn node_with_server(config: &Value) -> (TestServer, String, String) {
    let node = TestServer::start().await;
    node.set_api_reply(200, &[]).await;
    let account = node.create_account().await;
    let server = token(&node.create_server(&account, config).await).to_owned();
    (node, account, server)
}

#[tokio::test]
async fn calls_beyond_the_limit_wait_until_an_hour_has_passed() {
    let (node, _, server) = node_with_server(&json!({ "calls_per_hour": 3 })).await;
    for left in [2, 1] {
        let result = read(&node, &server).await;
        assert_eq!(result["_meta"]["limits"], json!({ "calls_per_hour": { "limit": 3, "remaining": left } }));
    }
    node.clock.advance(Duration::from_mins(10));
    assert_eq!(read(&node, &server).await["isError"], false);
    let result = read(&node, &server).await;
    assert!(refused(&result).contains("for calls is 3 an hour (`calls_per_hour`)"), "{result}");
    assert!(refused(&result).contains("50 minutes (3000 seconds)"), "{result}");
    assert_eq!(sent(&node).await, 3);
    node.clock.advance(Duration::from_mins(50));
    for refused in [false, false, true] {
        assert_eq!(read(&node, &server).await["isError"], refused);
    }
}

#[tokio::test]
async fn a_limit_below_a_fifth_is_a_warning() {
    let (node, _, server) = node_with_server(&json!({ "calls_per_hour": 10 })).await;
    let record = find_tool(|def| def.method == ToolMethod::Get && def.view.is_some());
    for left in (0..10).rev() {
        let result = call(&node, &server, record.name, &example(record)).await;
        let shown: Value = serde_json::from_str(text(&result)).unwrap();
        let warning = format!(
            "{left} of 10 calls of this server's `calls_per_hour` are left: make only the calls that you need."
        );
        assert_eq!(shown["warnings"], if left < 2 { json!([warning]) } else { Value::Null });
    }
}

#[tokio::test]
async fn only_calls_that_are_sent_count() {
    let (node, _, server) = node_with_server(&json!({ "calls_per_hour": 1 })).await;
    let (name, _) = read_tool();
    for _ in 0..3 {
        let result = call(&node, &server, name, &json!({ "x_no_such_argument": 1 })).await;
        assert_eq!(result["_meta"]["limits"]["calls_per_hour"]["remaining"], 1, "{result}");
    }
    assert_eq!(read(&node, &server).await["isError"], false);
    refused(&read(&node, &server).await);
}

#[tokio::test]
async fn a_tool_counts_as_the_calls_that_it_costs() {
    let dear = find_tool(|def| def.cost > 1);
    let (node, _, server) = node_with_server(&json!({ "calls_per_hour": dear.cost + 1 })).await;
    let result = call(&node, &server, dear.name, &example(dear)).await;
    assert_eq!(result["_meta"]["limits"]["calls_per_hour"]["remaining"], 1, "{result}");
    let again = call(&node, &server, dear.name, &example(dear)).await;
    assert!(refused(&again).contains(&format!("counts as {} calls", dear.cost)), "{again}");
    assert_eq!(read(&node, &server).await["isError"], false);
    let (node, _, server) = node_with_server(&json!({ "calls_per_hour": 1 })).await;
    let never = call(&node, &server, dear.name, &example(dear)).await;
    assert!(text(&never).contains("Calling again will not help"), "{never}");
    assert_eq!(sent(&node).await, 0);
}

#[tokio::test]
async fn changes_have_a_limit_of_their_own() {
    let (node, _, server) = node_with_server(&json!({ "writes_per_hour": 2 })).await;
    let write = write_tool();
    for _ in 0..2 {
        assert_eq!(call(&node, &server, write.name, &example(write)).await["isError"], false);
    }
    let result = call(&node, &server, write.name, &example(write)).await;
    assert!(refused(&result).contains("for calls that change something is 2 an hour (`writes_per_hour`)"), "{result}");
    assert_eq!(read(&node, &server).await["isError"], false);
    assert_eq!(sent(&node).await, 3);
}

#[tokio::test]
async fn a_changed_limit_keeps_the_calls_that_were_sent() {
    let (node, account, server) = node_with_server(&json!({ "calls_per_hour": 2 })).await;
    for _ in 0..2 {
        read(&node, &server).await;
    }
    let (_, servers) = node.get(&format!("/integrated-account/{account}/mcp")).await;
    let path = format!("/integrated-account/{account}/mcp/{}", servers["result"][0]["id"].as_str().unwrap());
    let used = json!({ "calls": 2, "writes": 0 });
    until("the store knows the calls", async || node.get(&path).await.1["used_last_hour"] == used).await;
    let (status, patched) = node.patch(&path, &json!({ "config": { "calls_per_hour": 3 } })).await;
    assert_eq!((status.as_u16(), &patched["used_last_hour"]), (200, &used));
    assert_eq!(read(&node, &server).await["isError"], false);
    refused(&read(&node, &server).await);
    node.clock.advance(HOUR);
    assert_eq!(node.get(&path).await.1["used_last_hour"], json!({ "calls": 0, "writes": 0 }));
    let (_, unlimited) = node.patch(&path, &json!({ "config": { "calls_per_hour": null } })).await;
    assert_eq!(unlimited.get("used_last_hour"), None);
}

#[tokio::test]
async fn wrong_limits_are_refused() {
    let (node, account, _) = node_with_server(&json!({})).await;
    for limit in [json!(0), json!(-1), json!("5"), json!(1.5), json!(1_000_001), json!([])] {
        for key in ["calls_per_hour", "writes_per_hour"] {
            let body = json!({ "name": "x", "config": { key: limit } });
            let (status, refused) = node.post(&format!("/integrated-account/{account}/mcp"), &body).await;
            assert_eq!(status, 400, "{key} {limit}: {refused}");
            assert!(refused["violations"][0]["argument"].as_str().unwrap().ends_with(key), "{refused}");
        }
    }
    for seconds in [json!(-1), json!(301), json!("5"), json!(null)] {
        let (status, refused) =
            node.patch(&format!("/integrated-account/{account}"), &json!({ "cache_seconds": seconds })).await;
        assert_eq!((status.as_u16(), &refused["violations"][0]["argument"]), (400, &json!("cache_seconds")));
    }
}

#[tokio::test]
async fn kept_reads_have_an_age_and_cost_nothing() {
    let (node, account, server) = node_with_server(&json!({ "calls_per_hour": 1 })).await;
    let (_, view) = node.patch(&format!("/integrated-account/{account}"), &json!({ "cache_seconds": 60 })).await;
    assert_eq!(view["cache_seconds"], 60);
    assert_eq!(read(&node, &server).await["_meta"].get("age"), None);
    node.clock.advance(Duration::from_secs(59));
    let kept = read(&node, &server).await;
    assert_eq!((&kept["_meta"]["age"], &kept["isError"]), (&json!(59), &json!(false)));
    node.clock.advance(Duration::from_secs(1));
    refused(&read(&node, &server).await);
    assert_eq!(sent(&node).await, 1);
}

#[tokio::test]
async fn a_write_through_any_server_empties_the_cache() {
    let (node, account, reading) = node_with_server(&json!({ "methods": ["read"] })).await;
    node.patch(&format!("/integrated-account/{account}"), &json!({ "cache_seconds": 300 })).await;
    let writing = token(&node.create_server(&account, &json!({})).await).to_owned();
    let write = write_tool();
    let age = async |server: &str| read(&node, server).await["_meta"].get("age").cloned();
    assert_eq!((age(&reading).await, age(&writing).await), (None, Some(json!(0))));
    call(&node, &writing, write.name, &example(write)).await;
    assert_eq!((age(&reading).await, age(&writing).await), (None, Some(json!(0))));
    node.patch(&format!("/integrated-account/{account}"), &json!({ "api_key": "another-key" })).await;
    assert_eq!((age(&reading).await, age(&reading).await), (None, Some(json!(0))));
}

#[tokio::test]
async fn identical_reads_at_once_are_sent_once() {
    let node = TestServer::start().await;
    let slow = ResponseTemplate::new(200).set_body_raw("{}", "application/json").set_delay(Duration::from_millis(300));
    Mock::given(any()).respond_with(slow).mount(&node.api).await;
    let account = node.create_account().await;
    let mut servers = Vec::new();
    for _ in 0..2 {
        servers.push(token(&node.create_server(&account, &json!({})).await).to_owned());
    }
    // With their access cached, all calls reach the API before the first reply.
    for server in &servers {
        assert!(node.list_tools(server).await.is_ok());
    }
    let calls = servers.iter().cycle().take(6).map(|server| read(&node, server));
    let results = futures_util::future::join_all(calls).await;
    assert!(results.iter().all(|result| result["isError"] == false), "{results:?}");
    assert_eq!(sent(&node).await, 1);
    let write = write_tool();
    let arguments = example(write);
    let writes = (0..2).map(|_| call(&node, &servers[0], write.name, &arguments));
    futures_util::future::join_all(writes).await;
    assert_eq!(sent(&node).await, 3, "writes are never shared");
}

#[tokio::test]
async fn the_last_calls_of_an_account_are_held_for_checks() {
    let (node, account, server) = node_with_server(&json!({})).await;
    node.set_api_reply(200, &[("x-rate-limit-limit", "100"), ("x-rate-limit-remaining", "5"), ("retry-after", "600")])
        .await;
    assert_eq!(read(&node, &server).await["isError"], false);
    let result = read(&node, &server).await;
    assert!(refused(&result).contains("5 of 100 calls are left"), "{result}");
    assert_eq!(sent(&node).await, 1);
    let (status, checked) = node.post(&format!("/integrated-account/{account}/check"), &Value::Null).await;
    assert_eq!((status.as_u16(), checked["ratelimit"]["remaining"].as_u64()), (200, Some(5)), "{checked}");
    assert!(sent(&node).await > 1);
    node.clock.advance(Duration::from_mins(10));
    assert_eq!(read(&node, &server).await["isError"], false);
}

/// The bound on what a node sends without the knowledge of the others: a twentieth of the limit.
async fn nodes_overshoot_by_at_most_one_batch_each(here: TestServer) {
    const LIMIT: usize = 100;
    const BATCH: usize = 5;
    here.set_api_reply(200, &[]).await;
    let account = here.create_account().await;
    let server = here.create_server(&account, &json!({ "calls_per_hour": LIMIT })).await;
    let there = here.second_node().await;
    let send = async |node: &TestServer, times: usize| {
        let mut admitted = 0;
        for _ in 0..times {
            admitted += usize::from(read(node, token(&server)).await["isError"] == false);
        }
        admitted
    };
    // The nodes take turns, and neither is told of the other but by the store.
    let mut admitted = 0;
    for _ in 0..LIMIT {
        admitted += send(&here, 1).await;
        admitted += send(&there, 1).await;
    }
    assert!((LIMIT..=LIMIT + 2 * BATCH).contains(&admitted), "{admitted}");
    assert_eq!(sent(&here).await, admitted);
    let third = there.second_node().await;
    assert_eq!(send(&third, 2 * BATCH).await, 0, "a node that starts knows what was sent");
    here.clock.advance(HOUR);
    assert_eq!(send(&third, 1).await, 1);
}

#[tokio::test]
async fn two_nodes_share_a_limit_on_sqlite() {
    nodes_overshoot_by_at_most_one_batch_each(TestServer::start().await).await;
}

#[workspace_tests::full_run("PostgreSQL")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_share_a_limit_on_postgres() {
    let Some(database) = crate::common::database::postgres().await else { return };
    let api = Arc::new(MockServer::start().await);
    let node = TestServer::with_database(Arc::new(database), MasterKey::generate(), ManualClock::new(), api).await;
    nodes_overshoot_by_at_most_one_batch_each(node).await;
}
