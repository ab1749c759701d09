//! What the specification amounts to, one reviewable file each: the schema that clients get, the HTTP request of each
//! tool's example, each prompt as it is served, and the generated Rust of each resource.

use std::path::Path;
use std::{fs, io};

use desk365_mcp::call::Caller;
use desk365_mcp::mcp::{Content, Lifecycle, Service as _};
use desk365_mcp::scope::Scope;
use desk365_mcp::service::{Exposure, Scoped};
use desk365_mcp::tools::{API, PROMPTS, TOOLS};
use desk365_mcp::upstream::{Account, Options, UpstreamClient};
use secrecy::SecretString;
use serde_json::{Map, Value, json};

use crate::common::reviewed::Reviewed;

#[test]
fn the_schema_of_every_tool_is_reviewed() {
    let reviewed = Reviewed::folder("schemas");
    for tool in TOOLS {
        let def = tool.def;
        let schema: Value = serde_json::from_str(def.input_schema).expect("a schema is JSON");
        let shown = json!({
            "name": def.name,
            "title": def.title,
            "description": def.description,
            "class": def.class.name(),
            "tags": def.tags,
            "readOnly": def.hints.read_only,
            "destructive": def.hints.destructive,
            "idempotent": def.hints.idempotent,
            "inputSchema": schema,
        });
        reviewed.check(def.name, &serde_json::to_string_pretty(&shown).expect("JSON can be written"));
    }
    reviewed.nothing_else();
}

#[test]
fn the_request_of_every_example_is_reviewed() {
    let reviewed = Reviewed::folder("wire");
    for tool in TOOLS {
        let example: Map<String, Value> = serde_json::from_str(tool.def.example).expect("an example is an object");
        let request = tool.prepare(example).expect("an example is valid");
        reviewed.check(tool.def.name, &request.to_string());
    }
    reviewed.nothing_else();
}

#[test]
fn every_prompt_as_it_is_served_is_reviewed() {
    let reviewed = Reviewed::folder("prompts");
    // Nothing is sent there.
    let account = Account::new("http://127.0.0.1:9", SecretString::from("key")).expect("the address is one");
    let caller = Caller::new(UpstreamClient::new(Options::default()).expect("a client can be made"), account, &API);
    let service = Scoped::new(&API, Scope::default(), Exposure::All, caller, 0).expect("the lists can be written");
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
fn the_generated_rust_of_every_resource_is_reviewed() {
    let reviewed = Reviewed::folder("rust");
    let file = "spec/desk365.yaml";
    let beside = |name: &str| -> io::Result<String> { fs::read_to_string(Path::new("spec").join(name)) };
    let text = fs::read_to_string(file).expect("the specification can be read");
    let emitted = toolgen::compile(toolgen::Source { file, text: &text }, beside).expect("the specification is valid");
    // A line added further up changes the place of every tool below it, and nothing that is worth a look.
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"desk365\.yaml:\d+", "desk365.yaml:[line]");
    settings.bind(|| {
        for module in &emitted.modules {
            reviewed.check(&module.name, &module.text);
        }
    });
    reviewed.nothing_else();
}
