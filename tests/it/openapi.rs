//! The OpenAPI document of the admin API: a validator checks the document, and Schemathesis sends requests that it allows
//! and requests that it forbids to a real server.

use std::fs;
use std::process::Command;

use crate::common::node::{ADMIN_TOKEN, Node, serve};
use crate::common::programs::{printed, python};

/// The number of generated requests of each kind for each operation. All of them take some seconds.
const EXAMPLES: &str = "25";

#[workspace_tests::full_run("Python packages")]
#[tokio::test]
async fn openapi_document_is_valid() {
    let Some(python) = python("schemathesis") else { return };
    let folder = tempfile::tempdir().unwrap();
    let node = Node::start(&mut serve(folder.path()));
    let file = folder.path().join("openapi.json");
    fs::write(&file, node.get("/openapi.json").await.1.to_string()).unwrap();
    let output = Command::new(python).args(["-m", "openapi_spec_validator"]).arg(file).output().unwrap();
    assert!(output.status.success(), "{}", printed(&output));
}

#[workspace_tests::full_run("Python packages")]
#[test]
fn responses_match_the_openapi_document() {
    let Some(python) = python("schemathesis") else { return };
    let folder = tempfile::tempdir().unwrap();
    let node = Node::start(serve(folder.path()).arg("--sandbox"));
    // A stale precondition is reported before the content, which may be wrong only because the object has changed.
    let refusals = "checks.negative_data_rejection.expected-statuses = [400, 401, 403, 404, 405, 406, 412, 415, 429]";
    fs::write(folder.path().join("schemathesis.toml"), refusals).unwrap();
    let output = Command::new(python)
        .current_dir(folder.path())
        .args(["-m", "schemathesis.cli", "run", &node.url("/openapi.json"), "--no-color"])
        .args(["--header", &format!("Authorization: Bearer {ADMIN_TOKEN}")])
        // A schema cannot require that a time is in the future, that a cursor comes from an earlier page, or that a scope
        // allows at least one tool. So a request that the schema allows may still be refused.
        .args(["--checks", "all", "--exclude-checks", "positive_data_acceptance"])
        .args(["--generation-deterministic", "--max-examples", EXAMPLES])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}\n{}", printed(&output), node.log());
}
