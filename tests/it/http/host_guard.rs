//! Tests of the host guard: the allowed hosts and origins, CORS, and the headers of every response.

use desk365_mcp::serve::HostGuard;

use crate::http::server::{TestBackend, TestServer, call, status_and_body};

const PAGE: &str = "https://app.example.com";

async fn guarded_server() -> TestServer {
    let host_guard =
        HostGuard::new().with_public_url(&"https://mcp.example.com".parse().unwrap()).allow_origin(PAGE).unwrap();
    TestServer::start_with(host_guard, TestBackend::default()).await
}

#[tokio::test]
async fn a_foreign_host_is_refused() {
    let server = guarded_server().await;
    for (host, status) in [
        ("localhost", 200),
        ("127.0.0.1:1", 200),
        ("mcp.example.com", 200),
        ("evil.example.com", 403),
        ("localhost.evil.example", 403),
    ] {
        let response = server.post().header("Host", host).json(&call("echo")).send().await.unwrap();
        let (answered, body) = status_and_body(response).await;
        assert_eq!(answered, status, "{host}");
        assert!(status == 200 || body["statusCode"] == 403);
    }
    // The host in the request target has precedence over the header.
    let text = server
        .send_raw(b"GET http://evil.example.com/mcp HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .await;
    assert!(text.starts_with("HTTP/1.1 403 "), "{text}");
    let text = server.send_raw(b"GET /mcp HTTP/1.0\r\n\r\n").await;
    assert!(text.starts_with("HTTP/1.0 403 "), "{text}");
}

#[tokio::test]
async fn a_foreign_origin_is_refused() {
    let server = guarded_server().await;
    for (origin, status) in [
        ("http://localhost:3000", 200),
        ("https://mcp.example.com", 200),
        (PAGE, 200),
        ("https://evil.example.com", 403),
        ("null", 403),
    ] {
        let response = server.post().header("Origin", origin).json(&call("echo")).send().await.unwrap();
        assert_eq!(response.status(), status, "{origin}");
    }
}

#[tokio::test]
async fn the_origins_that_may_call_may_read_the_answers() {
    let server = guarded_server().await;
    let allowed = async |origin: &str| {
        let response = server.post().header("Origin", origin).json(&call("echo")).send().await.unwrap();
        response.headers().get("access-control-allow-origin").cloned()
    };
    let preflight = async |origin: &str, path: &str| {
        let preflight = server.client.request("OPTIONS".parse().unwrap(), server.url(path));
        let preflight = preflight.header("Origin", origin).header("Access-Control-Request-Method", "POST");
        preflight.send().await.unwrap()
    };
    for origin in [PAGE, "http://localhost:3000", "http://127.0.0.1:6274", "https://mcp.example.com"] {
        assert_eq!(allowed(origin).await.unwrap(), origin);
        for path in ["/mcp/x", "/mcp", "/healthz"] {
            let response = preflight(origin, path).await;
            assert_eq!(response.status(), 200);
            assert_eq!(response.headers()["access-control-allow-origin"], origin);
            let headers = response.headers()["access-control-allow-headers"].to_str().unwrap().to_owned();
            assert!(headers.contains("mcp-protocol-version") && headers.contains("authorization"), "{headers}");
        }
    }
    let foreign = "https://evil.example.com";
    assert_eq!(allowed(foreign).await, None);
    let response = preflight(foreign, "/mcp/x").await;
    assert_eq!(response.status(), 403);
    assert!(!response.headers().contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn every_response_has_an_id_and_a_referrer_policy() {
    let server = TestServer::start().await;
    let foreign = server.post().header("Host", "evil.example.com");
    for sent in [server.post().json(&call("echo")), server.client.get(server.url("/no/such")), foreign] {
        let response = sent.send().await.unwrap();
        assert_eq!(response.headers()["referrer-policy"], "no-referrer");
        assert_eq!(response.headers()["x-request-id"].len(), 32);
    }
}

#[tokio::test]
async fn a_safe_request_id_is_kept() {
    let server = TestServer::start().await;
    for (given, kept) in [("a-B_9.c", true), ("a b", false), ("<script>", false), (&*"x".repeat(65), false)] {
        let response = server.post().header("X-Request-Id", given).json(&call("asked_by")).send().await.unwrap();
        let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        assert_eq!(id == given, kept, "{given}");
        // The service receives the same id.
        assert!(response.text().await.unwrap().contains(&id));
    }
}

#[tokio::test]
async fn unknown_paths_and_methods_are_answered_in_json() {
    let server = TestServer::start().await;
    let response = server.client.get(server.url("/no/such")).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(status_and_body(response).await.1["statusCode"], 404);
    let response = server.client.post(server.url("/healthz")).send().await.unwrap();
    assert_eq!(response.headers()["allow"], "GET,HEAD");
    assert_eq!(status_and_body(response).await.1["statusCode"], 405);
}
