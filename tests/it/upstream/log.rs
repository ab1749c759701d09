//! The log line of a call.

use std::io;
use std::sync::{Arc, Mutex};

use serde_json::json;
use tracing::Level;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::upstream::fixture::{KEY, SET, caller, object};

#[derive(Clone, Default)]
struct LogBuffer(Arc<Mutex<Vec<u8>>>);

impl io::Write for LogBuffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_call_logs_one_line_without_secrets() {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(404)).mount(&server).await;
    let log = LogBuffer::default();
    let writer = log.clone();
    // The subscriber is global, because `tracing` caches for the whole process whether an event has a subscriber. The
    // calls of the other tests are in this log too, each with the name of its test's thread.
    tracing_subscriber::fmt()
        .with_max_level(Level::TRACE)
        .with_ansi(false)
        .with_thread_names(true)
        .with_writer(move || writer.clone())
        .init();
    let caller = caller(&format!("{}/some-base", server.uri()));
    let arguments = json!({"id": "some-id", "fields": {"colour": "some-colour"}});
    let _ = caller.call(&SET, object(arguments)).await;
    let _ = caller.call(&SET, object(json!({"id": "some-id"}))).await;
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let lines: Vec<_> =
        text.lines().filter(|line| line.contains("upstream::log::a_call") && line.contains("tool call")).collect();
    assert_eq!(lines.len(), 2, "{text}");
    let (sent, refused) = (lines[0], lines[1]);
    assert!(sent.contains("tool=\"set_thing\" result=\"not_found\" status=404 milliseconds="), "{sent}");
    assert!(sent.ends_with(" sent_bytes=35"), "{sent}");
    assert!(refused.contains("result=\"invalid_arguments\" milliseconds="), "{refused}");
    for secret in [KEY, "some-id", "some-colour", "some-base"] {
        assert!(!text.contains(secret), "{text}");
    }
}
