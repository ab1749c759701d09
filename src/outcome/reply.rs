//! What a reply means: a result, or one of the kinds of failure.

use secrecy::{ExposeSecret as _, SecretString};
use serde::de::IgnoredAny;
use serde_json::Value;
use tool_runtime::api::ApiDef;
use tool_runtime::tool::{ReplyFormat, ToolDef, ToolMethod};

use super::wording::{
    HAS_PROBABLY_HAPPENED, MAY_HAVE_HAPPENED, Wait, answer, explanation, foreign, one_line, unless_read_only,
};
use super::{Kind, Outcome, RateLimit, Source, Success, ToolError};
use crate::upstream::UpstreamReply;

/// The outcome of a call of `tool` that was answered with `reply`. No error holds the `key`.
pub fn of_reply(api: &ApiDef, tool: &ToolDef, reply: UpstreamReply, key: &SecretString) -> Outcome {
    match reply.status {
        200..=299 => success(api, tool, reply, key.expose_secret()),
        _ => Err(refusal(api, tool, &reply, key)),
    }
}

fn success(api: &ApiDef, tool: &ToolDef, reply: UpstreamReply, secret: &str) -> Outcome {
    let UpstreamReply { status, ratelimit, content_type, body } = reply;
    let text = match tool.reply {
        ReplyFormat::Text => Ok(String::from_utf8_lossy(&body).into_owned()),
        ReplyFormat::Json => json(status, body.into()),
    };
    match text {
        Ok(text) => Ok(Success { text, ratelimit, upstream_status: status }),
        Err(problem) => {
            let kind_of =
                content_type.map_or_else(String::new, |kind| format!(" (it calls it {})", foreign(&kind, secret)));
            let message = format!(
                "{} answered {status}, but not with JSON{kind_of}: {problem}.{} If it happens again, the account's \
                 address may be wrong, or a proxy may answer in its place.",
                api.title,
                unless_read_only(tool, HAS_PROBABLY_HAPPENED),
            );
            Err(upstream(Kind::BadReply, message, status, ratelimit))
        }
    }
}

/// The body as the JSON text it must be. Its bytes stay as they are, but for a byte order mark, which is no part of
/// the JSON and which JSON parsers refuse. A reply that announces that it has no content is `null`.
fn json(status: u16, body: Vec<u8>) -> Result<String, String> {
    if body.trim_ascii().is_empty() {
        return if matches!(status, 204 | 205) { Ok("null".to_owned()) } else { Err("it is empty".to_owned()) };
    }
    let mut text = String::from_utf8(body).map_err(|_| "it is not UTF-8".to_owned())?;
    if text.starts_with('\u{feff}') {
        text.remove(0);
    }
    // Syntax only: no tree is built, and nothing is refused for its depth or its numbers' size.
    serde_json::from_str::<IgnoredAny>(&text).map_err(|error| one_line(&error.to_string()))?;
    Ok(text)
}

/// The status of a reply and the API's explanation, on one line and without the `key`.
pub fn answer_of(api: &ApiDef, reply: &UpstreamReply, key: &SecretString) -> String {
    answer(reply.status, explanation(&reply.body, api.errors.message, key.expose_secret()).as_deref())
}

fn refusal(api: &ApiDef, tool: &ToolDef, reply: &UpstreamReply, key: &SecretString) -> ToolError {
    let title = api.title;
    let status = reply.status;
    let answer = answer_of(api, reply, key);
    let (kind, message) = match status {
        300..=399 => {
            let message = format!(
                "{title} answered with a redirect ({answer}), which is not followed.{} The account's address is \
                 probably wrong; someone who manages this server must correct it.",
                unless_read_only(tool, MAY_HAVE_HAPPENED),
            );
            (Kind::BadReply, message)
        }
        401 => {
            let message = format!(
                "{title} refuses the API key ({answer}). Calling again will not help: someone who manages this \
                 server must check that the key is valid and belongs to this account's address, or replace it."
            );
            (Kind::Unauthorized, message)
        }
        403 => {
            let why = tool.gated.map_or_else(
                || "Calling again will not help: the account or its key lacks the permission.".to_owned(),
                one_line,
            );
            (Kind::Forbidden, format!("{title} does not allow this call ({answer}). {why}"))
        }
        404 => (Kind::NotFound, not_found(api, tool, &answer, &reply.body)),
        408 => {
            // Whoever gave up waiting may have had enough of the call to carry it out.
            let then = match unless_read_only(tool, MAY_HAVE_HAPPENED) {
                "" => " It may help to call again.",
                unknown => unknown,
            };
            (Kind::TimedOut, format!("{title} gave up waiting ({answer}).{then}"))
        }
        429 => (Kind::RateLimited, rate_limited(api, tool, &answer, reply.ratelimit)),
        400..=499 => {
            let message = format!("{title} rejected the call ({answer}). Change the arguments before calling again.");
            (Kind::Rejected, message)
        }
        500..=599 => {
            let then = match unless_read_only(tool, MAY_HAVE_HAPPENED) {
                "" => " It may help to call again later.",
                unknown => unknown,
            };
            (Kind::UpstreamFailed, format!("{title} failed ({answer}).{then}"))
        }
        _ => {
            let unknown = unless_read_only(tool, MAY_HAVE_HAPPENED);
            (Kind::BadReply, format!("{title} answered with a status that has no meaning here ({answer}).{unknown}"))
        }
    };
    upstream(kind, message, status, reply.ratelimit)
}

/// A list that is asked for without naming a record cannot lack that record, and the API itself explains in JSON: for
/// anything else it may be the address at which there is nothing.
fn not_found(api: &ApiDef, tool: &ToolDef, answer: &str, body: &[u8]) -> String {
    let title = api.title;
    let address = "the account's address may be wrong; someone who manages this server must check it.";
    let schema: Value = serde_json::from_str(tool.input_schema).unwrap_or_default();
    let names_a_record = tool.method != ToolMethod::List || schema.get("required").is_some();
    let is_explained = serde_json::from_slice::<IgnoredAny>(body).is_ok();
    match (names_a_record, is_explained) {
        (true, true) => format!("{title} has no such record ({answer}). Check the identifiers."),
        (true, false) => {
            format!("{title} has no such record ({answer}). Check the identifiers. If they are right, {address}")
        }
        (false, _) => format!("{title} has nothing there ({answer}): {address}"),
    }
}

/// The wait is the API's word; it is not waited for here.
fn rate_limited(api: &ApiDef, tool: &ToolDef, answer: &str, ratelimit: RateLimit) -> String {
    let when = match ratelimit.reset {
        Some(0) => "Call again now".to_owned(),
        Some(wait) => format!("Call again in {}", Wait(wait)),
        None => "It does not say when to call again: wait a minute or more".to_owned(),
    };
    let limit = ratelimit.limit.map_or_else(String::new, |limit| format!(" of {limit} calls"));
    let cost = match tool.cost {
        0 | 1 => String::new(),
        cost => format!(" This tool takes {cost} calls of the limit at once."),
    };
    format!("{}'s rate limit{limit} is used up ({answer}). {when}; nothing was done.{cost}", api.title)
}

fn upstream(kind: Kind, message: String, status: u16, ratelimit: RateLimit) -> ToolError {
    ToolError { source: Source::Upstream, kind, message, status: Some(status), violations: Vec::new(), ratelimit }
}
