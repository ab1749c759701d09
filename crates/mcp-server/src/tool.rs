//! Tools: their entries in `tools/list`, and the results of calling them.

use std::borrow::Cow;

use http::HeaderName;
use serde::Serialize;
use serde_json::{Map, Value};

use super::content::Content;
use super::encode::encode_text;
use super::input::InputRequired;

/// A tool as `tools/list` shows it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ToolEntry<'a> {
    /// Unique name, by which clients call it.
    pub name: &'a str,
    /// Name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<&'a str>,
    /// The text by which a model chooses the tool and fills in its arguments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Cow<'a, str>>,
    /// JSON Schema of the arguments. The protocol requires the root `"type": "object"`.
    pub input_schema: Map<String, Value>,
    /// Hints about the effects of a call.
    pub annotations: ToolAnnotations,
    /// Facts for client programs, in `_meta`.
    #[serde(rename = "_meta", skip_serializing_if = "Map::is_empty")]
    pub meta: Map<String, Value>,
}

impl ToolEntry<'_> {
    /// The entry as `tools/list` contains it: JSON without line breaks.
    pub fn to_json(&self) -> String {
        encode_text(self)
    }
}

/// Hints that let a client decide whether to ask its user before a call (MCP 2025-03-26 and later, `ToolAnnotations`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "the protocol defines four flags")]
pub struct ToolAnnotations {
    /// The tool changes nothing.
    #[serde(rename = "readOnlyHint")]
    pub read_only: bool,
    /// The tool may overwrite or delete something.
    #[serde(rename = "destructiveHint")]
    pub destructive: bool,
    /// A second call with the same arguments has no further effect.
    #[serde(rename = "idempotentHint")]
    pub idempotent: bool,
    /// The tool acts on a system outside the server, which others change as well.
    #[serde(rename = "openWorldHint")]
    pub open_world: bool,
}

/// The result of a tool call, including one that failed.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ToolResult {
    /// The content for the model.
    pub content: Vec<Content>,
    /// Set if the content describes a failure.
    pub is_error: bool,
    /// Further members of the result's `_meta`.
    #[serde(skip)]
    pub meta: Map<String, Value>,
    /// Headers of the response, on transports that have them.
    #[serde(skip)]
    pub headers: Vec<(HeaderName, u64)>,
}

impl ToolResult {
    /// A successful result of a single text, with no further facts.
    pub fn from_text(text: impl Into<String>) -> Self {
        Self { content: vec![Content::from_text(text)], is_error: false, meta: Map::new(), headers: Vec::new() }
    }

    /// The length of its texts, in bytes.
    pub(crate) fn text_bytes(&self) -> usize {
        let length = |block: &Content| if let Content::Text { text } = block { text.len() } else { 0 };
        self.content.iter().map(length).sum()
    }
}

/// The reason why a tool was not called. A call that fails has a [`ToolResult`] instead.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CallError {
    /// This service has no tool of that name.
    #[error("unknown tool")]
    UnknownTool,
    /// The tool needs a client capability that the request does not declare.
    #[error("the request does not declare the client capability `{0}`")]
    MissingCapability(&'static str),
    /// The service needs a person's answers first. Return it only if [`RequestContext::can_ask`](super::RequestContext::can_ask)
    /// is true.
    #[error("the call needs input from a person")]
    InputRequired(Box<InputRequired>),
    /// The answers, or the state that came with them, are not those of a question of this call. Holds one sentence.
    #[error("the input is not accepted: {0}")]
    InvalidInput(String),
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use serde_json::json;

    use super::*;

    fn entry() -> ToolEntry<'static> {
        ToolEntry {
            name: "send_letter",
            title: Some("Send letter"),
            description: Some("Send a letter\nwith enclosures.".into()),
            input_schema: Map::from_iter([("type".to_owned(), json!("object"))]),
            annotations: ToolAnnotations { read_only: false, destructive: false, idempotent: false, open_world: true },
            meta: Map::new(),
        }
    }

    #[test]
    fn an_entry_is_one_line_of_json() {
        let json = entry().to_json();
        assert!(!json.contains('\n'));
        assert_eq!(
            serde_json::from_str::<Value>(&json).unwrap(),
            json!({
                "name": "send_letter",
                "title": "Send letter",
                "description": "Send a letter\nwith enclosures.",
                "inputSchema": { "type": "object" },
                "annotations": {
                    "readOnlyHint": false,
                    "destructiveHint": false,
                    "idempotentHint": false,
                    "openWorldHint": true,
                },
            })
        );
    }

    #[test]
    fn absent_texts_are_left_out() {
        let json = ToolEntry { title: None, description: None, ..entry() }.to_json();
        assert!(!json.contains("title") && !json.contains("description"), "{json}");
    }
}
