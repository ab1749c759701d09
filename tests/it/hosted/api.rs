//! A fake API on this machine, and the form of an account on it.

use desk365_mcp::tools::TOOLS;
use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

pub(crate) const KEY: &str = "the-key-that-must-not-come-back";

/// Starts an API that answers every request with `status`.
pub(crate) async fn start_api(status: u16) -> MockServer {
    let api = MockServer::start().await;
    set_status(&api, status).await;
    api
}

/// Makes the API reply to every further request with `status`.
pub(crate) async fn set_status(api: &MockServer, status: u16) {
    api.reset().await;
    let answer = ResponseTemplate::new(status).set_body_raw("{}", "application/json");
    Mock::given(any()).respond_with(answer).mount(api).await;
}

pub(crate) fn account_form(api: &MockServer) -> Value {
    json!({ "name": "Acme", "api_key": KEY, "base_url": api.uri() })
}

/// Name of a tool that reads and needs no arguments.
pub(crate) fn reading_tool() -> &'static str {
    let tool = TOOLS.iter().find(|tool| tool.def.hints.read_only && tool.def.arguments.is_empty());
    tool.unwrap().def.name
}
