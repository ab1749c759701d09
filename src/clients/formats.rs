//! The formats, one a client, as the clients' own documentation has them.

use serde_json::{Map, Value, json};
use tool_runtime::api::ApiDef;
use url::Url;

use super::{Address, Configuration, McpClient, Program, Server, Unreachable, Variable, is_public};

/// The client's configuration.
pub(super) fn of(client: McpClient, api: &ApiDef, server: &Server) -> Result<Configuration, Unreachable> {
    let known_as = api.slug;
    let (text, mut steps) = match (client, server) {
        // Both run elsewhere: they can neither start a program nor reach this machine.
        (McpClient::ClaudeAi | McpClient::ChatGpt, Server::Program(_)) => return Err(Unreachable::NoProgram),
        (McpClient::ClaudeAi | McpClient::ChatGpt, Server::Url(address)) if address.second_factor => {
            return Err(Unreachable::NoSecondFactor);
        }
        (McpClient::ClaudeAi | McpClient::ChatGpt, Server::Url(address)) if !is_public(&address.url) => {
            return Err(Unreachable::NotPublic);
        }
        (McpClient::ClaudeAi, Server::Url(address)) => (address.url.clone(), claude_ai(api)),
        (McpClient::ChatGpt, Server::Url(address)) => (address.url.clone(), chatgpt(api)),

        (McpClient::ClaudeDesktop, Server::Program(program)) => (
            file("mcpServers", known_as, program_entry(program, &placeholder)),
            vec!["Put it into claude_desktop_config.json: Settings > Developer > Edit Config.".to_owned()],
        ),
        // Its file takes programs only, and its connectors connect from elsewhere. A bridge does from here.
        (McpClient::ClaudeDesktop, Server::Url(address)) => {
            (file("mcpServers", known_as, bridge(address)), bridge_steps(address))
        }

        (McpClient::ClaudeCode, Server::Program(program)) => (
            claude_code(known_as, program),
            vec!["Run it in a shell; add `--scope user` before `--transport` for all your projects.".to_owned()],
        ),
        (McpClient::ClaudeCode, Server::Url(address)) => (
            with_header(address, &["claude", "mcp", "add", "--transport", "http", known_as, &address.url]),
            vec!["Run it in a shell; add `--scope user` before `--transport` for all your projects.".to_owned()],
        ),

        (McpClient::Cursor, Server::Program(program)) => {
            (file("mcpServers", known_as, typed("stdio", program_entry(program, &by_environment))), cursor())
        }
        (McpClient::Cursor, Server::Url(address)) => {
            (file("mcpServers", known_as, remote(address, json!({ "url": address.url }), PLACEHOLDER)), cursor())
        }

        (McpClient::VsCode, Server::Program(program)) => (vs_code(known_as, program), vs_code_steps()),
        (McpClient::VsCode, Server::Url(address)) => (vs_code_remote(known_as, address), vs_code_steps()),

        (McpClient::Windsurf, Server::Program(program)) => {
            (file("mcpServers", known_as, program_entry(program, &by_environment)), windsurf())
        }
        (McpClient::Windsurf, Server::Url(address)) => {
            let entry = remote(address, json!({ "serverUrl": address.url }), PLACEHOLDER);
            (file("mcpServers", known_as, entry), windsurf())
        }

        (McpClient::Inspector, Server::Program(program)) => (inspector(program), inspector_steps()),
        (McpClient::Inspector, Server::Url(address)) => {
            let words = ["npx", "-y", INSPECTOR, "--transport", "http", "--server-url", &address.url];
            (with_header(address, &words), inspector_steps())
        }
    };
    steps.extend(match server {
        Server::Program(program) => unknown_values(client, program),
        Server::Url(address) => address.second_factor.then(|| unknown_token(client)),
    });
    Ok(Configuration { text, steps })
}

const INSPECTOR: &str = "@modelcontextprotocol/inspector";

/// A file that lists servers under `key`.
fn file(key: &str, known_as: &str, entry: impl Into<Value>) -> String {
    let entry = entry.into();
    pretty(&json!({ key: { known_as: entry } }))
}

fn pretty(json: &Value) -> String {
    format!("{json:#}")
}

/// Stands where an API token belongs.
const PLACEHOLDER: &str = "YOUR_API_TOKEN";

/// What a file says of a server elsewhere, with the header that the second factor goes in.
fn remote(address: &Address, mut entry: Value, token: &str) -> Value {
    if let (true, Value::Object(fields)) = (address.second_factor, &mut entry) {
        fields.insert("headers".to_owned(), json!({ "Authorization": format!("Bearer {token}") }));
    }
    entry
}

/// A command, with the same header.
fn with_header(address: &Address, words: &[&str]) -> String {
    let header = format!("Authorization: Bearer {PLACEHOLDER}");
    let more: &[&str] = if address.second_factor { &["--header", &header] } else { &[] };
    shell(&[words, more].concat())
}

/// A program that connects to the address in the client's place.
fn bridge(address: &Address) -> Value {
    let mut arguments = vec!["-y", "mcp-remote", &address.url];
    if is_readable_on_its_way(&address.url) {
        arguments.push("--allow-http");
    }
    if !address.second_factor {
        return json!({ "command": "npx", "args": arguments });
    }
    // On some systems the client tears an argument apart at its spaces; a variable stays whole.
    arguments.extend(["--header", "Authorization:${AUTHORIZATION}"]);
    json!({ "command": "npx", "args": arguments, "env": { "AUTHORIZATION": format!("Bearer {PLACEHOLDER}") } })
}

/// Whether the program wants to be told that the address is meant: it is plain http, and not under the two names that
/// it knows for this machine.
fn is_readable_on_its_way(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    url.scheme() == "http" && !matches!(url.host_str(), Some("localhost" | "127.0.0.1"))
}

fn bridge_steps(address: &Address) -> Vec<String> {
    let file = "Put it into claude_desktop_config.json: Settings > Developer > Edit Config. It needs Node.js.";
    let connector = "If the address is public, no file is needed: Customize > Connectors > Add custom connector.";
    let steps: &[&str] = if address.second_factor { &[file] } else { &[file, connector] };
    steps.iter().map(|step| (*step).to_owned()).collect()
}

/// A program to start, with its variables; those whose value is not known as `reference` has them.
fn program_entry(program: &Program, reference: &dyn Fn(&Variable) -> String) -> Value {
    let mut entry = Map::new();
    entry.insert("command".to_owned(), json!(program.path));
    entry.insert("args".to_owned(), json!(program.arguments));
    if !program.variables.is_empty() {
        let variables = program.variables.iter();
        let values = variables.map(|variable| (variable.name.clone(), json!(value_or(variable, reference))));
        entry.insert("env".to_owned(), Value::Object(values.collect()));
    }
    Value::Object(entry)
}

fn typed(kind: &str, entry: Value) -> Value {
    let mut typed = Map::new();
    typed.insert("type".to_owned(), json!(kind));
    if let Value::Object(fields) = entry {
        typed.extend(fields);
    }
    Value::Object(typed)
}

fn value_or(variable: &Variable, reference: &dyn Fn(&Variable) -> String) -> String {
    variable.value.clone().unwrap_or_else(|| reference(variable))
}

/// For a client that looks nothing up.
fn placeholder(variable: &Variable) -> String {
    format!("YOUR_{}", variable.name)
}

fn by_environment(variable: &Variable) -> String {
    format!("${{env:{}}}", variable.name)
}

fn by_name(variable: &Variable) -> String {
    format!("${{{}}}", variable.name)
}

/// The client asks for what is not known, and keeps it where it keeps secrets.
fn vs_code(known_as: &str, program: &Program) -> String {
    let id = |variable: &Variable| variable.name.to_lowercase().replace('_', "-");
    let inputs: Vec<_> = program
        .variables
        .iter()
        .filter(|variable| variable.value.is_none())
        .map(|variable| {
            json!({
                "type": "promptString", "id": id(variable), "description": variable.about, "password": variable.secret,
            })
        })
        .collect();
    let entry = typed("stdio", program_entry(program, &|variable| format!("${{input:{}}}", id(variable))));
    if inputs.is_empty() {
        return file("servers", known_as, entry);
    }
    pretty(&json!({ "inputs": inputs, "servers": { known_as: entry } }))
}

/// The client asks for the token too.
fn vs_code_remote(known_as: &str, address: &Address) -> String {
    let entry = typed("http", json!({ "url": address.url }));
    if !address.second_factor {
        return file("servers", known_as, entry);
    }
    let input = json!({ "type": "promptString", "id": "api-token", "description": "API token", "password": true });
    let entry = remote(address, entry, "${input:api-token}");
    pretty(&json!({ "inputs": [input], "servers": { known_as: entry } }))
}

fn claude_code(known_as: &str, program: &Program) -> String {
    let assignments: Vec<_> = program
        .variables
        .iter()
        .map(|variable| format!("{}={}", variable.name, value_or(variable, &by_name)))
        .collect();
    let mut words = vec!["claude", "mcp", "add"];
    words.extend(assignments.iter().flat_map(|assignment| ["--env", assignment]));
    // `--env` takes all that follows up to the next flag, and that must not be the name.
    words.extend(["--transport", "stdio", known_as, "--", &program.path]);
    words.extend(program.arguments.iter().map(String::as_str));
    shell(&words)
}

/// Here it is the shell that looks variables up.
fn inspector(program: &Program) -> String {
    let mut words = vec![shell(&["npx", "-y", INSPECTOR])];
    for variable in &program.variables {
        words.push("-e".to_owned());
        words.push(match &variable.value {
            Some(value) => shell(&[&format!("{}={value}", variable.name)]),
            None => format!("\"{0}=${0}\"", variable.name),
        });
    }
    words.push("--".to_owned());
    words.push(shell(&[&program.path]));
    words.extend(program.arguments.iter().map(|argument| shell(&[argument])));
    words.join(" ")
}

/// A command line, each word quoted where it must be.
fn shell(words: &[&str]) -> String {
    shell_words::join(words)
}

fn claude_ai(api: &ApiDef) -> Vec<String> {
    vec![
        "In Claude: Customize > Connectors > + > Add custom connector.".to_owned(),
        format!("Name it {} and paste the address above; leave the advanced settings empty.", api.title),
        "In a Team or Enterprise plan an owner does this, in the organization's settings.".to_owned(),
    ]
}

fn chatgpt(api: &ApiDef) -> Vec<String> {
    vec![
        "In ChatGPT on the web: Plugins > + > Add custom MCP server. Where there are no plugins: Settings > Apps > \
         Advanced settings > Developer mode, then Create app."
            .to_owned(),
        format!("Name it {}, paste the address above as the server URL, and choose No authentication.", api.title),
    ]
}

fn cursor() -> Vec<String> {
    vec!["Put it into ~/.cursor/mcp.json, or into .cursor/mcp.json of one project.".to_owned()]
}

fn vs_code_steps() -> Vec<String> {
    vec![
        "Put it into .vscode/mcp.json of a project, or into the file that the command `MCP: Open User Configuration` \
         opens."
            .to_owned(),
    ]
}

fn windsurf() -> Vec<String> {
    vec![
        "Put it into mcp_config.json (Settings > Tools > Windsurf Settings > View Raw Config), then press refresh."
            .to_owned(),
    ]
}

fn inspector_steps() -> Vec<String> {
    vec!["Run it in a shell; it needs Node.js, and prints an address to open.".to_owned()]
}

/// What a person still has to see to, if the server asks for a second factor.
fn unknown_token(client: McpClient) -> String {
    match client {
        McpClient::VsCode => "It asks for the API token when it starts the server.".to_owned(),
        _ => format!("Replace {PLACEHOLDER} by an API token of its own."),
    }
}

/// What a person still has to see to, if variables are unknown.
fn unknown_values(client: McpClient, program: &Program) -> Option<String> {
    let names: Vec<_> = program
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
        McpClient::ClaudeDesktop => format!("Replace {names} by what belongs there."),
        McpClient::VsCode => format!("It asks for {names} when it starts the server."),
        _ => format!("Set {names} in the environment that it is started from."),
    })
}
