//! The output of `config` is valid: JSON is parsed, and commands are run through a shell.

use std::process::Command;

use desk365_mcp::clients::McpClient;
use desk365_mcp::config::EnvNames;
use desk365_mcp::tools::{API, TOOLS};
use serde_json::{Value, json};

use crate::common::program::program_path;

const KEY: &str = "a-key-that-is-never-printed";
const URL: &str = "https://mcp.example.com/mcp/a-token";

struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

/// Runs `config` with the API key in the environment.
fn config(arguments: &[&str]) -> Ran {
    let mut command = Command::new(program_path());
    command.env_clear().env(EnvNames::for_api(&API).api_key(), KEY).arg("config").args(arguments);
    let output = command.output().unwrap();
    let ran = Ran {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    };
    assert!(!ran.stdout.contains(KEY) && !ran.stderr.contains(KEY), "{arguments:?}");
    ran
}

fn printed(arguments: &[&str]) -> String {
    let ran = config(arguments);
    assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.stderr);
    assert!(!ran.stderr.is_empty(), "{arguments:?} has no instructions on stderr");
    ran.stdout
}

fn json_of(arguments: &[&str]) -> Value {
    serde_json::from_str(&printed(arguments)).unwrap()
}

/// Splits the printed command with a POSIX shell, with every variable of the account set to a known value.
fn words_of(arguments: &[&str]) -> Vec<String> {
    let command = printed(arguments);
    let (program, rest) = command.trim_end().split_once(' ').unwrap();
    let mut shell = Command::new("sh");
    for name in variables() {
        shell.env(&name, format!("value of {name}"));
    }
    let output = shell.args(["-c", &format!("printf '%s\\n' {rest}")]).output().unwrap();
    let words = String::from_utf8(output.stdout).unwrap();
    [program].into_iter().chain(words.lines()).map(str::to_owned).collect()
}

/// Names of the account's variables: first those of the address, then the key.
fn variables() -> Vec<String> {
    let names = EnvNames::for_api(&API);
    API.variables.iter().map(|variable| names.variable(variable)).chain([names.api_key()]).collect()
}

/// An `env` object that references each variable as `reference` returns it.
fn env(reference: impl Fn(&str) -> String) -> Value {
    variables()
        .into_iter()
        .map(|name| (name.clone(), Value::from(reference(&name))))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

#[test]
fn claude_desktop_gets_a_file_with_placeholders() {
    let entry = json!({ "command": program_path(), "args": ["stdio"], "env": env(|name| format!("YOUR_{name}")) });
    assert_eq!(json_of(&["claude-desktop"]), json!({ "mcpServers": { API.slug: entry } }));
    let bridge = json!({ "command": "npx", "args": ["-y", "mcp-remote", URL] });
    assert_eq!(json_of(&["claude-desktop", "--url", URL]), json!({ "mcpServers": { API.slug: bridge } }));
}

#[test]
fn claude_desktop_allows_plain_http_to_other_machines() {
    let arguments = |url: &str| json_of(&["claude-desktop", "--url", url])["mcpServers"][API.slug]["args"].clone();
    for url in ["http://10.0.0.1/mcp/T", "http://desk.internal:8365/mcp/T", "http://[::1]:8365/mcp/T"] {
        assert_eq!(arguments(url), json!(["-y", "mcp-remote", url, "--allow-http"]));
    }
    for url in ["http://localhost:8365/mcp/T", "http://127.0.0.1:8365/mcp/T", "https://10.0.0.1/mcp/T"] {
        assert_eq!(arguments(url), json!(["-y", "mcp-remote", url]));
    }
}

#[test]
fn cursor_references_the_variables() {
    let env = env(|name| format!("${{env:{name}}}"));
    let entry = json!({ "type": "stdio", "command": program_path(), "args": ["stdio"], "env": env });
    assert_eq!(json_of(&["cursor"]), json!({ "mcpServers": { API.slug: entry } }));
    assert_eq!(json_of(&["cursor", "--url", URL]), json!({ "mcpServers": { API.slug: { "url": URL } } }));
}

#[test]
fn windsurf_has_its_own_key_for_a_url() {
    let entry = json!({ "command": program_path(), "args": ["stdio"], "env": env(|name| format!("${{env:{name}}}")) });
    assert_eq!(json_of(&["windsurf"]), json!({ "mcpServers": { API.slug: entry } }));
    assert_eq!(json_of(&["windsurf", "--url", URL]), json!({ "mcpServers": { API.slug: { "serverUrl": URL } } }));
}

#[test]
fn vs_code_prompts_for_the_variables_and_hides_the_key() {
    let id = |name: &str| name.to_lowercase().replace('_', "-");
    let config = json_of(&["vscode"]);
    let inputs = config["inputs"].as_array().unwrap();
    assert_eq!(inputs.len(), variables().len());
    for (input, name) in inputs.iter().zip(variables()) {
        assert_eq!((&input["type"], &input["id"]), (&json!("promptString"), &json!(id(&name))));
        assert_eq!(input["password"], name == EnvNames::for_api(&API).api_key());
        assert!(!input["description"].as_str().unwrap().is_empty());
    }
    let env = env(|name| format!("${{input:{}}}", id(name)));
    let entry = json!({ "type": "stdio", "command": program_path(), "args": ["stdio"], "env": env });
    assert_eq!(config["servers"], json!({ API.slug: entry }));
    let remote = json!({ "servers": { API.slug: { "type": "http", "url": URL } } });
    assert_eq!(json_of(&["vscode", "--url", URL]), remote);
}

#[test]
fn claude_code_gets_a_command_that_references_the_variables() {
    let mut expected = vec!["claude".to_owned(), "mcp".to_owned(), "add".to_owned()];
    for name in variables() {
        expected.extend(["--env".to_owned(), format!("{name}=${{{name}}}")]);
    }
    expected.extend(["--transport", "stdio", API.slug, "--", program_path(), "stdio"].map(str::to_owned));
    assert_eq!(words_of(&["claude-code"]), expected);
    let remote = ["claude", "mcp", "add", "--transport", "http", API.slug, URL];
    assert_eq!(words_of(&["claude-code", "--url", URL]), remote);
}

#[test]
fn the_inspector_command_lets_the_shell_expand_variables() {
    let inspector = ["npx", "-y", "@modelcontextprotocol/inspector"].map(str::to_owned);
    let mut expected = inspector.to_vec();
    for name in variables() {
        expected.extend(["-e".to_owned(), format!("{name}=value of {name}")]);
    }
    expected.extend(["--", program_path(), "stdio"].map(str::to_owned));
    assert_eq!(words_of(&["inspector"]), expected);
    let mut expected = inspector.to_vec();
    expected.extend(["--transport", "http", "--server-url", URL].map(str::to_owned));
    assert_eq!(words_of(&["inspector", "--url", URL]), expected);
}

#[test]
fn web_clients_get_the_url_and_instructions() {
    for client in ["claude-ai", "chatgpt"] {
        let ran = config(&[client, "--url", URL]);
        assert_eq!((ran.code, ran.stdout), (0, format!("{URL}\n")));
        assert!(ran.stderr.contains(API.title) && ran.stderr.lines().count() >= 2, "{}", ran.stderr);
    }
}

#[test]
fn web_clients_require_a_public_url() {
    for client in ["claude-ai", "chatgpt"] {
        let ran = config(&[client]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
        assert!(ran.stderr.contains(&format!("{client} needs --url")), "{}", ran.stderr);
        for url in [
            "http://mcp.example.com/mcp/t",
            "https://localhost:8365/mcp/t",
            "http://127.0.0.1:8365/mcp/t",
            "https://[::1]/mcp/t",
            "https://192.168.1.5/mcp/t",
            "https://intranet/mcp/t",
        ] {
            let ran = config(&[client, "--url", url]);
            assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{url}");
            assert!(ran.stderr.contains("https://"), "{}", ran.stderr);
        }
    }
}

#[test]
fn known_values_except_secrets_are_filled_in() {
    let names = EnvNames::for_api(&API);
    let variable = &API.variables[0];
    let flag = desk365_mcp::config::variable_flag(variable);
    let env = |arguments: &[&str]| json_of(arguments)["mcpServers"][API.slug]["env"].clone();
    let with_flag = env(&["claude-desktop", &flag, "acme"]);
    assert_eq!(with_flag[names.variable(variable)], "acme");
    assert_eq!(with_flag[names.api_key()], format!("YOUR_{}", names.api_key()));
    let with_base_url = env(&["cursor", "--base-url", "http://127.0.0.1:9000/x"]);
    assert_eq!(with_base_url.as_object().unwrap().len(), 2);
    assert_eq!(with_base_url[names.base_url()], "http://127.0.0.1:9000/x");
}

#[test]
fn a_key_file_is_referenced_instead_of_a_key() {
    let names = EnvNames::for_api(&API);
    let mut command = Command::new(program_path());
    command.env_clear().env(names.api_key_file(), "/home/me/key").args(["config", "windsurf"]);
    let config: Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
    let env = &config["mcpServers"][API.slug]["env"];
    assert_eq!((&env[names.api_key_file()], &env[names.api_key()]), (&json!("/home/me/key"), &Value::Null));
}

#[test]
fn the_sandbox_needs_no_variables() {
    let entry = json!({ "command": program_path(), "args": ["stdio", "--sandbox"] });
    assert_eq!(json_of(&["claude-desktop", "--sandbox"]), json!({ "mcpServers": { API.slug: entry } }));
    let expected =
        ["claude", "mcp", "add", "--transport", "stdio", API.slug, "--", program_path(), "stdio", "--sandbox"];
    assert_eq!(words_of(&["claude-code", "--sandbox"]), expected);
    let args = &json_of(&["cursor", "--sandbox", "--sandbox-budget", "9"])["mcpServers"][API.slug]["args"];
    assert_eq!(*args, json!(["stdio", "--sandbox", "--sandbox-budget", "9"]));
}

#[test]
fn values_with_quotes_and_spaces_survive_the_shell() {
    let url = "http://127.0.0.1:9000/it's $HOME `id` \"x\"";
    let words = words_of(&["claude-code", "--base-url", url]);
    assert!(words.contains(&format!("{}={url}", EnvNames::for_api(&API).base_url())), "{words:?}");
}

#[test]
fn a_ca_file_is_passed_by_its_absolute_path() {
    let args = &json_of(&["cursor", "--ca-file", "proxy.pem"])["mcpServers"][API.slug]["args"];
    let path = std::path::absolute("proxy.pem").unwrap();
    assert_eq!(*args, json!(["stdio", "--ca-file", path.to_str().unwrap()]));
}

#[test]
fn scope_and_attachments_flags_are_passed_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let tags = [API.tags[0].name, API.tags[1].name].join(",");
    let given = ["--read-only", "--methods", "get, list", "--methods", "custom", "--tags", &tags];
    let how = ["--tool-exposure", "discovery", "--results", "raw", "--attachments-dir", path];
    let args = &json_of(&[&["cursor"][..], &given, &how].concat())["mcpServers"][API.slug]["args"];
    let scope = ["stdio", "--attachments-dir", path, "--read-only", "--methods", "get,list,custom", "--tags", &tags];
    assert_eq!(*args, json!([&scope[..], &["--tool-exposure", "discovery", "--results", "raw"]].concat()));
    let (first, second) = (TOOLS[0].def.name, TOOLS[1].def.name);
    let args = &json_of(&["cursor", "--tools", &format!("{first},{second}"), "--exclude-tools", second])["mcpServers"]
        [API.slug]["args"];
    assert_eq!(*args, json!(["stdio", "--tools", format!("{first},{second}"), "--exclude-tools", second]));
}

#[test]
fn settings_that_stdio_would_refuse_are_refused_early() {
    let variable = desk365_mcp::config::variable_flag(&API.variables[0]);
    for (arguments, problem) in [
        (&["cursor", &variable, "not a label!"][..], &*variable),
        (&["cursor", "--base-url", "http://api.example.com"], "--base-url"),
        (&["cursor", "--methods", "raed"], "--methods"),
        (&["cursor", "--attachments-dir", "/no/such/folder"], "/no/such/folder"),
    ] {
        let ran = config(arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(ran.stderr.contains(problem), "{arguments:?}: {}", ran.stderr);
    }
}

#[test]
fn an_unknown_client_is_reported_with_all_client_names() {
    let ran = config(&["claude-dekstop"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("'claude-desktop'"), "{}", ran.stderr);
    assert!(McpClient::ALL.iter().all(|client| ran.stderr.contains(client.name())), "{}", ran.stderr);
}

#[test]
fn invalid_urls_and_conflicting_flags_are_usage_errors() {
    for arguments in [
        &["cursor", "--url", "mcp.example.com"][..],
        &["cursor", "--url", "ftp://mcp.example.com/x"],
        &["cursor", "--url", URL, "--sandbox"],
        &["cursor", "--url", URL, "--read-only"],
        &["cursor", "--url", URL, "--tool-exposure", "all"],
        &["cursor", "--url", URL, "--base-url", "https://x.example"],
    ] {
        let ran = config(arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{arguments:?}: {}", ran.stderr);
    }
}

#[test]
fn servers_with_different_names_share_one_file() {
    for (client, key) in [("cursor", "mcpServers"), ("vscode", "servers"), ("windsurf", "mcpServers")] {
        for target in [&["--url", URL][..], &["--read-only"]] {
            let of = |name: &str| json_of(&[&[client, "--name", name], target].concat())[key].clone();
            let (first, second) = (of("Claude, night shift"), of("First line"));
            assert_eq!(first.as_object().unwrap().keys().collect::<Vec<_>>(), ["claude-night-shift"]);
            assert_eq!(second.as_object().unwrap().keys().collect::<Vec<_>>(), ["first-line"]);
        }
    }
    let added = words_of(&["claude-code", "--url", URL, "--name", "Équipe de nuit"]);
    assert_eq!(added, ["claude", "mcp", "add", "--transport", "http", "equipe-de-nuit", URL]);
    assert!(config(&["claude-ai", "--url", URL, "--name", "First line"]).stderr.contains("Name it First line "));
    assert_eq!(config(&["cursor", "--name", " "]).code, 2);
}
