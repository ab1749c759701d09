//! Compact results of replies.

use tool_runtime::api::ApiDef;
use tool_runtime::results::{Facts, Options, TooLarge};
use tool_runtime::tool::ToolDef;

use super::call_outcome::{FailureKind, FailureSource, Outcome, Success, ToolError, ToolReply};
use super::cure;

/// Returns the outcome of a call of `tool` whose `reply` was shown with `options`. Without a text of its own, the reply is
/// shown as it is.
///
/// # Errors
///
/// If the result is too large.
pub fn compact_outcome(
    api: &ApiDef,
    tool: &ToolDef,
    reply: ToolReply,
    shown: Result<(Option<String>, Facts), TooLarge>,
    options: &Options,
) -> Outcome {
    let ToolReply { ratelimit, upstream_status, .. } = reply;
    match shown {
        // The reply need not be copied.
        Ok((None, facts)) => Ok(Success { facts, ..reply.into_success() }),
        Ok((Some(text), facts)) => Ok(Success { text, facts, ratelimit, upstream_status, age: reply.age }),
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
