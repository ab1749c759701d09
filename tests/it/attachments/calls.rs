//! Calls with attachments by path: the `path` field in the list of tools, files that arrive, and errors.

use std::fs::{self, File};
use std::path::Path;

use assert_cmd::Command;
use desk365_mcp::attachments::{AttachmentsFolder, PathRefusal};
use desk365_mcp::call::ToolCaller;
use desk365_mcp::config::EnvNames;
use desk365_mcp::outcome::FailureKind;
use desk365_mcp::tools::{API, TOOLS};
use desk365_mcp::upstream::{Account, UpstreamClient, UpstreamOptions};
use secrecy::SecretString;
use serde_json::{Value, json};
use tempfile::TempDir;
use tool_runtime::tool::Tool;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::common::program::program_path;

async fn api() -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200).set_body_string("{}")).mount(&server).await;
    server
}

fn attachment_tool() -> (&'static Tool, &'static str) {
    TOOLS.iter().find_map(|tool| Some((tool, tool.def.files?))).unwrap()
}

/// Returns the example's arguments with these attachments.
fn arguments(files: Value) -> Value {
    let (tool, argument) = attachment_tool();
    let mut arguments: Value = serde_json::from_str(tool.def.example).unwrap();
    arguments[argument] = files;
    arguments
}

fn program(base_url: &str) -> Command {
    let names = EnvNames::for_api(&API);
    let mut command = Command::new(program_path());
    command.env_clear().env(names.base_url(), base_url).env(names.api_key(), "a-key");
    command
}

/// Runs `call` with these attachments and `dir` as the folder. Returns its exit code and output.
fn run_call(api: &MockServer, dir: &Path, files: Value) -> (Option<i32>, String) {
    let mut command = program(&api.uri());
    command.env(EnvNames::for_api(&API).attachments_dir(), dir);
    command.args(["call", attachment_tool().0.def.name, "--args", &arguments(files).to_string()]);
    let output = command.output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

fn folder_with(name: &str, content: &[u8]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join(name), content).unwrap();
    dir
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_arrives_with_its_name_type_and_bytes() {
    let api = api().await;
    let content: Vec<u8> = (0..=u8::MAX).cycle().take(200_000).collect();
    let dir = folder_with("report.pdf", &content);
    let (code, printed) = run_call(&api, dir.path(), json!([{ "path": "report.pdf" }]));
    assert_eq!((code, printed.as_str()), (Some(0), "{}"));
    let body = &api.received_requests().await.unwrap()[0].body;
    let sent = |bytes: &[u8]| body.windows(bytes.len()).any(|window| window == bytes);
    assert!(sent(&content) && sent(b"filename=\"report.pdf\"") && sent(b"application/pdf"));
}

#[test]
fn a_name_in_nfd_is_found_by_its_nfc_form() {
    let (nfc, nfd) = ("caf\u{e9}", "cafe\u{301}");
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join(nfd)).unwrap();
    fs::write(dir.path().join(nfd).join(format!("{nfd}.txt")), b"four").unwrap();
    let folder = AttachmentsFolder::open(dir.path()).unwrap();
    for path in [format!("{nfc}/{nfc}.txt"), format!("{nfd}/{nfc}.txt"), format!("{nfd}/{nfd}.txt")] {
        assert_eq!(folder.file(&path).unwrap().length(), 4, "{path}");
    }
    for path in [format!("{nfc}/cafe.txt"), format!("{nfc}/caf\u{e8}.txt"), format!("{nfc}.txt"), nfc.to_uppercase()] {
        assert_eq!(folder.file(&path).unwrap_err(), PathRefusal::NotFound, "{path}");
    }
    // A name with the same code points wins.
    fs::write(dir.path().join(nfd).join(format!("{nfc}.txt")), b"eight by").unwrap();
    assert_eq!(folder.file(&format!("{nfc}/{nfc}.txt")).unwrap().length(), 8);
    assert_eq!(folder.file(&format!("{nfc}/{nfd}.txt")).unwrap().length(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_refused_paths_are_named_and_nothing_is_sent() {
    let api = api().await;
    let dir = folder_with("report.pdf", b"x");
    let files = json!([{ "path": "../secret.txt" }, { "path": "report.pdf" }, { "path": "other.pdf" }]);
    let (code, printed) = run_call(&api, dir.path(), files);
    let argument = attachment_tool().1;
    assert_eq!(code, Some(1));
    assert!(printed.starts_with("invalid_arguments: ") && printed.contains("such as report.pdf"), "{printed}");
    for index in [0, 2] {
        assert!(printed.contains(&format!("{argument}[{index}].path: ")), "{printed}");
    }
    assert!(!printed.contains(&format!("{argument}[1].path: ")), "{printed}");
    // The folder's own path is not revealed.
    assert!(!printed.contains(dir.path().to_str().unwrap()), "{printed}");
    assert!(api.received_requests().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn files_over_the_limit_are_refused_before_sending() {
    let api = api().await;
    let dir = tempfile::tempdir().unwrap();
    let half = UpstreamOptions::default().max_upload_bytes / 2;
    for (name, bytes) in [("a.bin", half), ("b.bin", half + 2)] {
        File::create(dir.path().join(name)).unwrap().set_len(bytes).unwrap();
    }
    let (code, printed) = run_call(&api, dir.path(), json!([{ "path": "a.bin" }, { "path": "b.bin" }]));
    assert!(code == Some(1) && printed.starts_with("too_large: "), "{printed}");
    assert!(api.received_requests().await.unwrap().is_empty());
}

/// A file of /proc has the length 0 and content, like a file that grows after it was opened.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_grows_while_it_is_read_ends_the_call() {
    let api = api().await;
    let (code, printed) = run_call(&api, Path::new("/proc/self"), json!([{ "path": "status" }]));
    assert_eq!(code, Some(1));
    assert!(printed.contains("became longer") && printed.contains("nothing has changed"), "{printed}");
    assert!(printed.starts_with("invalid_arguments: "), "{printed}");
    assert!(api.received_requests().await.unwrap().is_empty(), "a whole request arrived");
}

#[tokio::test]
async fn without_a_folder_no_path_is_read() {
    let api = api().await;
    let dir = folder_with("report.pdf", b"x");
    let path = dir.path().join("report.pdf");
    let account = Account::new(&api.uri(), SecretString::from("a-key")).unwrap();
    let caller = ToolCaller::new(UpstreamClient::new(UpstreamOptions::default()).unwrap(), account, &API);
    for path in ["report.pdf", path.to_str().unwrap()] {
        let Value::Object(arguments) = arguments(json!([{ "path": path }])) else { panic!("an object") };
        let error = caller.call(attachment_tool().0, arguments).await.unwrap_err();
        assert_eq!(error.kind, FailureKind::InvalidArguments);
        assert!(error.message.contains("path: is not available here"), "{}", error.message);
    }
    assert!(api.received_requests().await.unwrap().is_empty());
}

#[test]
fn tools_accept_paths_only_with_a_folder() {
    let dir = tempfile::tempdir().unwrap();
    let list = |flags: &[&str]| {
        let request = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
        let mut command = program("http://127.0.0.1:9");
        let output = command.arg("stdio").args(flags).write_stdin(format!("{request}\n")).output().unwrap();
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        let (tool, argument) = attachment_tool();
        let tools = answer["result"]["tools"].as_array().unwrap();
        let tool = tools.iter().find(|listed| listed["name"] == tool.def.name).unwrap();
        tool["inputSchema"]["properties"][argument]["items"]["properties"]["path"].clone()
    };
    assert_eq!(list(&[]), Value::Null);
    assert_eq!(list(&["--attachments-dir", dir.path().to_str().unwrap()])["type"], "string");
}

#[test]
fn a_missing_folder_is_a_usage_error() {
    let output =
        program("http://127.0.0.1:9").args(["stdio", "--attachments-dir", "/no/such/folder"]).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(
        stderr.contains("/no/such/folder") && stderr.contains(&EnvNames::for_api(&API).attachments_dir()),
        "{stderr}"
    );
}
