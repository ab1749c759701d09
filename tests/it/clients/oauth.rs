//! Stock clients sign in to a server: with a script that plays the browser, or with Chromium.

use std::process::Command;

use rmcp::model::CallToolRequestParams;
use rmcp::transport::TokioChildProcess;
use rmcp::{ServiceExt as _, object};
use serde_json::{Value, json};

use super::inspector::INSPECTOR;
use super::printed;
use crate::common::node::ADMIN_TOKEN;
use crate::common::programs::{NodeJs, python, scripts};
use crate::common::sign_in::{Person, SignInServer};

/// The program that lets clients without HTTP use a remote server.
const MCP_REMOTE: &str = "mcp-remote/dist/proxy.js";

const TICKET: &str = "get_single_desk_365_ticket_by_id";

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

/// Runs a script with a server that asks for sign-in.
async fn signs_in(script: &mut Command) {
    let server = SignInServer::start().await;
    let config = json!({
        "url": server.url,
        "origin": server.node.url(""),
        "token": ADMIN_TOKEN,
        "tool": [TICKET, { "ticket_number": 904 }],
        "change": ["update_a_desk_365_ticket_by_id", { "ticket_number": 904, "priority": "high" }],
    });
    let output = script.arg(config.to_string()).output().unwrap();
    assert!(output.status.success(), "failed:\n{}", printed(&output));
}

#[workspace_tests::full_run("Chromium, npm and Python packages")]
#[tokio::test(flavor = "multi_thread")]
async fn mcp_remote_signs_in_with_chromium() {
    let Some(node) = NodeJs::installed() else { return };
    let server = SignInServer::start().await;
    let Some(person) = Person::at(&server).await else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut remote = node.run_packaged(MCP_REMOTE);
    remote.arg(&server.url).env("MCP_REMOTE_CONFIG_DIR", folder.path());
    let connect = async |command: Command| {
        let client = ().serve(TokioChildProcess::new(tokio::process::Command::from(command)).unwrap()).await.unwrap();
        assert_eq!(client.list_all_tools().await.unwrap().len(), 52);
        let arguments = object!({ "ticket_number": 904 });
        let result = client.call_tool(CallToolRequestParams::new(TICKET).with_arguments(arguments)).await.unwrap();
        assert_ne!(result.is_error, Some(true), "{result:?}");
        client.cancel().await.unwrap();
    };
    connect(person.beside(&remote, "mcp-remote")).await;
    let connection = server.connection().await;
    assert_eq!((&connection["user_name"], &connection["scope"]), (&json!(Person::NAME), &json!("read write")));
    // The next start needs no sign-in.
    connect(remote).await;
    assert_eq!(server.connection().await["id"], connection["id"]);
}

#[workspace_tests::full_run("Chromium, npm and Python packages")]
#[tokio::test(flavor = "multi_thread")]
async fn inspector_signs_in_with_chromium() {
    let Some(node) = NodeJs::installed() else { return };
    let server = SignInServer::start().await;
    let Some(person) = Person::at(&server).await else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut inspector = node.run_packaged(INSPECTOR);
    inspector.args(["--cli", "--format", "json", "--quiet", "--callback-url", "http://127.0.0.1:0/oauth/callback"]);
    inspector.args(["--method", "tools/call", "--tool-name", TICKET, "--tool-args-json", r#"{"ticket_number":904}"#]);
    inspector.args([&server.url, "--transport", "http"]);
    // Its tokens are stored at home. Without a terminal, it signs in only if it may open a browser.
    inspector.env("HOME", folder.path()).env("MCP_AUTO_OPEN_ENABLED", "true");
    let output = person.beside(&inspector, "inspector").output().unwrap();
    assert!(output.status.success(), "failed:\n{}", printed(&output));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(answer["result"].to_string().contains("Nightly export"), "{answer}");
    let connection = server.connection().await;
    assert_eq!((&connection["client_name"], &connection["user_name"]), (&json!("MCP Inspector"), &json!(Person::NAME)));
}
