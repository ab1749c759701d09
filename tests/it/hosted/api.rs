//! An API on this machine, and how an account at it is asked for.

use desk365_mcp::tools::TOOLS;
use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

pub(crate) const KEY: &str = "the-key-that-must-not-come-back";

/// An API that answers everything so.
pub(crate) async fn answering(status: u16) -> MockServer {
    let api = MockServer::start().await;
    answers(&api, status).await;
    api
}

/// From now on it answers everything so.
pub(crate) async fn answers(api: &MockServer, status: u16) {
    api.reset().await;
    let answer = ResponseTemplate::new(status).set_body_raw("{}", "application/json");
    Mock::given(any()).respond_with(answer).mount(api).await;
}

pub(crate) fn account(api: &MockServer) -> Value {
    json!({ "name": "Acme", "api_key": KEY, "base_url": api.uri() })
}

/// A tool that reads and needs no arguments.
pub(crate) fn reader() -> &'static str {
    let tool = TOOLS.iter().find(|tool| tool.def.hints.read_only && tool.def.arguments.is_empty());
    tool.unwrap().def.name
}
