//! The admin API against its own document: a validator reads the document, and Schemathesis asks whatever it allows and
//! much that it does not, of a real server.

use std::fs;
use std::process::Command;

use crate::common::node::{ADMIN_TOKEN, Node, serve};
use crate::common::programs::{printed, python};

/// How many requests of each kind are made up for each operation. It takes some seconds.
const EXAMPLES: &str = "25";

#[workspace_tests::full_run("Python packages")]
#[tokio::test]
async fn the_document_is_valid_openapi() {
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
fn answers_are_as_documented_whatever_is_asked() {
    let Some(python) = python("schemathesis") else { return };
    let folder = tempfile::tempdir().unwrap();
    let node = Node::start(serve(folder.path()).arg("--sandbox"));
    let output = Command::new(python)
        .current_dir(folder.path())
        .args(["-m", "schemathesis.cli", "run", &node.url("/openapi.json"), "--no-color"])
        .args(["--header", &format!("Authorization: Bearer {ADMIN_TOKEN}")])
        // A schema cannot say that a time lies ahead, that a cursor comes from an earlier page, or that a scope leaves
        // some tool: what it allows may still be refused.
        .args(["--checks", "all", "--exclude-checks", "positive_data_acceptance"])
        .args(["--generation-deterministic", "--max-examples", EXAMPLES])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}\n{}", printed(&output), node.log());
}
