//! The records of calls: their fields, filters, pages and summaries.

use desk365_mcp::access;
use serde_json::{Value, json};

use crate::admin::test_server::{Options, TestServer, find_tool, read_tool, token, violated_arguments};

#[tokio::test]
async fn records_contain_neither_arguments_nor_results() {
    let node = TestServer::start().await;
    let remaining = desk365_mcp::tools::API.rate_limit.remaining[0];
    node.set_api_reply(200, &[(remaining, "7")]).await;
    let account = node.create_account().await;
    let server = node.create_server(&account, &json!({})).await;
    let (name, arguments) = read_tool();
    node.call_tool(token(&server), name, &arguments).await;
    node.call_log.flush().await;
    let (status, log) = node.get("/log?log_type=mcp").await;
    assert_eq!(status, 200);
    let call = &log["result"][0];
    assert_eq!((&call["tool"], &call["status"], &call["upstream_status"]), (&json!(name), &json!("ok"), &json!(200)));
    assert_eq!((&call["server_id"], &call["integrated_account_id"]), (&server["id"], &json!(account)));
    assert_eq!(call["client"], json!({ "name": "tester", "version": "1.0" }));
    assert_eq!((&call["protocol_revision"], &call["request_id"]), (&json!("2025-06-18"), &json!("request-1")));
    assert!(call["duration_ms"].is_number() && call["at"].is_string());
    assert_eq!(call["ratelimit_remaining"], json!(7));
    let fields: Vec<_> = call.as_object().unwrap().keys().map(String::as_str).collect();
    assert!(!fields.contains(&"arguments") && !fields.contains(&"result"));
}

#[tokio::test]
async fn refused_calls_are_recorded() {
    let node = TestServer::start().await;
    node.set_api_reply(404, &[]).await;
    let account = node.create_account().await;
    let server = node.create_server(&account, &json!({ "methods": ["read"] })).await;
    let guarded = node.create_server(&account, &json!({ "require_api_token_auth": true })).await;
    let (name, arguments) = read_tool();
    let hidden = find_tool(|def| !def.hints.read_only).name;
    node.call_tool(token(&server), name, &arguments).await;
    node.call_tool(token(&server), name, &json!({ "no such": "secret argument" })).await;
    node.call_tool(token(&server), hidden, &json!({})).await;
    node.call_tool(token(&server), "text of an unknown client", &json!({})).await;
    assert_eq!(node.list_tools(token(&guarded)).await, Err(http::StatusCode::UNAUTHORIZED));
    assert_eq!(node.list_tools("unknown").await, Err(http::StatusCode::NOT_FOUND));
    node.call_log.flush().await;
    let (_, log) = node.get("/log").await;
    let entries: Vec<_> =
        log["result"].as_array().unwrap().iter().rev().map(|call| (&call["status"], &call["tool"])).collect();
    let expected = [
        (json!("not_found"), json!(name)),
        (json!("invalid_arguments"), json!(name)),
        (json!("unknown_tool"), json!(hidden)),
        (json!("unknown_tool"), Value::Null),
        (json!("second_factor_missing"), Value::Null),
        (json!("unknown_token"), Value::Null),
    ];
    assert_eq!(entries, expected.iter().map(|(status, tool)| (status, tool)).collect::<Vec<_>>());
    for call in log["result"].as_array().unwrap() {
        assert_eq!(call["client"], json!({ "name": "tester", "version": "1.0" }));
        assert_eq!((&call["request_id"], &call["protocol_revision"]), (&json!("request-1"), &json!("2025-06-18")));
    }
    // A refused request does not count as a use.
    let (_, shown) = node.get(&format!("/integrated-account/{account}/mcp/{}", guarded["id"].as_str().unwrap())).await;
    assert_eq!(shown["last_used_at"], Value::Null);
    let text = log.to_string();
    assert!(!text.contains("secret argument") && !text.contains("unknown client"), "{text}");
}

#[tokio::test]
async fn requests_over_the_limit_are_recorded() {
    let options = access::AccessOptions { requests_per_server: 0, ..access::AccessOptions::default() };
    let node = TestServer::with_options(Options { access: options, ..Options::default() }).await;
    let server = node.create_server(&node.create_account().await, &json!({})).await;
    assert_eq!(node.list_tools(token(&server)).await, Err(http::StatusCode::TOO_MANY_REQUESTS));
    node.call_log.flush().await;
    let (_, log) = node.get("/log?status=busy").await;
    assert_eq!(log["result"][0]["server_id"], server["id"], "{log}");
}

#[tokio::test]
async fn the_log_can_be_filtered_paginated_and_summarised() {
    let node = TestServer::start().await;
    node.set_api_reply(200, &[]).await;
    let account = node.create_account().await;
    let (first, second) =
        (node.create_server(&account, &json!({})).await, node.create_server(&account, &json!({})).await);
    let (name, arguments) = read_tool();
    for server in [&first, &first, &second] {
        node.call_tool(token(server), name, &arguments).await;
    }
    node.call_tool(token(&first), name, &json!({ "x": 1 })).await;
    node.call_log.flush().await;
    let count = async |query: &str| node.get(&format!("/log?{query}")).await.1["result"].as_array().unwrap().len();
    assert_eq!(count(&format!("server_id={}", second["id"].as_str().unwrap())).await, 1);
    assert_eq!(count("status=invalid_arguments").await, 1);
    assert_eq!(count(&format!("tool={name}&integrated_account_id={account}")).await, 4);
    assert_eq!(count("since=2100-01-01T00:00:00Z").await, 0);
    let (_, page) = node.get("/log?limit=3").await;
    let next = page["next_cursor"].as_str().unwrap();
    assert_eq!(count(&format!("limit=3&next_cursor={next}")).await, 1);

    let (_, sums) = node.get("/log/summary?bucket=day&limit=1").await;
    let sum = &sums["result"][0];
    assert_eq!((&sum["tool"], &sum["status"], &sum["calls"]), (&json!(name), &json!("invalid_arguments"), &json!(1)));
    let next = sums["next_cursor"].as_str().unwrap();
    let (_, sums) = node.get(&format!("/log/summary?bucket=day&next_cursor={next}")).await;
    assert_eq!((&sums["result"][0]["status"], &sums["result"][0]["calls"]), (&json!("ok"), &json!(3)));
    assert_eq!(sums["next_cursor"], Value::Null);
    for (query, wrong) in [("log_type=x", "log_type"), ("server_id=1", "server_id"), ("since=x", "since"), ("q=1", "q")]
    {
        assert_eq!(violated_arguments(&node.get(&format!("/log?{query}")).await.1), [wrong]);
    }
    assert_eq!(violated_arguments(&node.get("/log/summary?bucket=year").await.1), ["bucket"]);
}

#[tokio::test]
async fn a_summary_has_the_lowest_remaining_rate_limit() {
    let node = TestServer::start().await;
    let server = node.create_server(&node.create_account().await, &json!({})).await;
    let header = desk365_mcp::tools::API.rate_limit.remaining[0];
    let (name, arguments) = read_tool();
    for remaining in ["9", "4", "6"] {
        node.set_api_reply(200, &[(header, remaining)]).await;
        node.call_tool(token(&server), name, &arguments).await;
    }
    node.call_tool(token(&server), name, &json!({ "x": 1 })).await;
    node.call_log.flush().await;
    let sums = node.get("/log/summary?bucket=all&group=status").await.1["result"].clone();
    let lowest: Vec<_> =
        sums.as_array().unwrap().iter().map(|sum| (&sum["status"], &sum["ratelimit_remaining"])).collect();
    assert_eq!(lowest, [(&json!("invalid_arguments"), &Value::Null), (&json!("ok"), &json!(4))]);
}

#[tokio::test]
async fn a_summary_is_grouped_as_requested() {
    let node = TestServer::start().await;
    node.set_api_reply(200, &[]).await;
    let account = node.create_account().await;
    let (first, second) =
        (node.create_server(&account, &json!({})).await, node.create_server(&account, &json!({})).await);
    let (name, arguments) = read_tool();
    for server in [&first, &first, &second] {
        node.call_tool(token(server), name, &arguments).await;
    }
    node.call_log.flush().await;
    let sums = async |query: &str| node.get(&format!("/log/summary?bucket=all&{query}")).await.1["result"].clone();
    let by_server = sums("group=server").await;
    let mut counts: Vec<_> =
        by_server.as_array().unwrap().iter().map(|sum| (sum["server_id"].clone(), sum["calls"].clone())).collect();
    counts.sort_by_key(|(_, calls)| calls.as_i64());
    assert_eq!(counts, [(second["id"].clone(), json!(1)), (first["id"].clone(), json!(2))]);
    let whole = sums("group=none").await;
    assert_eq!((whole.as_array().unwrap().len(), &whole[0]["calls"]), (1, &json!(3)));
    for key in ["bucket", "tool", "status", "server_id"] {
        assert_eq!(whole[0][key], Value::Null, "{key}");
    }
    assert!(whole[0]["p50_ms"].as_f64().unwrap() <= whole[0]["p95_ms"].as_f64().unwrap());
    assert!(whole[0]["p95_ms"].as_f64().unwrap() <= whole[0]["longest_ms"].as_f64().unwrap());
    // The cursor of a summary by server points behind the last server.
    let (_, page) = node.get("/log/summary?bucket=all&group=server&limit=1").await;
    let next = page["next_cursor"].as_str().unwrap();
    let (_, rest) = node.get(&format!("/log/summary?bucket=all&group=server&next_cursor={next}")).await;
    assert_eq!(rest["result"], json!([by_server[1]]));
    let (_, refused) = node.get("/log/summary?group=tool,client").await;
    assert_eq!(violated_arguments(&refused), ["group"]);
}
