//! HTTP headers of the page and its files.

use axum::body::Body;
use axum::response::Response;
use desk365_mcp::console;
use desk365_mcp::tools::API;
use http::{Request, StatusCode};
use tower::ServiceExt as _;

const PUBLIC: &str = "https://mcp.example.com";

async fn get(path: &str, headers: &[(&str, &str)]) -> Response {
    let request = Request::builder().uri(path);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    console::router(&API, PUBLIC).oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

async fn body_text(response: Response) -> String {
    let body = axum::body::to_bytes(response.into_body(), 1_000_000).await.unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}

fn header<'r>(response: &'r Response, name: &str) -> &'r str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

/// Paths of the files that the page loads.
async fn file_paths() -> Vec<String> {
    let page = body_text(get(console::PATH, &[]).await).await;
    page.split('"').filter(|part| part.starts_with("console/assets/")).map(|part| format!("/{part}")).collect()
}

#[tokio::test]
async fn every_response_has_a_strict_content_policy() {
    let script = file_paths().await.pop().unwrap();
    for path in [console::PATH, "/console/about.json", "/console/clients.json", &script, "/console/assets/0/app.js"] {
        let response = get(path, &[]).await;
        let policy = header(&response, "content-security-policy");
        for rule in ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"] {
            assert!(policy.contains(rule), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
    }
    assert_eq!(header(&get(console::PATH, &[]).await, "cache-control"), "no-store");
}

#[tokio::test]
async fn root_and_trailing_slash_redirect_to_the_page() {
    for (path, status, location) in
        [("/", StatusCode::TEMPORARY_REDIRECT, "console"), ("/console/", StatusCode::PERMANENT_REDIRECT, "../console")]
    {
        let response = get(path, &[]).await;
        assert_eq!((response.status(), header(&response, "location")), (status, location), "{path}");
    }
}

#[tokio::test]
async fn files_are_cached_under_versioned_paths() {
    let files = file_paths().await;
    assert!(files.len() > 4, "{files:?}");
    for path in &files {
        let response = get(path, &[("accept-encoding", "gzip, br")]).await;
        assert_eq!((response.status(), header(&response, "content-encoding")), (StatusCode::OK, "gzip"), "{path}");
        assert!(header(&response, "cache-control").contains("immutable"));
        assert_eq!(header(&response, "vary"), "accept-encoding");
        let tag = header(&response, "etag").to_owned();
        let again = get(path, &[("accept-encoding", "gzip, br"), ("if-none-match", &tag)]).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{path}");
        assert!(body_text(again).await.is_empty());
        // Each encoding has its own ETag.
        let plain = get(path, &[("if-none-match", &tag)]).await;
        assert_eq!((plain.status(), header(&plain, "content-encoding")), (StatusCode::OK, ""), "{path}");
    }
    let old = files[0].replace("/console/assets/", "/console/assets/0");
    assert_eq!(get(&old, &[]).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn every_client_is_configured_under_the_server_name() {
    let facts = json_of("/console/about.json").await;
    let url = facts["url"].as_str().unwrap();
    assert!(url.starts_with(PUBLIC));
    let configured = json_of("/console/clients.json?name=Claude,%20night+shift").await;
    let clients = configured["clients"].as_array().unwrap();
    for client in clients {
        let told = &client["by_url"];
        let text = told["text"].as_str().unwrap();
        assert!(text.contains(url), "{client}");
        let is_pasted = text == url || client["name"] == "inspector";
        assert!(is_pasted || text.contains("claude-night-shift"), "{client}");
        assert!(!text.contains(&format!("\"{}\"", API.slug)), "{client}");
        assert!(!told["steps"].as_array().unwrap().is_empty(), "{client}");
    }
    let cannot: Vec<_> = clients.iter().filter(|client| !sends_a_token(client)).collect();
    assert_eq!(cannot.iter().map(|client| &client["title"]).collect::<Vec<_>>(), ["Claude", "ChatGPT"]);
    for client in cannot {
        assert!(client["with_second_factor"]["problem"].as_str().unwrap().contains("API token"), "{client}");
    }
    assert_eq!(facts["variables"].as_array().unwrap().len(), API.variables.len());
}

async fn json_of(path: &str) -> serde_json::Value {
    serde_json::from_str(&body_text(get(path, &[]).await).await).unwrap()
}

/// Returns whether the configuration for a server with a second factor contains an API token.
fn sends_a_token(client: &serde_json::Value) -> bool {
    let told = &client["with_second_factor"];
    told["text"].as_str().is_some_and(|text| text.contains("Authorization") && text.contains("Bearer "))
}
