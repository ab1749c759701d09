//! Tests of the probes and of metrics.

use desk365_mcp::metrics;
use desk365_mcp::serve::HostGuard;
use serde_json::json;

use crate::http::server::{API_TOKEN, TestBackend, TestServer, call, stateless, status_and_body};

#[tokio::test]
async fn liveness_accepts_any_host() {
    let server = TestServer::start_with(
        HostGuard::new(),
        TestBackend { serves_no_calls: Some("It is down."), takes_no_changes: Some("It is full.") },
    )
    .await;
    let sent = server.client.get(server.url("/healthz")).header("Host", "10.0.0.1:8365");
    assert_eq!(status_and_body(sent.send().await.unwrap()).await, (200, json!({ "status": "ok" })));
}

/// Returns the status of a probe, and the message of a failure.
async fn probed(server: &TestServer, path: &str) -> (u16, Option<String>) {
    let (status, body) = status_and_body(server.client.get(server.url(path)).send().await.unwrap()).await;
    (status, body["message"].as_str().map(str::to_owned))
}

#[tokio::test]
async fn strict_readiness_tests_writes_and_says_why_it_fails() {
    let [down, full] = ["It is down.", "It is full."];
    let failed = |reason: &str| (503, Some(reason.to_owned()));
    for (serves_no_calls, takes_no_changes) in [(None, None), (None, Some(full)), (Some(down), Some(full))] {
        let backend = TestBackend { serves_no_calls, takes_no_changes };
        let server = TestServer::start_with(HostGuard::new(), backend).await;
        let [plain, strict] = [serves_no_calls, takes_no_changes].map(|why| why.map_or((200, None), failed));
        assert_eq!(probed(&server, "/readyz").await, plain);
        assert_eq!(probed(&server, "/readyz?strict=0").await, plain);
        assert_eq!(probed(&server, "/readyz?strict=1").await, strict);
        assert_eq!(probed(&server, "/readyz?strict=yes").await.0, 400);
    }
}

#[tokio::test]
async fn a_draining_server_serves_calls_and_is_not_ready() {
    let server = TestServer::start().await;
    server.draining.cancel();
    for path in ["/readyz", "/readyz?strict=1"] {
        assert_eq!(probed(&server, path).await, (503, Some("The server is shutting down.".to_owned())));
    }
    assert_eq!(probed(&server, "/healthz").await.0, 200);
    assert_eq!(server.handshake(&call("echo")).await.status(), 200);
}

#[tokio::test]
async fn metrics_need_an_api_token_and_count_operations() {
    metrics::start().unwrap();
    let server = TestServer::start().await;
    assert_eq!(server.client.get(server.url("/metrics")).send().await.unwrap().status(), 401);
    assert_eq!(server.client.get(server.url("/metrics")).bearer_auth("x").send().await.unwrap().status(), 401);

    server.stateless(&stateless(call("fail"))).await;
    server.stateless(&stateless(call("no_such"))).await;
    let mut made_up = stateless(call("echo"));
    made_up["method"] = json!("made/up");
    server.stateless(&made_up).await;
    let response = server.client.get(server.url("/metrics")).bearer_auth(API_TOKEN).send().await.unwrap();
    let text = response.text().await.unwrap();
    for (method, error) in [("tools/call", "tool_error"), ("tools/call", "-32602"), ("_OTHER", "-32601")] {
        let line = format!(
            "mcp_server_operation_duration_seconds_count{{mcp_method_name=\"{method}\",\
             mcp_protocol_version=\"2026-07-28\",error_type=\"{error}\"}}"
        );
        assert!(text.contains(&line), "{line} in {text}");
    }
    assert!(text.contains("http_server_request_duration_seconds_bucket"), "{text}");
    assert!(!text.contains("made/up"), "{text}");
}
