//! The command line as a shell sees it: stdout, stderr and the exit code.
//!
//! Tools are selected by their properties, never by name, so these tests work for every API.

mod help;
mod mistakes;
mod read_only;
mod store;

use std::io::Write as _;

use assert_cmd::Command;
use desk365_mcp::config::EnvNames;
use desk365_mcp::tools::{API, TOOLS};
use serde_json::{Value, json};
use tool_runtime::tool::{ToolDef, ToolMethod};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::common::program::program_path;

const KEY: &str = "a-key-that-is-never-printed";
const OK: i32 = 0;
const FAILED: i32 = 1;
const USAGE: i32 = 2;

/// The program with an empty environment.
fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(program_path());
    command.env_clear().args(arguments);
    command
}

/// The program with an account at `base_url`.
fn with_account(base_url: &str, arguments: &[&str]) -> Command {
    let names = EnvNames::for_api(&API);
    let mut command = program(arguments);
    command.env(names.base_url(), base_url).env(names.api_key(), KEY);
    command
}

/// The outcome of a finished command.
struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

fn run(command: &mut Command) -> Ran {
    let output = command.output().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Checks for a usage error, with an empty stdout, and returns stderr.
#[track_caller]
fn usage_error(command: &mut Command) -> String {
    let ran = run(command);
    assert_eq!((ran.code, ran.stdout.as_str()), (USAGE, ""), "{}", ran.stderr);
    ran.stderr
}

fn find_tool(matches: impl Fn(&ToolDef) -> bool) -> &'static ToolDef {
    TOOLS.iter().map(|tool| tool.def).find(|tool| matches(tool)).unwrap()
}

fn getter() -> &'static ToolDef {
    find_tool(|tool| tool.method == ToolMethod::Get && !tool.arguments.is_empty())
}

async fn api_answering(status: u16, body: &str) -> MockServer {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(status).set_body_raw(body, "application/json");
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

fn names_listed(flags: &[&str]) -> Vec<String> {
    let ran = run(program(&["tools"]).args(flags));
    assert_eq!(ran.code, OK, "{flags:?}: {}", ran.stderr);
    ran.stdout.lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect()
}

#[test]
fn no_command_prints_the_help_to_stderr() {
    let help = run(&mut program(&["--help"])).stdout;
    assert_eq!(usage_error(&mut program(&[])), help);
}

#[test]
fn an_unknown_command_or_flag_is_a_usage_error() {
    assert!(usage_error(&mut program(&["tool"])).contains("'tools'"));
    assert!(usage_error(&mut program(&["tools", "--reed-only"])).contains("'--read-only'"));
}

#[test]
fn piped_tools_are_five_plain_tab_separated_columns() {
    let ran = run(&mut program(&["tools", "--results", "raw"]));
    assert_eq!(ran.stdout.lines().count(), TOOLS.len());
    for (line, tool) in ran.stdout.lines().zip(TOOLS) {
        let columns: Vec<_> = line.split('\t').collect();
        let ToolDef { name, method, tags, title, .. } = *tool.def;
        assert_eq!([columns[0], columns[1], columns[2], columns[4]], [name, method.name(), &tags.join(","), title]);
        assert!(columns[3].parse::<usize>().unwrap() > tool.def.input_schema.len() / 2);
    }
    assert!(!ran.stdout.contains('\u{1b}'));
}

#[test]
fn a_piped_result_is_compact_only_on_request() {
    let ToolDef { name, example, .. } = getter();
    let called = |form: &[&str]| {
        let ran = run(&mut program(&[&["call", name, "--sandbox", "--args", example], form].concat()));
        assert_eq!(ran.code, OK, "{}", ran.stderr);
        ran.stdout
    };
    let (piped, raw, compact) = (called(&[]), called(&["--results", "raw"]), called(&["--results", "compact"]));
    assert_eq!(piped.len(), raw.len());
    assert!(compact.len() < raw.len(), "{compact}");
}

#[test]
fn the_total_of_a_listing_is_the_sum_of_its_lines() {
    let ran = run(&mut program(&["tools", "--read-only"]));
    let bytes: usize = ran.stdout.lines().map(|line| line.split('\t').nth(3).unwrap().parse::<usize>().unwrap()).sum();
    let count = ran.stdout.lines().count();
    assert_eq!(ran.stderr, format!("{count} of {} tools, {bytes} bytes\n", TOOLS.len()));
}

#[test]
fn tools_as_json_lists_the_same_tools() {
    let ran = run(&mut program(&["tools", "--json", "--read-only", "--results", "raw"]));
    let json: Value = serde_json::from_str(&ran.stdout).unwrap();
    let names: Vec<_> = json["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert_eq!(names, names_listed(&["--read-only"]));
}

#[test]
fn scope_flags_bind_list_and_call_alike() {
    let (tag, getter) = (API.tags[0].name, getter().name);
    for flags in [
        &["--read-only"][..],
        &["--methods", "get, create"],
        &["--methods", "write"],
        &["--tags", tag],
        &["--tools", getter],
        &["--exclude-tools", getter],
        &["--methods", "get", "--methods", "custom", "--tags", tag, "--exclude-tools", getter],
    ] {
        let listed = names_listed(flags);
        let names = || TOOLS.iter().map(|tool| tool.def.name);
        let hidden = names().find(|name| !listed.iter().any(|listed| listed == name)).unwrap();
        // A number is not a valid arguments object, so this error shows that the scope let the tool pass.
        let call = |name| usage_error(program(&["call", name, "--args", "7"]).args(flags));
        assert!(call(&listed[0]).contains("expected a JSON object"), "{flags:?} {listed:?}");
        assert!(call(hidden).contains(&format!("no tool is called {hidden:?}")), "{flags:?} {hidden}");
    }
}

#[test]
fn a_hidden_tool_is_answered_like_an_unknown_one() {
    let getter = getter().name;
    let answer = |name: &str| {
        let stderr = usage_error(&mut program(&["call", name, "--exclude-tools", getter]));
        assert!(!stderr.replace(&format!("{name:?}"), "").contains(getter), "{stderr}");
        stderr.lines().next().unwrap().replace(name, "NAME")
    };
    assert_eq!(answer(getter), answer("x_no_such_tool"));
}

#[test]
fn a_wrong_scope_names_every_flag_and_the_allowed_values() {
    let stderr = usage_error(&mut program(&["tools", "--methods", "get,raed", "--tools", "x_no_such_tool"]));
    assert!(stderr.contains("--methods: \"raed\" is not a method; did you mean `read`?"), "{stderr}");
    assert!(stderr.contains("allowed: read, write, list, get, create, update, delete, custom"), "{stderr}");
    assert!(stderr.contains("--tools: \"x_no_such_tool\" is not a tool"), "{stderr}");
    let all: Vec<_> = TOOLS.iter().map(|tool| tool.def.name).collect();
    assert!(stderr.contains(&all.join(", ")), "{stderr}");
    usage_error(&mut program(&["tools", "--methods", ""]));
    usage_error(&mut program(&["tools", "--methods", "write", "--read-only"]));
    usage_error(&mut program(&["stdio", "--tags", "x_no_such_tag"]));
}

#[test]
fn an_unknown_tool_is_answered_with_similar_names() {
    let name = getter().name;
    let stderr = usage_error(&mut program(&["call", &name[..name.len() - 1]]));
    assert!(stderr.contains("did you mean:") && stderr.contains(name), "{stderr}");
}

#[test]
fn a_missing_account_is_answered_with_what_to_set() {
    let names = EnvNames::for_api(&API);
    for command in [&["stdio"][..], &["call", getter().name]] {
        let stderr = usage_error(&mut program(command));
        assert!(stderr.contains(&names.api_key()) && stderr.contains(&names.api_key_file()), "{stderr}");
        assert!(stderr.contains(&names.variable(&API.variables[0])), "{stderr}");
    }
}

#[test]
fn invalid_json_arguments_are_reported_with_the_position() {
    let name = getter().name;
    let stderr = usage_error(&mut program(&["call", name, "--args", "{\"a\": 1,\n oops}"]));
    assert!(stderr.contains("--args is not valid JSON") && stderr.contains("line 2 column 2"), "{stderr}");
    let stderr = usage_error(program(&["call", name, "--args", "-"]).write_stdin("{"));
    assert!(stderr.contains("stdin is not valid JSON") && stderr.contains("line 1 column 1"), "{stderr}");
}

#[tokio::test]
async fn a_result_is_printed_unchanged() {
    let reply = "{ \"n\": 1.10,\n\t\"big\": 12345678901234567890123, \"text\": \"\\u00e4 ä\" }";
    let api = api_answering(200, reply).await;
    let tool = getter();
    let ran = run(&mut with_account(&api.uri(), &["call", tool.name, "--args", tool.example]));
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (OK, reply, ""));
    let from_stdin = run(with_account(&api.uri(), &["call", tool.name, "--args", "-"]).write_stdin(tool.example));
    assert_eq!((from_stdin.code, from_stdin.stdout.as_str()), (OK, reply));
    let requests = api.received_requests().await.unwrap();
    assert_eq!(requests[0].url, requests[1].url);
}

#[tokio::test]
async fn a_failed_tool_is_printed_to_stdout_and_exits_1() {
    let api = api_answering(404, r#"{"message": "no such record"}"#).await;
    let tool = getter();
    let ran = run(&mut with_account(&api.uri(), &["call", tool.name, "--args", tool.example]));
    assert_eq!((ran.code, ran.stderr.as_str()), (FAILED, ""));
    assert!(ran.stdout.starts_with("not_found: ") && ran.stdout.contains("no such record"), "{}", ran.stdout);
    assert_eq!(ran.stdout.lines().count(), 1);
}

#[test]
fn arguments_refused_by_the_tool_exit_1() {
    let call = ["call", getter().name, "--args", r#"{"x_no_such_argument": 1}"#];
    let ran = run(&mut with_account("http://127.0.0.1:9", &call));
    assert_eq!(ran.code, FAILED);
    assert!(ran.stdout.contains("x_no_such_argument"), "{}", ran.stdout);
}

#[tokio::test]
async fn a_file_is_attached_with_its_name_and_content() {
    let api = api_answering(200, "{}").await;
    let tool = find_tool(|tool| tool.files.is_some());
    let argument = tool.files.unwrap();
    let mut file = tempfile::Builder::new().prefix("attached-").suffix(".bin").tempfile().unwrap();
    file.write_all(b"\x00\xffcontent").unwrap();
    let mut example: Value = serde_json::from_str(tool.example).unwrap();
    example.as_object_mut().unwrap().remove(argument);
    let flag = format!("{argument}={}", file.path().display());
    let arguments = example.to_string();
    let ran = run(&mut with_account(&api.uri(), &["call", tool.name, "--args", &arguments, "--file", &flag]));
    assert_eq!(ran.code, OK, "{} {}", ran.stdout, ran.stderr);
    let body = &api.received_requests().await.unwrap()[0].body;
    let sent = |bytes: &[u8]| body.windows(bytes.len()).any(|window| window == bytes);
    assert!(sent(b"\x00\xffcontent"));
    assert!(sent(file.path().file_name().unwrap().as_encoded_bytes()));
}

#[test]
fn a_file_for_a_tool_without_attachments_is_a_usage_error() {
    let stderr = usage_error(&mut program(&["call", getter().name, "--file", "files=a.txt"]));
    assert!(stderr.contains("takes no attachments"), "{stderr}");
    let stderr = usage_error(&mut program(&["call", getter().name, "--file", "a.txt"]));
    assert!(stderr.contains("ARG=PATH"), "{stderr}");
}

#[tokio::test]
async fn neither_the_key_nor_an_argument_is_printed_or_logged() {
    const ARGUMENT: &str = "x-argument-of-the-call";
    let api = api_answering(401, &format!(r#"{{"message": "no {KEY} here"}}"#)).await;
    let tool = getter();
    let log = EnvNames::for_api(&API).log();
    let ran = run(with_account(&api.uri(), &["call", tool.name, "--args", tool.example]).env(&log, "debug"));
    assert_eq!(ran.code, FAILED);
    assert!(ran.stderr.contains("tool call"), "{}", ran.stderr);
    // Debug lines of HTTP libraries may contain secrets and must be dropped.
    assert!(!ran.stderr.contains("hyper"), "{}", ran.stderr);
    assert!(!ran.stdout.contains(KEY) && !ran.stderr.contains(KEY), "{} {}", ran.stdout, ran.stderr);
    let arguments = format!(r#"{{"{}": "{ARGUMENT}"}}"#, tool.arguments[0]);
    let ran = run(with_account(&api.uri(), &["call", tool.name, "--args", &arguments]).env(&log, "debug"));
    assert!(!ran.stderr.contains(ARGUMENT), "{}", ran.stderr);
}

#[cfg(unix)]
#[test]
fn a_world_readable_key_file_causes_a_warning() {
    use std::os::unix::fs::PermissionsExt as _;
    let names = EnvNames::for_api(&API);
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "{KEY}").unwrap();
    for (mode, warned) in [(0o600, false), (0o644, true)] {
        std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(mode)).unwrap();
        let mut command = program(&["call", getter().name]);
        command.env(names.api_key_file(), file.path()).env(names.base_url(), "http://127.0.0.1:9");
        let ran = run(&mut command);
        assert_eq!(ran.code, FAILED, "{}", ran.stderr);
        assert_eq!(ran.stderr.contains("chmod 600"), warned, "{mode:o}: {}", ran.stderr);
    }
}

#[test]
fn a_closed_pipe_is_not_a_failure() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = std::process::Command::new(program_path());
    let output = command.env_clear().args(["tools", "--json"]).stdout(writer).output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(OK), &b""[..]));
}

#[test]
fn the_sandbox_needs_no_account_and_overrides_one() {
    let tool = find_tool(|tool| tool.arguments.is_empty());
    let call = ["call", tool.name, "--sandbox"];
    // No server listens at the account's address.
    for command in [&mut program(&call), &mut with_account("http://127.0.0.1:9", &call)] {
        let ran = run(command);
        assert_eq!((ran.code, ran.stderr.as_str()), (OK, ""), "{}", ran.stdout);
        assert!(!ran.stdout.is_empty());
    }
    assert!(usage_error(&mut program(&["stdio"])).contains("--sandbox"));
}

/// Sends `messages` to `stdio`, one per line, and returns its responses.
fn conversation(command: &mut Command, messages: &[Value]) -> Vec<Value> {
    let lines: Vec<_> = messages.iter().map(Value::to_string).collect();
    let ran = run(command.write_stdin(lines.join("\n")));
    assert_eq!((ran.code, ran.stderr.as_str()), (OK, ""));
    ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn stdio_serves_the_scope_until_stdin_closes() {
    let reply = r#"{"n": 1.10}"#;
    let api = api_answering(200, reply).await;
    let getter = getter();
    let writer = find_tool(|tool| !tool.hints.read_only);
    let example: Value = serde_json::from_str(getter.example).unwrap();
    let client = json!({ "name": "test", "version": "0" });
    let call = |id, name, arguments: &Value| json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": { "name": name, "arguments": arguments } });
    let mut answers = conversation(
        &mut with_account(&api.uri(), &["stdio", "--read-only", "--results", "raw"]),
        &[
            json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
                "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client,
            } }),
            json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }),
            json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" }),
            call(2, getter.name, &example),
            call(3, writer.name, &json!({})),
        ],
    );
    // Calls run concurrently, so the responses come in any order.
    answers.sort_by_key(|answer| answer["id"].as_i64());
    assert_eq!(answers[0]["result"]["serverInfo"]["title"], API.title);
    let printed: Value =
        serde_json::from_str(&run(&mut program(&["tools", "--json", "--read-only", "--results", "raw"])).stdout)
            .unwrap();
    assert_eq!(answers[1]["result"], printed);
    assert_eq!(answers[2]["result"]["content"][0]["text"], reply);
    assert_eq!(answers[3]["error"]["code"], -32602);
    assert_eq!(answers.len(), 4);
}

#[test]
fn the_sandbox_honours_its_grants_and_budget() {
    let gated = find_tool(|tool| tool.gated.is_some() && tool.method == ToolMethod::List);
    let call = ["call", gated.name, "--sandbox"];
    assert_eq!(run(&mut program(&call)).code, FAILED);
    let unknown = [&call[..], &["--sandbox-grant", "x-nothing"]].concat();
    let known = usage_error(&mut program(&unknown));
    let resource = known.rsplit(' ').next().unwrap().trim();
    let granted = [&call[..], &["--sandbox-grant", resource]].concat();
    assert_eq!(run(&mut program(&granted)).code, OK, "{known}");
    let spent = run(&mut program(&[&granted[..], &["--sandbox-budget", "0"]].concat()));
    assert!(spent.code == FAILED && spent.stdout.starts_with("rate_limited: "), "{}", spent.stdout);
    assert!(usage_error(&mut program(&["call", gated.name, "--sandbox-budget", "1"])).contains("--sandbox"));
}
