//! Outcomes of calls as results of the protocol.

use http::HeaderName;
use mcp_server::ToolResult;
use serde_json::{Map, Value};

use super::budget::age_meta;
use crate::outcome::{Outcome, RateLimit, ToolError};
use crate::token;

/// The key of the rate limit in a result's `_meta`.
const RATE_LIMIT: &str = "ratelimit";

/// The result of a tool call.
pub(super) fn tool_result(outcome: Outcome) -> ToolResult {
    let (text, ratelimit, is_error, facts) = match outcome {
        Ok(success) => (success.text, success.ratelimit, false, age_meta(success.age)),
        // A message may quote an argument or the API.
        Err(error) => (token::redacted(&error.to_text()).into_owned(), error.ratelimit, true, redacted_facts(&error)),
    };
    let mut meta = rate_limit_meta(ratelimit);
    meta.extend(facts);
    ToolResult { is_error, meta, headers: rate_limit_headers(ratelimit), ..ToolResult::from_text(text) }
}

/// Returns the facts of an error without tokens.
fn redacted_facts(error: &ToolError) -> Map<String, Value> {
    let facts = Value::Object(error.facts()).to_string();
    serde_json::from_str(&token::redacted(&facts)).expect("a token has no character that JSON escapes")
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
pub(super) fn rate_limit_meta(ratelimit: RateLimit) -> Map<String, Value> {
    if ratelimit.is_empty() {
        return Map::new();
    }
    let facts = serde_json::to_value(ratelimit).expect("a rate limit is a struct of numbers");
    Map::from_iter([(RATE_LIMIT.to_owned(), facts)])
}
