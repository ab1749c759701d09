//! The `doctor` command: one line per check, the exit code, and the number of API calls.

use std::io::Write as _;

use assert_cmd::Command;
use desk365_mcp::config::EnvNames;
use desk365_mcp::tools::{API, TOOLS};
use serde_json::Value;
use tool_runtime::tool::{ReplyFormat, ToolDef};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::common::program::program_path;

const KEY: &str = "a-key-that-is-never-printed";

struct CommandOutput {
    code: i32,
    stdout: String,
    stderr: String,
}

fn doctor(variables: &[(String, &str)], arguments: &[&str]) -> CommandOutput {
    let mut command = Command::new(program_path());
    command.env_clear().envs(variables.iter().map(|(name, value)| (name, value))).arg("doctor").args(arguments);
    let output = command.output().unwrap();
    CommandOutput {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn account(base_url: &str) -> Vec<(String, &str)> {
    let names = EnvNames::for_api(&API);
    vec![(names.base_url(), base_url), (names.api_key(), KEY)]
}

/// Returns the check and the status of each line.
fn statuses(ran: &CommandOutput) -> Vec<(String, String)> {
    let rows: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{} {}", ran.stdout, ran.stderr));
    let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    rows.as_array().unwrap().iter().map(|row| (text(row, "check"), text(row, "status"))).collect()
}

fn status_of(ran: &CommandOutput, check: &str) -> String {
    let statuses = statuses(ran);
    let found = statuses.iter().find(|(name, _)| name.starts_with(check));
    found.unwrap_or_else(|| panic!("no {check} in {statuses:?}")).1.clone()
}

/// Starts an API whose text tools answer 200. All other requests get the reply of `answer`.
async fn api(answer: impl Fn(&Request) -> ResponseTemplate + Send + Sync + 'static) -> MockServer {
    let texts: Vec<_> = tools(|tool| tool.reply == ReplyFormat::Text).iter().map(|tool| tool.path).collect();
    let server = MockServer::start().await;
    let respond = move |request: &Request| {
        if texts.contains(&request.url.path()) {
            ResponseTemplate::new(200).set_body_string("pong")
        } else {
            answer(request)
        }
    };
    Mock::given(any()).respond_with(respond).mount(&server).await;
    server
}

fn tools(is_meant: impl Fn(&ToolDef) -> bool) -> Vec<&'static ToolDef> {
    TOOLS.iter().map(|tool| tool.def).filter(|tool| is_meant(tool)).collect()
}

#[test]
fn the_sandbox_passes_except_for_gated_tools() {
    let ran = doctor(&[], &["--sandbox"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
    let json = doctor(&[], &["--sandbox", "--json"]);
    let expected = statuses(&json);
    assert_eq!(ran.stdout.lines().count(), expected.len());
    for (line, (check, status)) in ran.stdout.lines().zip(&expected) {
        assert!(line.starts_with(status) && line.contains(check), "{line}");
        assert!(status != "fail" && (status == "ok" || line.contains("Fix: ") || status == "skipped"), "{line}");
    }
    assert!(!ran.stdout.contains('\u{1b}'));
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_makes_two_calls_and_one_per_gate() {
    let api = api(|_| ResponseTemplate::new(200).set_body_string("{}")).await;
    let ran = doctor(&account(&api.uri()), &["--json"]);
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    // The names of some tools are too long for a connector with the API's name, whatever the account.
    let other = |check: &str| check != "tool names";
    let fine = |status: &str| status == "ok" || status == "skipped";
    assert!(statuses(&ran).iter().all(|(check, status)| !other(check) || fine(status)), "{}", ran.stdout);
    assert_eq!(status_of(&ran, "tool names"), "warn");
    let mut gates: Vec<_> = tools(|tool| tool.gated.is_some()).iter().map(|tool| tool.gated).collect();
    gates.dedup();
    let requests = api.received_requests().await.unwrap();
    assert_eq!(requests.len(), 2 + gates.len());
    assert!(requests.iter().all(|request| request.method == http::Method::GET && request.body.is_empty()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_key_stops_the_checks() {
    let api =
        api(|_| ResponseTemplate::new(401).set_body_string(format!(r#"{{"message": "{KEY} is unknown"}}"#))).await;
    let ran = doctor(&account(&api.uri()), &["--json"]);
    assert_eq!(ran.code, 1);
    assert_eq!((status_of(&ran, "reachable"), status_of(&ran, "key")), ("ok".to_owned(), "fail".to_owned()));
    assert_eq!(status_of(&ran, "access"), "skipped");
    assert_eq!(api.received_requests().await.unwrap().len(), 2);
    assert!(
        ran.stdout.contains("is unknown") && !ran.stdout.contains(KEY) && !ran.stderr.contains(KEY),
        "{}",
        ran.stdout
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_used_up_rate_limit_is_a_warning_with_the_wait() {
    let header = API.rate_limit.remaining[0];
    let reset = API.rate_limit.reset[0];
    let api = api(move |_| ResponseTemplate::new(429).insert_header(header, "0").insert_header(reset, "90")).await;
    let ran = doctor(&account(&api.uri()), &[]);
    assert_eq!(ran.code, 0, "{}", ran.stdout);
    let line = ran.stdout.lines().find(|line| line.contains("rate limit  ")).unwrap();
    assert!(line.starts_with("warn") && line.contains("0 calls left") && line.contains("90 seconds"), "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_html_page_is_not_accepted_as_the_api() {
    let api = api(|_| ResponseTemplate::new(200).set_body_string("<html>Sign in</html>")).await;
    let ran = doctor(&account(&api.uri()), &["--json"]);
    assert_eq!((ran.code, status_of(&ran, "key").as_str()), (1, "fail"));
}

#[test]
fn an_unreachable_api_skips_all_later_checks() {
    // Nothing listens on port 9.
    let ran = doctor(&account("http://127.0.0.1:9"), &["--json"]);
    assert_eq!(ran.code, 1);
    let statuses: Vec<_> = statuses(&ran).into_iter().map(|(_, status)| status).collect();
    assert_eq!(statuses, ["ok", "ok", "fail", "skipped", "skipped", "skipped", "skipped", "warn", "ok"]);
}

#[test]
fn what_is_missing_in_the_configuration_is_a_line_each() {
    let names = EnvNames::for_api(&API);
    let ran = doctor(&[], &[]);
    assert_eq!(ran.code, 1);
    for name in [names.variable(&API.variables[0]), names.api_key()] {
        let line = ran.stdout.lines().find(|line| line.contains(&name)).unwrap();
        assert!(line.starts_with("fail     configuration"), "{line}");
    }
    assert_eq!(ran.stdout.lines().count(), 2, "{}", ran.stdout);
}

#[test]
fn an_unusable_ca_file_is_a_finding() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "no certificate").unwrap();
    for path in ["/no/such/file.pem", file.path().to_str().unwrap()] {
        let ran = doctor(&account("http://127.0.0.1:9"), &["--ca-file", path]);
        assert_eq!((ran.code, ran.stdout.lines().count()), (1, 1), "{}", ran.stdout);
        assert!(ran.stdout.contains(path), "{}", ran.stdout);
    }
}

#[test]
fn a_wrong_command_line_is_a_usage_error() {
    assert_eq!(doctor(&[], &["--sandbocks"]).code, 2);
}
