//! The log line of a call.

use serde_json::json;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::common::log;
use crate::upstream::fixture::{KEY, SET, caller, object};

#[tokio::test]
async fn a_call_logs_one_line_without_secrets() {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(404)).mount(&server).await;
    log::record();
    let caller = caller(&format!("{}/some-base", server.uri()));
    let arguments = json!({"id": "some-id", "fields": {"colour": "some-colour"}});
    let _ = caller.call(&SET, object(arguments)).await;
    let _ = caller.call(&SET, object(json!({"id": "some-id"}))).await;
    let text = log::recorded();
    let lines: Vec<_> = text.lines().filter(|line| line.contains("tool call")).collect();
    assert_eq!(lines.len(), 2, "{text}");
    let (sent, refused) = (lines[0], lines[1]);
    assert!(sent.contains("tool=\"set_thing\" result=\"not_found\" status=404 milliseconds="), "{sent}");
    assert!(sent.ends_with(" sent_bytes=35"), "{sent}");
    assert!(refused.contains("result=\"invalid_arguments\" milliseconds="), "{refused}");
    for secret in [KEY, "some-id", "some-colour", "some-base"] {
        assert!(!text.contains(secret), "{text}");
    }
}
