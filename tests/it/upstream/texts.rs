//! The texts of all outcomes, in `snapshots/outcome` for review.

use std::fmt::Write as _;
use std::net::Ipv4Addr;
use std::time::Duration;

use desk365_mcp::outcome::{ToolError, error_of_send_failure, error_of_violations, reply_of_upstream};
use desk365_mcp::upstream::{ConnectStep, HostRefusal, RateLimit, ReplyBodyError, SendError, UpstreamReply};
use secrecy::SecretString;
use serde_json::{Value, json};
use tool_runtime::tool::{Tool, ToolDef};

use crate::upstream::fixture::{API, ATTACH, GET, KEY, SET, object};

const LIMITED: RateLimit = RateLimit { limit: Some(50), remaining: Some(0), reset: Some(1800) };

fn key() -> SecretString {
    SecretString::from(KEY)
}

fn check_snapshot(name: &str, texts: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/outcome"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, texts));
}

fn entry(texts: &mut String, heading: &str, tool: &ToolDef, error: &ToolError) {
    let facts = Value::Object(error.facts());
    writeln!(texts, "## {heading}, {}\n{}\n{facts}\n", tool.name, error.to_text()).unwrap();
}

#[test]
fn texts_of_refusals() {
    let because = json!({"error": {"text": "because"}}).to_string();
    let page = "<html>sorry</html>";
    let mut texts = String::new();
    for (status, body, ratelimit) in [
        (200, page, RateLimit::default()),
        (200, "", RateLimit::default()),
        (200, "{\"a\":", RateLimit::default()),
        (202, "", RateLimit::default()),
        (302, "", RateLimit::default()),
        (304, "", RateLimit::default()),
        (400, &because, RateLimit::default()),
        (400, "{\"error\":{\"text\":\"\"},\"detail\":\"no such id\"}", RateLimit::default()),
        (400, "Status 'Foo' does not exist", RateLimit::default()),
        (401, &because, RateLimit::default()),
        (403, &because, RateLimit::default()),
        (404, &because, RateLimit { remaining: Some(3), ..RateLimit::default() }),
        (404, page, RateLimit::default()),
        (405, "", RateLimit::default()),
        (408, "", RateLimit::default()),
        (409, "", RateLimit::default()),
        (413, "", RateLimit::default()),
        (429, "", LIMITED),
        (429, "", RateLimit { limit: None, reset: Some(0), ..LIMITED }),
        (429, "", RateLimit { reset: None, ..LIMITED }),
        (500, &because, RateLimit::default()),
        (501, "", RateLimit::default()),
        (502, page, RateLimit::default()),
        (503, "", LIMITED),
        (999, "", RateLimit::default()),
    ] {
        for tool in [GET.def, SET.def] {
            let content_type = body.starts_with('<').then(|| "text/html".to_owned());
            let reply = UpstreamReply { status, ratelimit, content_type, body: body.to_owned().into() };
            match reply_of_upstream(&API, tool, reply, &key()) {
                Ok(done) => writeln!(texts, "## {status}, {}\n{}\n", tool.name, done.body.text()).unwrap(),
                Err(error) => entry(&mut texts, &status.to_string(), tool, &error),
            }
        }
    }
    check_snapshot("replies", &texts);
}

#[test]
fn texts_of_failures_without_a_whole_reply() {
    let after = Duration::from_mins(1);
    let host = || "acme.example.com".to_owned();
    let not_connected = |step, cause: &str| SendError::NotConnected { host: host(), step, cause: cause.to_owned() };
    let incomplete = |error| SendError::Incomplete { status: 200, ratelimit: LIMITED, error };
    let mut texts = String::new();
    for error in [
        SendError::Unsendable("its path leads out of the API"),
        SendError::UrlTooLong { bytes: 70_100, limit: 65_534 },
        SendError::UploadTooLarge { bytes: 31_200_000, limit: 25_000_000 },
        SendError::HostRefused(HostRefusal::NotListed { host: host() }),
        SendError::HostRefused(HostRefusal::NotPublic { host: host(), address: Ipv4Addr::LOCALHOST.into() }),
        not_connected(ConnectStep::Name, "Name or service not known"),
        not_connected(ConnectStep::Connect, "Connection refused (os error 111)"),
        not_connected(ConnectStep::Tls, "invalid peer certificate: UnknownIssuer"),
        not_connected(ConnectStep::Time, "deadline has elapsed"),
        SendError::ConnectionLost { cause: "connection closed before message completed".to_owned() },
        SendError::TimedOut { after },
        incomplete(ReplyBodyError::TooLarge(10_000_000)),
        incomplete(ReplyBodyError::TimedOut(after)),
        incomplete(ReplyBodyError::CutOff("unexpected end of file".to_owned())),
        incomplete(ReplyBodyError::UnknownCoding("zstd".to_owned())),
    ] {
        for tool in [GET.def, SET.def, ATTACH.def] {
            entry(&mut texts, &error.to_string(), tool, &error_of_send_failure(&API, tool, error.clone(), &key()));
        }
    }
    check_snapshot("failures", &texts);
}

#[test]
fn texts_of_invalid_arguments() {
    let many: serde_json::Map<String, Value> = (0..200).map(|n| (format!("x{n}"), Value::Bool(true))).collect();
    let mut texts = String::new();
    for (tool, arguments) in [
        (&GET, json!({"id": {"a": 1}})),
        (&SET, json!({"idd": 7, "fields": "red"})),
        (&ATTACH, json!({"id": "", "note": "", "files": [{"filename": "a/b", "content_base64": "*"}, {"path": "x/"}]})),
        (&SET, Value::Object(many)),
    ] {
        let error = refused(tool, arguments);
        assert!(error.violations.len() <= 100);
        let shown = error.violations.len().min(6);
        let error = ToolError { violations: error.violations[..shown].to_vec(), ..error };
        entry(&mut texts, "arguments", tool.def, &error);
    }
    check_snapshot("arguments", &texts);
}

fn refused(tool: &Tool, arguments: Value) -> ToolError {
    error_of_violations(tool.def.name, tool.prepare(object(arguments)).unwrap_err())
}
