//! Scoped servers over HTTP: what they are limited to, and that MCP keeps to it.

use std::time::Duration;

use desk365_mcp::tools::{API, TOOLS};
use serde_json::{Value, json};

use crate::admin::site::{Site, UNKNOWN_ID, reader, token, violated};

#[tokio::test]
async fn a_server_shows_its_token_once() {
    let site = Site::open().await;
    let account = site.account().await;
    let made = site.server(&account, &json!({ "methods": ["read"] })).await;
    assert_eq!(made["url"], json!(format!("https://mcp.example.com/mcp/{}", token(&made))));
    assert_eq!((&made["integrated_account_id"], &made["expires_at"]), (&json!(account), &Value::Null));
    let path = format!("/integrated-account/{account}/mcp");
    let (_, list) = site.get(&path).await;
    let (_, shown) = site.get(&format!("{path}/{}", made["id"].as_str().unwrap())).await;
    assert_eq!(list["result"], json!([shown]));
    assert!(!shown.to_string().contains(token(&made)), "{shown}");
    assert_eq!(shown["config"], json!({ "methods": ["read"] }));
}

#[tokio::test]
async fn a_server_lists_and_calls_what_its_scope_leaves_and_nothing_else() {
    let site = Site::open().await;
    site.api_answers(200, &[]).await;
    let account = site.account().await;
    let server = site.server(&account, &json!({ "methods": ["read"], "tags": [API.tags[0].name] })).await;
    let listed = site.listed(token(&server)).await.unwrap();
    assert_eq!(server["tool_count"], json!(listed.len()));
    for tool in TOOLS {
        let visible = tool.def.hints.read_only && tool.def.tags.contains(&API.tags[0].name);
        assert_eq!(listed.contains(&tool.def.name.to_owned()), visible);
        let example = serde_json::from_str(tool.def.example).unwrap();
        let answer = site.call(token(&server), tool.def.name, &example).await;
        assert_eq!(answer.get("result").is_some(), visible, "{}: {answer}", tool.def.name);
        if !visible {
            let unknown = site.call(token(&server), "x_no_such_tool", &example).await;
            assert_eq!(answer.to_string(), unknown.to_string().replace("x_no_such_tool", tool.def.name));
        }
    }
}

#[tokio::test]
async fn three_tools_reach_exactly_what_the_scope_leaves() {
    let site = Site::open().await;
    site.api_answers(200, &[]).await;
    let account = site.account().await;
    let server = site.server(&account, &json!({ "methods": ["read"], "tool_exposure": "discovery" })).await;
    assert_eq!(site.listed(token(&server)).await.unwrap(), ["search_tools", "get_tool_schema", "call_tool"]);
    for tool in TOOLS {
        let arguments: Value = serde_json::from_str(tool.def.example).unwrap();
        let answer =
            site.call(token(&server), "call_tool", &json!({ "name": tool.def.name, "arguments": arguments })).await;
        assert_eq!(answer["result"]["isError"] != json!(true), tool.def.hints.read_only, "{answer}");
        assert!(site.call(token(&server), tool.def.name, &arguments).await.get("error").is_some());
    }
}

#[tokio::test]
async fn a_scope_that_is_not_right_is_refused_with_every_mistake() {
    let site = Site::open().await;
    let path = format!("/integrated-account/{}/mcp", site.account().await);
    for (config, wrong) in [
        (json!({ "methods": [] }), vec!["config.methods"]),
        (json!({ "methods": ["read", "x"], "tags": ["y"] }), vec!["config.methods", "config.tags"]),
        (json!({ "tools": "all", "z": 1 }), vec!["config.tools", "config.z"]),
        (
            json!({ "tool_exposure": "some", "require_api_token_auth": "yes" }),
            vec!["config.tool_exposure", "config.require_api_token_auth"],
        ),
        (json!({ "tools": [reader().0], "methods": ["write"] }), vec!["config"]),
        (json!([]), vec!["config"]),
        (json!(null), vec!["config"]),
    ] {
        let (status, body) = site.post(&path, &json!({ "name": "x", "config": config })).await;
        assert_eq!((status.as_u16(), violated(&body)), (400, wrong), "{config}");
    }
    let (_, body) = site.post(&path, &json!({ "config": { "tags": ["y"] }, "expires_at": "soon", "q": 1 })).await;
    assert_eq!(violated(&body), ["name", "config.tags", "expires_at", "q"]);
}

#[tokio::test]
async fn a_preview_says_what_would_be_listed_and_stores_nothing() {
    let site = Site::open().await;
    let path = format!("/integrated-account/{}/mcp", site.account().await);
    let body = json!({ "name": "x", "config": { "methods": ["read"] } });
    let (status, preview) = site.post(&format!("{path}?dry_run=true"), &body).await;
    assert_eq!(status, 200);
    assert_eq!(site.get(&path).await.1["result"], json!([]));
    let (_, server) = site.post(&path, &body).await;
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
    let (_, answer) = crate::admin::site::taken_apart(site.mcp(token(&server), None, &message).await).await;
    let names = |tools: &Value| tools.as_array().unwrap().iter().map(|tool| tool["name"].clone()).collect::<Vec<_>>();
    assert_eq!(names(&preview["tools"]), names(&answer["result"]["tools"]));
    assert_eq!(preview["bytes"], json!(answer["result"].to_string().len()));
    let discovery = json!({ "name": "x", "config": { "tool_exposure": "discovery" } });
    assert_eq!(site.post(&format!("{path}?dry_run=true"), &discovery).await.1["tools"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_change_is_merged_key_by_key_and_counts_at_the_next_call() {
    let site = Site::open().await;
    let account = site.account().await;
    let server = site.server(&account, &json!({ "methods": ["read"], "tags": [API.tags[0].name] })).await;
    let path = format!("/integrated-account/{account}/mcp/{}", server["id"].as_str().unwrap());
    let narrow = site.listed(token(&server)).await.unwrap();
    let (status, changed) = site.patch(&path, &json!({ "name": "new", "config": { "tags": null } })).await;
    assert_eq!(
        (status.as_u16(), &changed["config"], &changed["name"]),
        (200, &json!({ "methods": ["read"] }), &json!("new"))
    );
    let wide = site.listed(token(&server)).await.unwrap();
    assert!(wide.len() > narrow.len());
    let (_, body) = site.patch(&path, &json!({ "config": { "methods": ["x"], "y": null, "z": 1 } })).await;
    assert_eq!(violated(&body), ["config.methods", "config.y", "config.z"]);
    assert_eq!(site.listed(token(&server)).await.unwrap(), wide);
}

#[tokio::test]
async fn a_time_may_be_written_in_every_way_that_its_standard_has() {
    let site = Site::open().await;
    let path = format!("/integrated-account/{}/mcp", site.account().await);
    for (given, shown) in [
        ("2999-01-31T12:00:00Z", "2999-01-31T12:00:00Z"),
        ("2999-01-31t12:00:00.5z", "2999-01-31T12:00:00.5Z"),
        ("2999-01-31 12:00:00-08:30", "2999-01-31T20:30:00Z"),
        ("9999-12-30T22:00:00Z", "9999-12-30T22:00:00Z"),
    ] {
        let (status, made) = site.post(&path, &json!({ "name": "x", "expires_at": given })).await;
        assert_eq!((status.as_u16(), &made["expires_at"]), (201, &json!(shown)));
    }
}

#[tokio::test]
async fn a_server_ends_when_it_is_to_whatever_happens_to_the_calendar() {
    let site = Site::open().await;
    let account = site.account().await;
    let path = format!("/integrated-account/{account}/mcp");
    let ahead = |seconds| (site.registry.clock().now() + jiff::SignedDuration::from_secs(seconds)).to_string();
    for too_soon in [-5, 0, 59] {
        let (_, body) = site.post(&path, &json!({ "name": "x", "expires_at": ahead(too_soon) })).await;
        assert_eq!(violated(&body), ["expires_at"]);
    }
    for no_time in [
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
        let (_, body) = site.post(&path, &json!({ "name": "x", "expires_at": no_time })).await;
        assert_eq!(violated(&body), ["expires_at"], "{no_time}");
    }
    let (status, server) = site.post(&path, &json!({ "name": "x", "expires_at": ahead(60) })).await;
    assert_eq!(status, 201, "{server}");
    assert!(site.listed(token(&server)).await.is_ok());
    site.hands.pass(Duration::from_millis(59_999));
    assert!(site.listed(token(&server)).await.is_ok());
    // The calendar is set back an hour: the token lives on by it, and nothing else changes.
    site.hands.set_by(-3_600_000);
    assert!(site.listed(token(&server)).await.is_ok());
    site.hands.set_by(3_600_000);
    site.hands.set_by(1);
    assert_eq!(site.listed(token(&server)).await.unwrap_err(), 404);
    assert_eq!(site.get(&path).await.1["result"], json!([]));
}

#[tokio::test]
async fn null_lets_a_server_live_on() {
    let site = Site::open().await;
    let account = site.account().await;
    let end = site.registry.clock().now() + jiff::SignedDuration::from_secs(100);
    let body = json!({ "name": "x", "expires_at": end.to_string() });
    let (_, server) = site.post(&format!("/integrated-account/{account}/mcp"), &body).await;
    let path = format!("/integrated-account/{account}/mcp/{}", server["id"].as_str().unwrap());
    assert_eq!(site.patch(&path, &json!({ "expires_at": null })).await.1["expires_at"], Value::Null);
    site.hands.pass(Duration::from_secs(200));
    assert!(site.listed(token(&server)).await.is_ok());
}

#[tokio::test]
async fn a_removed_server_answers_like_one_that_never_was() {
    let site = Site::open().await;
    let account = site.account().await;
    let server = site.server(&account, &json!({})).await;
    let other = site.account().await;
    let id = server["id"].as_str().unwrap();
    assert_eq!(site.delete(&format!("/integrated-account/{other}/mcp/{id}")).await.0, 404);
    assert!(site.listed(token(&server)).await.is_ok());
    assert_eq!(site.delete(&format!("/integrated-account/{account}/mcp/{id}")).await.0, 204);
    assert_eq!(site.delete(&format!("/integrated-account/{account}/mcp/{id}")).await.0, 404);
    assert_eq!(site.listed(token(&server)).await.unwrap_err(), 404);
    assert_eq!(site.get(&format!("/integrated-account/{account}/mcp/{UNKNOWN_ID}")).await.0, 404);
}

#[tokio::test]
async fn a_new_key_counts_at_the_next_call() {
    let site = Site::open().await;
    site.api_answers(200, &[]).await;
    let account = site.account().await;
    let server = site.server(&account, &json!({})).await;
    let (name, arguments) = reader();
    site.call(token(&server), name, &arguments).await;
    site.patch(&format!("/integrated-account/{account}"), &json!({ "api_key": "key-number-two" })).await;
    site.call(token(&server), name, &arguments).await;
    let sent = site.api.received_requests().await.unwrap();
    let header = API.auth.header;
    let keys: Vec<_> = sent.iter().map(|request| request.headers[header].to_str().unwrap().to_owned()).collect();
    assert!(keys[0].ends_with(crate::admin::site::API_KEY) && keys[1].ends_with("key-number-two"), "{}", keys.len());
}

#[tokio::test]
async fn servers_may_have_the_same_name_and_tokens_never_do() {
    let site = Site::open().await;
    let account = site.account().await;
    let servers =
        futures_util::future::join_all((0..100).map(|_| async { site.server(&account, &json!({})).await })).await;
    let tokens: std::collections::HashSet<_> = servers.iter().map(token).collect();
    assert_eq!(tokens.len(), 100);
}
