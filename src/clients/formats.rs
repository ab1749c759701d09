//! The configuration formats, one per client, as documented by each client.

use serde_json::{Map, Value, json};
use url::Url;

use super::client::McpClient;
use super::name::ServerName;
use super::target::{EnvVariable, LaunchCommand, ServerTarget, ServerUrl, UnsupportedTarget};

/// A configuration for one client, with instructions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientConfig {
    /// The configuration itself: JSON, a command or a URL.
    pub text: String,
    /// Instructions for a person, in order.
    pub steps: Vec<String>,
}

/// Returns the configuration that makes `client` use the server at `target` under the name `server_name`.
///
/// # Errors
///
/// Fails if the client does not support such a target: web clients start no programs, reach only public URLs, and
/// cannot send an API token.
pub fn client_config(
    client: McpClient,
    server_name: &ServerName,
    target: &ServerTarget,
) -> Result<ClientConfig, UnsupportedTarget> {
    let ServerName { title, slug: name } = server_name;
    let (text, mut steps) = match (client, target) {
        (McpClient::ClaudeAi | McpClient::ChatGpt, ServerTarget::Command(_)) => return Err(UnsupportedTarget::Command),
        (McpClient::ClaudeAi | McpClient::ChatGpt, ServerTarget::Url(server)) if server.second_factor => {
            return Err(UnsupportedTarget::SecondFactor);
        }
        (McpClient::ClaudeAi | McpClient::ChatGpt, ServerTarget::Url(server)) if !server.is_public() => {
            return Err(UnsupportedTarget::PrivateUrl);
        }
        (McpClient::ClaudeAi, ServerTarget::Url(server)) => (server.url.clone(), claude_ai_steps(title)),
        (McpClient::ChatGpt, ServerTarget::Url(server)) => (server.url.clone(), chatgpt_steps(title)),

        (McpClient::ClaudeDesktop, ServerTarget::Command(command)) => (
            server_file("mcpServers", name, command_entry(command, &placeholder)),
            vec!["Put this into claude_desktop_config.json: Settings > Developer > Edit Config.".to_owned()],
        ),
        // The file only takes commands, and connectors connect from the cloud. A local bridge connects to the URL.
        (McpClient::ClaudeDesktop, ServerTarget::Url(server)) => {
            (server_file("mcpServers", name, bridge_entry(server)), bridge_steps(server))
        }

        (McpClient::ClaudeCode, ServerTarget::Command(command)) => {
            (claude_code_command(name, command), claude_code_steps())
        }
        (McpClient::ClaudeCode, ServerTarget::Url(server)) => (
            command_with_header(server, &["claude", "mcp", "add", "--transport", "http", name, &server.url]),
            claude_code_steps(),
        ),

        (McpClient::Cursor, ServerTarget::Command(command)) => {
            let entry = typed_entry("stdio", command_entry(command, &environment_reference));
            (server_file("mcpServers", name, entry), cursor_steps())
        }
        (McpClient::Cursor, ServerTarget::Url(server)) => {
            let entry = entry_with_header(server, json!({ "url": server.url }), TOKEN_PLACEHOLDER);
            (server_file("mcpServers", name, entry), cursor_steps())
        }

        (McpClient::VsCode, ServerTarget::Command(command)) => (vs_code_command(name, command), vs_code_steps()),
        (McpClient::VsCode, ServerTarget::Url(server)) => (vs_code_url(name, server), vs_code_steps()),

        (McpClient::Windsurf, ServerTarget::Command(command)) => {
            (server_file("mcpServers", name, command_entry(command, &environment_reference)), windsurf_steps())
        }
        (McpClient::Windsurf, ServerTarget::Url(server)) => {
            let entry = entry_with_header(server, json!({ "serverUrl": server.url }), TOKEN_PLACEHOLDER);
            (server_file("mcpServers", name, entry), windsurf_steps())
        }

        (McpClient::Inspector, ServerTarget::Command(command)) => (inspector_command(command), inspector_steps()),
        (McpClient::Inspector, ServerTarget::Url(server)) => {
            let words = ["npx", "-y", INSPECTOR, "--transport", "http", "--server-url", &server.url];
            (command_with_header(server, &words), inspector_steps())
        }
    };
    steps.extend(match target {
        ServerTarget::Command(command) => missing_values_step(client, command),
        ServerTarget::Url(server) => server.second_factor.then(|| missing_token_step(client)),
    });
    Ok(ClientConfig { text, steps })
}

const INSPECTOR: &str = "@modelcontextprotocol/inspector";

/// A configuration file that lists servers under `key`.
fn server_file(key: &str, name: &str, entry: impl Into<Value>) -> String {
    let entry = entry.into();
    pretty_json(&json!({ key: { name: entry } }))
}

fn pretty_json(json: &Value) -> String {
    format!("{json:#}")
}

/// Placeholder for an API token.
const TOKEN_PLACEHOLDER: &str = "YOUR_API_TOKEN";

/// The entry of a server with a URL, with the `Authorization` header if it requires a second factor.
fn entry_with_header(server: &ServerUrl, mut entry: Value, token: &str) -> Value {
    if let (true, Value::Object(fields)) = (server.second_factor, &mut entry) {
        fields.insert("headers".to_owned(), json!({ "Authorization": format!("Bearer {token}") }));
    }
    entry
}

/// A command, with the same header.
fn command_with_header(server: &ServerUrl, words: &[&str]) -> String {
    let header = format!("Authorization: Bearer {TOKEN_PLACEHOLDER}");
    let more: &[&str] = if server.second_factor { &["--header", &header] } else { &[] };
    shell_line(&[words, more].concat())
}

/// The entry of a bridge program that connects to the URL on behalf of the client.
fn bridge_entry(server: &ServerUrl) -> Value {
    let mut arguments = vec!["-y", "mcp-remote", &server.url];
    if needs_allow_http(&server.url) {
        arguments.push("--allow-http");
    }
    if !server.second_factor {
        return json!({ "command": "npx", "args": arguments });
    }
    // On some systems the client splits arguments at spaces; a variable is passed whole.
    arguments.extend(["--header", "Authorization:${AUTHORIZATION}"]);
    json!({ "command": "npx", "args": arguments, "env": { "AUTHORIZATION": format!("Bearer {TOKEN_PLACEHOLDER}") } })
}

/// Returns whether the bridge needs `--allow-http`: it accepts plain http only for the two names that it knows for this
/// machine.
fn needs_allow_http(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    url.scheme() == "http" && !matches!(url.host_str(), Some("localhost" | "127.0.0.1"))
}

fn bridge_steps(server: &ServerUrl) -> Vec<String> {
    let file = "Put this into claude_desktop_config.json: Settings > Developer > Edit Config. It needs Node.js.";
    let connector = "If the URL is public, no file is needed: Customize > Connectors > Add custom connector.";
    let steps: &[&str] = if server.second_factor { &[file] } else { &[file, connector] };
    steps.iter().map(|step| (*step).to_owned()).collect()
}

/// The entry of a program to start. A variable without a known value is written as `reference` returns it.
fn command_entry(command: &LaunchCommand, reference: &dyn Fn(&EnvVariable) -> String) -> Value {
    let mut entry = Map::new();
    entry.insert("command".to_owned(), json!(command.path));
    entry.insert("args".to_owned(), json!(command.arguments));
    if !command.variables.is_empty() {
        let variables = command.variables.iter();
        let values = variables.map(|variable| (variable.name.clone(), json!(value_or(variable, reference))));
        entry.insert("env".to_owned(), Value::Object(values.collect()));
    }
    Value::Object(entry)
}

fn typed_entry(transport: &str, entry: Value) -> Value {
    let mut typed = Map::new();
    typed.insert("type".to_owned(), json!(transport));
    if let Value::Object(fields) = entry {
        typed.extend(fields);
    }
    Value::Object(typed)
}

fn value_or(variable: &EnvVariable, reference: &dyn Fn(&EnvVariable) -> String) -> String {
    variable.value.clone().unwrap_or_else(|| reference(variable))
}

/// For a client that cannot reference variables.
fn placeholder(variable: &EnvVariable) -> String {
    format!("YOUR_{}", variable.name)
}

fn environment_reference(variable: &EnvVariable) -> String {
    format!("${{env:{}}}", variable.name)
}

fn shell_reference(variable: &EnvVariable) -> String {
    format!("${{{}}}", variable.name)
}

/// VS Code prompts for missing values and stores them with its secrets.
fn vs_code_command(name: &str, command: &LaunchCommand) -> String {
    let id = |variable: &EnvVariable| variable.name.to_lowercase().replace('_', "-");
    let inputs: Vec<_> = command
        .variables
        .iter()
        .filter(|variable| variable.value.is_none())
        .map(|variable| {
            json!({
                "type": "promptString", "id": id(variable), "description": variable.about, "password": variable.secret,
            })
        })
        .collect();
    let entry = typed_entry("stdio", command_entry(command, &|variable| format!("${{input:{}}}", id(variable))));
    if inputs.is_empty() {
        return server_file("servers", name, entry);
    }
    pretty_json(&json!({ "inputs": inputs, "servers": { name: entry } }))
}

/// VS Code prompts for the API token too.
fn vs_code_url(name: &str, server: &ServerUrl) -> String {
    let entry = typed_entry("http", json!({ "url": server.url }));
    if !server.second_factor {
        return server_file("servers", name, entry);
    }
    let input = json!({ "type": "promptString", "id": "api-token", "description": "API token", "password": true });
    let entry = entry_with_header(server, entry, "${input:api-token}");
    pretty_json(&json!({ "inputs": [input], "servers": { name: entry } }))
}

fn claude_code_command(name: &str, command: &LaunchCommand) -> String {
    let assignments: Vec<_> = command
        .variables
        .iter()
        .map(|variable| format!("{}={}", variable.name, value_or(variable, &shell_reference)))
        .collect();
    let mut words = vec!["claude", "mcp", "add"];
    words.extend(assignments.iter().flat_map(|assignment| ["--env", assignment]));
    // `--env` takes every word up to the next flag, so a flag must stand between it and the name.
    words.extend(["--transport", "stdio", name, "--", &command.path]);
    words.extend(command.arguments.iter().map(String::as_str));
    shell_line(&words)
}

/// The Inspector cannot reference variables, so the shell expands them.
fn inspector_command(command: &LaunchCommand) -> String {
    let mut words = vec![shell_line(&["npx", "-y", INSPECTOR])];
    for variable in &command.variables {
        words.push("-e".to_owned());
        words.push(match &variable.value {
            Some(value) => shell_line(&[&format!("{}={value}", variable.name)]),
            None => format!("\"{0}=${0}\"", variable.name),
        });
    }
    words.push("--".to_owned());
    words.push(shell_line(&[&command.path]));
    words.extend(command.arguments.iter().map(|argument| shell_line(&[argument])));
    words.join(" ")
}

/// A command line whose words are quoted where necessary.
fn shell_line(words: &[&str]) -> String {
    shell_words::join(words)
}

fn claude_ai_steps(title: &str) -> Vec<String> {
    vec![
        "In Claude: Customize > Connectors > + > Add custom connector.".to_owned(),
        format!("Name it {title} and paste the URL above; leave the advanced settings empty."),
        "On a Team or Enterprise plan, an owner does this in the organization settings.".to_owned(),
    ]
}

fn chatgpt_steps(title: &str) -> Vec<String> {
    vec![
        "In ChatGPT on the web: Plugins > + > Add custom MCP server. If there is no Plugins page: Settings > Apps > \
         Advanced settings > Developer mode, then Create app."
            .to_owned(),
        format!(
            "Name it {title}, paste the URL above as the server URL, and choose No authentication; for a server that asks \
             for sign-in, choose OAuth."
        ),
    ]
}

fn claude_code_steps() -> Vec<String> {
    vec!["Run this in a shell. For all your projects, add --scope user before --transport.".to_owned()]
}

fn cursor_steps() -> Vec<String> {
    vec!["Put this into ~/.cursor/mcp.json, or into .cursor/mcp.json of one project.".to_owned()]
}

fn vs_code_steps() -> Vec<String> {
    vec![
        "Put this into .vscode/mcp.json of a project, or into the file that the command \"MCP: Open User \
         Configuration\" opens."
            .to_owned(),
    ]
}

fn windsurf_steps() -> Vec<String> {
    vec![
        "Put this into mcp_config.json (Settings > Tools > Windsurf Settings > View Raw Config), then press refresh."
            .to_owned(),
    ]
}

fn inspector_steps() -> Vec<String> {
    vec!["Run this in a shell, then open the URL that it prints. It needs Node.js.".to_owned()]
}

/// The step for the API token of a server that requires a second factor.
fn missing_token_step(client: McpClient) -> String {
    match client {
        McpClient::VsCode => "VS Code asks for the API token when it starts the server.".to_owned(),
        _ => format!("Replace {TOKEN_PLACEHOLDER} with an API token created for this client."),
    }
}

/// The step for variables whose values are not known.
fn missing_values_step(client: McpClient, command: &LaunchCommand) -> Option<String> {
    let names: Vec<_> = command
        .variables
        .iter()
        .filter(|variable| variable.value.is_none())
        .map(|variable| match client {
            McpClient::ClaudeDesktop => placeholder(variable),
            _ => variable.name.clone(),
        })
        .collect();
    if names.is_empty() {
        return None;
    }
    let names = names.join(" and ");
    Some(match client {
        McpClient::ClaudeDesktop => format!("Replace {names} with their values."),
        McpClient::VsCode => format!("VS Code asks for {names} when it starts the server."),
        _ => format!("Set {names} in the environment that the client is started from."),
    })
}
