//! Hostile bodies, headers and queries.

use axum::body::Body;
use http::Request;
use serde_json::json;

use crate::admin::test_server::{ADMIN_TOKEN, TestServer, status_and_json, violated_arguments};

async fn post_text(node: &TestServer, media_type: &str, body: String) -> (u16, serde_json::Value) {
    let request = Request::builder()
        .method("POST")
        .uri("/integrated-account")
        .header("authorization", format!("Bearer {ADMIN_TOKEN}"))
        .header("content-type", media_type)
        .body(Body::from(body));
    let (status, body) = status_and_json(node.request(request.unwrap()).await).await;
    (status.as_u16(), body)
}

#[tokio::test]
async fn bodies_that_are_not_json_objects_are_refused() {
    let node = TestServer::start().await;
    let deep = format!(r#"{{"name":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let twice = r#"{"name":"a","name":"b"}"#.to_owned();
    for body in
        [String::new(), "[]".to_owned(), "null".to_owned(), "{".to_owned(), deep, twice, "\u{feff}{}".to_owned()]
    {
        let (status, answer) = post_text(&node, "application/json", body).await;
        assert_eq!((status, &answer["statusCode"]), (400, &json!(400)), "{answer}");
    }
    let long = json!({ "name": "x".repeat(300_000) }).to_string();
    assert_eq!(post_text(&node, "application/json", long).await.0, 413);
    assert_eq!(post_text(&node, "text/plain", "{}".to_owned()).await.0, 415);
}

#[tokio::test]
async fn names_allow_any_script_but_no_control_characters() {
    let node = TestServer::start().await;
    for name in ["'; DROP TABLE account; --", "日本語", "עברית", "e\u{301}", "😀".repeat(200).as_str(), "<script>"]
    {
        let mut body = node.account_body();
        body["name"] = json!(name);
        let (status, made) = node.post("/integrated-account", &body).await;
        assert_eq!((status.as_u16(), &made["name"]), (201, &json!(name)));
    }
    for name in ["", "  ", "a\0b", "a\r\nX-Header: 1", "\u{7f}", "x".repeat(201).as_str()] {
        let mut body = node.account_body();
        body["name"] = json!(name);
        assert_eq!(violated_arguments(&node.post("/integrated-account", &body).await.1), ["name"], "{name:?}");
    }
    assert_eq!(node.get("/integrated-account").await.1["result"].as_array().unwrap().len(), 6);
}

#[tokio::test]
async fn keys_cannot_inject_headers() {
    let node = TestServer::start().await;
    for key in ["a\r\nX: y", "a b", "ключ", "a\tb"] {
        let mut body = node.account_body();
        body["api_key"] = json!(key);
        let (status, answer) = node.post("/integrated-account", &body).await;
        assert_eq!((status.as_u16(), violated_arguments(&answer)), (400, vec!["api_key"]), "{key:?}");
        assert!(!answer.to_string().contains(key));
    }
}

#[tokio::test]
async fn query_values_cannot_inject_sql() {
    let node = TestServer::start().await;
    node.create_account().await;
    for query in ["tool=%27%20OR%201%3D1--", "status=%22%3B", "tool=%25"] {
        let (status, body) = node.get(&format!("/log?{query}")).await;
        assert_eq!((status.as_u16(), &body["result"]), (200, &json!([])), "{query}");
    }
    assert_eq!(violated_arguments(&node.get("/log?tool=a&tool=b").await.1), ["tool"]);
    assert_eq!(node.get("/integrated-account/%27%20OR%201%3D1--").await.0, 404);
}

#[tokio::test]
async fn unknown_paths_and_methods_are_refused_as_json() {
    let node = TestServer::start().await;
    let (status, body) = node.get("/integrated-accounts").await;
    assert_eq!((status.as_u16(), &body["statusCode"]), (404, &json!(404)));
    let (status, body) = node.send_as(ADMIN_TOKEN, "PUT", "/integrated-account", None).await;
    assert_eq!((status.as_u16(), &body["statusCode"]), (405, &json!(405)));
}
