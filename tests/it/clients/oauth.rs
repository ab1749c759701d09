//! Stock clients sign in to a server.

use std::process::Command;

use serde_json::json;

use super::printed;
use crate::common::node::{ADMIN_TOKEN, Node, serve};
use crate::common::programs::{NodeJs, python, scripts};

#[workspace_tests::full_run("Python packages")]
#[tokio::test(flavor = "multi_thread")]
async fn python_sdk_2_signs_in() {
    let Some(python) = python("mcp2") else { return };
    let mut script = Command::new(python);
    script.arg("-B").arg(scripts().join("oauth.py"));
    signs_in(&mut script).await;
}

#[workspace_tests::full_run("npm packages")]
#[tokio::test(flavor = "multi_thread")]
async fn typescript_sdk_2_signs_in() {
    let Some(node) = NodeJs::installed() else { return };
    signs_in(&mut node.run(scripts().join("node/oauth.cjs"))).await;
}

/// Runs a script with a server on the sandbox that asks for sign-in.
async fn signs_in(script: &mut Command) {
    let folder = tempfile::tempdir().unwrap();
    let node = Node::start(serve(folder.path()).arg("--sandbox"));
    let (_, accounts) = node.get("/integrated-account").await;
    let path = format!("/integrated-account/{}/mcp", accounts["result"][0]["id"].as_str().unwrap());
    let server = node.made(&path, &json!({ "name": "Support", "config": { "auth": "sign_in" } })).await;
    let config = json!({
        "url": server["url"],
        "origin": node.url(""),
        "token": ADMIN_TOKEN,
        "tool": ["get_single_desk_365_ticket_by_id", { "ticket_number": 904 }],
        "change": ["update_a_desk_365_ticket_by_id", { "ticket_number": 904, "priority": "high" }],
    });
    let output = script.arg(config.to_string()).output().unwrap();
    assert!(output.status.success(), "failed:\n{}", printed(&output));
}
