//! The results of the spec as files for review: each tool as clients see it with the request of its example, each prompt
//! as clients get it, and the generated Rust.

use std::path::Path;
use std::{fs, io};

use desk365_mcp::call::ToolCaller;
use desk365_mcp::confirmation::ConfirmPolicy;
use desk365_mcp::scope::Scope;
use desk365_mcp::service::{Exposure, ScopedService};
use desk365_mcp::tools::{API, PROMPTS, TOOLS};
use desk365_mcp::upstream::{Account, UpstreamClient, UpstreamOptions};
use mcp_server::{Content, Lifecycle, Service as _};
use secrecy::SecretString;
use serde_json::{Map, Value, json};

use crate::common::reviewed::Reviewed;
use crate::common::reviewed_files::ReviewedFiles;

#[test]
fn every_tool_is_reviewed() {
    let reviewed = Reviewed::folder("tools");
    for tool in TOOLS {
        let def = tool.def;
        let schema: Value = serde_json::from_str(def.input_schema).expect("a schema is JSON");
        let shown = json!({
            "name": def.name,
            "title": def.title,
            "description": def.description,
            "class": def.method.name(),
            "tags": def.tags,
            "readOnly": def.hints.read_only,
            "destructive": def.hints.destructive,
            "idempotent": def.hints.idempotent,
            "inputSchema": schema,
        });
        let shown = serde_json::to_string_pretty(&shown).expect("JSON can be written");
        let example: Map<String, Value> = serde_json::from_str(def.example).expect("an example is an object");
        let request = tool.prepare(example).expect("an example is valid");
        reviewed.check(def.name, &format!("{shown}\n\nExample: {}\n\n{request}", def.example));
    }
    reviewed.nothing_else();
}

#[test]
fn every_prompt_is_reviewed() {
    let reviewed = Reviewed::folder("prompts");
    // No request is sent.
    let account = Account::new("http://127.0.0.1:9", SecretString::from("key")).expect("the URL is valid");
    let caller =
        ToolCaller::new(UpstreamClient::new(UpstreamOptions::default()).expect("a client can be made"), account, &API);
    let service = ScopedService::new(&API, Scope::default(), Exposure::All, ConfirmPolicy::Auto, caller);
    let list = service.prompts().expect("the whole scope has prompts").result(Lifecycle::Handshake);
    let list: Value = serde_json::from_slice(list).expect("a list is JSON");
    let entries = list["prompts"].as_array().expect("it has entries");
    assert_eq!(entries.len(), PROMPTS.len());
    for (prompt, entry) in PROMPTS.iter().zip(entries) {
        let example: Map<String, Value> = serde_json::from_str(prompt.def.example).expect("an example is an object");
        let served = service.prompt(prompt.def.name, example).expect("an example is valid");
        let [message] = served.messages.as_slice() else { panic!("one message: {served:?}") };
        let Content::Text { text } = &message.content else { panic!("a text: {served:?}") };
        let entry = serde_json::to_string_pretty(entry).expect("JSON can be written");
        reviewed.check(prompt.def.name, &format!("{entry}\n\n{text}"));
    }
    reviewed.nothing_else();
}

#[test]
fn the_generated_rust_is_reviewed() {
    let reviewed = ReviewedFiles::folder("rust");
    let file = "spec/desk365.yaml";
    let read = |name: &str| -> io::Result<String> { fs::read_to_string(Path::new("spec").join(name)) };
    let text = fs::read_to_string(file).expect("the spec can be read");
    let emitted = toolgen::compile(toolgen::Source { file, text: &text }, read).expect("the spec is valid");
    for file in emitted.rust() {
        reviewed.check(&file.path, &file.text);
    }
    reviewed.nothing_else();
}
