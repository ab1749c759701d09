//! Facts about the API and this server that the page needs before sign-in. None of them is a secret.

use serde_json::{Map, Value, json};
use tool_runtime::api::{ApiDef, Preset};

use crate::clients::{McpClient, ServerName, ServerTarget, ServerUrl, client_config};
use crate::scope::method_names;

/// Placeholder that the page replaces with a server's token. It needs no quoting in a shell or in JSON.
const TOKEN: &str = "TOKEN";

/// Returns the facts as JSON.
pub(super) fn about_json(api: &ApiDef, public_url: &str) -> String {
    let variables = api
        .variables
        .iter()
        .map(|variable| json!({ "name": variable.name, "about": variable.about, "example": variable.example }));
    let tags = api.tags.iter().map(|tag| json!({ "name": tag.name, "about": tag.about }));
    json!({
        "title": api.title,
        "version": env!("CARGO_PKG_VERSION"),
        "variables": variables.collect::<Vec<_>>(),
        "methods": method_names().collect::<Vec<_>>(),
        "tags": tags.collect::<Vec<_>>(),
        "presets": api.presets.iter().map(preset_json).collect::<Vec<_>>(),
        "url": url_template(public_url),
    })
    .to_string()
}

/// Returns the command that creates an admin token.
pub(super) fn new_token_command() -> String {
    format!("{} token create --name me --role admin", env!("CARGO_PKG_NAME"))
}

/// Returns the configuration of each client for the server that people call `name`, as JSON. The URL in it has a
/// placeholder for the server's token.
pub(super) fn clients_json(api: &ApiDef, public_url: &str, name: &str) -> String {
    let (name, url) = (ServerName::new(api, name), url_template(public_url));
    json!({ "clients": McpClient::ALL.map(|client| client_json(client, &name, &url)) }).to_string()
}

fn url_template(public_url: &str) -> String {
    format!("{public_url}/mcp/{TOKEN}")
}

/// Returns a preset with the scope config that it selects.
fn preset_json(preset: &Preset) -> Value {
    let lists = [("methods", preset.methods), ("tags", preset.tags), ("tools", preset.tools)];
    let lists = lists.into_iter().filter(|(_, names)| !names.is_empty()).map(|(key, names)| (key, json!(names)));
    let confirm = preset.confirm.then(|| ("confirm", json!("always")));
    let config: Map<_, _> = lists.chain(confirm).map(|(key, value)| (key.to_owned(), value)).collect();
    json!({ "name": preset.name, "about": preset.about, "config": config })
}

/// Returns a client with its configuration for a server, without and with a second factor.
fn client_json(client: McpClient, name: &ServerName, url: &str) -> Value {
    let config = |second_factor| {
        let target = ServerTarget::Url(ServerUrl { url: url.to_owned(), second_factor });
        match client_config(client, name, &target) {
            Ok(config) => json!({ "text": config.text, "steps": config.steps }),
            Err(problem) => json!({ "problem": problem.to_string() }),
        }
    };
    json!({
        "name": client.name(), "title": client.title(), "by_url": config(false), "with_second_factor": config(true),
    })
}
