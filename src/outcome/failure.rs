//! What it means that there was no whole reply: above all, whether the call may have been carried out.

use secrecy::{ExposeSecret as _, SecretString};
use tool_runtime::api::ApiDef;
use tool_runtime::tool::ToolDef;

use super::wording::{
    HAS_NOT_HAPPENED, HAS_PROBABLY_HAPPENED, MAY_HAVE_HAPPENED, foreign, seconds, size, unless_read_only,
};
use super::{Kind, RateLimit, Source, ToolError};
use crate::upstream::{BodyFault, SendError, Step};

/// The error for a call of `tool` whose request ended in `error`. It does not hold the `key`.
pub fn of_failure(api: &ApiDef, tool: &ToolDef, error: SendError, key: &SecretString) -> ToolError {
    let title = api.title;
    let secret = key.expose_secret();
    let not_sent = unless_read_only(tool, HAS_NOT_HAPPENED);
    let unknown = match unless_read_only(tool, MAY_HAVE_HAPPENED) {
        "" => " It may help to call again.",
        unknown => unknown,
    };
    let (source, kind, message) = match error {
        SendError::Unsendable(problem) => {
            let message = format!("The request cannot be sent: {problem}.{not_sent}");
            (Source::Server, Kind::InvalidArguments, message)
        }
        SendError::AddressTooLong { bytes, limit } => {
            let message = format!(
                "The arguments that are sent in the address are too long: it would have {bytes} bytes, and the limit is \
                 {limit}. Nothing was sent. Shorten the longest of them.",
            );
            (Source::Arguments, Kind::TooLarge, message)
        }
        SendError::UploadTooLarge { bytes, limit } => {
            let advice =
                if tool.files.is_some() { "Send fewer or smaller files." } else { "Shorten the longest text." };
            let message = format!(
                "The call is too large: {} to send, and the limit is {}. Nothing was sent. {advice}",
                size(bytes),
                size(limit),
            );
            (Source::Arguments, Kind::TooLarge, message)
        }
        SendError::AttachmentLost { cause } => {
            let message = format!(
                "An attachment could not be sent ({}). The call was broken off before {title} had all of it, so nothing \
                 has changed. Call again when nobody writes to the file any more.",
                foreign(&cause, secret),
            );
            (Source::Arguments, Kind::InvalidArguments, message)
        }
        SendError::NotConnected { host, step, cause } => {
            let message = format!(
                "{title} cannot be reached: {}{not_sent}",
                not_connected(&host, step, &foreign(&cause, secret))
            );
            (Source::Upstream, Kind::Unreachable, message)
        }
        SendError::Broken { cause } => {
            let cause = foreign(&cause, secret);
            let message = format!("The connection to {title} broke before an answer came ({cause}).{unknown}");
            (Source::Upstream, Kind::Unreachable, message)
        }
        SendError::TimedOut { after } => {
            let message = format!("{title} did not answer within {}.{unknown}", seconds(after));
            (Source::Upstream, Kind::TimedOut, message)
        }
        SendError::Unfinished { status, ratelimit, fault } => {
            return unfinished(api, tool, status, ratelimit, &fault, secret);
        }
    };
    ToolError { source, kind, message, status: None, violations: Vec::new(), ratelimit: RateLimit::default() }
}

fn not_connected(host: &str, step: Step, cause: &str) -> String {
    match step {
        Step::Name => format!("the name {host} has no address ({cause}). The account's address may be wrong."),
        Step::Tls => format!(
            "no trusted connection to {host} ({cause}). Behind a proxy that inspects traffic, its certificate must \
             be given to this server as a CA file."
        ),
        Step::Time => format!("{host} did not take a connection in time. This network may need a proxy."),
        Step::Connect => format!("no connection to {host} ({cause}). The account's address or a proxy may be wrong."),
    }
}

fn unfinished(
    api: &ApiDef,
    tool: &ToolDef,
    status: u16,
    ratelimit: RateLimit,
    fault: &BodyFault,
    secret: &str,
) -> ToolError {
    let title = api.title;
    let happened = unless_read_only(tool, HAS_PROBABLY_HAPPENED);
    let read_only = |advice| if tool.hints.read_only { advice } else { "" };
    let (kind, message) = match fault {
        BodyFault::TooLarge(limit) => {
            let limit = size(*limit as u64);
            let advice = read_only(" Ask for less: a smaller page, or fewer details.");
            (Kind::TooLarge, format!("{title} answered {status} with more than {limit}.{happened}{advice}"))
        }
        BodyFault::TimedOut(after) => {
            let advice = read_only(" It may help to call again, or to ask for less.");
            let within = seconds(*after);
            (
                Kind::TimedOut,
                format!("{title} answered {status}, but not completely within {within}.{happened}{advice}"),
            )
        }
        BodyFault::Broken(cause) => {
            let advice = read_only(" It may help to call again.");
            let cause = foreign(cause, secret);
            (Kind::BadReply, format!("{title} answered {status}, but its reply broke off ({cause}).{happened}{advice}"))
        }
    };
    ToolError { source: Source::Upstream, kind, message, status: Some(status), violations: Vec::new(), ratelimit }
}
