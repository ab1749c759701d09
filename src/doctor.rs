//! `doctor`: checks whether an account can be used, and says how to fix it if not.
//!
//! It makes a few calls that change nothing. `plan` chooses the tools, and `finding` interprets the replies; both are
//! pure. Only this file sends requests. It stops as soon as further calls would not show anything new.

mod finding;
mod plan;

use serde_json::Map;
use tokio::time::Instant;
use tool_runtime::api::ApiDef;
use tool_runtime::tool::Tool;

pub use self::finding::{Finding, Status};
use self::finding::{
    SendResult, Target, access_check, check_access, check_key, check_rate_limit, check_reachable, failure_kind, skipped,
};
use self::plan::Plan;
use crate::outcome::FailureKind;
use crate::upstream::{Account, CallInProgress, RateLimit, SendError, UploadProgress, UpstreamClient};

/// The result of checking an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examination {
    /// The findings, one for each check.
    pub findings: Vec<Finding>,
    /// The failure of the call that tried the connection or the key. `None` if both calls succeeded.
    pub failure: Option<FailureKind>,
    /// The rate limit that the API reported.
    pub ratelimit: RateLimit,
}

impl Examination {
    /// `ok`, or the kind of the failure.
    pub const fn outcome(&self) -> &'static str {
        match self.failure {
            None => "ok",
            Some(kind) => kind.name(),
        }
    }

    /// Returns whether the API accepts the key, or `None` if the calls did not show it.
    pub const fn key_works(&self) -> Option<bool> {
        match self.failure {
            None | Some(FailureKind::Forbidden) => Some(true),
            Some(FailureKind::Unauthorized) => Some(false),
            Some(_) => None,
        }
    }
}

/// Checks `account`: one call for the connection, one for the key, and one for each group of gated tools.
pub async fn examine(client: &UpstreamClient, account: &Account, api: &ApiDef, tools: &[Tool]) -> Examination {
    let plan = Plan::new(tools);
    let mut findings = Vec::new();
    let mut failure = None;
    let mut known = RateLimit::default();
    let mut call = async |tool: &Tool| {
        let result = send(client, account, api, tool).await;
        if let Some(ratelimit) = rate_limit_of(&result)
            && !ratelimit.is_empty()
        {
            known = ratelimit;
        }
        result
    };

    let proxy = UpstreamClient::proxy_towards(account);
    let target = Target { api, account, proxy: proxy.as_deref() };
    let mut stopped = None;
    // A tool that replies with text needs no key. Without one, the call for the key has to serve both checks.
    let first = match plan.reachable.or(plan.key) {
        Some(tool) => Some((tool, call(tool).await)),
        None => None,
    };
    match &first {
        Some((tool, result)) => {
            findings.extend(check_reachable(&target, result));
            if findings.iter().any(|finding| finding.status == Status::Fail) {
                stopped = Some("there was no usable reply");
                failure = failure_kind(&target, tool.def, result).or(Some(FailureKind::BadReply));
            }
        }
        None => stopped = Some("no tool can be called without arguments"),
    }

    match (plan.key, stopped) {
        (Some(tool), None) => {
            let result = match first {
                Some((first, result)) if first.def.name == tool.def.name => result,
                _ => call(tool).await,
            };
            failure = failure_kind(&target, tool.def, &result);
            let finding = check_key(&target, tool.def, &result);
            if finding.status != Status::Ok {
                stopped = Some("the key was not accepted");
            }
            findings.push(finding);
        }
        (Some(_), Some(reason)) => findings.push(skipped("key", reason)),
        (None, _) => findings.push(skipped("key", "no tool that needs the key can be called without arguments")),
    }

    for tool in plan.gated {
        findings.push(match stopped {
            None => check_access(&target, tool.def, &call(tool).await),
            Some(reason) => skipped(&access_check(tool.def), reason),
        });
    }
    findings.push(check_rate_limit(known, stopped));
    Examination { findings, failure, ratelimit: known }
}

async fn send(client: &UpstreamClient, account: &Account, api: &ApiDef, tool: &Tool) -> SendResult {
    match tool.prepare(Map::new()) {
        Ok(request) => {
            let call = CallInProgress { since: Instant::now(), progress: &UploadProgress::default() };
            client.send(account, api, request, Vec::new(), call).await
        }
        // The plan contains no such tool.
        Err(_) => Err(SendError::Unsendable("it needs arguments")),
    }
}

fn rate_limit_of(result: &SendResult) -> Option<RateLimit> {
    match result {
        Ok(reply) => Some(reply.ratelimit),
        Err(SendError::Incomplete { ratelimit, .. }) => Some(*ratelimit),
        Err(_) => None,
    }
}
