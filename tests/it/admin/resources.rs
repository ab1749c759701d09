//! Prompts and resources of a hosted server: as far as its scope goes, and on record like calls.

use desk365_mcp::tools::{PROMPTS, TOOLS};
use serde_json::{Map, Value, json};
use tool_runtime::tool::ToolDef;

use crate::admin::site::{Site, taken_apart, token};

/// A tool whose answers are resources, and the address of one of them.
fn readable() -> (&'static ToolDef, String) {
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
async fn what_is_read_comes_with_its_rate_limit_whether_it_succeeds_or_not() {
    let site = Site::open().await;
    let account = site.account().await;
    let server = site.server(&account, &json!({})).await;
    let (def, uri) = readable();
    let read = request("resources/read", &json!({ "uri": uri }));
    let limit = [("x-rate-limit-remaining", "7"), ("x-rate-limit-retry-after-seconds", "30")];

    site.api_answers(200, &limit).await;
    let response = site.mcp(token(&server), None, &read).await;
    assert_eq!(response.headers()["ratelimit-remaining"], "7");
    let (_, body) = taken_apart(response).await;
    assert_eq!(body["result"]["contents"], json!([{ "uri": uri, "mimeType": "application/json", "text": "{}" }]));

    site.api_answers(429, &limit).await;
    let response = site.mcp(token(&server), None, &read).await;
    assert_eq!((response.status().as_u16(), &response.headers()["ratelimit-reset"]), (200, &"30".parse().unwrap()));
    let (_, body) = taken_apart(response).await;
    let error = &body["error"];
    assert_eq!((&error["code"], &error["data"]["uri"]), (&json!(-32603), &json!(uri)));
    assert_eq!(error["data"]["error"]["kind"], "rate_limited");
    // The sentence is the one that a call gets.
    let example = serde_json::from_str(def.example).unwrap();
    let called = site.call(token(&server), def.name, &example).await;
    let text = called["result"]["content"][0]["text"].as_str().unwrap().to_owned();
    assert!(text.starts_with(&format!("{}\n", error["message"].as_str().unwrap())), "{text}");
}

#[tokio::test]
async fn what_is_read_is_on_record_like_a_call_and_without_its_address() {
    let site = Site::open().await;
    site.api_answers(404, &[]).await;
    let account = site.account().await;
    let (whole, none) =
        (site.server(&account, &json!({})).await, site.server(&account, &json!({ "methods": ["create"] })).await);
    let (def, uri) = readable();
    for server in [&whole, &none] {
        for uri in [&uri, "a-stranger://wrote/this"] {
            site.mcp(token(server), None, &request("resources/read", &json!({ "uri": uri }))).await;
        }
    }
    site.access.call_log().flush().await;
    let (_, log) = site.get("/log").await;
    let entries: Vec<_> =
        log["result"].as_array().unwrap().iter().rev().map(|call| (&call["status"], &call["tool"])).collect();
    // The second server has no resources at all, so that there is nothing to read.
    assert_eq!(entries, [(&json!("not_found"), &json!(def.name)), (&json!("unknown_tool"), &Value::Null)]);
    assert!(!log.to_string().contains("stranger") && !log.to_string().contains(&uri), "{log}");
}

#[tokio::test]
async fn a_change_of_scope_takes_prompts_and_resources_along() {
    let site = Site::open().await;
    let account = site.account().await;
    let server = site.server(&account, &json!({})).await;
    let listed =
        async |method: &str| taken_apart(site.mcp(token(&server), None, &request(method, &json!({}))).await).await.1;
    assert_eq!(listed("prompts/list").await["result"]["prompts"].as_array().unwrap().len(), PROMPTS.len());
    assert!(!listed("resources/templates/list").await["result"]["resourceTemplates"].as_array().unwrap().is_empty());
    let path = format!("/integrated-account/{account}/mcp/{}", server["id"].as_str().unwrap());
    let (status, _) = site.patch(&path, &json!({ "config": { "methods": ["create"] } })).await;
    assert_eq!(status, 200);
    for method in ["prompts/list", "resources/list", "resources/templates/list"] {
        assert_eq!(listed(method).await["error"]["code"], -32601, "{method}");
    }
}
