//! The OpenAPI document of the admin API: its references resolve, its operations exist, and its schemas have exactly the
//! accepted fields.

use std::time::Duration;

use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::{Value, json};

use crate::admin::test_server::{TestServer, UNKNOWN_ID, status_and_json, violated_arguments};

async fn document(node: &TestServer) -> Value {
    let request = Request::builder().uri("/openapi.json").body(Body::empty()).unwrap();
    let (status, document) = status_and_json(node.request(request).await).await;
    assert_eq!(status, 200);
    document
}

fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(object) => {
            found.extend(object.get("$ref").and_then(Value::as_str));
            object.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[tokio::test]
async fn every_reference_of_the_document_resolves() {
    let document = document(&TestServer::start().await).await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 20);
    for reference in found {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
}

#[tokio::test]
async fn every_documented_operation_exists_and_needs_a_token() {
    let node = TestServer::start().await;
    let document = document(&node).await;
    let mut operations = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        let path = path.replace("{id}", UNKNOWN_ID).replace("{server_id}", UNKNOWN_ID);
        for method in item.as_object().unwrap().keys().map(|method| method.to_uppercase()) {
            operations += 1;
            // Each wrong token counts, and is forgotten after a minute.
            node.clock.advance(Duration::from_mins(1));
            assert_eq!(node.send_as("x", &method, &path, None).await.0, StatusCode::UNAUTHORIZED, "{method} {path}");
            let status = node.get(&path).await.0;
            // An API token is no user with a session.
            let expected = if path.starts_with("/me/") { [401, 401] } else { [200, 404] };
            assert!(method != "GET" || expected.contains(&status.as_u16()), "{method} {path}: {status}");
        }
    }
    assert_eq!(operations, 36);
}

#[tokio::test]
async fn documented_fields_are_the_accepted_fields() {
    let node = TestServer::start().await;
    let document = document(&node).await;
    let account = format!("/integrated-account/{}", node.create_account().await);
    let server = node.create_server(account.rsplit('/').next().unwrap(), &json!({})).await;
    let servers = format!("{account}/mcp");
    let server = format!("{servers}/{}", server["id"].as_str().unwrap());
    for (schema, method, path, parent) in [
        ("NewAccount", "POST", "/integrated-account", None),
        ("AccountChange", "PATCH", account.as_str(), None),
        ("NewServerRequest", "POST", servers.as_str(), None),
        ("ServerChange", "PATCH", server.as_str(), None),
        ("NewApiTokenRequest", "POST", "/api-token", None),
        ("ServerConfig", "PATCH", server.as_str(), Some("config")),
    ] {
        // The error for an unknown field lists the known ones.
        let unknown = json!({ "?": 1 });
        let body = parent.map_or(unknown.clone(), |parent| json!({ parent: unknown }));
        let (_, answer) = node.send_as(crate::admin::test_server::ADMIN_TOKEN, method, path, Some(&body)).await;
        let violations = answer["violations"].as_array().unwrap_or_else(|| panic!("{schema}: {answer}"));
        let known = violations.iter().find(|violation| violation["argument"].as_str().unwrap().ends_with('?')).unwrap();
        let mut known: Vec<_> = known["allowed"].as_str().unwrap().split(", ").collect();
        let schema = &document["components"]["schemas"][schema];
        assert_eq!(schema["additionalProperties"], json!(false));
        let mut documented: Vec<_> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        known.sort_unstable();
        documented.sort_unstable();
        assert_eq!(known, documented);
        for required in schema["required"].as_array().into_iter().flatten() {
            assert!(violated_arguments(&answer).contains(&required.as_str().unwrap()));
        }
    }
}
