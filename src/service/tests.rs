//! Tests of tools: exactly the listed ones can be called, and outcomes become results.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod discovery_tools;
mod prompts_and_resources;
mod questions;

use mcp_server::{Content, Lifecycle, MessageRole, PromptMessage, ResourceBody, ResourceContents};
use secrecy::SecretString;
use serde_json::json;
use tool_runtime::results::Facts;

use super::*;
use crate::call::CallSizes;
use crate::outcome::{FailureKind, FailureSource, RateLimit, Success, ToolError};
use crate::scope::ScopeConfig;
use crate::tools::{API, TOOLS};
use crate::upstream::{Account, UpstreamClient, UpstreamOptions};

fn read_only_service(exposure: Exposure) -> ScopedService {
    let config = ScopeConfig { read_only: true, ..ScopeConfig::default() };
    let scope = Scope::parse(&config, API.tags, TOOLS).unwrap();
    ScopedService::new(&API, scope, exposure, ConfirmPolicy::Auto, caller())
}

/// A caller for an address at which nothing listens: a call that is sent fails.
fn caller() -> ToolCaller {
    let account = Account::new("http://127.0.0.1:9", SecretString::from("key")).unwrap();
    ToolCaller::new(UpstreamClient::new(UpstreamOptions::default()).unwrap(), account, &API)
}

fn text(result: &ToolResult) -> &str {
    match result.content.as_slice() {
        [Content::Text { text }] => text,
        other => panic!("one text expected: {other:?}"),
    }
}

fn context() -> RequestContext {
    RequestContext::new(Lifecycle::Handshake)
}

#[tokio::test]
async fn exactly_the_listed_tools_can_be_called() {
    let service = read_only_service(Exposure::All);
    for lifecycle in [Lifecycle::Handshake, Lifecycle::Stateless] {
        let list: Value = serde_json::from_slice(service.tools().result(lifecycle)).unwrap();
        let listed: Vec<_> =
            list["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect();
        assert!(!listed.is_empty() && listed.len() < TOOLS.len());
        for tool in TOOLS {
            let answer = service.call(tool.def.name, Map::from_iter([("x".to_owned(), json!(1))]), &context()).await;
            match answer {
                Ok(result) => assert!(result.is_error && listed.contains(&tool.def.name)),
                Err(error) => {
                    assert_eq!(error, CallError::UnknownTool);
                    assert!(!listed.contains(&tool.def.name), "{}", tool.def.name);
                }
            }
        }
    }
}

#[tokio::test]
async fn a_hidden_tool_is_answered_like_an_unknown_one() {
    let service = read_only_service(Exposure::All);
    let hidden = TOOLS.iter().find(|tool| !tool.def.hints.read_only).unwrap().def.name;
    let answer = async |name: &str| service.call(name, Map::new(), &context()).await;
    assert_eq!(answer(hidden).await, answer("x_no_such_tool").await);
}

#[tokio::test]
async fn discovery_reaches_exactly_the_tools_of_the_scope() {
    let service = read_only_service(Exposure::Discovery);
    let list: Value = serde_json::from_slice(service.tools().result(Lifecycle::Handshake)).unwrap();
    let names: Vec<_> = list["tools"].as_array().unwrap().iter().map(|tool| &tool["name"]).collect();
    assert_eq!(names, ["search_tools", "get_tool_schema", "read_tool"]);
    let call = async |outer: &str, name: &str| {
        let arguments = Map::from_iter([("name".to_owned(), json!(name))]);
        service.call(outer, arguments, &context()).await.unwrap()
    };
    for tool in TOOLS {
        let name = tool.def.name;
        assert_eq!(service.call(name, Map::new(), &context()).await, Err(CallError::UnknownTool), "{name}");
        let schema = call("get_tool_schema", name).await;
        assert_eq!(schema.is_error, !tool.def.hints.read_only, "{name}");
        let called = call("read_tool", name).await;
        let unknown = text(&called).contains("is not the name of a tool");
        assert_eq!(unknown, !tool.def.hints.read_only, "{name}: {}", text(&called));
    }
}

#[tokio::test]
async fn a_search_does_not_find_hidden_tools() {
    let service = read_only_service(Exposure::Discovery);
    let arguments = Map::from_iter([
        ("query".to_owned(), json!("create update delete reply note")),
        ("limit".to_owned(), json!(50)),
    ]);
    let found = service.call("search_tools", arguments, &context()).await.unwrap();
    let found: Value = serde_json::from_str(text(&found)).unwrap();
    let named = found["more"].as_array().unwrap().iter();
    let named: Vec<_> = found["tools"].as_array().unwrap().iter().map(|tool| &tool["name"]).chain(named).collect();
    assert!(named.len() > 3);
    for name in named {
        assert!(find(name.as_str().unwrap()).unwrap().def.hints.read_only, "{name}");
    }
}

#[test]
fn a_success_carries_the_reply_and_the_rate_limit() {
    let ratelimit = RateLimit { limit: Some(100), remaining: Some(7), reset: None };
    let success = Success {
        text: "{\"a\": 1.0}".to_owned(),
        facts: Facts::default(),
        ratelimit,
        upstream_status: 200,
        age: None,
    };
    let result = tool_result(Ok(success));
    assert_eq!((text(&result), result.is_error), ("{\"a\": 1.0}", false));
    assert_eq!(Value::from(result.meta), json!({ "ratelimit": { "limit": 100, "remaining": 7 } }));
    let headers: Vec<_> = result.headers.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    assert_eq!(headers, [("ratelimit-limit", 100), ("ratelimit-remaining", 7)]);
}

#[test]
fn a_failure_is_a_result_with_is_error() {
    let error = ToolError {
        source: FailureSource::Upstream,
        kind: FailureKind::RateLimited,
        message: "Wait.".to_owned(),
        status: Some(429),
        violations: Vec::new(),
        ratelimit: RateLimit { limit: None, remaining: None, reset: Some(30) },
        confirmation: None,
    };
    let result = tool_result(Err(error.clone()));
    assert_eq!((text(&result), result.is_error), (error.to_text().as_str(), true));
    let error = json!({
        "source": "upstream", "kind": "rate_limited", "message": "Wait.", "status": 429, "ratelimit": { "reset": 30 },
    });
    assert_eq!(Value::from(result.meta), json!({ "ratelimit": { "reset": 30 }, "error": error }));
}

#[test]
fn an_unknown_rate_limit_is_left_out() {
    let success = Success {
        text: String::new(),
        facts: Facts::default(),
        ratelimit: RateLimit::default(),
        upstream_status: 200,
        age: None,
    };
    let result = tool_result(Ok(success));
    assert!(result.meta.is_empty() && result.headers.is_empty());
}

#[test]
fn a_message_has_room_for_the_largest_upload_in_base64() {
    let longest = |upload| server_info(&API, CallSizes { upload, reply: 1 }).max_message_bytes;
    assert!(longest(25_000_000) >= 25_000_000 / 3 * 4 + surface::LARGEST_WITHOUT_FILES);
    assert_eq!(longest(u64::MAX), usize::MAX);
}
