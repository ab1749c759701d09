//! The finding for each kind of reply and failure.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::time::Duration;

use secrecy::SecretString;

use super::*;
use crate::tools::{API, TOOLS};
use crate::upstream::{HostRefusal, ReplyBodyError};

fn reply(status: u16, body: &str) -> UpstreamReply {
    UpstreamReply { status, ratelimit: RateLimit::default(), content_type: None, body: body.to_owned().into() }
}

fn account() -> Account {
    Account::new("https://acme.example.com/api", SecretString::from("key")).unwrap()
}

/// Returns the three findings about reaching the API, each as its status and its text.
fn reachable(proxy: Option<&str>, result: &SendResult) -> Vec<(Status, String)> {
    let account = account();
    let findings = check_reachable(&Target { api: &API, account: &account, proxy }, result);
    assert_eq!(findings.each_ref().map(|finding| finding.check.as_str()), ["dns", "connection", "reachable"]);
    for finding in &findings {
        assert_eq!(finding.fix.is_some(), finding.status == Status::Fail, "{finding:?}");
    }
    findings.into_iter().map(|finding| (finding.status, finding.message + &finding.fix.unwrap_or_default())).collect()
}

fn not_connected(step: ConnectStep) -> SendResult {
    Err(SendError::NotConnected { host: "acme.example.com".to_owned(), step, cause: "the cause".to_owned() })
}

#[test]
fn a_refused_host_is_explained_with_the_setting() {
    let refusal = HostRefusal::NotListed { host: "acme.example.com".to_owned() };
    let target = Target { api: &API, account: &account(), proxy: None };
    let [host, connection, reachable] = check_reachable(&target, &Err(SendError::HostRefused(refusal)));
    assert_eq!((host.status, connection.status, reachable.status), (Status::Fail, Status::Skipped, Status::Skipped));
    assert!(host.fix.is_some_and(|fix| fix.contains("--allowed-api-hosts acme.example.com")));
}

#[test]
fn each_connection_step_fails_in_its_own_finding() {
    use Status::{Fail, Ok, Skipped};
    for (step, expected, hint) in [
        (ConnectStep::Name, [Fail, Skipped, Skipped], "typing mistake"),
        (ConnectStep::Tls, [Ok, Fail, Skipped], "--ca-file"),
        (ConnectStep::Time, [Skipped, Fail, Skipped], "HTTPS_PROXY"),
        (ConnectStep::Connect, [Ok, Fail, Skipped], "HTTPS_PROXY"),
    ] {
        let found = reachable(None, &not_connected(step));
        assert_eq!(found.iter().map(|(status, _)| *status).collect::<Vec<_>>(), expected, "{step}");
        assert!(found.iter().any(|(_, text)| text.contains("the cause") && text.contains(hint)), "{found:?}");
    }
}

#[test]
fn a_failing_proxy_is_named() {
    for step in [ConnectStep::Name, ConnectStep::Connect, ConnectStep::Time] {
        let found = reachable(Some("proxy.example:3128"), &not_connected(step));
        let failed = found.iter().find(|(status, _)| *status == Status::Fail).unwrap();
        assert!(failed.1.contains("the proxy proxy.example:3128") && failed.1.contains("NO_PROXY"), "{}", failed.1);
    }
    let found = reachable(Some("proxy.example:3128"), &Ok(reply(200, "")));
    assert!(found[1].1.contains("through the proxy proxy.example:3128"), "{}", found[1].1);
}

#[test]
fn a_connection_without_a_whole_reply_is_a_connection() {
    for error in [
        SendError::ConnectionLost { cause: "reset".to_owned() },
        SendError::TimedOut { after: Duration::from_mins(1) },
        SendError::Incomplete { status: 200, ratelimit: RateLimit::default(), error: ReplyBodyError::TooLarge(1) },
    ] {
        let found = reachable(None, &Err(error));
        assert_eq!(found.iter().map(|(status, _)| *status).collect::<Vec<_>>(), [Status::Ok, Status::Ok, Status::Fail]);
    }
}

#[test]
fn a_refusal_is_a_reply_of_the_api() {
    for (status, expected) in [
        (200, Status::Ok),
        (401, Status::Ok),
        (403, Status::Ok),
        (429, Status::Ok),
        (302, Status::Fail),
        (404, Status::Fail),
        (500, Status::Fail),
    ] {
        assert_eq!(reachable(None, &Ok(reply(status, "All good")))[2].0, expected, "{status}");
    }
}

#[test]
fn a_web_page_is_no_reply_of_the_api() {
    for page in ["<!doctype html><title>Sign in</title>", "\u{feff}\n <html>", "<?xml version=\"1.0\"?>"] {
        for status in [200, 203, 401, 403, 429] {
            let (found, message) = reachable(None, &Ok(reply(status, page))).swap_remove(2);
            assert!(found == Status::Fail && message.contains("a web page"), "{status} {page}: {message}");
        }
    }
    let (found, message) = reachable(None, &Ok(reply(200, " "))).swap_remove(2);
    assert!(found == Status::Fail && message.contains("is empty"), "{message}");
}

/// Returns the finding of a check of the key or of access.
fn finding_of(
    check: impl Fn(&Target<'_>, &ToolDef, &SendResult) -> Finding,
    tool: &ToolDef,
    result: &SendResult,
) -> Finding {
    check(&Target { api: &API, account: &account(), proxy: None }, tool, result)
}

#[test]
fn the_key_finding_depends_on_the_reply() {
    let tool = TOOLS.iter().find(|tool| tool.def.hints.read_only && tool.def.gated.is_none()).unwrap().def;
    let tool = &ToolDef { reply: tool_runtime::tool::ReplyFormat::Json, ..*tool };
    for (result, expected, text) in [
        (Ok(reply(200, "[]")), Status::Ok, "accepted"),
        (Ok(reply(401, "")), Status::Fail, "401 Unauthorized"),
        (Ok(reply(403, "")), Status::Warn, "403 Forbidden"),
        (Ok(reply(429, "")), Status::Warn, "429 Too Many Requests"),
        (Ok(reply(200, "<html>")), Status::Fail, "is not JSON"),
        (Ok(reply(302, "")), Status::Fail, "redirect"),
        (Ok(reply(500, "")), Status::Fail, "500 Internal Server Error"),
        (not_connected(ConnectStep::Connect), Status::Fail, "the cause"),
    ] {
        let finding = finding_of(check_key, tool, &result);
        assert_eq!(finding.status, expected, "{finding:?}");
        assert!(finding.message.contains(text), "{finding:?}");
        assert_eq!(finding.fix.is_some(), expected != Status::Ok, "{finding:?}");
    }
}

#[test]
fn findings_never_contain_a_part_of_the_key() {
    let secret = "Q\"3y-that-must-stay-secret";
    let account = Account::new("https://acme.example.com/api", SecretString::from(secret)).unwrap();
    let target = Target { api: &API, account: &account, proxy: None };
    let tool = TOOLS.iter().map(|tool| tool.def).find(|tool| tool.gated.is_some()).unwrap();
    for before in 480..520 {
        let body = serde_json::json!([format!("{} {secret}", "x".repeat(before))]).to_string();
        for finding in [
            check_key(&target, tool, &Ok(reply(401, &body))),
            check_access(&target, tool, &Ok(reply(403, &body))),
            reply_finding(&target, &reply(404, &body)),
        ] {
            assert!(!finding.message.contains('Q'), "{finding:?}");
        }
    }
}

#[test]
fn a_gated_tool_is_a_warning_with_its_reason() {
    let tool = TOOLS.iter().map(|tool| tool.def).find(|tool| tool.gated.is_some()).unwrap();
    let closed = finding_of(check_access, tool, &Ok(reply(403, "")));
    assert_eq!((closed.status, closed.fix.as_deref()), (Status::Warn, tool.gated));
    assert_eq!(finding_of(check_access, tool, &Ok(reply(200, "{}"))).status, Status::Ok);
    let unknown = finding_of(check_access, tool, &Ok(reply(500, "")));
    assert!(unknown.status == Status::Warn && unknown.message.contains("unknown"), "{unknown:?}");
}

#[test]
fn a_low_rate_limit_is_a_warning() {
    let left = |limit, remaining| check_rate_limit(RateLimit { limit, remaining, reset: Some(60) }, None);
    for (limit, remaining, status, text) in [
        (Some(100), Some(60), Status::Ok, "60 of 100 calls left"),
        (None, Some(3), Status::Ok, "3 calls left"),
        (Some(100), Some(9), Status::Warn, "9 of 100"),
        (Some(100), Some(0), Status::Warn, "0 of 100"),
        (Some(100), None, Status::Skipped, "does not report"),
    ] {
        let finding = left(limit, remaining);
        assert!(finding.status == status && finding.message.contains(text), "{finding:?}");
    }
    assert!(left(Some(100), Some(0)).fix.unwrap().contains("60 seconds"));
}
