//! The audit log: who changed what, and who was refused.

use std::time::Duration;

use serde_json::{Value, json};

use crate::admin::test_server::{API_KEY, TestServer, UNKNOWN_ID, token, violated_arguments};

/// Returns the events that a query selects, latest first.
async fn events(node: &TestServer, query: &str) -> Vec<Value> {
    let (status, page) = node.get(&format!("/audit?{query}")).await;
    assert_eq!(status, 200, "{page}");
    page["result"].as_array().unwrap().clone()
}

fn path_of(account: &str, server: &Value) -> String {
    format!("/integrated-account/{account}/mcp/{}", server["id"].as_str().unwrap())
}

#[tokio::test]
async fn every_change_is_audited_with_its_fields() {
    const SETTINGS: &str = "admin token in the settings";
    let node = TestServer::start().await;
    let account = node.create_account().await;
    let path = format!("/integrated-account/{account}");
    node.patch(&path, &json!({ "name": "Acme Ltd", "cache_seconds": 5, "api_key": "another-secret-key" })).await;
    let server = node.create_server(&account, &json!({ "methods": ["read"], "confirm": "never" })).await;
    let change = json!({ "name": "b", "config": { "methods": null, "confirm": "auto", "results": "raw" } });
    node.patch(&path_of(&account, &server), &change).await;
    let (_, admin) = node.post("/api-token", &json!({ "name": "ops", "role": "admin" })).await;
    assert_eq!(node.send_as(token(&admin), "DELETE", &path_of(&account, &server), None).await.0, 204);
    let other = node.create_server(&account, &json!({})).await;
    assert_eq!(node.send_as(token(&admin), "DELETE", &path, None).await.0, 200);
    assert_eq!(node.delete(&format!("/api-token/{}", admin["id"].as_str().unwrap())).await.0, 204);

    let found = events(&node, "").await;
    let shown: Vec<_> = found
        .iter()
        .rev()
        .map(|event| json!([event["actor"], event["action"], event["object"], event["object_name"], event["fields"]]))
        .collect();
    assert_eq!(
        shown,
        [
            json!([SETTINGS, "created", "account", "Acme", []]),
            json!([SETTINGS, "updated", "account", "Acme Ltd", ["name", "api_key", "cache_seconds"]]),
            json!([SETTINGS, "created", "server", "a server", []]),
            json!([SETTINGS, "updated", "server", "b", ["name", "config.confirm", "config.results", "config.methods"]]),
            json!([SETTINGS, "created", "api_token", "ops", []]),
            json!(["ops", "revoked", "server", "b", []]),
            json!([SETTINGS, "created", "server", "a server", []]),
            json!(["ops", "deleted", "account", "Acme Ltd", []]),
            json!(["ops", "revoked", "server", "a server", []]),
            json!([SETTINGS, "revoked", "api_token", "ops", []]),
        ]
    );
    let everything = json!(found).to_string();
    for secret in [API_KEY, "another-secret-key", token(&server), token(&other), token(&admin)] {
        assert!(!everything.contains(secret), "{everything}");
    }
    let by_ops = events(&node, &format!("actor_id={}", admin["id"].as_str().unwrap())).await;
    assert_eq!(by_ops.len(), 3);
}

#[tokio::test]
async fn refused_changes_are_not_audited() {
    let node = TestServer::start().await;
    let account = node.create_account().await;
    let server = node.create_server(&account, &json!({})).await;
    let path = path_of(&account, &server);
    assert_eq!(node.patch(&path, &json!({ "name": "" })).await.0, 400);
    assert_eq!(node.patch(&path, &json!({ "name": server["name"] })).await.0, 200);
    assert_eq!(node.send_if_match("DELETE", &path, Some("\"1-0\""), &Value::Null).await.0, 412);
    assert_eq!(node.delete(&format!("/api-token/{UNKNOWN_ID}")).await.0, 404);
    assert_eq!(events(&node, "").await.len(), 2);
}

#[tokio::test]
async fn objects_name_who_created_and_changed_them() {
    let node = TestServer::start().await;
    let account = node.create_account().await;
    let server = node.create_server(&account, &json!({})).await;
    let (_, admin) = node.post("/api-token", &json!({ "name": "ops", "role": "admin" })).await;
    for path in [format!("/integrated-account/{account}"), path_of(&account, &server)] {
        let (_, before) = node.get(&path).await;
        let (status, after) = node.send_as(token(&admin), "PATCH", &path, Some(&json!({ "name": "x" }))).await;
        assert_eq!((status.as_u16(), &after), (200, &node.get(&path).await.1));
        let by = |object: &Value| (object["created_by"].clone(), object["updated_by"].clone());
        let first = json!("admin token in the settings");
        assert_eq!((by(&before), by(&after)), ((first.clone(), first.clone()), (first, json!("ops"))));
    }
    assert_eq!(admin["created_by"], admin["updated_by"]);
}

#[tokio::test]
async fn events_are_filtered_and_paged() {
    let node = TestServer::start().await;
    let account = node.create_account().await;
    node.clock.advance(Duration::from_secs(10));
    let second = node.registry.clock().now();
    for _ in 0..3 {
        let server = node.create_server(&account, &json!({})).await;
        node.patch(&path_of(&account, &server), &json!({ "name": "x" })).await;
    }
    for (query, count) in [
        ("action=created", 4),
        ("action=updated&object=server", 3),
        ("object=account", 1),
        ("actor=nothing%20of%20the%20kind", 0),
        (&format!("object_id={account}"), 1),
        (&format!("since={second}"), 6),
        (&format!("until={second}"), 1),
        ("action=denied", 0),
    ] {
        assert_eq!(events(&node, query).await.len(), count, "{query}");
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let (_, page) = node.get(&format!("/audit?limit=3{cursor}")).await;
        seen.extend(page["result"].as_array().unwrap().iter().map(|event| event["id"].clone()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&next_cursor={next}");
    }
    let all: Vec<_> = events(&node, "").await.iter().map(|event| event["id"].clone()).collect();
    assert_eq!((seen.len(), seen), (7, all));
    let (status, problem) = node.get("/audit?action=lost&object=x&since=now").await;
    assert_eq!((status.as_u16(), violated_arguments(&problem)), (400, vec!["action", "object", "since"]));
}

#[tokio::test]
async fn denials_are_recorded_once_per_address_and_minute() {
    let node = TestServer::start().await;
    let there = node.second_node().await;
    let caller = node.create_api_token("caller").await;
    let denials = async || events(&node, "action=denied").await;
    for node in [&node, &there] {
        assert_eq!(node.send_as("desk365_api_wrong", "GET", "/integrated-account", None).await.0, 401);
        assert_eq!(node.send_as(&caller, "GET", "/integrated-account", None).await.0, 403);
        // A request without a token is no attempt.
        assert_eq!(node.send_as("", "GET", "/integrated-account", None).await.0, 401);
    }
    let found = denials().await;
    assert_eq!((found.len(), &found[0]["actor"], &found[0]["object"]), (1, &json!("unknown"), &json!("admin_api")));
    assert!(found[0]["address"].is_string(), "{found:?}");
    node.clock.advance(Duration::from_mins(1));
    assert_eq!(there.send_as(&caller, "GET", "/integrated-account", None).await.0, 403);
    let found = denials().await;
    assert_eq!((found.len(), &found[0]["actor"]), (2, &json!("caller")));
}

#[tokio::test]
async fn the_last_use_of_an_api_token_is_stored() {
    let node = TestServer::start().await;
    let guarded = node.create_server(&node.create_account().await, &json!({ "require_api_token_auth": true })).await;
    let (admin, caller) = (node.create_api_token("admin").await, node.create_api_token("caller").await);
    let used = async || {
        node.call_log.flush().await;
        let (_, page) = node.get("/api-token").await;
        let tokens = page["result"].as_array().unwrap();
        tokens.iter().map(|token| token["last_used_at"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(used().await, [Value::Null, Value::Null]);
    node.clock.advance(Duration::from_secs(1));
    let first = json!(node.registry.clock().now());
    assert!(node.list_tools_with(token(&guarded), Some(&caller)).await.is_ok());
    assert_eq!(used().await, [Value::Null, first.clone()]);
    node.clock.advance(Duration::from_secs(1));
    assert_eq!(node.send_as(&admin, "GET", "/integrated-account", None).await.0, 200);
    assert_eq!(used().await, [json!(node.registry.clock().now()), first]);
}
