//! Errors for requests without a whole reply. Above all, they say whether the change may have been made.

use secrecy::{ExposeSecret as _, SecretString};
use tool_runtime::api::ApiDef;
use tool_runtime::tool::ToolDef;

use super::call_outcome::{FailureKind, FailureSource, ToolError};
use super::cure;
use super::wording::{
    MAY_HAVE_HAPPENED, MOST_LIKELY_HAPPENED, NOTHING_HAPPENED, sanitized, seconds, size, unless_read_only,
};
use crate::upstream::{ConnectStep, RateLimit, ReplyBodyError, SendError};

/// Returns the error for a call of `tool` whose request ended in `error`. It never contains the `key`.
pub fn error_of_send_failure(api: &ApiDef, tool: &ToolDef, error: SendError, key: &SecretString) -> ToolError {
    let title = api.title;
    let secret = key.expose_secret();
    let not_sent = unless_read_only(tool, NOTHING_HAPPENED);
    let unknown = match unless_read_only(tool, MAY_HAVE_HAPPENED) {
        "" => " Calling again may help.",
        unknown => unknown,
    };
    let (source, kind, message) = match error {
        SendError::Unsendable(problem) => {
            let message = format!("The request cannot be sent: {problem}.{not_sent}");
            (FailureSource::Server, FailureKind::InvalidArguments, message)
        }
        SendError::UrlTooLong { bytes, limit } => {
            let message = format!(
                "The arguments that are sent in the URL are too long: the URL would be {bytes} bytes long, and the limit \
                 is {limit}. Nothing was sent. Shorten the longest argument.",
            );
            (FailureSource::Arguments, FailureKind::TooLarge, message)
        }
        SendError::UploadTooLarge { bytes, limit } => {
            let advice = cure::too_large(tool);
            let message = format!(
                "The request is too large: it is {} long, and the limit is {}. Nothing was sent. {advice}",
                size(bytes),
                size(limit),
            );
            (FailureSource::Arguments, FailureKind::TooLarge, message)
        }
        SendError::NoTimeLeft { limit } => {
            let message = format!(
                "This server could not send the request within {}, because it was busy with other requests. Nothing was \
                 sent. Call again in a few seconds, with fewer calls at a time.",
                seconds(limit),
            );
            (FailureSource::Server, FailureKind::TimedOut, message)
        }
        SendError::AttachmentUnreadable { cause } => {
            let message = format!(
                "An attachment could not be read ({}). The request was cut off before {title} received all of it, so \
                 nothing has changed. Call again when the file is no longer being written.",
                sanitized(&cause, secret),
            );
            (FailureSource::Arguments, FailureKind::InvalidArguments, message)
        }
        SendError::HostRefused(refusal) => {
            let message = format!(
                "{title} cannot be reached: {refusal}. Calling again will not help. For an admin of this \
                 server: {}.{not_sent}",
                refusal.advice(),
            );
            (FailureSource::Server, FailureKind::Unreachable, message)
        }
        SendError::NotConnected { host, step, cause } => {
            let problem = not_connected(&host, step, &sanitized(&cause, secret));
            let message = format!("{title} cannot be reached: {problem}{not_sent}");
            (FailureSource::Upstream, FailureKind::Unreachable, message)
        }
        SendError::ConnectionLost { cause } => {
            let cause = sanitized(&cause, secret);
            let message = format!("The connection to {title} was lost before a reply arrived ({cause}).{unknown}");
            (FailureSource::Upstream, FailureKind::Unreachable, message)
        }
        SendError::TimedOut { after } => {
            let message = format!("{title} did not reply within {}.{unknown}", seconds(after));
            (FailureSource::Upstream, FailureKind::TimedOut, message)
        }
        SendError::Incomplete { status, ratelimit, error } => {
            return incomplete_reply(api, tool, status, ratelimit, &error, secret);
        }
    };
    ToolError {
        source,
        kind,
        message,
        status: None,
        violations: Vec::new(),
        ratelimit: RateLimit::default(),
        confirmation: None,
    }
}

fn not_connected(host: &str, step: ConnectStep, cause: &str) -> String {
    match step {
        ConnectStep::Name => {
            format!("the host name {host} could not be resolved ({cause}). The account's address may be wrong.")
        }
        ConnectStep::Tls => format!(
            "no trusted TLS connection to {host} ({cause}). If a proxy inspects the traffic, its certificate must be \
             given to this server as a CA file."
        ),
        ConnectStep::Time => format!("connecting to {host} timed out. This network may need a proxy."),
        ConnectStep::Connect => {
            format!("could not connect to {host} ({cause}). The account's address or a proxy setting may be wrong.")
        }
    }
}

fn incomplete_reply(
    api: &ApiDef,
    tool: &ToolDef,
    status: u16,
    ratelimit: RateLimit,
    error: &ReplyBodyError,
    secret: &str,
) -> ToolError {
    let title = api.title;
    let happened = unless_read_only(tool, MOST_LIKELY_HAPPENED);
    let (kind, problem, advice) = match error {
        ReplyBodyError::TooLarge(limit) => (
            FailureKind::TooLarge,
            format!("the reply is longer than {}", size(*limit as u64)),
            format!(" {}", cure::less(tool)),
        ),
        ReplyBodyError::TimedOut(after) => (
            FailureKind::TimedOut,
            format!("the reply did not arrive completely within {}", seconds(*after)),
            format!(" Calling again may help. {}", cure::less(tool)),
        ),
        ReplyBodyError::CutOff(cause) => (
            FailureKind::BadReply,
            format!("the reply was cut off ({})", sanitized(cause, secret)),
            " Calling again may help.".to_owned(),
        ),
        ReplyBodyError::UnknownCoding(coding) => (
            FailureKind::BadReply,
            format!("the reply has the content coding “{}”, which is not known", sanitized(coding, secret)),
            " Calling again will not help: an admin must check the API, or a proxy before it.".to_owned(),
        ),
    };
    let message = format!(
        "{title} answered {status}, but {problem}.{happened}{}",
        if tool.hints.read_only { &advice } else { "" }
    );
    let source = FailureSource::Upstream;
    ToolError { source, kind, message, status: Some(status), violations: Vec::new(), ratelimit, confirmation: None }
}
