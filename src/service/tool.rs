//! Tools as the protocol lists them: from generated definitions to list entries.

use mcp_server::{ToolAnnotations, ToolEntry};
use serde_json::{Map, Value, json};
use tool_runtime::added::CONFIRMATION;
use tool_runtime::effect::Effects;
use tool_runtime::tool::{Hints, ToolDef, ToolMethod};

use super::listing::{Exposure, Listing};
use crate::confirmation::ConfirmPolicy;
use crate::discovery::{self, DiscoveryTool};
use crate::outcome::Results;

/// A tool in the list of a client.
#[derive(Clone, Debug)]
pub struct ExposedTool {
    /// The entry in the list.
    pub entry: ToolEntry<'static>,
    /// The kind of operation.
    pub method: ToolMethod,
    /// The tags by which scopes select it.
    pub tags: &'static [&'static str],
    /// The effects of its calls on people.
    pub effects: Effects,
}

impl ExposedTool {
    /// The number of bytes that the tool takes in the list.
    pub fn bytes(&self) -> usize {
        self.entry.to_json().len()
    }
}

/// The tools in the list of a client whose scope has `tools`.
pub fn exposed_tools(tools: &[&'static ToolDef], listing: Listing) -> Vec<ExposedTool> {
    match listing.exposure {
        Exposure::All => tools
            .iter()
            .map(|def| ExposedTool {
                entry: tool_entry(def, listing),
                method: def.method,
                tags: def.tags,
                effects: def.effects,
            })
            .collect(),
        Exposure::Discovery => discovery::listed_tools(tools)
            .into_iter()
            .map(|(tool, hints)| ExposedTool {
                entry: discovery_entry(tool, hints),
                method: ToolMethod::Custom,
                tags: &[],
                effects: Effects(&[]),
            })
            .collect(),
    }
}

/// The list entry of a generated tool.
pub(super) fn tool_entry(def: &ToolDef, listing: Listing) -> ToolEntry<'static> {
    let (mut added, note) = match (listing.results, &def.view) {
        (Results::Compact { .. }, Some(view)) => (view.added_arguments().collect(), def.compact_note),
        (Results::Raw, _) | (_, None) => (Vec::new(), None),
    };
    if listing.confirm == ConfirmPolicy::Always && def.effects.may_need_confirmation() {
        added.push(CONFIRMATION);
    }
    let mut input_schema = def.schema(&added);
    if let (true, Some(argument)) = (listing.local_files, def.files) {
        allow_paths(&mut input_schema, argument);
    }
    ToolEntry {
        name: def.name,
        title: Some(def.title),
        description: Some(note.map_or(def.description.into(), |note| format!("{} {note}", def.description).into())),
        input_schema,
        annotations: annotations(def.hints),
        meta: tool_meta(def.effects),
    }
}

/// The facts about a tool for client programs: its effects on people, if it has any.
fn tool_meta(effects: Effects) -> Map<String, Value> {
    let some = (!effects.0.is_empty()).then(|| ("effects".to_owned(), json!(effects)));
    some.into_iter().collect()
}

fn discovery_entry(tool: &DiscoveryTool, hints: Hints) -> ToolEntry<'static> {
    ToolEntry {
        name: tool.name,
        title: Some(tool.title),
        description: Some(tool.description.into()),
        input_schema: schema_object(tool.input_schema),
        annotations: annotations(hints),
        meta: Map::new(),
    }
}

/// Parses the input schema of a discovery tool, which is a constant.
fn schema_object(schema: &str) -> Map<String, Value> {
    serde_json::from_str(schema).expect("every input schema is a JSON object")
}

fn annotations(hints: Hints) -> ToolAnnotations {
    ToolAnnotations {
        read_only: hints.read_only,
        destructive: hints.destructive,
        idempotent: hints.idempotent,
        // Every tool acts on the records of the API, which others change as well.
        open_world: true,
    }
}

/// Changes the schema of the files in `argument` so that a path can replace name and content.
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
            "description": "Path in the attachments folder.",
        });
        properties.insert("path".to_owned(), path);
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

    use super::*;
    use crate::tools::TOOLS;

    #[test]
    fn codes_are_accepted_where_calls_must_be_confirmed() {
        let always = Listing { confirm: ConfirmPolicy::Always, ..Listing::default() };
        for tool in TOOLS {
            let has_code = |listing| {
                let schema = tool_entry(tool.def, listing).input_schema;
                schema.get("properties").is_some_and(|properties| properties.get("confirmation").is_some())
            };
            assert_eq!(has_code(always), tool.def.effects.may_need_confirmation(), "{}", tool.def.name);
            assert!(!has_code(Listing::default()), "{}", tool.def.name);
        }
    }

    fn letter_schema() -> Map<String, Value> {
        let schema = json!({
            "type": "object",
            "properties": {
                "to": { "type": "string", "description": "The recipient." },
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
        });
        let Value::Object(schema) = schema else { panic!("an object") };
        schema
    }

    #[test]
    fn an_entry_has_everything_that_a_client_needs() {
        let entry = ToolEntry {
            name: "send_letter",
            title: Some("Send letter"),
            description: Some("Send a letter with enclosures.".into()),
            input_schema: letter_schema(),
            annotations: annotations(Hints { read_only: false, destructive: false, idempotent: false }),
            meta: Map::new(),
        };
        insta::with_settings!({ snapshot_path => "../../snapshots/mcp", prepend_module_to_snapshot => false }, {
            let entry: Value = serde_json::from_str(&entry.to_json()).unwrap();
            insta::assert_snapshot!("list_entry", serde_json::to_string_pretty(&entry).unwrap());
        });
    }

    #[test]
    fn every_tool_has_an_entry_for_local_and_remote_files() {
        for tool in TOOLS {
            let entry = |local_files| tool_entry(tool.def, Listing { local_files, ..Listing::default() });
            let (local, remote) = (entry(true), entry(false));
            assert_eq!(local == remote, tool.def.files.is_none(), "{}", tool.def.name);
        }
    }

    #[test]
    fn a_local_enclosure_may_be_a_path_alone() {
        let mut schema = letter_schema();
        let items = |schema: &Map<String, Value>| {
            schema.get("properties").unwrap().pointer("/enclosures/items").cloned().unwrap()
        };
        assert!(items(&schema).pointer("/properties/path").is_none());
        assert!(items(&schema).get("required").is_some());
        allow_paths(&mut schema, "enclosures");
        assert_eq!(items(&schema).pointer("/properties/path/type"), Some(&json!("string")));
        assert!(items(&schema).get("required").is_none());
        assert_eq!(schema.get("required"), Some(&json!(["to", "enclosures"])));
    }

    #[test]
    fn a_schema_of_another_shape_is_not_changed() {
        for text in [r#"{"properties":{"enclosures":{"items":[]}}}"#, r#"{"properties":[]}"#, "{}"] {
            let mut schema = schema_object(text);
            allow_paths(&mut schema, "enclosures");
            assert_eq!(schema, schema_object(text));
        }
    }
}
