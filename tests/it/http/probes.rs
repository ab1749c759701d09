//! What watchdogs are told.

use desk365_mcp::metrics;
use desk365_mcp::serve::HostGuard;
use serde_json::json;

use crate::http::site::{Behind, SECOND, Site, call, stateless, taken_apart};

#[tokio::test]
async fn the_server_is_alive_whatever_it_is_called() {
    let site = Site::with(HostGuard::new(), Behind { ready: false }).await;
    let sent = site.client.get(site.url("/healthz")).header("Host", "10.0.0.1:8365");
    assert_eq!(taken_apart(sent.send().await.unwrap()).await, (200, json!({ "status": "ok" })));
}

#[tokio::test]
async fn the_server_is_ready_when_its_store_is() {
    for (ready, status) in [(true, 200), (false, 503)] {
        let site = Site::with(HostGuard::new(), Behind { ready }).await;
        assert_eq!(site.client.get(site.url("/readyz")).send().await.unwrap().status(), status);
    }
}

#[tokio::test]
async fn metrics_count_what_was_asked_for_whoever_has_an_api_token() {
    metrics::start().unwrap();
    let site = Site::open().await;
    assert_eq!(site.client.get(site.url("/metrics")).send().await.unwrap().status(), 401);
    assert_eq!(site.client.get(site.url("/metrics")).bearer_auth("x").send().await.unwrap().status(), 401);

    site.stateless(&stateless(call("fail"))).await;
    site.stateless(&stateless(call("no_such"))).await;
    let mut made_up = stateless(call("echo"));
    made_up["method"] = json!("made/up");
    site.stateless(&made_up).await;
    let response = site.client.get(site.url("/metrics")).bearer_auth(SECOND).send().await.unwrap();
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
