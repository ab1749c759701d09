//! Findings of `doctor`: one line per check, with the fix. Pure.

use secrecy::ExposeSecret as _;
use serde::Serialize;
use tool_runtime::api::ApiDef;
use tool_runtime::tool::ToolDef;

use crate::outcome::{self, FailureKind, RateLimit};
use crate::upstream::{Account, ConnectStep, SendError, UpstreamReply};

/// The result of one request.
pub(super) type SendResult = Result<UpstreamReply, SendError>;

/// The result of one check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Finding {
    /// Name of the check.
    pub check: String,
    /// Status.
    pub status: Status,
    /// Description of the result.
    pub message: String,
    /// The fix, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub fix: Option<String>,
}

/// The status of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Everything is in order.
    Ok,
    /// It works, but with a limitation.
    Warn,
    /// It does not work.
    Fail,
    /// It could not be checked.
    Skipped,
}

impl Status {
    /// Returns the name that listings use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Skipped => "skipped",
        }
    }
}

impl Finding {
    /// Creates a finding without a fix.
    pub fn new(check: &str, status: Status, message: impl Into<String>) -> Self {
        Self { check: check.to_owned(), status, message: message.into(), fix: None }
    }

    /// Adds the fix.
    pub fn fix(self, fix: impl Into<String>) -> Self {
        Self { fix: Some(fix.into()), ..self }
    }
}

/// The account that is checked, and the proxy by which its API is reached.
pub(super) struct Target<'a> {
    pub(super) api: &'a ApiDef,
    pub(super) account: &'a Account,
    pub(super) proxy: Option<&'a str>,
}

pub(super) fn skipped(check: &str, reason: &str) -> Finding {
    Finding::new(check, Status::Skipped, format!("not checked: {reason}"))
}

/// Checks the host name, the connection, and whether the API replies at all.
pub(super) fn check_reachable(target: &Target<'_>, result: &SendResult) -> [Finding; 3] {
    let secret = target.account.key().expose_secret();
    let connected = || [name_finding(target, Status::Ok, None), connection_finding(target)];
    let failed = |step: ConnectStep, cause: &str| {
        let reachable = skipped("reachable", "there was no connection");
        let [name, connection] = match step {
            ConnectStep::Name => {
                [name_finding(target, Status::Fail, Some(cause)), skipped("connection", "the host has no address")]
            }
            ConnectStep::Time => {
                [skipped("dns", "the attempt timed out"), failed_connection_finding(target, step, cause)]
            }
            ConnectStep::Tls | ConnectStep::Connect => {
                [name_finding(target, Status::Ok, None), failed_connection_finding(target, step, cause)]
            }
        };
        [name, connection, reachable]
    };
    match result {
        Err(SendError::HostRefused(refusal)) => [
            Finding::new("host", Status::Fail, refusal.to_string()).fix(refusal.advice() + "."),
            skipped("connection", "no key is sent to this host"),
            skipped("reachable", "there was no connection"),
        ],
        Err(SendError::NotConnected { step, cause, .. }) => failed(*step, &outcome::sanitized(cause, secret)),
        Err(error) => {
            let finding = Finding::new("reachable", Status::Fail, outcome::sanitized(&error.to_string(), secret))
                .fix("Try again later. If the problem persists, a proxy or a firewall may cut the connection.");
            let [name, connection] = connected();
            [name, connection, finding]
        }
        Ok(reply) => {
            let [name, connection] = connected();
            [name, connection, reply_finding(target, reply)]
        }
    }
}

fn name_finding(target: &Target<'_>, status: Status, cause: Option<&str>) -> Finding {
    let host = target.account.host();
    let finding = |message| Finding::new("dns", status, message);
    match (target.proxy, cause) {
        (None, None) => finding(format!("{host} was resolved")),
        (None, Some(cause)) => finding(format!("{host} could not be resolved ({cause})"))
            .fix("Check the account's address for typing mistakes, and that this machine can resolve host names."),
        (Some(proxy), None) => finding(format!("{host} is resolved by the proxy {proxy}")),
        (Some(proxy), Some(cause)) => finding(format!("the proxy {proxy} could not be resolved ({cause})"))
            .fix("Check HTTPS_PROXY; add the host to NO_PROXY if it needs no proxy."),
    }
}

fn connection_finding(target: &Target<'_>) -> Finding {
    let host = target.account.host();
    let protocol =
        if target.account.base_url().scheme() == "https" { "TLS with a trusted certificate" } else { "plain HTTP" };
    let proxy = target.proxy.map_or_else(String::new, |proxy| format!(" through the proxy {proxy}"));
    Finding::new("connection", Status::Ok, format!("{protocol} to {host}{proxy}"))
}

fn failed_connection_finding(target: &Target<'_>, step: ConnectStep, cause: &str) -> Finding {
    let host = target.account.host();
    let (message, fix) = match (step, target.proxy) {
        (ConnectStep::Tls, _) => (
            format!("the certificate of {host} is not trusted ({cause})"),
            "If a proxy inspects the traffic, pass its certificate with --ca-file. Otherwise check that the system's \
             certificates are installed (package ca-certificates) and that the clock is right.",
        ),
        (_, Some(proxy)) => (
            format!("no connection to {host} through the proxy {proxy} ({cause})"),
            "Check HTTPS_PROXY, and that the proxy allows this host; add the host to NO_PROXY if it needs no proxy.",
        ),
        (_, None) => (
            format!("no connection to {host} ({cause})"),
            "Check the account's address. If this network needs a proxy, set HTTPS_PROXY.",
        ),
    };
    Finding::new("connection", Status::Fail, message).fix(fix)
}

/// Checks whether the reply comes from the API. A refusal does, too.
fn reply_finding(Target { api, account, .. }: &Target<'_>, reply: &UpstreamReply) -> Finding {
    let summary = outcome::reply_summary(api, reply, account.key());
    let finding = |status, message| Finding::new("reachable", status, message);
    match reply.status {
        200..=299 | 401 | 403 | 429 if is_web_page(reply) => {
            finding(Status::Fail, format!("a web page replies instead of {} ({summary})", api.title)).fix(
                "Open the account's address in a browser. A sign-in page, a proxy or a firewall may reply in place of \
                 the API; the address may also belong to another site.",
            )
        }
        200..=299 if reply.body.trim_ascii().is_empty() => {
            finding(Status::Fail, format!("the reply is empty and may not come from {} ({summary})", api.title))
                .fix("Check the account's address, and the path of the base URL if you passed one.")
        }
        200..=299 | 401 | 403 | 429 => finding(Status::Ok, format!("{} replies", api.title)),
        500..=599 => finding(Status::Fail, format!("{} fails ({summary})", api.title)).fix("Try again later."),
        _ => finding(Status::Fail, format!("the reply does not look like {} ({summary})", api.title))
            .fix("Check the account's address, and the path of the base URL if you passed one."),
    }
}

/// Returns whether the reply is a page for browsers. The API returns JSON or plain text, in errors as well.
fn is_web_page(reply: &UpstreamReply) -> bool {
    const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
    let body: &[u8] = &reply.body;
    body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body).trim_ascii_start().starts_with(b"<")
}

/// Checks whether the API accepts the key.
pub(super) fn check_key(target: &Target<'_>, tool: &ToolDef, result: &SendResult) -> Finding {
    let finding = |status, message: String| Finding::new("key", status, message);
    let Some((kind, summary)) = failure_of(target, tool, result) else {
        return finding(Status::Ok, format!("accepted ({})", tool.name));
    };
    match kind {
        FailureKind::Unauthorized => finding(Status::Fail, format!("refused ({summary})"))
            .fix("Copy the key again. It must be valid and belong to this account's address."),
        FailureKind::Forbidden => finding(Status::Warn, format!("accepted, but not for {} ({summary})", tool.name))
            .fix("Give the key's owner the permission, or use the key of somebody who has it."),
        FailureKind::RateLimited => {
            finding(Status::Warn, format!("unknown: {summary}")).fix("Wait until the rate limit allows calls again.")
        }
        FailureKind::BadReply => finding(Status::Fail, format!("unknown: {summary}"))
            .fix("Check the account's address; a proxy or a sign-in page may reply instead of the API."),
        _ => finding(Status::Fail, format!("unknown: {summary}")).fix("Try again later."),
    }
}

/// Returns the name of the check whether a gated tool is enabled.
pub(super) fn access_check(tool: &ToolDef) -> String {
    format!("access to {}", tool.tags.join(", "))
}

/// Checks whether a gated tool is enabled. A disabled one is a warning, because all other tools work.
pub(super) fn check_access(target: &Target<'_>, tool: &ToolDef, result: &SendResult) -> Finding {
    let check = access_check(tool);
    match failure_of(target, tool, result) {
        None => Finding::new(&check, Status::Ok, format!("allowed ({})", tool.name)),
        Some((FailureKind::Forbidden, summary)) => {
            let finding = Finding::new(&check, Status::Warn, format!("not allowed ({summary})"));
            Finding { fix: tool.gated.map(str::to_owned), ..finding }
        }
        Some((_, summary)) => Finding::new(&check, Status::Warn, format!("unknown: {summary}")).fix("Try again later."),
    }
}

/// Checks the remaining rate limit. Without any fact the check is skipped; `stopped` is the reason, if there is one.
pub(super) fn check_rate_limit(ratelimit: RateLimit, stopped: Option<&str>) -> Finding {
    /// A warning is given below a tenth of the limit: an agent uses that up quickly.
    const LOW_SHARE: u64 = 10;
    let RateLimit { limit, remaining, reset } = ratelimit;
    let Some(remaining) = remaining else {
        return skipped("rate limit", stopped.unwrap_or("the API does not report it"));
    };
    let of_limit = limit.map_or_else(String::new, |limit| format!(" of {limit}"));
    let message = format!("{remaining}{of_limit} calls left");
    let wait =
        reset.map_or_else(|| "Wait before you call again.".to_owned(), |reset| format!("Resets in {reset} seconds."));
    if remaining == 0 {
        Finding::new("rate limit", Status::Warn, message).fix(wait)
    } else if limit.is_some_and(|limit| remaining.saturating_mul(LOW_SHARE) < limit) {
        let advice = format!("{wait} All users of the account share this limit.");
        Finding::new("rate limit", Status::Warn, message).fix(advice)
    } else {
        Finding::new("rate limit", Status::Ok, message)
    }
}

/// Returns the kind of a failure, or `None` for a success.
pub(super) fn failure_kind(target: &Target<'_>, tool: &ToolDef, result: &SendResult) -> Option<FailureKind> {
    failure_of(target, tool, result).map(|(kind, _)| kind)
}

/// Returns the kind of a failure with a short summary, or `None` for a success.
fn failure_of(
    Target { api, account, .. }: &Target<'_>,
    tool: &ToolDef,
    result: &SendResult,
) -> Option<(FailureKind, String)> {
    let key = account.key();
    let reply = match result {
        Ok(reply) => reply,
        Err(error) => {
            let summary = outcome::sanitized(&error.to_string(), key.expose_secret());
            return Some((outcome::error_of_send_failure(api, tool, error.clone(), key).kind, summary));
        }
    };
    let summary = outcome::reply_summary(api, reply, key);
    match outcome::reply_of_upstream(api, tool, reply.clone(), key) {
        Ok(_) => None,
        // The status of such a reply may be a success, so that only the message describes the problem.
        Err(error) if error.kind == FailureKind::BadReply => Some((error.kind, error.message)),
        Err(error) => Some((error.kind, summary)),
    }
}

#[cfg(test)]
mod tests;
