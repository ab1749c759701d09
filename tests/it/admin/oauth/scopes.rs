//! The scopes of access tokens: the list is what can be called, per token.

use std::collections::BTreeSet;

use desk365_mcp::tools::TOOLS;
use serde_json::json;

use super::connector::{Connector, sign_in_server, text};
use crate::admin::browser::{Browser, ORIGIN};
use crate::admin::test_server::{
    ADMIN_TOKEN, TestServer, UNKNOWN_ID, find_tool, on_postgres, read_tool, status_and_json,
};

#[tokio::test]
async fn the_list_is_what_a_token_can_call() {
    let node = TestServer::start().await;
    node.set_api_reply(200, &[]).await;
    let account = node.create_account().await;
    for (config, scopes) in [
        (json!({}), vec!["read write", "read", "write"]),
        (json!({ "methods": ["read"] }), vec!["read"]),
        (json!({ "methods": ["list", "create"] }), vec!["read write", "read", "write"]),
    ] {
        let same = node.create_server(&account, &config).await;
        let allowed: BTreeSet<_> =
            node.list_tools(same["token"].as_str().unwrap()).await.unwrap().into_iter().collect();
        let mut config = config.clone();
        config["auth"] = json!("sign_in");
        let server = node.create_server(&account, &config).await["id"].as_str().unwrap().to_owned();
        let mut browser = Browser::signed_in(&node, ADMIN_TOKEN).await;
        let client = Connector::registered(&node, &server, "https://app.example/cb").await;
        let tokens = client.connect(&node, &mut browser).await;
        let mut refresh_token = text(&tokens, "refresh_token").to_owned();
        assert_eq!(text(&tokens, "scope"), scopes[0]);
        for scope in scopes {
            let (status, tokens) = client.refresh(&node, &refresh_token, Some(scope)).await;
            assert_eq!((status, text(&tokens, "scope")), (200, scope), "{tokens}");
            refresh_token = text(&tokens, "refresh_token").to_owned();
            let access = text(&tokens, "access_token");
            let listed = node.list_tools_with(&server, Some(access)).await.unwrap();
            let listed: BTreeSet<_> = listed.into_iter().collect();
            for tool in TOOLS {
                let method = if tool.def.hints.read_only { "read" } else { "write" };
                let is_allowed = allowed.contains(tool.def.name);
                let covered = scope.split(' ').any(|scope| scope == method);
                assert_eq!(listed.contains(tool.def.name), is_allowed && covered, "{} {scope}", tool.def.name);
                let message = json!({
                    "jsonrpc": "2.0", "id": 1, "method": "tools/call",
                    "params": { "name": tool.def.name, "arguments": { "no such argument": 1 } },
                });
                let response = node.send_mcp(&server, Some(access), &message).await;
                let (status, body) = status_and_json(response).await;
                match (is_allowed, covered) {
                    (true, true) => assert_eq!((status.as_u16(), &body["result"]["isError"]), (200, &json!(true))),
                    (true, false) => assert_eq!(status, 403, "{}", tool.def.name),
                    (false, _) => assert_eq!(body["error"]["code"], -32602, "{}", tool.def.name),
                }
            }
        }
    }
}

#[tokio::test]
async fn a_call_beyond_the_scope_names_the_scope_it_needs() {
    let node = TestServer::start().await;
    let server = sign_in_server(&node, &json!({})).await;
    let mut browser = Browser::signed_in(&node, ADMIN_TOKEN).await;
    let client = Connector::registered(&node, &server, "https://app.example/cb").await;
    let tokens = client.connect(&node, &mut browser).await;
    let (_, tokens) = client.refresh(&node, text(&tokens, "refresh_token"), Some("read")).await;
    let access = text(&tokens, "access_token");
    let write = find_tool(|def| !def.hints.read_only).name;
    let call = |name: &str| json!({ "jsonrpc": "2.0", "id": name, "method": "tools/call", "params": { "name": name, "arguments": {} } });
    let response = node.send_mcp(&server, Some(access), &call(write)).await;
    assert_eq!(response.status(), 403);
    let challenge = response.headers()["www-authenticate"].to_str().unwrap().to_owned();
    let expected = format!(
        "Bearer error=\"insufficient_scope\", scope=\"read write\", \
         resource_metadata=\"{ORIGIN}/.well-known/oauth-protected-resource/mcp/{server}\""
    );
    assert!(challenge.starts_with(&expected), "{challenge}");
    // The refused call is in the log, under its tool.
    node.call_log.flush().await;
    let (_, log) = node.get("/log?log_type=mcp").await;
    assert_eq!((&log["result"][0]["status"], &log["result"][0]["tool"]), (&json!("insufficient_scope"), &json!(write)));
    let user = node.get("/user").await.1["result"][0]["id"].clone();
    assert_eq!(log["result"][0]["user_id"], user);
    for (user, found) in [(user.as_str().unwrap(), true), (UNKNOWN_ID, false)] {
        let (_, log) = node.get(&format!("/log?user_id={user}")).await;
        assert_eq!(log["result"][0].is_object(), found, "{log}");
    }
    // An unknown tool stays unknown.
    let (status, body) = status_and_json(node.send_mcp(&server, Some(access), &call("no_such_tool")).await).await;
    assert_eq!((status.as_u16(), &body["error"]["code"]), (200, &json!(-32602)));
    // A batch is refused as a whole, and nothing of it is sent.
    node.set_api_reply(200, &[]).await;
    let (name, arguments) = read_tool();
    let read = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": name, "arguments": arguments } });
    let batch = async |messages: serde_json::Value| {
        let request = http::Request::post(format!("/mcp/{server}")).header("content-type", "application/json");
        let request = request.header("authorization", format!("Bearer {access}"));
        node.request(request.body(axum::body::Body::from(messages.to_string())).unwrap()).await.status().as_u16()
    };
    assert_eq!(batch(json!([read, call(write)])).await, 403);
    assert!(node.api.received_requests().await.unwrap().is_empty());
    assert_eq!(batch(json!([read])).await, 200);
}

#[tokio::test]
async fn discovery_tools_obey_the_scope() {
    let node = TestServer::start().await;
    let server = sign_in_server(&node, &json!({ "tool_exposure": "discovery" })).await;
    let mut browser = Browser::signed_in(&node, ADMIN_TOKEN).await;
    let client = Connector::registered(&node, &server, "https://app.example/cb").await;
    let tokens = client.connect(&node, &mut browser).await;
    let (_, tokens) = client.refresh(&node, text(&tokens, "refresh_token"), Some("read")).await;
    let access = text(&tokens, "access_token");
    let listed = node.list_tools_with(&server, Some(access)).await.unwrap();
    assert_eq!(listed, ["search_tools", "get_tool_schema", "read_tool"]);
    let write = find_tool(|def| !def.hints.read_only).name;
    for caller in ["change_tool", "read_tool"] {
        let message = json!({
            "jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": { "name": caller, "arguments": { "name": write, "arguments": {} } },
        });
        assert_eq!(node.send_mcp(&server, Some(access), &message).await.status(), 403, "{caller}");
    }
}

#[workspace_tests::full_run("PostgreSQL")]
#[test]
fn rules_of_scopes_hold_on_postgres() {
    on_postgres(&[
        the_list_is_what_a_token_can_call,
        a_call_beyond_the_scope_names_the_scope_it_needs,
        discovery_tools_obey_the_scope,
    ]);
}
