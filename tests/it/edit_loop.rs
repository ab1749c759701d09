//! Adding an endpoint, step by step as `spec/README.md` teaches it, in a copy of the project: eight lines of YAML are a
//! tool that can be called, and what is to be reviewed is that tool and nothing else.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use desk365_mcp::config::Names;
use desk365_mcp::tools::{API, TOOLS};
use serde_json::Value;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::common::cargo;

const TOOL: &str = "get_single_desk_365_holiday_by_id";
/// One that was there before.
const PLAYED: &str = "get_single_desk_365_ticket_by_id";

/// The endpoint that the page adds: its first block of YAML, without the line that says what it belongs under.
fn endpoint() -> String {
    let page = fs::read_to_string("spec/README.md").expect("the page is there");
    let block = page.split("\n```yaml\nresources:\n").nth(1).expect("it begins with an endpoint");
    block.split("```").next().expect("a block ends").to_owned()
}

/// Copies what is in a folder, save what was built there and its history.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("a folder can be listed") {
        let entry = entry.expect("a folder can be listed");
        let (kind, to) = (entry.file_type().expect("an entry is something"), to.join(entry.file_name()));
        if kind.is_dir() && entry.file_name() != "target" && entry.file_name() != ".git" {
            copy(&entry.path(), &to);
        } else if kind.is_file() {
            fs::copy(entry.path(), to).expect("a file can be copied");
        }
    }
}

/// The files of snapshots that wait for a review.
fn waiting(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).expect("a folder can be listed").map(|entry| entry.expect("so can this")) {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() {
            found.extend(waiting(&entry.path()).into_iter().map(|file| format!("{name}/{file}")));
        } else if let Some(name) = name.strip_suffix(".snap.new") {
            found.insert(name.to_owned());
        }
    }
    found
}

fn json(text: &[u8]) -> Value {
    serde_json::from_slice(text).unwrap_or_else(|problem| panic!("{problem}: {}", String::from_utf8_lossy(text)))
}

#[workspace_tests::full_run("a second build of the project")]
#[tokio::test(flavor = "multi_thread")]
async fn eight_lines_are_a_tool_to_call_and_three_files_to_review() {
    let scratch = tempfile::tempdir().expect("a folder can be made");
    let project = scratch.path().join("project");
    copy(Path::new(env!("CARGO_MANIFEST_DIR")), &project);
    let spec = project.join("spec/desk365.yaml");
    let before = fs::read_to_string(&spec).expect("the specification can be read");
    let after = before.replacen("\nresources:\n", &format!("\nresources:\n{}", endpoint()), 1);
    assert!(after.contains("/holidays/"), "the endpoint is in");
    fs::write(&spec, after).expect("and the copy can be written");
    let cargo = || {
        let mut cargo = cargo::cargo();
        // What others made is taken, and what is made here takes the place of nothing: programs go where the copy is,
        // and Cargo keeps packages apart that differ in their debugging information.
        cargo.current_dir(&project).env("CARGO_BUILD_BUILD_DIR", cargo::compiled());
        cargo.env("CARGO_TARGET_DIR", project.join("target")).env_remove("TOOLS_SPEC");
        for package in [env!("CARGO_PKG_NAME"), "tool-runtime", "toolgen"] {
            cargo.arg(format!("--config=profile.dev.package.{package}.debug='line-directives-only'"));
        }
        cargo
    };

    let program = cargo::built(cargo().args(["build", "--offline", "--quiet", "--bin", env!("CARGO_PKG_NAME")]));
    let listed = Command::new(&program).args(["tools", "--json"]).output().expect("the program can be started");
    assert_eq!(json(&listed.stdout)["tools"].as_array().map(Vec::len), Some(TOOLS.len() + 1));

    let api = MockServer::start().await;
    let answer = ResponseTemplate::new(200).set_body_string(r#"{"holiday_name": "New Year"}"#);
    Mock::given(wiremock::matchers::any()).respond_with(answer).mount(&api).await;
    let names = Names::of(&API);
    let called = tokio::process::Command::new(&program)
        .args(["call", TOOL, "--args", r#"{"holiday_name": "New Year"}"#])
        .env(names.base_url(), format!("{}/apis", api.uri()))
        .env(names.api_key(), "a-key")
        .output()
        .await
        .expect("the program can be started");
    assert_eq!(json(&called.stdout)["holiday_name"], "New Year");
    let requests = api.received_requests().await.expect("requests are recorded");
    let targets: Vec<_> = requests.iter().map(|request| (request.method.as_str(), request.url.query())).collect();
    assert_eq!(targets, [("GET", Some("holiday_name=New%20Year"))]);

    // The stand-in does not play it yet, and goes on playing everything else.
    for (tool, arguments, answer) in [
        (TOOL, r#"{"holiday_name": "New Year"}"#, r#""kind":"not_found""#),
        (PLAYED, r#"{"ticket_number": 904}"#, r#""ticket_number":904"#),
    ] {
        let called = Command::new(&program)
            .args(["call", tool, "--sandbox", "--args", arguments])
            .output()
            .expect("the program can be started");
        let said = String::from_utf8_lossy(&called.stdout).split_whitespace().collect::<String>();
        assert!(said.contains(answer), "{tool}: {said} {}", String::from_utf8_lossy(&called.stderr));
    }

    // As `cargo insta test` runs it.
    let tests = cargo()
        .args(["test", "--offline", "--quiet", "--test", "it", "snapshots::"])
        .envs([("INSTA_UPDATE", "new"), ("INSTA_FORCE_PASS", "1")])
        .env_remove("INSTA_SNAPSHOT_REFERENCES_FILE")
        .output()
        .expect("Cargo can be started");
    assert!(tests.status.success(), "what is new waits for a review: {}", String::from_utf8_lossy(&tests.stdout));
    let new = [format!("schemas/{TOOL}"), format!("wire/{TOOL}"), "rust/holiday".to_owned()];
    assert_eq!(waiting(&project.join("snapshots")), BTreeSet::from(new));
}
