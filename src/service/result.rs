//! Outcomes of calls as results of the protocol.

use http::HeaderName;
use mcp_server::ToolResult;
use serde_json::{Map, Value};
use tool_runtime::results::Facts;

use super::budget::age_meta;
use crate::outcome::{Outcome, RateLimit, Success, ToolError};
use crate::token;

/// The key of the rate limit in a result's `_meta`.
const RATE_LIMIT: &str = "ratelimit";
/// The key of the facts about a compact result in its `_meta`.
const RESULT: &str = "result";

/// The result of a tool call.
pub(super) fn tool_result(outcome: Outcome) -> ToolResult {
    match outcome {
        Ok(success) => ToolResult {
            meta: success_meta(&success),
            headers: rate_limit_headers(success.ratelimit),
            ..ToolResult::from_text(success.text)
        },
        Err(error) => {
            let mut meta = rate_limit_meta(error.ratelimit);
            meta.extend(redacted_facts(&error));
            ToolResult {
                is_error: true,
                meta,
                headers: rate_limit_headers(error.ratelimit),
                // A message may quote an argument or the API.
                ..ToolResult::from_text(token::redacted(&error.to_text()).into_owned())
            }
        }
    }
}

/// Returns the facts of an error without tokens.
fn redacted_facts(error: &ToolError) -> Map<String, Value> {
    let facts = Value::Object(error.facts()).to_string();
    serde_json::from_str(&token::redacted(&facts)).expect("a token has no character that JSON escapes")
}

/// The rate limit and the facts about a result as members of `_meta`.
pub(super) fn success_meta(success: &Success) -> Map<String, Value> {
    let mut meta = rate_limit_meta(success.ratelimit);
    meta.extend(age_meta(success.age));
    if success.facts != Facts::default() {
        let facts = serde_json::to_value(success.facts).expect("facts are a struct of numbers and flags");
        meta.insert(RESULT.to_owned(), facts);
    }
    meta
}

/// The rate limit as response headers, named as in the IETF draft `draft-ietf-httpapi-ratelimit-headers`.
pub(super) fn rate_limit_headers(ratelimit: RateLimit) -> Vec<(HeaderName, u64)> {
    const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
    const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
    const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");
    [(LIMIT, ratelimit.limit), (REMAINING, ratelimit.remaining), (RESET, ratelimit.reset)]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

/// The rate limit as members of `_meta`. Empty if the API did not state any.
fn rate_limit_meta(ratelimit: RateLimit) -> Map<String, Value> {
    if ratelimit.is_empty() {
        return Map::new();
    }
    let facts = serde_json::to_value(ratelimit).expect("a rate limit is a struct of numbers");
    Map::from_iter([(RATE_LIMIT.to_owned(), facts)])
}
