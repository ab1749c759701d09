//! The rules of the directories of Claude and ChatGPT, as far as a test can check them. `docs/directories.md` is the
//! whole checklist.

use std::fs;
use std::process::Command;

use desk365_mcp::tools::{API, TOOLS};
use serde_json::Value;

use crate::common::program::program_path;

/// The longest name that the directories accept, with the prefix that a client puts before it.
const MAX_NAME: usize = 64;

/// Words with which a description would tell a model to call one tool before or after another.
const ORDER: [&str; 6] = ["first", "before", "after", "then", "always", "must"];

const CHECKLIST: &str = "docs/directories.md";

/// Returns the tools as a client gets them, listed and as discovery tools.
fn tools() -> Vec<Value> {
    let list = |flags: &[&str]| {
        let output = Command::new(program_path()).env_clear().args(["tools", "--json"]).args(flags).output().unwrap();
        let list: Value = serde_json::from_slice(&output.stdout).unwrap();
        list["tools"].as_array().unwrap().clone()
    };
    let tools: Vec<_> = [list(&[]), list(&["--tool-exposure", "discovery"])].concat();
    assert!(tools.len() > TOOLS.len());
    tools
}

fn text<'t>(tool: &'t Value, key: &str) -> &'t str {
    tool[key].as_str().unwrap_or_default()
}

#[test]
fn every_tool_has_a_title_and_all_hints() {
    for tool in tools() {
        let (name, title, hints) = (text(&tool, "name"), text(&tool, "title"), &tool["annotations"]);
        assert!(!title.is_empty() && title != name, "{tool}");
        for hint in ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"] {
            assert!(hints[hint].is_boolean(), "{name} has no {hint}");
        }
    }
}

#[test]
fn names_fit_with_the_prefix_of_clients() {
    for tool in tools() {
        let name = format!("mcp__{}__{}", API.slug, text(&tool, "name"));
        assert!(name.len() <= MAX_NAME, "{name} has {} characters", name.len());
        assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b)), "{name}");
    }
}

#[test]
fn no_tool_both_reads_and_writes() {
    for tool in TOOLS.iter().map(|tool| tool.def) {
        let (hints, name) = (tool.hints, tool.name);
        assert!(!(hints.read_only && hints.destructive), "{name} claims to read only and to destroy");
        assert!(!(hints.read_only && tool.files.is_some()), "{name} claims to read only and takes files");
    }
}

#[test]
fn no_description_orders_the_use_of_other_tools() {
    let tools = tools();
    let names: Vec<_> = tools.iter().map(|tool| text(tool, "name")).collect();
    for tool in &tools {
        let own = text(tool, "name");
        let others = || names.iter().filter(|name| **name != own);
        for sentence in text(tool, "description").split(['.', ';', ':']) {
            let lower = sentence.to_lowercase();
            let words = || lower.split(|c: char| !c.is_alphanumeric() && c != '_');
            if words().any(|word| others().any(|name| *name == word)) {
                let order = words().find(|word| ORDER.contains(word));
                assert_eq!(order, None, "{own}: {sentence}");
            }
        }
    }
}

#[test]
fn the_privacy_policy_is_linked() {
    let policy = fs::read_to_string("PRIVACY.md").unwrap();
    assert!(policy.contains(API.title), "{policy}");
    for file in ["README.md", CHECKLIST] {
        assert!(fs::read_to_string(file).unwrap().contains("PRIVACY.md"), "{file} does not link to PRIVACY.md");
    }
}

/// Each example is a list item of the section with a request in quotes and the tools that answer it.
#[test]
fn the_checklist_has_three_examples_with_their_tools() {
    let checklist = fs::read_to_string(CHECKLIST).unwrap();
    let (_, rest) = checklist.split_once("\n## Examples\n").unwrap();
    let section = rest.split("\n## ").next().unwrap();
    let examples: Vec<_> = section.split("\n- \"").skip(1).collect();
    assert!(examples.len() >= 3, "{section}");
    for example in examples {
        let tools: Vec<_> = example.split('`').skip(1).step_by(2).collect();
        assert!(!tools.is_empty(), "{example}");
        for name in tools {
            assert!(TOOLS.iter().any(|tool| tool.def.name == name), "{name} is not a tool: {example}");
        }
    }
}
