//! Tests of the probes and of metrics.

use desk365_mcp::metrics;
use desk365_mcp::serve::HostGuard;
use serde_json::json;

use crate::http::server::{API_TOKEN, TestBackend, TestServer, call, stateless, status_and_body};

#[tokio::test]
async fn liveness_accepts_any_host() {
    let server = TestServer::start_with(HostGuard::new(), TestBackend { ready: false }).await;
    let sent = server.client.get(server.url("/healthz")).header("Host", "10.0.0.1:8365");
    assert_eq!(status_and_body(sent.send().await.unwrap()).await, (200, json!({ "status": "ok" })));
}

#[tokio::test]
async fn readiness_follows_the_store() {
    for (ready, status) in [(true, 200), (false, 503)] {
        let server = TestServer::start_with(HostGuard::new(), TestBackend { ready }).await;
        assert_eq!(server.client.get(server.url("/readyz")).send().await.unwrap().status(), status);
    }
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
