//! Compact results of replies.

use std::borrow::Cow;

use tool_runtime::api::ApiDef;
use tool_runtime::results::{self, Facts, Options, TooLarge, View};
use tool_runtime::tool::ToolDef;

use super::call_outcome::{FailureKind, FailureSource, Outcome, ReplyBody, Success, ToolError, ToolReply};
use super::cure;

/// Returns the outcome of a call of `tool` that shows `reply` as `view` declares. Text has no other form.
///
/// # Errors
///
/// If the result is too large.
pub fn compact_outcome(api: &ApiDef, tool: &ToolDef, view: &View, reply: ToolReply, options: &Options) -> Outcome {
    let ToolReply { body, ratelimit, upstream_status, age } = reply;
    let success = |text, facts| Success { text, facts, ratelimit, upstream_status, age };
    let json = match body {
        ReplyBody::Json(json) => json,
        ReplyBody::Text(text) => return Ok(success(text, Facts::default())),
    };
    match results::compact(json.as_json(), view, options) {
        Ok(compact) => {
            let facts = compact.facts;
            let shown = match compact.text {
                Cow::Owned(text) => Some(text),
                Cow::Borrowed(_) => None,
            };
            // A reply that is shown as it is need not be copied.
            Ok(success(shown.unwrap_or_else(|| json.into_text()), facts))
        }
        Err(too_large) => Err(ToolError {
            source: FailureSource::Server,
            kind: FailureKind::TooLarge,
            message: too_large_message(api, tool, too_large, options),
            status: Some(upstream_status),
            violations: Vec::new(),
            ratelimit,
            confirmation: None,
        }),
    }
}

fn too_large_message(api: &ApiDef, tool: &ToolDef, too_large: TooLarge, options: &Options) -> String {
    let TooLarge { chars, max_result_chars } = too_large;
    let fields = if options.fields.iter().any(|field| field == "*") {
        "Name the fields you need in `fields`, instead of \"*\"."
    } else {
        "Name fewer fields in `fields`."
    };
    let less = cure::narrower(tool).map_or_else(String::new, |less| format!(" {less}"));
    format!(
        "{}'s reply has {chars} characters, and a result of this server has at most {max_result_chars}. {fields}{less}",
        api.title
    )
}
