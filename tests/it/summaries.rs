//! Summaries of the sandbox's records through the program: over stdio, over HTTP and from the shell.

use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};

use crate::common::node::{Node, program, serve};

/// The open tickets by company.
fn open_tickets() -> Value {
    json!({ "filters": { "status": ["Open"] }, "by": ["company_name"] })
}

fn call(name: &str, arguments: &Value) -> Value {
    let meta = json!({ "progressToken": "p" });
    json!({ "name": name, "arguments": arguments, "_meta": meta })
}

/// Runs `call` in the sandbox, and returns what it printed.
fn summarized(name: &str, arguments: &Value) -> String {
    let folder = tempfile::tempdir().unwrap();
    let arguments = arguments.to_string();
    let words = ["call", name, "--sandbox", "--sandbox-grant", "contract", "--args", &arguments];
    let output = program(folder.path(), &words).output().unwrap();
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn open_tickets_per_company_take_one_short_answer() {
    let text = summarized("desk_365_tickets_summarize", &open_tickets());
    assert!(text.len() < 700, "{} bytes: {text}", text.len());
    let answer: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&answer["complete"], &answer["calls"], &answer["read"]), (&json!(true), &json!(1), &answer["total"]));
}

#[test]
fn every_list_of_records_has_a_summary() {
    for (name, arguments) in [
        (
            "desk_365_tickets_summarize",
            json!({"by": ["priority", "created_on:month"], "measure": "resolved_duration:median"}),
        ),
        ("desk_365_time_entries_summarize", json!({"by": "agent_email", "measure": "time_spent_in_minutes:sum"})),
        (
            "desk_365_survey_ratings_summarize",
            json!({"by": ["survey_name", "rated_on:month"], "measure": "ratings.rating:average"}),
        ),
        ("desk_365_contacts_summarize", json!({"by": "company_name"})),
        (
            "desk_365_contracts_summarize",
            json!({"by": ["company", "contract_type"], "measure": "contract_used_mins:sum"}),
        ),
    ] {
        let answer: Value = serde_json::from_str(&summarized(name, &arguments)).unwrap();
        assert_eq!((&answer["complete"], &answer["read"]), (&json!(true), &answer["total"]), "{name}: {answer}");
        assert!(answer["read"].as_u64().unwrap() > 0, "{name}: {answer}");
        let rows = answer["rows"].as_array().unwrap();
        assert!(rows.iter().any(|row| !row[0].is_null()), "{name}: {answer}");
    }
}

#[tokio::test]
async fn a_summary_reports_its_progress_over_stdio() {
    let folder = tempfile::tempdir().unwrap();
    let command: Command = program(folder.path(), &["stdio", "--sandbox"]);
    let mut child = tokio::process::Command::from(command)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let params = call("desk_365_tickets_summarize", &json!({ "by": ["assigned_to"] }));
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
    stdin.write_all(format!("{message}\n").as_bytes()).await.unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut progress = Vec::new();
    let result = loop {
        let line: Value = serde_json::from_str(&lines.next_line().await.unwrap().unwrap()).unwrap();
        if line["method"] == "notifications/progress" {
            progress.push(line["params"]["message"].as_str().unwrap().to_owned());
        } else {
            break line["result"].clone();
        }
    };
    let answer: Value = serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap();
    assert_eq!(answer["complete"], true, "{answer}");
    assert_eq!(progress.first(), Some(&format!("Read 100 of {} rows", answer["total"])));
    let unassigned = answer["rows"].as_array().unwrap().iter().filter(|row| row[0].is_null()).count();
    assert_eq!(unassigned, 1, "tickets without an agent are one group: {answer}");
}

#[tokio::test]
async fn a_summary_is_in_scope_like_any_other_tool() {
    let folder = tempfile::tempdir().unwrap();
    let node = Node::start(serve(folder.path()).arg("--sandbox"));
    let (_, accounts) = node.get("/integrated-account").await;
    let path = format!("/integrated-account/{}/mcp", accounts["result"][0]["id"].as_str().unwrap());
    let with = async |config: Value| {
        let server = node.made(&path, &json!({ "name": "scoped", "config": config })).await;
        server["token"].as_str().unwrap().to_owned()
    };
    let listed = async |token: &str| {
        let (_, list) = node.mcp(token, "tools/list", &json!({})).await;
        let tools = list["result"]["tools"].as_array().unwrap().clone();
        tools.iter().any(|tool| tool["name"] == "desk_365_tickets_summarize")
    };
    let params = json!({ "name": "desk_365_tickets_summarize", "arguments": open_tickets() });
    let [custom, lists] = [json!({ "methods": ["custom"], "tags": ["support"] }), json!({ "methods": ["list"] })];
    let custom = with(custom).await;
    assert!(listed(&custom).await);
    let (_, answer) = node.mcp(&custom, "tools/call", &params).await;
    assert!(answer["result"]["content"][0]["text"].as_str().unwrap().starts_with(r#"{"total":"#), "{answer}");
    let lists = with(lists).await;
    assert!(!listed(&lists).await);
    let (_, answer) = node.mcp(&lists, "tools/call", &params).await;
    assert_eq!(answer["error"]["code"], -32602, "{answer}");
}
