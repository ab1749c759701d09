//! The links in the README that add the installed program to an editor.

use std::{env, fs};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use desk365_mcp::tools::API;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::UPDATE;
use super::facts::{NAME, SettingKind, settings};

const BEGIN: &str = "<!-- install-links:begin -->";
const END: &str = "<!-- install-links:end -->";

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// Returns how an editor starts the installed program. `value` says what it puts into a variable of the account.
fn entry(value: impl Fn(&str, &str) -> String) -> Value {
    let account = settings().into_iter().filter(|setting| setting.kind != SettingKind::Switch);
    let variables: Map<_, _> = account.map(|it| (it.variable.clone(), json!(value(&it.key, &it.variable)))).collect();
    json!({ "command": NAME, "args": ["stdio", "--read-only"], "env": variables })
}

/// Cursor takes the entry in Base64. The person fills in the placeholders before installing.
fn cursor_link() -> String {
    let entry = entry(|_, variable| format!("YOUR_{variable}"));
    let config = encoded(&STANDARD.encode(entry.to_string()));
    format!("https://cursor.com/en/install-mcp?name={}&config={config}", API.slug)
}

/// VS Code asks for the values and stores them.
fn vs_code_link() -> String {
    let inputs: Vec<_> = settings()
        .iter()
        .filter(|setting| setting.kind != SettingKind::Switch)
        .map(|setting| {
            let password = setting.kind == SettingKind::Secret;
            json!({ "type": "promptString", "id": setting.key, "description": setting.about, "password": password })
        })
        .collect();
    let entry = entry(|key, _| format!("${{input:{key}}}"));
    let (inputs, config) = (encoded(&json!(inputs).to_string()), encoded(&entry.to_string()));
    format!("https://vscode.dev/redirect/mcp/install?name={}&inputs={inputs}&config={config}", API.slug)
}

#[test]
fn the_readme_has_links_that_install_in_editors() {
    let links = format!("[Add to Cursor]({}) · [Add to VS Code]({})", cursor_link(), vs_code_link());
    let readme = fs::read_to_string("README.md").unwrap();
    let (head, rest) = readme.split_once(BEGIN).expect("README.md has the begin marker of the links");
    let (present, tail) = rest.split_once(END).expect("README.md has the end marker of the links");
    if env::var_os(UPDATE).is_some() {
        fs::write("README.md", format!("{head}{BEGIN}\n{links}\n{END}{tail}")).unwrap();
        return;
    }
    assert_eq!(present.trim(), links, "update them with: {UPDATE}=1 cargo test --test it packaging");
}
