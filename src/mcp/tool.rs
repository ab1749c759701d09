//! Tools: how one stands in the list, its schema as most clients can read it.

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value, json};
use tool_runtime::tool::ToolDef;

use super::list::ListError;

/// One tool as it stands in the list, for whoever wants to know how much room it takes there.
pub fn entry(def: &ToolDef, local_files: bool) -> Result<Box<RawValue>, ListError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Entry<'a> {
        name: &'a str,
        title: &'a str,
        description: &'a str,
        input_schema: Map<String, Value>,
        annotations: Annotations,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    #[expect(clippy::struct_excessive_bools, reason = "the protocol has it so")]
    struct Annotations {
        read_only_hint: bool,
        destructive_hint: bool,
        idempotent_hint: bool,
        open_world_hint: bool,
    }
    let mut input_schema: Map<String, Value> =
        serde_json::from_str(def.input_schema).map_err(|problem| ListError::Schema { tool: def.name, problem })?;
    if let (true, Some(argument)) = (local_files, def.files) {
        allow_paths(&mut input_schema, argument);
    }
    Ok(to_raw_value(&Entry {
        name: def.name,
        title: def.title,
        description: def.description,
        input_schema,
        annotations: Annotations {
            read_only_hint: def.hints.read_only,
            destructive_hint: def.hints.destructive,
            idempotent_hint: def.hints.idempotent,
            // Whatever a tool does, it does in a system that others work in as well.
            open_world_hint: true,
        },
    })?)
}

/// Lets each file of `argument` be given by its path, in which case it needs neither a name nor content.
fn allow_paths(input_schema: &mut Map<String, Value>, argument: &str) {
    let items = input_schema
        .get_mut("properties")
        .and_then(|properties| properties.get_mut(argument))
        .and_then(|files| files.get_mut("items"))
        .and_then(Value::as_object_mut);
    let Some(items) = items else { return };
    items.shift_remove("required");
    if let Some(properties) = items.get_mut("properties").and_then(Value::as_object_mut) {
        let path = json!({
            "type": "string",
            "description": "Path of a file in the attachments folder, seen from there: report.pdf. \
                            Give either this or `filename` with `content_base64`.",
        });
        properties.insert("path".to_owned(), path);
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use tool_runtime::tool::{Hints, ReplyFormat, ToolMethod};

    use super::*;

    const DEF: ToolDef = ToolDef {
        name: "send_letter",
        title: "Send letter",
        description: "Send a letter with enclosures.",
        method: ToolMethod::Create,
        tags: &[],
        hints: Hints { read_only: false, destructive: false, idempotent: false },
        input_schema: r#"{
            "type": "object",
            "properties": {
                "to": { "type": "string", "description": "Whom." },
                "enclosures": {
                    "type": "array",
                    "description": "Files.",
                    "items": {
                        "type": "object",
                        "properties": { "filename": { "type": "string" }, "content_base64": { "type": "string" } },
                        "required": ["filename", "content_base64"]
                    }
                }
            },
            "required": ["to", "enclosures"]
        }"#,
        arguments: &["to", "enclosures"],
        example: "{}",
        files: Some("enclosures"),
        http_method: tool_runtime::request::HttpMethod::Post,
        path: "/letters",
        reply: ReplyFormat::Json,
        resource: None,
        cost: 1,
        gated: None,
    };

    fn listed(def: &ToolDef, local_files: bool) -> Value {
        serde_json::from_str(entry(def, local_files).unwrap().get()).unwrap()
    }

    #[test]
    fn an_entry_says_all_that_a_client_needs_in_one_line() {
        let entry = entry(&DEF, false).unwrap();
        assert!(!entry.get().contains('\n'));
        insta::with_settings!({ snapshot_path => "../../snapshots/mcp", prepend_module_to_snapshot => false }, {
            insta::assert_json_snapshot!("list_entry", serde_json::from_str::<Value>(entry.get()).unwrap());
        });
    }

    #[test]
    fn local_files_let_an_enclosure_be_a_path_alone() {
        let items = |entry: Value| entry.pointer("/inputSchema/properties/enclosures/items").cloned().unwrap();
        let (plain, local) = (items(listed(&DEF, false)), items(listed(&DEF, true)));
        assert!(plain.pointer("/properties/path").is_none());
        assert!(plain.get("required").is_some());
        assert_eq!(local.pointer("/properties/path/type"), Some(&json!("string")));
        assert!(local.get("required").is_none());
        assert_eq!(listed(&DEF, true).pointer("/inputSchema/required"), Some(&json!(["to", "enclosures"])));
    }

    #[test]
    fn local_files_change_nothing_about_a_tool_without_files() {
        let def = ToolDef { files: None, ..DEF };
        assert_eq!(listed(&def, true), listed(&def, false));
    }

    #[test]
    fn a_schema_that_is_no_object_is_an_error_that_names_the_tool() {
        for input_schema in ["", "[]", "{"] {
            let error = entry(&ToolDef { input_schema, ..DEF }, true).unwrap_err();
            assert!(error.to_string().contains("`send_letter`"), "{error}");
        }
    }

    #[test]
    fn a_schema_of_another_shape_is_left_alone() {
        for input_schema in [r#"{"properties":{"enclosures":{"items":[]}}}"#, r#"{"properties":[]}"#, "{}"] {
            let def = ToolDef { input_schema, ..DEF };
            assert_eq!(listed(&def, true), listed(&def, false));
        }
    }
}
