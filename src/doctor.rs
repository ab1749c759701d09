//! Whether an account can be used, and if not, what to do: a few calls, and a finding for each thing that must hold.
//!
//! Which calls these are follows from the tools (`plan`), what their answers mean is said in `finding`, which is pure.
//! Only this file sends anything, and it stops as soon as more calls could tell no more.

mod finding;
mod plan;

use serde_json::Map;
use tool_runtime::api::ApiDef;
use tool_runtime::tool::Tool;

pub use self::finding::{Finding, Status};
use self::finding::{Way, access, budget, key, skipped, way};
use self::plan::Plan;
use crate::upstream::{Account, RateLimit, SendError, Upload, UpstreamClient, UpstreamReply};

/// What came of one call.
type Answer = Result<UpstreamReply, SendError>;

/// Examines `account` with the tools that need no arguments: one call for the way to the API, one for the key and one
/// for each group of tools that has to be opened by someone.
pub async fn examine(client: &UpstreamClient, account: &Account, api: &ApiDef, tools: &[Tool]) -> Vec<Finding> {
    let plan = Plan::of(tools);
    let mut findings = Vec::new();
    let mut known = RateLimit::default();
    let mut call = async |tool: &Tool| {
        let answer = send(client, account, api, tool).await;
        if let Some(ratelimit) = rate_limit(&answer)
            && !ratelimit.is_empty()
        {
            known = ratelimit;
        }
        answer
    };

    let proxy = client.proxy_towards(account);
    let by_way = Way { api, account, proxy: proxy.as_deref() };
    let mut stopped = None;
    // A tool that answers with text answers without looking at anything; without one, the key's has to do for both.
    let first = match plan.reachable.or(plan.key) {
        Some(tool) => Some((tool, call(tool).await)),
        None => None,
    };
    match &first {
        Some((_, answer)) => {
            findings.extend(way(&by_way, answer));
            if findings.iter().any(|finding| finding.status == Status::Fail) {
                stopped = Some("there was no usable answer");
            }
        }
        None => stopped = Some("no tool can be called without arguments"),
    }

    match (plan.key, stopped) {
        (Some(tool), None) => {
            let answer = match first {
                Some((first, answer)) if first.def.name == tool.def.name => answer,
                _ => call(tool).await,
            };
            let finding = key(&by_way, tool.def, answer);
            if finding.status != Status::Ok {
                stopped = Some("the key was not accepted");
            }
            findings.push(finding);
        }
        (Some(_), Some(why)) => findings.push(skipped("key", why)),
        (None, _) => findings.push(skipped("key", "no tool that needs the key can be called without arguments")),
    }

    for gate in plan.gates {
        findings.push(match stopped {
            None => access(&by_way, gate.def, call(gate).await),
            Some(why) => skipped(&finding::access_to(gate.def), why),
        });
    }
    findings.push(budget(known, stopped));
    findings
}

async fn send(client: &UpstreamClient, account: &Account, api: &ApiDef, tool: &Tool) -> Answer {
    match tool.prepare(Map::new()) {
        Ok(request) => client.send(account, api, request, Vec::new(), &Upload::default()).await,
        // The plan holds no such tool.
        Err(_) => Err(SendError::Unsendable("it needs arguments")),
    }
}

fn rate_limit(answer: &Answer) -> Option<RateLimit> {
    match answer {
        Ok(reply) => Some(reply.ratelimit),
        Err(SendError::Unfinished { ratelimit, .. }) => Some(*ratelimit),
        Err(_) => None,
    }
}
