//! The meaning of replies: one that the tool understands, or an error by the HTTP status.

use secrecy::{ExposeSecret as _, SecretString};
use serde::de::IgnoredAny;
use serde_json::Value;
use tool_runtime::api::ApiDef;
use tool_runtime::results::{JsonText, TooLarge};
use tool_runtime::tool::{ReplyFormat, ToolDef, ToolMethod};

use super::call_outcome::{FailureKind, FailureSource, ReplyBody, ToolError, ToolReply};
use super::cure;
use super::explanation::{explanation, is_markup};
use super::secret::contains_secret;
use super::wording::{
    MAY_HAVE_HAPPENED, MOST_LIKELY_HAPPENED, Wait, one_line, sanitized, status_line, unless_read_only,
};
use crate::upstream::{RateLimit, UpstreamReply};

/// Returns the reply to a call of `tool`, as the tool understands it. No error contains the `key`.
///
/// # Errors
///
/// If the status is not 2xx, if the body is not in the format of the tool's replies, or if it repeats the key. A write that
/// is answered without a body has succeeded.
pub fn reply_of_upstream(
    api: &ApiDef,
    tool: &ToolDef,
    reply: UpstreamReply,
    key: &SecretString,
) -> Result<ToolReply, ToolError> {
    match reply.status {
        200..=299 => understood(api, tool, reply, key.expose_secret()),
        _ => Err(refusal(api, tool, &reply, key)),
    }
}

fn understood(api: &ApiDef, tool: &ToolDef, reply: UpstreamReply, secret: &str) -> Result<ToolReply, ToolError> {
    let UpstreamReply { status, ratelimit, content_type, body } = reply;
    let body = match tool.reply {
        _ if !tool.hints.read_only && is_blank(&body) => Ok(ReplyBody::Text(done(api, status))),
        ReplyFormat::Text => plain_text(&body, content_type.as_deref()).map(ReplyBody::Text),
        ReplyFormat::Json => json_text(status, body.into()).map(ReplyBody::Json),
    };
    match body {
        Ok(body) if contains_secret(body.text(), secret) => {
            let message = format!(
                "{} answered {status}, but the reply repeats the account's API key, so it is not passed on.{} Calling \
                 again will not help: the account's address may be wrong, or a proxy may answer instead of the API. An \
                 admin of this server must check it.",
                api.title,
                unless_read_only(tool, MOST_LIKELY_HAPPENED),
            );
            Err(upstream_error(FailureKind::BadReply, message, status, ratelimit))
        }
        Ok(body) => Ok(ToolReply { body, ratelimit, upstream_status: status, age: None }),
        Err(problem) => {
            let content_type =
                content_type.map_or_else(String::new, |kind| format!(" (content type {})", sanitized(&kind, secret)));
            let message = format!(
                "{} answered {status}, but the reply is not {}{content_type}: {problem}.{} If it happens again, the \
                 account's address may be wrong, or a proxy may answer instead of the API.",
                api.title,
                match tool.reply {
                    ReplyFormat::Text => "plain text",
                    ReplyFormat::Json => "JSON",
                },
                unless_read_only(tool, MOST_LIKELY_HAPPENED),
            );
            Err(upstream_error(FailureKind::BadReply, message, status, ratelimit))
        }
    }
}

/// Returns the error for a page of a list that has no rows where they are expected. `title` is that of the API.
pub fn error_of_missing_rows(title: &str, status: u16, ratelimit: RateLimit) -> ToolError {
    let message = format!(
        "{title} answered {status}, but the reply has no list of rows. If it happens again, use the list itself instead of \
         its summary."
    );
    upstream_error(FailureKind::BadReply, message, status, ratelimit)
}

/// Returns the error for a summary that does not fit in a result.
pub fn error_of_large_summary(error: TooLarge, ratelimit: RateLimit) -> ToolError {
    let TooLarge { chars, max_result_chars } = error;
    ToolError {
        source: FailureSource::Server,
        kind: FailureKind::TooLarge,
        message: format!(
            "The summary takes {chars} characters even without its groups, and a result of this server has at most \
             {max_result_chars}. An admin of this server can allow more."
        ),
        status: None,
        violations: Vec::new(),
        ratelimit,
        confirmation: None,
    }
}

/// Returns the sentence for a change that was answered without a body.
fn done(api: &ApiDef, status: u16) -> String {
    let (title, status_line) = (api.title, status_line(status, None));
    match status {
        202 => format!("{title} accepted the change ({status_line}, without a body) and may not have finished it yet."),
        _ => format!("{title} made the change ({status_line}, without a body)."),
    }
}

/// Returns whether a body has no content: white space, or nothing after a byte order mark.
fn is_blank(body: &[u8]) -> bool {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii().is_empty()
}

/// Returns the body as plain text, or the reason why it is not.
fn plain_text(body: &[u8], content_type: Option<&str>) -> Result<String, String> {
    let text = String::from_utf8_lossy(body);
    let text = strict_json::without_bom(&text);
    if text.trim().is_empty() {
        return Err("it is empty".to_owned());
    }
    if is_markup(text, content_type) {
        return Err("it is a page for people".to_owned());
    }
    Ok(text.to_owned())
}

/// Returns the body as JSON text, or the reason why it is not JSON.
///
/// The bytes stay unchanged, except that a byte order mark is removed: it is not part of the JSON, and parsers may refuse
/// it (RFC 8259, section 8.1). A reply with a status that has no content is `null`.
fn json_text(status: u16, body: Vec<u8>) -> Result<JsonText, String> {
    let mut text = match status {
        204 | 205 if is_blank(&body) => "null".to_owned(),
        _ if is_blank(&body) => return Err("it is empty".to_owned()),
        _ => String::from_utf8(body).map_err(|_| "it is not UTF-8".to_owned())?,
    };
    if text.starts_with('\u{feff}') {
        text.remove(0);
    }
    JsonText::checked(text).map_err(|error| one_line(&error.to_string()))
}

/// Returns the status of a reply and the API's explanation, on one line and without the `key`.
pub fn reply_summary(api: &ApiDef, reply: &UpstreamReply, key: &SecretString) -> String {
    let UpstreamReply { status, content_type, body, .. } = reply;
    let explained = explanation(body, content_type.as_deref(), api.errors.message, key.expose_secret());
    status_line(*status, explained.as_deref())
}

fn refusal(api: &ApiDef, tool: &ToolDef, reply: &UpstreamReply, key: &SecretString) -> ToolError {
    let title = api.title;
    let status = reply.status;
    let summary = reply_summary(api, reply, key);
    let (kind, message) = match status {
        304 => {
            let message = format!(
                "{title} answered as if this server already had the result ({summary}), which it does not have.{} A cache \
                 between the two is probably set up wrongly; an admin of this server must check it.",
                unless_read_only(tool, MAY_HAVE_HAPPENED),
            );
            (FailureKind::BadReply, message)
        }
        300..=399 => {
            let message = format!(
                "{title} answered with a redirect ({summary}), which is not followed.{} The account's address is \
                 probably wrong; an admin of this server must correct it.",
                unless_read_only(tool, MAY_HAVE_HAPPENED),
            );
            (FailureKind::BadReply, message)
        }
        401 => {
            let message = format!(
                "{title} refused the API key ({summary}). Calling again will not help: an admin of this server \
                 must check that the key is valid and belongs to this account's address, or replace it."
            );
            (FailureKind::Unauthorized, message)
        }
        403 => {
            let reason = tool.gated.map_or_else(
                || "Calling again will not help: the account or its key lacks the permission.".to_owned(),
                one_line,
            );
            (FailureKind::Forbidden, format!("{title} does not allow this call ({summary}). {reason}"))
        }
        404 => (FailureKind::NotFound, not_found(api, tool, &summary, &reply.body)),
        408 => {
            // The API may have received enough of the request to carry it out.
            let then = match unless_read_only(tool, MAY_HAVE_HAPPENED) {
                "" => " Calling again may help.",
                unknown => unknown,
            };
            (FailureKind::TimedOut, format!("{title} timed out while it waited for the request ({summary}).{then}"))
        }
        429 => (FailureKind::RateLimited, rate_limited(api, tool, &summary, reply.ratelimit)),
        400..=499 => {
            let message = format!("{title} rejected the call ({summary}). {}", cure::of_rejection(status, tool));
            (FailureKind::Rejected, message)
        }
        501 | 505 => {
            let message = format!(
                "{title} cannot carry out this operation ({summary}). Calling again will not help: an admin of \
                 this server must check the account's address."
            );
            (FailureKind::UpstreamFailed, message)
        }
        500..=599 => {
            let then = match (unless_read_only(tool, MAY_HAVE_HAPPENED), reply.ratelimit.reset) {
                ("", None) => " Calling again later may help.".to_owned(),
                ("", Some(wait)) => format!(" Call again in {}.", Wait(wait)),
                (unknown, _) => unknown.to_owned(),
            };
            (FailureKind::UpstreamFailed, format!("{title} failed ({summary}).{then}"))
        }
        _ => {
            let unknown = unless_read_only(tool, MAY_HAVE_HAPPENED);
            (FailureKind::BadReply, format!("{title} answered with an unknown status ({summary}).{unknown}"))
        }
    };
    upstream_error(kind, message, status, reply.ratelimit)
}

/// Returns the message for a 404.
///
/// The address may be wrong if the API itself would have explained the status in JSON and did not, or if the tool is a
/// list that names no record, so that no record can be missing.
fn not_found(api: &ApiDef, tool: &ToolDef, summary: &str, body: &[u8]) -> String {
    let title = api.title;
    let address = "the account's address may be wrong; an admin of this server must check it.";
    let schema: Value = serde_json::from_str(tool.input_schema).expect("a generated schema is valid JSON");
    let names_a_record = tool.method != ToolMethod::List || schema.get("required").is_some();
    let is_explained = serde_json::from_slice::<IgnoredAny>(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)).is_ok();
    match (names_a_record, is_explained) {
        (true, true) => format!("{title} has no such record ({summary}). Check the identifiers."),
        (true, false) => {
            format!("{title} has no such record ({summary}). Check the identifiers. If they are right, {address}")
        }
        (false, _) => format!("{title} has nothing at this address ({summary}): {address}"),
    }
}

/// Returns the message for a 429, with the wait that the API asks for. The server itself does not wait.
fn rate_limited(api: &ApiDef, tool: &ToolDef, summary: &str, ratelimit: RateLimit) -> String {
    let when = match ratelimit.reset {
        Some(0) => "Call again now.".to_owned(),
        Some(wait) => format!("Call again in {}.", Wait(wait)),
        None => "The API does not say when to call again: wait at least a minute.".to_owned(),
    };
    let limit = ratelimit.limit.map_or_else(String::new, |limit| format!(" of {limit} calls"));
    let cost = match tool.cost {
        0 | 1 => String::new(),
        cost => format!(" This tool uses {cost} calls of the limit."),
    };
    format!("{}'s rate limit{limit} is used up ({summary}). The call was not carried out. {when}{cost}", api.title)
}

fn upstream_error(kind: FailureKind, message: String, status: u16, ratelimit: RateLimit) -> ToolError {
    let source = FailureSource::Upstream;
    ToolError { source, kind, message, status: Some(status), violations: Vec::new(), ratelimit, confirmation: None }
}
