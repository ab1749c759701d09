//! Arguments beside those of the API: the ones that a server adds to a tool, which the generated schema does not list, and the
//! ones that clients add, which no tool knows.

use serde_json::{Map, Value, json};

use crate::results::{View, ViewArgument};
use crate::tool::ToolDef;

/// An optional argument that a server adds to a tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddedArgument {
    /// The name.
    pub name: &'static str,
    /// The type of its values.
    pub ty: AddedType,
    /// Description for a model.
    pub about: &'static str,
}

/// The type of an added argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddedType {
    /// A text.
    Text,
    /// A list of texts.
    Texts,
    /// A whole number that is not negative.
    Count,
    /// True or false.
    Boolean,
}

/// The names of metadata that clients are known to put among a tool's arguments, for example n8n with `toolCallId` and
/// `sessionId`. A server drops them.
pub const CLIENT_METADATA: [&str; 6] = ["toolCallId", "_meta", "sessionId", "chatInput", "action", "tool"];

/// The argument that carries the code of a confirmation.
pub const CONFIRMATION: AddedArgument =
    AddedArgument { name: "confirmation", ty: AddedType::Text, about: "Code of needs_confirmation." };

impl AddedArgument {
    fn schema(&self) -> Value {
        let Self { ty, about, .. } = self;
        match ty {
            AddedType::Text => json!({ "type": "string", "description": about }),
            AddedType::Texts => json!({ "type": "array", "description": about, "items": { "type": "string" } }),
            AddedType::Count => json!({ "type": "integer", "description": about, "minimum": 0 }),
            AddedType::Boolean => json!({ "type": "boolean", "description": about }),
        }
    }
}

impl ToolDef {
    /// Returns the schema of the arguments, with `added` after the tool's own ones.
    ///
    /// # Panics
    ///
    /// If the schema is not an object. The generator writes only objects.
    pub fn schema(&self, added: &[AddedArgument]) -> Map<String, Value> {
        let mut schema: Map<String, Value> =
            serde_json::from_str(self.input_schema).expect("a generated schema is an object");
        if added.is_empty() {
            return schema;
        }
        let properties = schema.entry("properties").or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(properties) = properties {
            properties.extend(added.iter().map(|argument| (argument.name.to_owned(), argument.schema())));
        }
        schema
    }
}

impl View {
    /// Returns the arguments that a tool with this view has in addition to its own.
    pub fn added_arguments(&self) -> impl Iterator<Item = AddedArgument> {
        ViewArgument::ALL.into_iter().filter(|argument| self.takes(*argument)).map(ViewArgument::definition)
    }
}

impl ViewArgument {
    /// Returns the definition of the argument.
    pub const fn definition(self) -> AddedArgument {
        let (ty, about) = match self {
            Self::Fields => (AddedType::Texts, r#"To show, e.g. ["a", "b.c"]. ["*"]: all, raw."#),
            Self::MaxChars => (AddedType::Count, "Cut texts at this length; 0 = never. Default 2000."),
            Self::TextFrom => (AddedType::Count, "Show long texts from this character on."),
            Self::Skip => (AddedType::Count, "Rows to leave out first."),
            Self::Newest => (AddedType::Boolean, "true: the last page, newest row first."),
        };
        AddedArgument { name: self.name(), ty, about }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::Effects;
    use crate::request::HttpMethod;
    use crate::results::{Extent, Form, ListForm};
    use crate::tool::{Hints, ReplyFormat, ToolMethod};

    const SCHEMA: &str = r#"{"type":"object","properties":{"z":{"type":"number"}},"required":["z"]}"#;

    const TOOL: ToolDef = ToolDef {
        name: "list_books",
        title: "List books",
        description: "Books.",
        method: ToolMethod::List,
        tags: &[],
        hints: Hints { read_only: true, destructive: false, idempotent: true },
        input_schema: SCHEMA,
        arguments: &["z"],
        example: "{}",
        files: None,
        http_method: HttpMethod::Get,
        path: "/books",
        reply: ReplyFormat::Json,
        view: None,
        compact_note: None,
        paging: None,
        resource: None,
        cost: 1,
        gated: None,
        effects: Effects(&[]),
    };

    #[test]
    fn without_added_arguments_the_schema_is_unchanged() {
        assert_eq!(Value::from(TOOL.schema(&[])).to_string(), SCHEMA);
    }

    #[test]
    fn added_arguments_follow_the_others_and_are_optional() {
        let shown = Value::from(TOOL.schema(&[ViewArgument::Newest.definition(), CONFIRMATION])).to_string();
        assert_eq!(
            shown,
            concat!(
                r#"{"type":"object","properties":{"z":{"type":"number"},"#,
                r#""newest":{"type":"boolean","description":"true: the last page, newest row first."},"#,
                r#""confirmation":{"type":"string","description":"Code of needs_confirmation."}},"#,
                r#""required":["z"]}"#
            )
        );
    }

    #[test]
    fn a_tool_without_arguments_gets_its_first_one() {
        let empty = ToolDef { input_schema: r#"{"type":"object"}"#, ..TOOL };
        let shown = Value::from(empty.schema(&[ViewArgument::Skip.definition()])).to_string();
        let skip = r#"{"type":"integer","description":"Rows to leave out first.","minimum":0}"#;
        assert_eq!(shown, format!(r#"{{"type":"object","properties":{{"skip":{skip}}}}}"#));
    }

    #[test]
    fn a_view_adds_the_arguments_that_it_takes() {
        let list = ListForm { rows: "books", total: None, extent: Extent::Whole, oldest_first: true };
        let view = View { form: Form::List(list), fields: &[], optional: &[], twins: &[], codes: &[], long_texts: &[] };
        let names: Vec<_> = view.added_arguments().map(|argument| argument.name).collect();
        assert_eq!(names, ["fields", "skip", "newest"]);
    }

    #[test]
    fn each_description_says_something() {
        for argument in ViewArgument::ALL {
            assert!(argument.definition().about.len() >= 12, "{argument:?}");
        }
    }
}
