//! The manifest of the bundle for Claude Desktop (MCPB, manifest version 0.3).

use desk365_mcp::tools::{API, TOOLS};
use serde_json::{Map, Value, json};

use super::assert_generated;
use super::facts::{DESCRIPTION, LICENSE, NAME, REPOSITORY, Setting, SettingKind, VERSION, page, settings};

const FILE: &str = "packaging/mcpb/manifest.json";

/// Returns what a host asks a person for.
fn user_config() -> Map<String, Value> {
    let field = |setting: &Setting| match setting.kind {
        SettingKind::Text(example) => json!({
            "type": "string", "title": setting.title, "description": format!("{} Example: {example}", setting.about),
            "required": true,
        }),
        SettingKind::Secret => json!({
            "type": "string", "title": setting.title, "description": setting.about, "sensitive": true, "required": true,
        }),
        SettingKind::Switch => json!({
            "type": "boolean", "title": setting.title, "description": setting.about, "default": true, "required": false,
        }),
    };
    settings().iter().map(|setting| (setting.key.clone(), field(setting))).collect()
}

fn manifest() -> Value {
    let tools = TOOLS.iter().map(|tool| {
        let description = tool.def.description;
        let first = description.split_once(". ").map_or(description, |(first, _)| first).trim_end_matches('.');
        json!({ "name": tool.def.name, "description": first })
    });
    let variables = settings().into_iter().map(|it| (it.variable, json!(format!("${{user_config.{}}}", it.key))));
    json!({
        "manifest_version": "0.3",
        "name": NAME,
        "display_name": API.title,
        "version": VERSION,
        "description": DESCRIPTION,
        "long_description": format!(
            "Connects Claude to your {title} account. Ask a question, and Claude reads and changes {title} with {count} \
             tools.\n\nThe program runs on your computer. It sends your API key and your requests to {title} and to \
             no other host, and collects nothing. It starts read-only: switch that off to let Claude change data.",
            title = API.title,
            count = TOOLS.len(),
        ),
        "author": { "name": format!("The {NAME} contributors"), "url": REPOSITORY },
        "repository": { "type": "git", "url": REPOSITORY },
        "homepage": REPOSITORY,
        "documentation": page("README.md"),
        "support": format!("{REPOSITORY}/issues"),
        "icon": "icon.png",
        "server": {
            "type": "binary",
            "entry_point": format!("server/{NAME}"),
            "mcp_config": {
                "command": format!("${{__dirname}}/server/{NAME}"),
                "args": ["stdio"],
                "env": variables.collect::<Map<_, _>>(),
                "platform_overrides": { "win32": { "command": format!("${{__dirname}}/server/{NAME}.exe") } },
            },
        },
        "tools": tools.collect::<Vec<_>>(),
        "prompts_generated": true,
        "keywords": [API.slug, "helpdesk", "mcp"],
        "license": LICENSE,
        "privacy_policies": [page("PRIVACY.md")],
        "compatibility": { "platforms": ["darwin", "linux", "win32"] },
        "user_config": user_config(),
    })
}

#[test]
fn the_manifest_matches_the_specification() {
    let text = serde_json::to_string_pretty(&manifest()).unwrap();
    assert_generated(FILE, &format!("{text}\n"));
}

#[test]
fn the_manifest_asks_for_the_account_and_a_switch() {
    let fields = user_config();
    assert_eq!(fields["api_key"]["sensitive"], true);
    assert_eq!((&fields["read_only"]["type"], &fields["read_only"]["default"]), (&json!("boolean"), &json!(true)));
    assert_eq!(fields.len(), API.variables.len() + 2);
}
