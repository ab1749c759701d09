//! `server.json`, which describes the server to the MCP registry.

use std::fs;
use std::process::Command;

use desk365_mcp::tools::API;
use serde_json::{Value, json};
use workspace_tests::full_run;

use super::assert_generated;
use super::facts::{
    DESCRIPTION, NAME, REPOSITORY, Setting, SettingKind, VERSION, bundle_name, icon_address, settings, targets,
};
use crate::common::programs::{printed, python};

const FILE: &str = "packaging/server.json";

/// The placeholder of a hash that only the finished bundle has. The release workflow fills it in.
const NO_HASH: &str = "0000000000000000000000000000000000000000000000000000000000000000";

fn variable(setting: &Setting) -> Value {
    let (name, description) = (&setting.variable, &setting.about);
    match setting.kind {
        SettingKind::Text(example) => {
            json!({ "name": name, "description": description, "isRequired": true, "placeholder": example })
        }
        SettingKind::Secret => {
            json!({ "name": name, "description": description, "isRequired": true, "isSecret": true })
        }
        SettingKind::Switch => {
            json!({ "name": name, "description": description, "format": "boolean", "default": "true" })
        }
    }
}

fn server_json() -> Value {
    let owner = REPOSITORY.rsplit('/').nth(1).unwrap();
    let variables: Vec<_> = settings().iter().map(variable).collect();
    let bundle = |target: &String| {
        json!({
            "registryType": "mcpb",
            "identifier": format!("{REPOSITORY}/releases/download/v{VERSION}/{}", bundle_name(target)),
            "version": VERSION,
            "fileSha256": NO_HASH,
            "transport": { "type": "stdio" },
        })
    };
    let image = json!({
        "registryType": "oci",
        "identifier": format!("ghcr.io/{owner}/{NAME}:{VERSION}"),
        "runtimeHint": "docker",
        "transport": { "type": "stdio" },
        "packageArguments": [{ "type": "positional", "value": "stdio" }],
        "environmentVariables": variables,
    });
    json!({
        "$schema": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",
        "name": format!("io.github.{owner}/{NAME}"),
        "title": API.title,
        "description": DESCRIPTION,
        "repository": { "url": REPOSITORY, "source": "github" },
        "websiteUrl": REPOSITORY,
        "version": VERSION,
        "icons": [{ "src": icon_address(), "mimeType": "image/png", "sizes": ["512x512"] }],
        "packages": targets().iter().map(bundle).chain([image]).collect::<Vec<_>>(),
        "remotes": [{
            "type": "streamable-http",
            "url": "https://{host}/mcp/{token}",
            "variables": {
                "host": {
                    "description": "The host name of the server that your team runs.",
                    "isRequired": true,
                    "placeholder": "mcp.example.com",
                },
                "token": {
                    "description": "The last part of your MCP URL.",
                    "isRequired": true,
                    "isSecret": true,
                },
            },
        }],
    })
}

#[test]
fn server_json_matches_the_specification() {
    let text = serde_json::to_string_pretty(&server_json()).unwrap();
    assert_generated(FILE, &format!("{text}\n"));
}

#[full_run("a Python package")]
#[test]
fn server_json_passes_the_rules_of_the_registry() {
    let Some(python) = python("registry") else { return };
    let folder = tempfile::tempdir().unwrap();
    fs::copy(FILE, folder.path().join("server.json")).unwrap();
    let output = Command::new(python).args(["-m", "skillsaw", "lint"]).arg(folder.path()).output().unwrap();
    let report = printed(&output);
    assert!(output.status.success() && report.contains("Repo type: mcp-registry"), "{report}");
    assert!(!report.contains("WARNING (mcp-registry"), "{report}");
}
