//! Prompts and resources of a hosted server follow its scope, and reads are recorded like calls.

use desk365_mcp::tools::{PROMPTS, TOOLS};
use serde_json::{Map, Value, json};
use tool_runtime::tool::ToolDef;

use crate::admin::test_server::{TestServer, status_and_json, token};

/// Returns a tool whose results are resources, and the URI of one of them.
fn resource_tool() -> (&'static ToolDef, String) {
    let def = TOOLS.iter().map(|tool| tool.def).find(|def| def.resource.is_some()).unwrap();
    let example: Map<String, Value> = serde_json::from_str(def.example).unwrap();
    let uri = example.iter().fold(def.resource.unwrap().uri.to_owned(), |uri, (name, value)| {
        uri.replace(&format!("{{{name}}}"), &value.to_string())
    });
    (def, uri)
}

fn request(method: &str, params: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params })
}

#[tokio::test]
async fn resource_reads_carry_the_rate_limit() {
    let node = TestServer::start().await;
    let account = node.create_account().await;
    let server = node.create_server(&account, &json!({})).await;
    let (def, uri) = resource_tool();
    let read = request("resources/read", &json!({ "uri": uri }));
    let limit = [("x-rate-limit-remaining", "7"), ("x-rate-limit-retry-after-seconds", "30")];

    node.set_api_reply(200, &limit).await;
    let response = node.send_mcp(token(&server), None, &read).await;
    assert_eq!(response.headers()["ratelimit-remaining"], "7");
    let (_, body) = status_and_json(response).await;
    assert_eq!(body["result"]["contents"], json!([{ "uri": uri, "mimeType": "application/json", "text": "{}" }]));

    node.set_api_reply(429, &limit).await;
    let response = node.send_mcp(token(&server), None, &read).await;
    assert_eq!((response.status().as_u16(), &response.headers()["ratelimit-reset"]), (200, &"30".parse().unwrap()));
    let (_, body) = status_and_json(response).await;
    let error = &body["error"];
    assert_eq!((&error["code"], &error["data"]["uri"]), (&json!(-32603), &json!(uri)));
    assert_eq!(error["data"]["error"]["kind"], "rate_limited");
    // A tool call gets the same message.
    let example = serde_json::from_str(def.example).unwrap();
    let called = node.call_tool(token(&server), def.name, &example).await;
    let text = called["result"]["content"][0]["text"].as_str().unwrap().to_owned();
    assert_eq!(text, format!("rate_limited: {}", error["message"].as_str().unwrap()));
}

#[tokio::test]
async fn resource_reads_are_recorded_without_their_uri() {
    let node = TestServer::start().await;
    node.set_api_reply(404, &[]).await;
    let account = node.create_account().await;
    let (everything, without_resources) = (
        node.create_server(&account, &json!({})).await,
        node.create_server(&account, &json!({ "methods": ["create"] })).await,
    );
    let (def, uri) = resource_tool();
    for server in [&everything, &without_resources] {
        for uri in [&uri, "unknown://host/path"] {
            node.send_mcp(token(server), None, &request("resources/read", &json!({ "uri": uri }))).await;
        }
    }
    node.call_log.flush().await;
    let (_, log) = node.get("/log").await;
    let entries: Vec<_> =
        log["result"].as_array().unwrap().iter().rev().map(|call| (&call["status"], &call["tool"])).collect();
    // The second server has no resources, so that its reads are not calls.
    assert_eq!(entries, [(&json!("not_found"), &json!(def.name)), (&json!("unknown_tool"), &Value::Null)]);
    assert!(!log.to_string().contains("unknown://") && !log.to_string().contains(&uri), "{log}");
}

#[tokio::test]
async fn prompts_and_resources_follow_the_scope() {
    let node = TestServer::start().await;
    let account = node.create_account().await;
    let server = node.create_server(&account, &json!({})).await;
    let listed = async |method: &str| {
        status_and_json(node.send_mcp(token(&server), None, &request(method, &json!({}))).await).await.1
    };
    assert_eq!(listed("prompts/list").await["result"]["prompts"].as_array().unwrap().len(), PROMPTS.len());
    assert!(!listed("resources/templates/list").await["result"]["resourceTemplates"].as_array().unwrap().is_empty());
    let path = format!("/integrated-account/{account}/mcp/{}", server["id"].as_str().unwrap());
    let (status, _) = node.patch(&path, &json!({ "config": { "methods": ["create"] } })).await;
    assert_eq!(status, 200);
    for method in ["prompts/list", "resources/list", "resources/templates/list"] {
        assert_eq!(listed(method).await["error"]["code"], -32601, "{method}");
    }
}
