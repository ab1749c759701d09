//! Accounts in the admin API.

use desk365_mcp::tools::API;
use serde_json::{Value, json};

use crate::admin::test_server::{API_KEY, TestServer, UNKNOWN_ID, variables, violated_arguments};

fn with_variables(mut body: Value) -> Value {
    body.as_object_mut().unwrap().extend(variables());
    body
}

#[tokio::test]
async fn responses_about_accounts_never_contain_the_key() {
    let node = TestServer::start().await;
    let (status, made) =
        node.post("/integrated-account", &with_variables(json!({ "name": "Zoë 😀", "api_key": API_KEY }))).await;
    assert_eq!(status, 201, "{made}");
    let path = format!("/integrated-account/{}", made["id"].as_str().unwrap());
    assert_eq!((&made["name"], &made["status"]), (&json!("Zoë 😀"), &json!("active")));
    assert!(made["base_url"].as_str().unwrap().starts_with("https://"), "{made}");
    for (name, value) in variables() {
        assert_eq!(made[name.as_str()], value);
    }
    assert_eq!(node.get(&path).await, (http::StatusCode::OK, made.clone()));
    assert_eq!(node.get("/integrated-account").await.1["result"], json!([made]));

    let (status, changed) = node.patch(&path, &json!({ "name": "New", "api_key": "another-key" })).await;
    assert_eq!((status.as_u16(), &changed["name"], &changed["base_url"]), (200, &json!("New"), &made["base_url"]));
    node.create_server(made["id"].as_str().unwrap(), &json!({})).await;
    assert_eq!(node.delete(&path).await.1, json!({ "deleted_servers": 1 }));
    assert_eq!(node.get(&path).await.0, 404);
    assert_eq!(node.delete(&path).await.0, 404);
    for answer in [made, changed] {
        assert!(!answer.to_string().contains("key"), "{answer}");
    }
}

#[tokio::test]
async fn all_violations_of_an_account_are_reported_at_once() {
    let node = TestServer::start().await;
    let (status, body) =
        node.post("/integrated-account", &json!({ "nam": 1, "base_url": "ftp://x", "api_key": "a b" })).await;
    assert_eq!((status.as_u16(), &body["statusCode"], &body["error"]), (400, &json!(400), &json!("Bad Request")));
    assert_eq!(violated_arguments(&body), ["name", "api_key", "base_url", "nam"]);
    let (_, body) = node.post("/integrated-account", &json!({})).await;
    let variable_names = API.variables.iter().map(|variable| variable.name);
    let expected: Vec<_> = ["name", "api_key"].into_iter().chain(variable_names).collect();
    assert_eq!(violated_arguments(&body), expected);
}

#[tokio::test]
async fn address_variables_cannot_change_the_host() {
    let node = TestServer::start().await;
    for wrong in ["evil.example/x#", "a.b", "-a", "a@b", "a\r\nHost: x"] {
        let mut body = with_variables(json!({ "name": "x", "api_key": "k" }));
        let name = API.variables[0].name;
        body[name] = json!(wrong);
        let (status, answer) = node.post("/integrated-account", &body).await;
        assert_eq!(status, 400, "{wrong}");
        assert_eq!(violated_arguments(&answer), [name]);
        assert!(!answer.to_string().contains("evil"), "{answer}");
    }
    for wrong in ["http://example.com", "https://user:pass@example.com", "https://example.com?x=1", "//x"] {
        let body = json!({ "name": "x", "api_key": "k", "base_url": wrong });
        assert_eq!(violated_arguments(&node.post("/integrated-account", &body).await.1), ["base_url"], "{wrong}");
    }
}

#[tokio::test]
async fn a_stored_key_is_never_sent_to_another_host() {
    let node = TestServer::start().await;
    let path = format!("/integrated-account/{}", node.create_account().await);
    let elsewhere = json!("https://elsewhere.example/apis");
    let (status, answer) = node.patch(&path, &json!({ "base_url": elsewhere })).await;
    assert_eq!((status.as_u16(), violated_arguments(&answer)), (400, vec!["api_key"]));
    assert_eq!(node.get(&path).await.1["base_url"], json!(node.api.uri()));
    // Another path on the same host needs no key, and with the key any host is allowed.
    let other_path = format!("{}/apis", node.api.uri());
    assert_eq!(node.patch(&path, &json!({ "base_url": other_path })).await.0, 200);
    let (status, changed) = node.patch(&path, &json!({ "base_url": elsewhere, "api_key": "k" })).await;
    assert_eq!((status.as_u16(), &changed["base_url"]), (200, &elsewhere));
    // Changing the variables of the address, or removing the address, does not change the host either.
    for change in [with_variables(json!({ "base_url": null })), json!({ API.variables[0].name: "other" })] {
        let (status, made) =
            node.post("/integrated-account", &with_variables(json!({ "name": "x", "api_key": "k" }))).await;
        assert_eq!(status, 201, "{made}");
        let path = format!("/integrated-account/{}", made["id"].as_str().unwrap());
        if change.get("base_url").is_some() {
            let with_key = json!({ "base_url": elsewhere, "api_key": "k" });
            assert_eq!(node.patch(&path, &with_key).await.0, 200);
        }
        assert_eq!(violated_arguments(&node.patch(&path, &change).await.1), ["api_key"], "{change}");
        let mut with_key = change.clone();
        with_key["api_key"] = json!("k");
        assert_eq!(node.patch(&path, &with_key).await.0, 200, "{change}");
    }
}

#[tokio::test]
async fn placeholders_are_refused_as_keys() {
    let node = TestServer::start().await;
    for placeholder in ["${KEY}", "YOUR_API_KEY", "<key>"] {
        let body = with_variables(json!({ "name": "x", "api_key": placeholder }));
        let (status, answer) = node.post("/integrated-account", &body).await;
        assert_eq!((status.as_u16(), violated_arguments(&answer)), (400, vec!["api_key"]), "{answer}");
    }
}

#[tokio::test]
async fn advised_addresses_are_accepted() {
    let node = TestServer::start().await;
    for wrong in ["x", API.base_url] {
        let mut body = json!({ "name": "x", "api_key": "k", "base_url": wrong });
        let (_, answer) = node.post("/integrated-account", &body).await;
        assert_eq!(violated_arguments(&answer), ["base_url"], "{answer}");
        let advised = answer["violations"][0]["allowed"].as_str().unwrap().strip_prefix("such as ").unwrap();
        body["base_url"] = json!(advised);
        assert_eq!(node.post("/integrated-account", &body).await.0, 201, "{advised}");
    }
}

#[tokio::test]
async fn addresses_are_shown_normalised() {
    let node = TestServer::start().await;
    for (given, used) in [
        ("https://h\\@evil.example", "https://h/@evil.example"),
        ("https://EXAMPLE.com:443/x/", "https://example.com/x"),
    ] {
        let body = json!({ "name": "x", "api_key": "k", "base_url": given });
        let (status, made) = node.post("/integrated-account", &body).await;
        assert_eq!((status.as_u16(), &made["base_url"]), (201, &json!(used)));
    }
}

#[tokio::test]
async fn a_dry_run_returns_findings_and_stores_nothing() {
    let node = TestServer::start().await;
    let (status, body) = node.post("/integrated-account?dry_run=true", &node.account_body()).await;
    assert_eq!((status.as_u16(), &body["findings"][0]["check"]), (200, &json!("dns")));
    assert_eq!(node.get("/integrated-account").await.1["result"], json!([]));
    assert_eq!(node.post("/integrated-account?dry_run=true", &json!({})).await.0, 400);
    assert_eq!(node.post("/integrated-account?dry_run=yes", &node.account_body()).await.0, 400);
}

#[tokio::test]
async fn null_removes_optional_account_fields() {
    let node = TestServer::start().await;
    let path = format!("/integrated-account/{}", node.create_account().await);
    // The account has a base URL but no variables to fall back on.
    assert_eq!(violated_arguments(&node.patch(&path, &json!({ "base_url": null })).await.1), [API.variables[0].name]);
    let change = with_variables(json!({ "base_url": null, "api_key": "k" }));
    let (status, changed) = node.patch(&path, &change).await;
    assert_eq!(status, 200, "{changed}");
    assert!(changed["base_url"].as_str().unwrap().starts_with("https://"));
    for key in ["name", "api_key"] {
        assert_eq!(violated_arguments(&node.patch(&path, &json!({ key: null })).await.1), [key]);
    }
}

#[tokio::test]
async fn lists_are_paginated() {
    let node = TestServer::start().await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(node.create_account().await);
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let (_, page) = node.get(&format!("/integrated-account?limit=2{cursor}")).await;
        let page_ids =
            page["result"].as_array().unwrap().iter().map(|account| account["id"].as_str().unwrap().to_owned());
        seen.extend(page_ids);
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&next_cursor={next}");
    }
    assert_eq!(seen, made);
    for (query, wrong) in [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("next_cursor=x", "next_cursor"),
        ("x=1", "x"),
    ] {
        let (status, body) = node.get(&format!("/integrated-account?{query}")).await;
        assert_eq!((status.as_u16(), violated_arguments(&body)), (400, vec![wrong]), "{query}");
    }
}

#[tokio::test]
async fn concurrent_changes_of_different_fields_all_apply() {
    let node = TestServer::start().await;
    let path = format!("/integrated-account/{}", node.create_account().await);
    let name = API.variables[0].name;
    let (first, second, third) = (json!({ "name": "b" }), json!({ name: "other" }), json!({ "api_key": "third-key" }));
    let all = tokio::join!(node.patch(&path, &first), node.patch(&path, &second), node.patch(&path, &third));
    for (status, body) in [all.0, all.1, all.2] {
        assert_eq!(status, 200, "{body}");
    }
    let (_, account) = node.get(&path).await;
    assert_eq!((&account["name"], &account[name]), (&json!("b"), &json!("other")));
}

#[tokio::test]
async fn unknown_and_malformed_ids_are_not_found() {
    let node = TestServer::start().await;
    for path in [UNKNOWN_ID, "1", "%00", "x%2Fy"] {
        let path = format!("/integrated-account/{path}");
        assert_eq!(node.get(&path).await.0, 404, "{path}");
        assert_eq!(node.patch(&path, &json!({})).await.0, 404, "{path}");
        assert_eq!(node.delete(&path).await.0, 404, "{path}");
        assert_eq!(node.get(&format!("{path}/mcp")).await.0, 404, "{path}");
        assert_eq!(node.post(&format!("{path}/mcp"), &json!({ "name": "x" })).await.0, 404, "{path}");
    }
}
