//! The workflows through the Inspector's command line, in both lifecycles: one process for each request, as in scripts.

use std::process::Output;

use serde_json::{Value, json};

use crate::clients::endpoints::Endpoints;
use crate::common::programs::{NodeJs, printed};

/// The Inspector's program for the command line.
pub(super) const INSPECTOR: &str = "@modelcontextprotocol/inspector/clients/launcher/build/index.js";

/// The exit code of a call whose tool reported a failure.
const TOOL_FAILED: i32 = 5;

#[workspace_tests::full_run("npm packages")]
#[tokio::test(flavor = "multi_thread")]
async fn inspector_does_the_workflows_in_both_lifecycles() {
    let Some(node) = NodeJs::installed() else { return };
    let endpoints = Endpoints::start().await;
    for era in ["legacy", "modern"] {
        let inspector = |endpoint: &[&str]| Inspector {
            node: &node,
            era,
            endpoint: endpoint.iter().map(ToString::to_string).collect(),
        };
        does_the_work(&inspector(&endpoints.stdio.open));
        learns_how_long_to_wait(&inspector(&endpoints.stdio.spent));
        does_the_work(&inspector(&[&endpoints.http.open, "--transport", "http"]));
        learns_how_long_to_wait(&inspector(&[&endpoints.http.spent, "--transport", "http"]));
    }
}

fn does_the_work(inspector: &Inspector<'_>) {
    let listed = inspector.run(&["--method", "tools/list", "--strict"]);
    // With --strict, a schema that some client rejects has an exit code of its own.
    assert!(listed.status.success(), "{}", printed(&listed));
    assert_eq!(json_of(&listed)["result"]["tools"].as_array().unwrap().len(), 52);
    assert!(listed.stderr.is_empty(), "{}", printed(&listed));

    inspector.call("get_single_desk_365_ticket_by_id", &json!({ "ticket_number": 904 }), 0);
    let note = json!({ "ticket_number": 904, "body": "Handed on.", "private_note": true });
    inspector.call("create_a_desk_365_ticket_note", &note, 0);
    let log = json!({ "filename": "pool.log", "content_base64": "dGltZW91dAo=" });
    let attached = json!({ "ticket_number": 904, "body": "The pool's log.", "files": [log] });
    inspector.call("desk_365_ticket_notes_create_with_attachment", &attached, 0);

    let filled_in = ["--method", "prompts/get", "--prompt-args", "ticket_number=904", "--prompt-name", "triage_ticket"];
    let prompt = inspector.run(&filled_in);
    assert!(prompt.status.success() && printed(&prompt).contains("#904"), "{}", printed(&prompt));
    let resource = inspector.run(&["--method", "resources/read", "--uri", "desk365://tickets/904"]);
    assert!(resource.status.success() && printed(&resource).contains("Nightly export"), "{}", printed(&resource));

    let result = inspector.call("update_a_desk_365_ticket_by_id", &json!({ "prioritty": "high" }), TOOL_FAILED);
    let error = error_of(&result);
    assert_eq!(error["kind"], "invalid_arguments");
    assert_eq!(error["violations"].as_array().unwrap().len(), 3, "{error}");
}

fn learns_how_long_to_wait(inspector: &Inspector<'_>) {
    let result = inspector.call("get_single_desk_365_ticket_by_id", &json!({ "ticket_number": 904 }), TOOL_FAILED);
    let error = error_of(&result);
    assert_eq!((&error["kind"], &error["status"]), (&json!("rate_limited"), &json!(429)));
    assert!(error["ratelimit"]["reset"].as_u64().unwrap() > 0, "{error}");
    assert_eq!(result["_meta"]["ratelimit"], error["ratelimit"]);
}

fn json_of(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", printed(output)))
}

fn error_of(result: &Value) -> Value {
    result["_meta"]["error"].clone()
}

struct Inspector<'n> {
    node: &'n NodeJs,
    era: &'static str,
    endpoint: Vec<String>,
}

impl Inspector<'_> {
    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = self.node.run_packaged(INSPECTOR);
        command.args(["--cli", "--protocol-era", self.era, "--format", "json", "--quiet"]);
        command.args(arguments).args(&self.endpoint).output().unwrap()
    }

    /// Calls a tool, and returns the result if the exit code is `code`.
    fn call(&self, tool: &str, arguments: &Value, code: i32) -> Value {
        let arguments = arguments.to_string();
        let called = self.run(&["--method", "tools/call", "--tool-name", tool, "--tool-args-json", &arguments]);
        assert_eq!(called.status.code(), Some(code), "{tool} {arguments}: {}", printed(&called));
        json_of(&called)["result"].take()
    }
}
