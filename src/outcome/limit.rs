//! Errors for calls that this server did not send, because a limit is reached.

use std::fmt;
use std::time::Duration;

use tool_runtime::api::ApiDef;
use tool_runtime::tool::ToolDef;

use super::call_outcome::{FailureKind, FailureSource, ToolError};
use super::wording::Wait;
use crate::upstream::RateLimit;

/// A limit of a server that a call would exceed.
#[derive(Clone, Copy, Debug)]
pub struct ReachedLimit {
    /// The key of the limit in the server's configuration.
    pub key: &'static str,
    /// The calls in an hour.
    pub limit: u32,
    /// The calls that this one would have cost.
    pub cost: u32,
    /// The time until there is room, or `None` if the call costs more than the limit.
    pub wait: Option<Duration>,
}

/// Returns the error of a call of `tool` that would exceed a limit of its server.
pub fn error_of_server_limit(tool: &ToolDef, reached: ReachedLimit) -> ToolError {
    let ReachedLimit { key, limit, cost, wait } = reached;
    let changing = if tool.hints.read_only { "" } else { " that change something" };
    let costs = if cost > 1 { format!(" This tool counts as {cost} calls.") } else { String::new() };
    let message = match wait {
        Some(wait) => format!(
            "The limit of this server for calls{} is {limit} an hour (`{key}`), and too little of it is left. The call was \
             not sent. Call again in {}.{costs}",
            if key.starts_with("writes") { changing } else { "" },
            Wait(seconds_of(wait)),
        ),
        None => format!(
            "This tool counts as {cost} calls, and the limit of this server is {limit} an hour (`{key}`). Calling again \
             will not help: an admin of this server can raise the limit."
        ),
    };
    rate_limited(message)
}

/// Returns the error of a call that would take one of the last calls of the account's rate limit: `remaining` of `limit`, if
/// the API said what it is.
pub fn error_of_reserve(api: &ApiDef, limit: Option<u64>, remaining: u64, wait: Duration) -> ToolError {
    let of_limit = limit.map(|limit| format!(" of {limit}")).unwrap_or_default();
    rate_limited(format!(
        "{}'s rate limit is nearly used up: {remaining}{of_limit} calls are left, and they are held for checks by an \
         admin of this server. The call was not sent. Call again in {}.",
        api.title,
        Wait(seconds_of(wait)),
    ))
}

/// Returns a warning if less than a fifth of a limit is left: `remaining` of `limit` calls. `whose` names the limit.
pub fn low_budget(whose: impl fmt::Display, remaining: u64, limit: u64) -> Option<String> {
    let is_low = remaining.saturating_mul(5) < limit;
    is_low.then(|| format!("{remaining} of {limit} calls of {whose} are left: make only the calls that you need."))
}

fn seconds_of(wait: Duration) -> u64 {
    wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0))
}

fn rate_limited(message: String) -> ToolError {
    ToolError {
        source: FailureSource::Server,
        kind: FailureKind::RateLimited,
        message,
        status: None,
        violations: Vec::new(),
        // These headers state what the API said.
        ratelimit: RateLimit::default(),
        confirmation: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn less_than_a_fifth_of_a_limit_is_a_warning() {
        let warning = |remaining, limit| low_budget("the account's rate limit", remaining, limit);
        assert_eq!((warning(20, 100), warning(0, 0), warning(1, 5)), (None, None, None));
        assert_eq!(
            warning(19, 100).as_deref(),
            Some("19 of 100 calls of the account's rate limit are left: make only the calls that you need.")
        );
    }
}
