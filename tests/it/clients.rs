//! Stock clients, as people install them, do an assistant's work against this server's sandbox, over stdio and HTTP.
//!
//! The workflows are written in each client's own language, under `tests/clients/`. This file starts the server, tells
//! each script the ways to it, and shows what the script printed.

mod connector;
mod inspector;
mod rust;
mod ways;

use std::process::Command;

use crate::clients::ways::Ways;
use crate::common::programs::{NodeJs, printed, python, scripts};

#[workspace_tests::full_run("Python packages")]
#[tokio::test(flavor = "multi_thread")]
async fn the_first_python_sdk_does_the_workflows() {
    python_does_the_workflows("mcp1").await;
}

#[workspace_tests::full_run("Python packages")]
#[tokio::test(flavor = "multi_thread")]
async fn the_second_python_sdk_does_the_workflows_with_and_without_a_handshake() {
    python_does_the_workflows("mcp2").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fastmcp_does_the_workflows_with_and_without_a_handshake() {
    python_does_the_workflows("fastmcp4").await;
}

#[workspace_tests::full_run("npm packages")]
#[tokio::test(flavor = "multi_thread")]
async fn the_first_typescript_sdk_does_the_workflows() {
    node_does_the_workflows("sdk1").await;
}

#[workspace_tests::full_run("npm packages")]
#[tokio::test(flavor = "multi_thread")]
async fn the_second_typescript_sdk_does_the_workflows_with_and_without_a_handshake() {
    node_does_the_workflows("client2").await;
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
    let ways = Ways::open().await;
    let output = script.arg(ways.to_json().to_string()).output().unwrap();
    assert!(output.status.success(), "{client} failed:\n{}", printed(&output));
}
