//! The same crate serves another API when it is built from another spec, without a change to any line of Rust.
//!
//! Each spec below goes through the real build. The resulting program calls every tool against a recorder, and the recorded
//! requests are snapshots: method, path, query, key, body.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::common::cargo;
use crate::common::reviewed::Reviewed;

const KEY: &str = "a-key";

/// The specs, each with the debug level of its build. Cargo separates builds with different levels, so that none replaces
/// another, and all share the compiled dependencies.
const APIS: &[(&str, &str)] = &[
    ("tests/fixtures/apis/library.yaml", "0"),
    ("tests/fixtures/apis/station.yaml", "1"),
    // A spec with every oddity.
    ("crates/toolgen/tests/shelves.yaml", "2"),
];

/// Builds the crate from a spec and returns the path of the program that calls every tool.
fn built(spec: &Path, debug: &str) -> PathBuf {
    let debug = format!("--config=profile.dev.package.{}.debug={debug}", env!("CARGO_PKG_NAME"));
    let mut cargo = cargo::cargo();
    cargo.args(["build", "--offline", "--quiet", "--example", "call_every_tool"]).arg(debug);
    cargo.arg("--target-dir").arg(cargo::compiled()).current_dir(env!("CARGO_MANIFEST_DIR")).env("TOOLS_SPEC", spec);
    cargo::built(&mut cargo)
}

/// Starts a server that records every request and answers some of them with errors of the APIs.
async fn recorder() -> MockServer {
    let server = MockServer::start().await;
    let answer = |request: &Request| match request.url.path() {
        path if path.ends_with("/loans") => {
            ResponseTemplate::new(409).set_body_string(r#"{"error":"The copy is lent."}"#).insert_header("x-left", "7")
        }
        path if path.ends_with("/pictures") => {
            ResponseTemplate::new(403).set_body_string(r#"{"error":{"reason":"Not opened yet."}}"#)
        }
        path if path.starts_with("/base/forecasts/") => ResponseTemplate::new(200).set_body_string("Rain at first."),
        _ => ResponseTemplate::new(200).set_body_string(r#"{ "as": "it came" }"#),
    };
    Mock::given(wiremock::matchers::any()).respond_with(answer).mount(&server).await;
    server
}

/// Formats a request as the API receives it.
fn shown(request: &Request) -> String {
    let url = &request.url;
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut text = format!("{} {}{query}\n", request.method, url.path());
    let header = |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok());
    let content_type = header("content-type").unwrap_or_default();
    let boundary = content_type.split_once("boundary=").map_or("(no boundary)", |(_, boundary)| boundary);
    for name in ["authorization", "x-library-key", "content-type"] {
        if let Some(value) = header(name) {
            writeln!(text, "{name}: {}", value.replace(boundary, "…")).expect("a text can be written to");
        }
    }
    let body = String::from_utf8_lossy(&request.body).replace(boundary, "…").replace("\r\n", "\n");
    if body.is_empty() { text } else { format!("{text}\n{}\n", body.trim_end()) }
}

#[workspace_tests::full_run("a second build of the project")]
#[tokio::test(flavor = "multi_thread")]
async fn another_specification_makes_another_server() {
    let reviewed = Reviewed::folder("generality");
    for (spec, debug) in APIS {
        let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join(spec);
        let name = spec.file_stem().expect("a file has a name").to_string_lossy();
        let program = built(&spec, debug);
        let server = recorder().await;
        let output = tokio::process::Command::new(program)
            .args([format!("{}/base", server.uri()), KEY.to_owned()])
            .output()
            .await
            .expect("the program can be started");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let requests = server.received_requests().await.expect("requests are recorded");
        let requests: Vec<_> = requests.iter().map(shown).collect();
        reviewed.check(&format!("{name}_requests"), &requests.join("\n\n"));
        reviewed.check(&format!("{name}_answers"), &String::from_utf8_lossy(&output.stdout));
    }
    reviewed.nothing_else();
}
