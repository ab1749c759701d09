//! The document of the admin API is true: its references lead somewhere, its routes are there, and its forms have the
//! fields that are read.

use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::{Value, json};

use crate::admin::site::{Site, UNKNOWN_ID, taken_apart, violated};

async fn document(site: &Site) -> Value {
    let request = Request::builder().uri("/openapi.json").body(Body::empty()).unwrap();
    let (status, document) = taken_apart(site.request(request).await).await;
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
async fn every_reference_leads_somewhere() {
    let document = document(&Site::open().await).await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 20);
    for reference in found {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
}

#[tokio::test]
async fn every_documented_operation_is_there_and_guarded() {
    let site = Site::open().await;
    let document = document(&site).await;
    let mut operations = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        let path = path.replace("{id}", UNKNOWN_ID).replace("{server_id}", UNKNOWN_ID);
        for method in item.as_object().unwrap().keys().map(|method| method.to_uppercase()) {
            operations += 1;
            assert_eq!(site.send_as("x", &method, &path, None).await.0, StatusCode::UNAUTHORIZED, "{method} {path}");
            let status = site.get(&path).await.0;
            assert!(method != "GET" || [200, 404].contains(&status.as_u16()), "{method} {path}: {status}");
        }
    }
    assert_eq!(operations, 15);
}

#[tokio::test]
async fn forms_have_the_fields_that_are_read() {
    let site = Site::open().await;
    let document = document(&site).await;
    let account = format!("/integrated-account/{}", site.account().await);
    let server = site.server(account.rsplit('/').next().unwrap(), &json!({})).await;
    let servers = format!("{account}/mcp");
    let server = format!("{servers}/{}", server["id"].as_str().unwrap());
    for (schema, method, path, place) in [
        ("NewAccount", "POST", "/integrated-account", None),
        ("AccountChange", "PATCH", account.as_str(), None),
        ("NewServerRequest", "POST", servers.as_str(), None),
        ("ServerChange", "PATCH", server.as_str(), None),
        ("NewApiTokenRequest", "POST", "/api-token", None),
        ("ServerConfig", "PATCH", server.as_str(), Some("config")),
    ] {
        // A field that nobody knows is answered with those that are known.
        let unknown = json!({ "?": 1 });
        let body = place.map_or(unknown.clone(), |place| json!({ place: unknown }));
        let (_, answer) = site.send_as(crate::admin::site::ADMIN_TOKEN, method, path, Some(&body)).await;
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
            assert!(violated(&answer).contains(&required.as_str().unwrap()));
        }
    }
}
