//! Stock clients, as people install them, do an assistant's work against this server's sandbox, over stdio and HTTP.
//!
//! Each client's workflows are a script in its own language, in `tests/clients/`. These tests start the server, pass the
//! script its URLs and command lines, and show what the script printed.

mod connector;
mod endpoints;
mod inspector;
mod oauth;
mod rust;

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::clients::endpoints::Endpoints;
use crate::common::programs::{NodeJs, printed, python, python_with, scripts};
use crate::common::skip::required;

#[workspace_tests::full_run("Python packages")]
#[tokio::test(flavor = "multi_thread")]
async fn python_sdk_1_does_the_workflows() {
    python_does_the_workflows("mcp1").await;
}

#[workspace_tests::full_run("Python packages")]
#[tokio::test(flavor = "multi_thread")]
async fn python_sdk_2_does_the_workflows_in_both_lifecycles() {
    python_does_the_workflows("mcp2").await;
}

#[workspace_tests::full_run("Python packages")]
#[tokio::test(flavor = "multi_thread")]
async fn fastmcp_does_the_workflows_in_both_lifecycles() {
    python_does_the_workflows("fastmcp4").await;
}

#[workspace_tests::full_run("npm packages")]
#[tokio::test(flavor = "multi_thread")]
async fn typescript_sdk_1_does_the_workflows() {
    node_does_the_workflows("sdk1").await;
}

#[workspace_tests::full_run("npm packages")]
#[tokio::test(flavor = "multi_thread")]
async fn typescript_sdk_2_does_the_workflows_in_both_lifecycles() {
    node_does_the_workflows("client2").await;
}

#[workspace_tests::full_run("npm packages")]
#[tokio::test(flavor = "multi_thread")]
async fn typescript_sdk_2_confirms_calls() {
    node_does_the_workflows("confirmation").await;
}

#[workspace_tests::full_run("Python packages")]
#[tokio::test(flavor = "multi_thread")]
async fn python_sdk_2_confirms_calls() {
    let Some(python) = python("mcp2") else { return };
    let mut script = Command::new(python);
    script.arg("-B").arg(scripts().join("confirmation.py"));
    succeeds("confirmation", &mut script).await;
}

#[workspace_tests::full_run("Python packages")]
#[test]
fn every_file_of_pins_is_complete() {
    let folder = fs::read_dir(scripts()).unwrap().map(|entry| entry.unwrap().path());
    let pins: Vec<_> = folder.filter(|path| path.extension().is_some_and(|extension| extension == "txt")).collect();
    assert!(pins.len() > 5, "{pins:?}");
    let of_ci = Path::new(env!("CARGO_MANIFEST_DIR")).join(".ci/tools.txt");
    for pins in pins.iter().chain([&of_ci]) {
        // Checks that the packages need no other.
        let Some(_) = required(python_with(pins)) else { return };
    }
}

/// Runs `tests/clients/{client}.py` in the environment that `tests/clients/{client}.txt` pins.
async fn python_does_the_workflows(client: &str) {
    let Some(python) = python(client) else { return };
    let mut script = Command::new(python);
    script.arg("-B").arg(scripts().join(client).with_extension("py"));
    succeeds(client, &mut script).await;
}

/// Runs `tests/clients/node/{client}.cjs`.
async fn node_does_the_workflows(client: &str) {
    let Some(node) = NodeJs::installed() else { return };
    succeeds(client, &mut node.run(scripts().join("node").join(client).with_extension("cjs"))).await;
}

async fn succeeds(client: &str, script: &mut Command) {
    let endpoints = Endpoints::start().await;
    let output = script.arg(endpoints.to_json().to_string()).output().unwrap();
    assert!(output.status.success(), "{client} failed:\n{}", printed(&output));
}
