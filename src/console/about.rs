//! What the page has to know of the API and of this server before anybody has signed in: no secret, and nothing that
//! the page could find out through the admin API.

use serde_json::{Map, Value, json};
use tool_runtime::api::{ApiDef, Preset};

use crate::clients::{Address, McpClient, Server, configuration};
use crate::scope::method_names;

/// Stands where the page puts the address of a server. Not even a shell has to quote it.
const TOKEN: &str = "TOKEN";

/// The facts, as JSON.
pub(super) fn about(api: &ApiDef, public_url: &str) -> String {
    let variables = api
        .variables
        .iter()
        .map(|variable| json!({ "name": variable.name, "about": variable.about, "example": variable.example }));
    let tags = api.tags.iter().map(|tag| json!({ "name": tag.name, "about": tag.about }));
    let address = format!("{public_url}/mcp/{TOKEN}");
    json!({
        "title": api.title,
        "version": env!("CARGO_PKG_VERSION"),
        "new_token": format!("{} token create --name me --role admin", env!("CARGO_PKG_NAME")),
        "variables": variables.collect::<Vec<_>>(),
        "methods": method_names().collect::<Vec<_>>(),
        "tags": tags.collect::<Vec<_>>(),
        "presets": api.presets.iter().map(preset).collect::<Vec<_>>(),
        "clients": McpClient::ALL.map(|client| client_for(client, api, &address)),
        "address": address,
    })
    .to_string()
}

/// A preset, with the configuration that it stands for.
fn preset(preset: &Preset) -> Value {
    let lists = [("methods", preset.methods), ("tags", preset.tags), ("tools", preset.tools)];
    let config: Map<_, _> = lists
        .into_iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(key, names)| (key.to_owned(), json!(names)))
        .collect();
    json!({ "name": preset.name, "about": preset.about, "config": config })
}

/// How a client is told of a server, and of one that asks for a second factor.
fn client_for(client: McpClient, api: &ApiDef, url: &str) -> Value {
    let told = |second_factor| {
        let address = Address { url: url.to_owned(), second_factor };
        match configuration(client, api, &Server::Url(address)) {
            Ok(found) => json!({ "text": found.text, "steps": found.steps }),
            Err(problem) => json!({ "problem": problem.to_string() }),
        }
    };
    json!({
        "name": client.name(), "title": client.title(), "by_address": told(false), "with_second_factor": told(true),
    })
}
