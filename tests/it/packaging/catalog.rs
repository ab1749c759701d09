//! `server.yaml`, which describes the server to Docker's MCP catalog.

use std::fmt::Write as _;

use desk365_mcp::tools::API;
use serde_json::json;

use super::assert_generated;
use super::facts::{DESCRIPTION, NAME, REPOSITORY, SettingKind, icon_address, settings};

const FILE: &str = "packaging/docker/server.yaml";

/// The placeholder of the commit of the release. The release workflow fills it in.
const NO_COMMIT: &str = "0000000000000000000000000000000000000000";

fn server_yaml() -> String {
    let slug = API.slug;
    let owner = REPOSITORY.rsplit('/').nth(1).unwrap();
    let (mut secrets, mut variables, mut parameters, mut required) =
        (String::new(), String::new(), String::new(), String::new());
    for setting in settings() {
        let (key, name) = (&setting.key, &setting.variable);
        let (kind, example) = match setting.kind {
            SettingKind::Secret => {
                let _ = writeln!(
                    secrets,
                    "    - name: {slug}.{key}\n      env: {name}\n      example: <{name}>\n      description: {}",
                    json!(setting.about)
                );
                continue;
            }
            SettingKind::Text(example) => {
                let _ = writeln!(required, "      - {key}");
                ("string", example)
            }
            SettingKind::Switch => ("boolean\n        default: true", "true"),
        };
        let value = format!("\"{{{{{slug}.{key}}}}}\"");
        let _ = writeln!(variables, "    - name: {name}\n      example: \"{example}\"\n      value: {value}");
        let _ =
            writeln!(parameters, "      {key}:\n        type: {kind}\n        description: {}", json!(setting.about));
    }
    format!(
        "name: {slug}\nimage: ghcr.io/{owner}/{NAME}\ntype: server\nmeta:\n  category: productivity\n  tags:\n    - \
         {slug}\n    - helpdesk\nabout:\n  title: {title}\n  description: \"{DESCRIPTION}\"\n  icon: {icon}\nsource:\n  \
         project: {REPOSITORY}\n  commit: {NO_COMMIT}\nrun:\n  command:\n    - stdio\nconfig:\n  description: Connect to \
         your {title} account.\n  secrets:\n{secrets}  env:\n{variables}  parameters:\n    type: object\n    \
         properties:\n{parameters}    required:\n{required}",
        title = API.title,
        icon = icon_address(),
    )
}

#[test]
fn server_yaml_matches_the_specification() {
    assert_generated(FILE, &server_yaml());
}

/// The catalog's own check refuses a title with `MCP` or `Server`, or with a word in lower case.
#[test]
fn server_yaml_passes_the_rules_of_the_catalog() {
    let title = API.title;
    assert!(!title.contains("MCP") && !title.contains("Server"), "{title}");
    assert!(title.split(' ').all(|word| word.starts_with(|c: char| c.is_uppercase())), "{title}");
    assert!(API.slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{}", API.slug);
    assert_eq!(NO_COMMIT.len(), 40);
    let text = server_yaml();
    let placeholders = text.matches("{{").count();
    assert_eq!(placeholders, settings().len() - 1, "each value but the secret is a parameter:\n{text}");
}
