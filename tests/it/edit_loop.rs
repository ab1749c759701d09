//! Adding an endpoint as `spec/README.md` teaches it, in a copy of the project: eight lines of YAML become a tool that can
//! be called, and only the snapshots of that tool change.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use desk365_mcp::config::EnvNames;
use desk365_mcp::tools::{API, TOOLS};
use serde_json::Value;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::common::cargo;

const TOOL: &str = "get_single_desk_365_holiday_by_id";
/// A tool that exists already.
const EXISTING: &str = "get_single_desk_365_ticket_by_id";

/// Returns the endpoint that the page adds: its first block of YAML, without the line `resources:`.
fn endpoint() -> String {
    let page = fs::read_to_string("spec/README.md").expect("the page can be read");
    let block = page.split("\n```yaml\nresources:\n").nth(1).expect("its first block is an endpoint");
    block.split("```").next().expect("a block ends").to_owned()
}

/// Copies a folder without build results and Git history.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("a folder can be listed") {
        let entry = entry.expect("a folder can be listed");
        let (kind, to) = (entry.file_type().expect("an entry has a type"), to.join(entry.file_name()));
        if kind.is_dir() && entry.file_name() != "target" && entry.file_name() != ".git" {
            copy(&entry.path(), &to);
        } else if kind.is_file() {
            fs::copy(entry.path(), to).expect("a file can be copied");
        }
    }
}

/// Returns the files below `folder` that are new or different from those below `original`.
fn changed(folder: &Path, original: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).expect("a folder can be listed").map(|entry| entry.expect("an entry can be read"))
    {
        let name = entry.file_name().to_string_lossy().into_owned();
        let original = original.join(&name);
        if entry.path().is_dir() {
            found.extend(changed(&entry.path(), &original).into_iter().map(|file| format!("{name}/{file}")));
        } else if fs::read(entry.path()).ok() != fs::read(original).ok() {
            found.insert(name);
        }
    }
    found
}

fn json(text: &[u8]) -> Value {
    serde_json::from_slice(text).unwrap_or_else(|problem| panic!("{problem}: {}", String::from_utf8_lossy(text)))
}

#[workspace_tests::full_run("a second build of the project")]
#[tokio::test(flavor = "multi_thread")]
async fn eight_lines_become_a_tool_and_three_changed_files() {
    let scratch = tempfile::tempdir().expect("a folder can be made");
    let project = scratch.path().join("project");
    copy(Path::new(env!("CARGO_MANIFEST_DIR")), &project);
    let spec = project.join("spec/desk365.yaml");
    let before = fs::read_to_string(&spec).expect("the specification can be read");
    let after = before.replacen("\nresources:\n", &format!("\nresources:\n{}", endpoint()), 1);
    assert!(after.contains("/holidays/"), "the endpoint was inserted");
    fs::write(&spec, after).expect("and the copy can be written");
    let crates = fs::read_dir(project.join("crates")).expect("a folder can be listed");
    let crates = crates.map(|entry| entry.expect("an entry can be read").file_name().to_string_lossy().into_owned());
    let packages: Vec<_> = crates.chain([env!("CARGO_PKG_NAME").to_owned()]).collect();
    let cargo = || {
        let mut cargo = cargo::cargo();
        // Compiled dependencies are shared, and nothing compiled here replaces anything there: programs go to the copy's
        // own folder, and Cargo separates packages with different debug information.
        cargo.current_dir(&project).env("CARGO_BUILD_BUILD_DIR", cargo::compiled());
        cargo.env("CARGO_TARGET_DIR", project.join("target")).env_remove("TOOLS_SPEC");
        for package in &packages {
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
    let names = EnvNames::for_api(&API);
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

    // The sandbox does not know the new tool yet, and still answers all others.
    for (tool, arguments, answer) in [
        (TOOL, r#"{"holiday_name": "New Year"}"#, "not_found:"),
        (EXISTING, r#"{"ticket_number": 904}"#, r#""ticket_number":904"#),
    ] {
        let called = Command::new(&program)
            .args(["call", tool, "--sandbox", "--args", arguments])
            .output()
            .expect("the program can be started");
        let said = String::from_utf8_lossy(&called.stdout).split_whitespace().collect::<String>();
        assert!(said.contains(answer), "{tool}: {said} {}", String::from_utf8_lossy(&called.stderr));
    }

    let tests = cargo()
        .args(["test", "--offline", "--quiet", "--test", "it", "snapshots::"])
        .env("INSTA_UPDATE", "always")
        .env_remove("INSTA_SNAPSHOT_REFERENCES_FILE")
        .output()
        .expect("Cargo can be started");
    assert!(tests.status.success(), "the snapshots are updated: {}", String::from_utf8_lossy(&tests.stdout));
    let original = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots");
    let expected = [format!("tools/{TOOL}.snap"), "rust/holiday.rs".to_owned(), "rust/tools.rs".to_owned()];
    assert_eq!(changed(&project.join("snapshots"), &original), BTreeSet::from(expected));
}
