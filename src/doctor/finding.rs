//! What the answers mean. Pure: from an answer to a line for a person, with what to do about it.

use secrecy::ExposeSecret as _;
use serde::Serialize;
use tool_runtime::api::ApiDef;
use tool_runtime::tool::ToolDef;

use super::Answer;
use crate::outcome::{self, Kind, RateLimit};
use crate::upstream::{Account, SendError, Step, UpstreamReply};

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Finding {
    /// What was looked at, in a word or two.
    pub check: String,
    /// How it is.
    pub status: Status,
    /// What was found.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub fix: Option<String>,
}

/// How it is with one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// As it should be.
    Ok,
    /// It works, with something to know.
    Warn,
    /// It does not work.
    Fail,
    /// It could not be looked at.
    Skipped,
}

impl Status {
    /// The word for it.
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
    /// A finding without anything to do.
    pub fn new(check: &str, status: Status, message: impl Into<String>) -> Self {
        Self { check: check.to_owned(), status, message: message.into(), fix: None }
    }

    /// The same, with what to do.
    pub fn fix(self, fix: impl Into<String>) -> Self {
        Self { fix: Some(fix.into()), ..self }
    }
}

/// The way to the API: which account, and through which proxy.
pub(super) struct Way<'a> {
    pub(super) api: &'a ApiDef,
    pub(super) account: &'a Account,
    pub(super) proxy: Option<&'a str>,
}

pub(super) fn skipped(check: &str, why: &str) -> Finding {
    Finding::new(check, Status::Skipped, format!("not looked at: {why}"))
}

/// The host's name, the connection, and whether the API answers at all.
pub(super) fn way(way: &Way<'_>, answer: &Answer) -> [Finding; 3] {
    let secret = way.account.key().expose_secret();
    let connected = || [name(way, Status::Ok, None), connection(way)];
    let failed = |step: Step, cause: &str| {
        let unknown = skipped("reachable", "there was no connection");
        match step {
            Step::Name => [name(way, Status::Fail, Some(cause)), skipped("connection", "there is no address"), unknown],
            Step::Time => [skipped("dns", "the time was up"), refused(way, step, cause), unknown],
            Step::Tls | Step::Connect => [name(way, Status::Ok, None), refused(way, step, cause), unknown],
        }
    };
    match answer {
        Err(SendError::NotConnected { step, cause, .. }) => failed(*step, &outcome::foreign(cause, secret)),
        Err(error) => {
            let finding = Finding::new("reachable", Status::Fail, outcome::foreign(&error.to_string(), secret))
                .fix("Try again later. If it stays so, a proxy or a firewall may cut the connection.");
            let [name, connection] = connected();
            [name, connection, finding]
        }
        Ok(reply) => {
            let [name, connection] = connected();
            [name, connection, answers(way, reply)]
        }
    }
}

fn name(way: &Way<'_>, status: Status, cause: Option<&str>) -> Finding {
    let host = way.account.host();
    let finding = |message| Finding::new("dns", status, message);
    match (way.proxy, cause) {
        (None, None) => finding(format!("{host} is found")),
        (None, Some(cause)) => finding(format!("{host} has no address ({cause})"))
            .fix("Check the account's address for a typing mistake, and that this machine can look up names."),
        (Some(proxy), None) => finding(format!("{proxy} looks up {host}")),
        (Some(proxy), Some(cause)) => finding(format!("the proxy {proxy} has no address ({cause})"))
            .fix("Check HTTPS_PROXY; add the host to NO_PROXY if it needs no proxy."),
    }
}

fn connection(way: &Way<'_>) -> Finding {
    let host = way.account.host();
    let how = if way.account.base_url().scheme() == "https" { "TLS, with a trusted certificate" } else { "plain HTTP" };
    let by = way.proxy.map_or_else(String::new, |proxy| format!(", through the proxy {proxy}"));
    Finding::new("connection", Status::Ok, format!("{how}, to {host}{by}"))
}

fn refused(way: &Way<'_>, step: Step, cause: &str) -> Finding {
    let host = way.account.host();
    let (message, fix) = match (step, way.proxy) {
        (Step::Tls, _) => (
            format!("{host} shows no certificate that is trusted here ({cause})"),
            "Behind a proxy that inspects traffic, give its certificate with --ca-file. Else check that the system's \
             certificates are installed (package ca-certificates) and the clock is right.",
        ),
        (_, Some(proxy)) => (
            format!("no connection to {host} through the proxy {proxy} ({cause})"),
            "Check HTTPS_PROXY, and that the proxy lets this host through; add the host to NO_PROXY if it needs none.",
        ),
        (_, None) => (
            format!("no connection to {host} ({cause})"),
            "Check the account's address. If this network needs a proxy, set HTTPS_PROXY.",
        ),
    };
    Finding::new("connection", Status::Fail, message).fix(fix)
}

/// Whoever refuses a call is there.
fn answers(Way { api, account, .. }: &Way<'_>, reply: &UpstreamReply) -> Finding {
    let answer = outcome::answer_of(api, reply, account.key());
    let finding = |status, message| Finding::new("reachable", status, message);
    match reply.status {
        200..=299 | 401 | 403 | 429 => finding(Status::Ok, format!("{} answers", api.title)),
        500..=599 => finding(Status::Fail, format!("{} fails ({answer})", api.title)).fix("Try again later."),
        _ => finding(Status::Fail, format!("this does not look like {} ({answer})", api.title))
            .fix("Check the account's address, and the base URL's path if you gave one."),
    }
}

/// Whether the key is accepted.
pub(super) fn key(way: &Way<'_>, tool: &ToolDef, answer: Answer) -> Finding {
    let finding = |status, message: String| Finding::new("key", status, message);
    let (kind, answer) = match judged(way, tool, answer) {
        Ok(()) => return finding(Status::Ok, format!("accepted ({})", tool.name)),
        Err(refusal) => refusal,
    };
    match kind {
        Kind::Unauthorized => finding(Status::Fail, format!("refused ({answer})"))
            .fix("Copy the key again. It must be a valid one, and belong to this account's address."),
        Kind::Forbidden => finding(Status::Warn, format!("accepted, but not for {} ({answer})", tool.name))
            .fix("Give the key's owner the permission, or take the key of someone who has it."),
        Kind::RateLimited => {
            finding(Status::Warn, format!("not known: {answer}")).fix("Wait until calls are possible again.")
        }
        Kind::BadReply => finding(Status::Fail, format!("not known: {answer}"))
            .fix("Check the account's address; a proxy or a sign-in page may answer in the API's place."),
        _ => finding(Status::Fail, format!("not known: {answer}")).fix("Try again later."),
    }
}

/// The name of the check whether the gate before `tool` is open.
pub(super) fn access_to(tool: &ToolDef) -> String {
    format!("access to {}", tool.tags.join(", "))
}

/// Whether the gate before `tool` is open. A closed one is no failure: everything else works.
pub(super) fn access(way: &Way<'_>, tool: &ToolDef, answer: Answer) -> Finding {
    let check = access_to(tool);
    match judged(way, tool, answer) {
        Ok(()) => Finding::new(&check, Status::Ok, format!("open ({})", tool.name)),
        Err((Kind::Forbidden, answer)) => {
            let finding = Finding::new(&check, Status::Warn, format!("closed ({answer})"));
            Finding { fix: tool.gated.map(str::to_owned), ..finding }
        }
        Err((_, answer)) => Finding::new(&check, Status::Warn, format!("not known: {answer}")).fix("Try again later."),
    }
}

/// What is left of the rate limit. Without any fact there is nothing to say, and `stopped` may say why.
pub(super) fn budget(ratelimit: RateLimit, stopped: Option<&str>) -> Finding {
    /// With less than a tenth, an agent at work runs out soon.
    const LITTLE: u64 = 10;
    let RateLimit { limit, remaining, reset } = ratelimit;
    let Some(remaining) = remaining else {
        return skipped("rate limit", stopped.unwrap_or("the API does not say what is left"));
    };
    let of = limit.map_or_else(String::new, |limit| format!(" of {limit}"));
    let message = format!("{remaining}{of} calls left");
    let wait = reset.map_or_else(|| "Wait before more calls.".to_owned(), |reset| format!("More in {reset} seconds."));
    if remaining == 0 {
        Finding::new("rate limit", Status::Warn, message).fix(wait)
    } else if limit.is_some_and(|limit| remaining.saturating_mul(LITTLE) < limit) {
        let advice = format!("{wait} Whoever else uses the account takes from the same limit.");
        Finding::new("rate limit", Status::Warn, message).fix(advice)
    } else {
        Finding::new("rate limit", Status::Ok, message)
    }
}

/// The kind of a failure, and what was answered, in a few words.
fn judged(Way { api, account, .. }: &Way<'_>, tool: &ToolDef, answer: Answer) -> Result<(), (Kind, String)> {
    let key = account.key();
    let reply = match answer {
        Ok(reply) => reply,
        Err(error) => {
            let error_text = outcome::foreign(&error.to_string(), key.expose_secret());
            return Err((outcome::of_failure(api, tool, error, key).kind, error_text));
        }
    };
    let said = outcome::answer_of(api, &reply, key);
    match outcome::of_reply(api, tool, reply, key) {
        Ok(_) => Ok(()),
        // Such a reply has a good status: what is wrong with it stands in the message only.
        Err(error) if error.kind == Kind::BadReply => Err((error.kind, error.message)),
        Err(error) => Err((error.kind, said)),
    }
}

#[cfg(test)]
mod tests;
