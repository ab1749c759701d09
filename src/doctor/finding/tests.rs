//! What each answer is taken for.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::time::Duration;

use secrecy::SecretString;

use super::*;
use crate::tools::{API, TOOLS};
use crate::upstream::BodyFault;

fn reply(status: u16, body: &str) -> UpstreamReply {
    UpstreamReply { status, ratelimit: RateLimit::default(), content_type: None, body: body.to_owned().into() }
}

fn account() -> Account {
    Account::new("https://acme.example.com/api", SecretString::from("key")).unwrap()
}

/// The three findings about the way, each as its status and what is said.
fn found(proxy: Option<&str>, answer: &Answer) -> Vec<(Status, String)> {
    let account = account();
    let findings = way(&Way { api: &API, account: &account, proxy }, answer);
    assert_eq!(findings.each_ref().map(|finding| finding.check.as_str()), ["dns", "connection", "reachable"]);
    for finding in &findings {
        assert_eq!(finding.fix.is_some(), finding.status == Status::Fail, "{finding:?}");
    }
    findings.into_iter().map(|finding| (finding.status, finding.message + &finding.fix.unwrap_or_default())).collect()
}

fn not_connected(step: Step) -> Answer {
    Err(SendError::NotConnected { host: "acme.example.com".to_owned(), step, cause: "the cause".to_owned() })
}

#[test]
fn each_step_of_connecting_fails_in_its_own_line() {
    use Status::{Fail, Ok, Skipped};
    for (step, expected, hint) in [
        (Step::Name, [Fail, Skipped, Skipped], "typing mistake"),
        (Step::Tls, [Ok, Fail, Skipped], "--ca-file"),
        (Step::Time, [Skipped, Fail, Skipped], "HTTPS_PROXY"),
        (Step::Connect, [Ok, Fail, Skipped], "HTTPS_PROXY"),
    ] {
        let found = found(None, &not_connected(step));
        assert_eq!(found.iter().map(|(status, _)| *status).collect::<Vec<_>>(), expected, "{step}");
        assert!(found.iter().any(|(_, text)| text.contains("the cause") && text.contains(hint)), "{found:?}");
    }
}

#[test]
fn with_a_proxy_it_is_the_proxy_that_is_named() {
    for step in [Step::Name, Step::Connect, Step::Time] {
        let found = found(Some("proxy.example:3128"), &not_connected(step));
        let failed = found.iter().find(|(status, _)| *status == Status::Fail).unwrap();
        assert!(failed.1.contains("the proxy proxy.example:3128") && failed.1.contains("NO_PROXY"), "{}", failed.1);
    }
    let found = found(Some("proxy.example:3128"), &Ok(reply(200, "")));
    assert!(found[1].1.contains("through the proxy proxy.example:3128"), "{}", found[1].1);
}

#[test]
fn a_connection_that_brings_no_whole_answer_is_one_all_the_same() {
    for error in [
        SendError::Broken { cause: "reset".to_owned() },
        SendError::TimedOut { after: Duration::from_mins(1) },
        SendError::Unfinished { status: 200, ratelimit: RateLimit::default(), fault: BodyFault::TooLarge(1) },
    ] {
        let found = found(None, &Err(error));
        assert_eq!(found.iter().map(|(status, _)| *status).collect::<Vec<_>>(), [Status::Ok, Status::Ok, Status::Fail]);
    }
}

#[test]
fn whoever_refuses_is_reachable_and_whoever_knows_nothing_is_someone_else() {
    for (status, expected) in [
        (200, Status::Ok),
        (401, Status::Ok),
        (403, Status::Ok),
        (429, Status::Ok),
        (302, Status::Fail),
        (404, Status::Fail),
        (500, Status::Fail),
    ] {
        assert_eq!(found(None, &Ok(reply(status, "")))[2].0, expected, "{status}");
    }
}

/// What is said of one answer, about the key or about access.
fn judged_by(judge: impl Fn(&Way<'_>, &ToolDef, Answer) -> Finding, tool: &ToolDef, answer: Answer) -> Finding {
    judge(&Way { api: &API, account: &account(), proxy: None }, tool, answer)
}

#[test]
fn the_key_is_judged_by_what_was_answered() {
    let tool = TOOLS.iter().find(|tool| tool.def.hints.read_only && tool.def.gated.is_none()).unwrap().def;
    let tool = &ToolDef { reply: tool_runtime::tool::ReplyFormat::Json, ..*tool };
    for (answer, expected, said) in [
        (Ok(reply(200, "[]")), Status::Ok, "accepted"),
        (Ok(reply(401, "")), Status::Fail, "401 Unauthorized"),
        (Ok(reply(403, "")), Status::Warn, "403 Forbidden"),
        (Ok(reply(429, "")), Status::Warn, "429 Too Many Requests"),
        (Ok(reply(200, "<html>")), Status::Fail, "not with JSON"),
        (Ok(reply(302, "")), Status::Fail, "redirect"),
        (Ok(reply(500, "")), Status::Fail, "500 Internal Server Error"),
        (not_connected(Step::Connect), Status::Fail, "the cause"),
    ] {
        let finding = judged_by(key, tool, answer);
        assert_eq!(finding.status, expected, "{finding:?}");
        assert!(finding.message.contains(said), "{finding:?}");
        assert_eq!(finding.fix.is_some(), expected != Status::Ok, "{finding:?}");
    }
}

#[test]
fn no_finding_holds_a_part_of_the_key_that_an_answer_repeats() {
    let secret = "Q\"3y-that-nobody-may-see";
    let account = Account::new("https://acme.example.com/api", SecretString::from(secret)).unwrap();
    let way = Way { api: &API, account: &account, proxy: None };
    let tool = TOOLS.iter().map(|tool| tool.def).find(|tool| tool.gated.is_some()).unwrap();
    for before in 480..520 {
        let body = serde_json::json!([format!("{} {secret}", "x".repeat(before))]).to_string();
        for found in [
            key(&way, tool, Ok(reply(401, &body))),
            access(&way, tool, Ok(reply(403, &body))),
            answers(&way, &reply(404, &body)),
        ] {
            assert!(!found.message.contains('Q'), "{found:?}");
        }
    }
}

#[test]
fn a_closed_gate_is_a_warning_with_the_reason_of_the_tool() {
    let tool = TOOLS.iter().map(|tool| tool.def).find(|tool| tool.gated.is_some()).unwrap();
    let closed = judged_by(access, tool, Ok(reply(403, "")));
    assert_eq!((closed.status, closed.fix.as_deref()), (Status::Warn, tool.gated));
    assert_eq!(judged_by(access, tool, Ok(reply(200, "{}"))).status, Status::Ok);
    let unknown = judged_by(access, tool, Ok(reply(500, "")));
    assert!(unknown.status == Status::Warn && unknown.message.contains("not known"), "{unknown:?}");
}

#[test]
fn what_is_left_of_the_rate_limit_is_told_and_little_is_a_warning() {
    let left = |limit, remaining| budget(RateLimit { limit, remaining, reset: Some(60) }, None);
    for (limit, remaining, status, said) in [
        (Some(100), Some(60), Status::Ok, "60 of 100 calls left"),
        (None, Some(3), Status::Ok, "3 calls left"),
        (Some(100), Some(9), Status::Warn, "9 of 100"),
        (Some(100), Some(0), Status::Warn, "0 of 100"),
        (Some(100), None, Status::Skipped, "does not say"),
    ] {
        let finding = left(limit, remaining);
        assert!(finding.status == status && finding.message.contains(said), "{finding:?}");
    }
    assert!(left(Some(100), Some(0)).fix.unwrap().contains("60 seconds"));
}
