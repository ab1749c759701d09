//! Scoped servers over HTTP: their scope, changes and expiry.

use std::time::Duration;

use desk365_mcp::tools::{API, TOOLS};
use serde_json::{Value, json};

use crate::admin::test_server::{TestServer, UNKNOWN_ID, read_tool, token, violated_arguments};

#[tokio::test]
async fn a_server_token_is_shown_once() {
    let node = TestServer::start().await;
    let account = node.create_account().await;
    let made = node.create_server(&account, &json!({ "methods": ["read"] })).await;
    assert_eq!(made["url"], json!(format!("https://mcp.example.com/mcp/{}", token(&made))));
    assert_eq!((&made["integrated_account_id"], &made["expires_at"]), (&json!(account), &Value::Null));
    let path = format!("/integrated-account/{account}/mcp");
    let (_, list) = node.get(&path).await;
    let (_, shown) = node.get(&format!("{path}/{}", made["id"].as_str().unwrap())).await;
    assert_eq!(list["result"], json!([shown]));
    assert!(!shown.to_string().contains(token(&made)), "{shown}");
    assert_eq!(shown["config"], json!({ "methods": ["read"] }));
}

#[tokio::test]
async fn tools_outside_the_scope_look_unknown() {
    let node = TestServer::start().await;
    node.set_api_reply(200, &[]).await;
    let account = node.create_account().await;
    let server = node.create_server(&account, &json!({ "methods": ["read"], "tags": [API.tags[0].name] })).await;
    let listed = node.list_tools(token(&server)).await.unwrap();
    assert_eq!(server["tool_count"], json!(listed.len()));
    for tool in TOOLS {
        let visible = tool.def.hints.read_only && tool.def.tags.contains(&API.tags[0].name);
        assert_eq!(listed.contains(&tool.def.name.to_owned()), visible);
        let example = serde_json::from_str(tool.def.example).unwrap();
        let answer = node.call_tool(token(&server), tool.def.name, &example).await;
        assert_eq!(answer.get("result").is_some(), visible, "{}: {answer}", tool.def.name);
        if !visible {
            let unknown = node.call_tool(token(&server), "x_no_such_tool", &example).await;
            assert_eq!(answer.to_string(), unknown.to_string().replace("x_no_such_tool", tool.def.name));
        }
    }
}

#[tokio::test]
async fn discovery_tools_reach_exactly_the_scope() {
    let node = TestServer::start().await;
    node.set_api_reply(200, &[]).await;
    let account = node.create_account().await;
    let server = node.create_server(&account, &json!({ "methods": ["read"], "tool_exposure": "discovery" })).await;
    assert_eq!(node.list_tools(token(&server)).await.unwrap(), ["search_tools", "get_tool_schema", "read_tool"]);
    for tool in TOOLS {
        let arguments: Value = serde_json::from_str(tool.def.example).unwrap();
        let answer = node
            .call_tool(token(&server), "read_tool", &json!({ "name": tool.def.name, "arguments": arguments }))
            .await;
        // A summary needs rows, and this API returns none.
        let is_without_rows = answer["result"]["_meta"]["error"]["kind"] == "bad_reply";
        let is_reached = answer["result"]["isError"] != json!(true) || is_without_rows;
        assert_eq!(is_reached, tool.def.hints.read_only, "{answer}");
        assert!(node.call_tool(token(&server), tool.def.name, &arguments).await.get("error").is_some());
    }
}

#[tokio::test]
async fn all_violations_of_a_scope_are_reported_at_once() {
    let node = TestServer::start().await;
    let path = format!("/integrated-account/{}/mcp", node.create_account().await);
    for (config, wrong) in [
        (json!({ "methods": [] }), vec!["config.methods"]),
        (json!({ "methods": ["read", "x"], "tags": ["y"] }), vec!["config.methods", "config.tags"]),
        (json!({ "tools": "all", "z": 1 }), vec!["config.tools", "config.z"]),
        (
            json!({ "tool_exposure": "some", "require_api_token_auth": "yes" }),
            vec!["config.tool_exposure", "config.require_api_token_auth"],
        ),
        (json!({ "results": "short", "max_result_chars": 999 }), vec!["config.results", "config.max_result_chars"]),
        (json!({ "max_result_chars": "25000" }), vec!["config.max_result_chars"]),
        (json!({ "tools": [read_tool().0], "methods": ["write"] }), vec!["config"]),
        (json!([]), vec!["config"]),
        (json!(null), vec!["config"]),
    ] {
        let (status, body) = node.post(&path, &json!({ "name": "x", "config": config })).await;
        assert_eq!((status.as_u16(), violated_arguments(&body)), (400, wrong), "{config}");
    }
    let (_, body) = node.post(&path, &json!({ "config": { "tags": ["y"] }, "expires_at": "soon", "q": 1 })).await;
    assert_eq!(violated_arguments(&body), ["name", "config.tags", "expires_at", "q"]);
}

#[tokio::test]
async fn a_dry_run_of_a_server_lists_its_tools() {
    let node = TestServer::start().await;
    let path = format!("/integrated-account/{}/mcp", node.create_account().await);
    let body = json!({ "name": "x", "config": { "methods": ["read"] } });
    let (status, preview) = node.post(&format!("{path}?dry_run=true"), &body).await;
    assert_eq!(status, 200);
    assert_eq!(node.get(&path).await.1["result"], json!([]));
    let (_, server) = node.post(&path, &body).await;
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
    let (_, answer) =
        crate::admin::test_server::status_and_json(node.send_mcp(token(&server), None, &message).await).await;
    let names = |tools: &Value| tools.as_array().unwrap().iter().map(|tool| tool["name"].clone()).collect::<Vec<_>>();
    assert_eq!(names(&preview["tools"]), names(&answer["result"]["tools"]));
    assert_eq!(preview["bytes"], json!(answer["result"].to_string().len()));
    let raw = json!({ "name": "x", "config": { "methods": ["read"], "results": "raw" } });
    let (_, raw) = node.post(&format!("{path}?dry_run=true"), &raw).await;
    assert!(raw["bytes"].as_u64() < preview["bytes"].as_u64(), "raw tools lack the arguments of compact results");
    let discovery = json!({ "name": "x", "config": { "tool_exposure": "discovery" } });
    assert_eq!(node.post(&format!("{path}?dry_run=true"), &discovery).await.1["tools"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn config_changes_merge_by_key_and_apply_at_once() {
    let node = TestServer::start().await;
    let account = node.create_account().await;
    let server = node.create_server(&account, &json!({ "methods": ["read"], "tags": [API.tags[0].name] })).await;
    let path = format!("/integrated-account/{account}/mcp/{}", server["id"].as_str().unwrap());
    let narrow = node.list_tools(token(&server)).await.unwrap();
    let (status, changed) = node.patch(&path, &json!({ "name": "new", "config": { "tags": null } })).await;
    assert_eq!(
        (status.as_u16(), &changed["config"], &changed["name"]),
        (200, &json!({ "methods": ["read"] }), &json!("new"))
    );
    let wide = node.list_tools(token(&server)).await.unwrap();
    assert!(wide.len() > narrow.len());
    let (_, body) = node.patch(&path, &json!({ "config": { "methods": ["x"], "y": null, "z": 1 } })).await;
    assert_eq!(violated_arguments(&body), ["config.methods", "config.y", "config.z"]);
    assert_eq!(node.list_tools(token(&server)).await.unwrap(), wide);
}

#[tokio::test]
async fn expiry_times_accept_every_rfc_3339_form() {
    let node = TestServer::start().await;
    let path = format!("/integrated-account/{}/mcp", node.create_account().await);
    for (given, shown) in [
        ("2999-01-31T12:00:00Z", "2999-01-31T12:00:00Z"),
        ("2999-01-31t12:00:00.5z", "2999-01-31T12:00:00.5Z"),
        ("2999-01-31 12:00:00-08:30", "2999-01-31T20:30:00Z"),
        ("9999-12-30T22:00:00Z", "9999-12-30T22:00:00Z"),
    ] {
        let (status, made) = node.post(&path, &json!({ "name": "x", "expires_at": given })).await;
        assert_eq!((status.as_u16(), &made["expires_at"]), (201, &json!(shown)));
    }
}

#[tokio::test]
async fn a_server_expires_by_the_calendar() {
    let node = TestServer::start().await;
    let account = node.create_account().await;
    let path = format!("/integrated-account/{account}/mcp");
    let ahead = |seconds| (node.registry.clock().now() + jiff::SignedDuration::from_secs(seconds)).to_string();
    for too_soon in [-5, 0, 59] {
        let (_, body) = node.post(&path, &json!({ "name": "x", "expires_at": ahead(too_soon) })).await;
        assert_eq!(violated_arguments(&body), ["expires_at"]);
    }
    for invalid in [
        "soon",
        "2999-01-01",
        "2999-01-01T00:00:00",
        "2999-01-01T00:00:00+01:00[Europe/Paris]",
        "29990131T120000Z",
        "2999-01-31T12Z",
        "2999-01-31T12:00Z",
        "+002999-01-31T12:00:00Z",
        "2999-01-31T12:00:00.Z",
        "2999-01-31T12:00:00+01",
        "2999-02-30T12:00:00Z",
        "9999-12-31T23:59:59Z",
    ] {
        let (_, body) = node.post(&path, &json!({ "name": "x", "expires_at": invalid })).await;
        assert_eq!(violated_arguments(&body), ["expires_at"], "{invalid}");
    }
    let (status, server) = node.post(&path, &json!({ "name": "x", "expires_at": ahead(60) })).await;
    assert_eq!(status, 201, "{server}");
    assert!(node.list_tools(token(&server)).await.is_ok());
    node.clock.advance(Duration::from_millis(59_999));
    assert!(node.list_tools(token(&server)).await.is_ok());
    // The calendar is set back by an hour: the token stays valid.
    node.clock.shift_calendar(-3_600_000);
    assert!(node.list_tools(token(&server)).await.is_ok());
    node.clock.shift_calendar(3_600_000);
    node.clock.shift_calendar(1);
    assert_eq!(node.list_tools(token(&server)).await.unwrap_err(), 404);
    assert_eq!(node.get(&path).await.1["result"], json!([]));
}

#[tokio::test]
async fn null_removes_the_expiry_of_a_server() {
    let node = TestServer::start().await;
    let account = node.create_account().await;
    let end = node.registry.clock().now() + jiff::SignedDuration::from_secs(100);
    let body = json!({ "name": "x", "expires_at": end.to_string() });
    let (_, server) = node.post(&format!("/integrated-account/{account}/mcp"), &body).await;
    let path = format!("/integrated-account/{account}/mcp/{}", server["id"].as_str().unwrap());
    assert_eq!(node.patch(&path, &json!({ "expires_at": null })).await.1["expires_at"], Value::Null);
    node.clock.advance(Duration::from_secs(200));
    assert!(node.list_tools(token(&server)).await.is_ok());
}

#[tokio::test]
async fn a_revoked_server_looks_unknown() {
    let node = TestServer::start().await;
    let account = node.create_account().await;
    let server = node.create_server(&account, &json!({})).await;
    let other = node.create_account().await;
    let id = server["id"].as_str().unwrap();
    assert_eq!(node.delete(&format!("/integrated-account/{other}/mcp/{id}")).await.0, 404);
    assert!(node.list_tools(token(&server)).await.is_ok());
    assert_eq!(node.delete(&format!("/integrated-account/{account}/mcp/{id}")).await.0, 204);
    assert_eq!(node.delete(&format!("/integrated-account/{account}/mcp/{id}")).await.0, 404);
    assert_eq!(node.list_tools(token(&server)).await.unwrap_err(), 404);
    assert_eq!(node.get(&format!("/integrated-account/{account}/mcp/{UNKNOWN_ID}")).await.0, 404);
}

#[tokio::test]
async fn a_new_key_applies_to_the_next_call() {
    let node = TestServer::start().await;
    node.set_api_reply(200, &[]).await;
    let account = node.create_account().await;
    let server = node.create_server(&account, &json!({})).await;
    let (name, arguments) = read_tool();
    node.call_tool(token(&server), name, &arguments).await;
    node.patch(&format!("/integrated-account/{account}"), &json!({ "api_key": "key-number-two" })).await;
    node.call_tool(token(&server), name, &arguments).await;
    let sent = node.api.received_requests().await.unwrap();
    let header = API.auth.header;
    let keys: Vec<_> = sent.iter().map(|request| request.headers[header].to_str().unwrap().to_owned()).collect();
    assert!(
        keys[0].ends_with(crate::admin::test_server::API_KEY) && keys[1].ends_with("key-number-two"),
        "{}",
        keys.len()
    );
}

#[tokio::test]
async fn server_names_may_repeat_and_tokens_never_do() {
    let node = TestServer::start().await;
    let account = node.create_account().await;
    let servers =
        futures_util::future::join_all((0..100).map(|_| async { node.create_server(&account, &json!({})).await }))
            .await;
    let tokens: std::collections::HashSet<_> = servers.iter().map(token).collect();
    assert_eq!(tokens.len(), 100);
}

#[tokio::test]
async fn the_form_of_results_is_changed_and_reset() {
    let node = TestServer::start().await;
    node.set_api_reply(200, &[]).await;
    let account = node.create_account().await;
    let config = json!({ "results": "raw", "max_result_chars": 5000 });
    let server = node.create_server(&account, &config).await;
    assert_eq!(server["config"], config);
    let path = format!("/integrated-account/{account}/mcp/{}", server["id"].as_str().unwrap());
    let (tool, mut arguments) = read_tool();
    arguments["fields"] = json!(["a"]);
    let call = async || node.call_tool(token(&server), tool, &arguments).await["result"]["isError"].clone();
    assert_eq!(call().await, json!(true), "raw results have no `fields`");
    let (status, changed) = node.patch(&path, &json!({ "config": { "results": null } })).await;
    assert_eq!((status.as_u16(), &changed["config"]), (200, &json!({ "max_result_chars": 5000 })));
    assert_eq!(call().await, json!(false));
}
