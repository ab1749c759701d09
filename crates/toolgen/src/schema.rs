//! From the model to the JSON Schema of a tool's arguments.
//!
//! Some clients reject the whole tool list for one keyword that they do not support. A schema therefore uses only what all
//! clients accept: an object at the root, one `type` each, `enum` only for texts, always `items`, and a `description` for
//! every argument. The generated decoder checks what such a schema cannot express.

use serde_json::{Map, Value, json};

use crate::model::{Empty, Field, Summary, Tool, ToolMethod, Type};

/// Returns the schema of a tool's arguments.
pub(crate) fn input(tool: &Tool) -> Value {
    let changes = tool.method == ToolMethod::Update;
    Value::Object(object(tool.arguments.iter().map(|argument| &argument.field), changes))
}

/// Returns the schema of a summary's arguments.
pub(crate) fn summary_input(summary: &Summary) -> Value {
    Value::Object(object(summary.arguments.iter(), false))
}

/// Returns the schema of an object. `changes` is true for the arguments of a tool that changes a record: what clears a
/// field of it matters there only.
fn object<'a>(fields: impl Iterator<Item = &'a Field>, changes: bool) -> Map<String, Value> {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in fields {
        properties.insert(field.argument.clone(), property(field, changes));
        if field.required {
            required.push(Value::from(field.argument.as_str()));
        }
    }
    let mut schema = Map::from_iter([
        ("type".to_owned(), Value::from("object")),
        ("properties".to_owned(), Value::Object(properties)),
    ]);
    if !required.is_empty() {
        schema.insert("required".to_owned(), Value::Array(required));
    }
    schema
}

fn property(field: &Field, changes: bool) -> Value {
    let mut schema = Map::new();
    let mut rest = shape(&field.ty);
    if let Some(kind) = rest.shift_remove("type") {
        schema.insert("type".to_owned(), kind);
    }
    if let Some(about) = description(field, changes) {
        schema.insert("description".to_owned(), Value::from(about));
    }
    schema.extend(rest);
    if let Some(default) = &field.default {
        schema.insert("default".to_owned(), default.clone());
    }
    Value::Object(schema)
}

fn description(field: &Field, changes: bool) -> Option<String> {
    let sent = (changes && field.empty == Empty::Sent).then_some("");
    let sign = field.clear.as_deref().or(sent).map(|sign| format!("{sign:?} clears it."));
    match (&field.about, sign) {
        (Some(about), Some(sign)) => Some(format!("{about} {sign}")),
        (about, sign) => about.clone().or(sign),
    }
}

fn shape(ty: &Type) -> Map<String, Value> {
    match ty {
        Type::Text | Type::Name | Type::Email | Type::Timestamp | Type::Date => typed("string"),
        Type::Integer(min, max) => {
            let mut schema = typed("integer");
            if *min != i64::MIN {
                schema.insert("minimum".to_owned(), Value::from(*min));
            }
            if *max != i64::MAX {
                schema.insert("maximum".to_owned(), Value::from(*max));
            }
            schema
        }
        Type::Number => typed("number"),
        Type::Boolean | Type::Flag => typed("boolean"),
        Type::Object => typed("object"),
        Type::Choice(choice) => {
            let labels: Vec<_> = choice.options.iter().map(|(label, _)| label.as_str()).collect();
            let mut schema = typed("string");
            schema.insert("enum".to_owned(), Value::from(labels));
            schema
        }
        Type::Record(record) if record.brief => typed("object"),
        Type::Record(record) => object(record.fields.iter(), false),
        Type::Marked(ty, _) => shape(ty),
        Type::List(item, _) => array(Value::Object(shape(item))),
        Type::Files => array(json!({
            "type": "object",
            "properties": {
                "filename": { "type": "string" },
                "content_base64": { "type": "string" },
                "content_text": { "type": "string" },
                "content_type": { "type": "string" },
                "size": { "type": "integer" },
                "sha256": { "type": "string" },
            },
            "required": ["filename"],
        })),
    }
}

fn typed(kind: &str) -> Map<String, Value> {
    Map::from_iter([("type".to_owned(), Value::from(kind))])
}

fn array(items: Value) -> Map<String, Value> {
    let mut schema = typed("array");
    schema.insert("items".to_owned(), items);
    schema
}

#[cfg(test)]
mod tests {
    #![expect(clippy::indexing_slicing, reason = "tests")]

    use std::rc::Rc;

    use super::*;
    use crate::model::{Choice, Code, Record};

    fn field(ty: Type) -> Field {
        let (argument, wire) = ("number".to_owned(), "no".to_owned());
        Field {
            argument,
            also: Vec::new(),
            wire,
            ty,
            about: None,
            required: false,
            empty: Empty::Absent,
            alternative: false,
            default: None,
            clear: None,
            prefix: None,
            kind: None,
        }
    }

    #[test]
    fn formats_are_not_in_the_schema() {
        for ty in [Type::Text, Type::Name, Type::Email, Type::Timestamp, Type::Date] {
            assert_eq!(property(&field(ty), false), json!({ "type": "string" }));
        }
        assert_eq!(property(&field(Type::Flag), false), json!({ "type": "boolean" }));
    }

    #[test]
    fn a_number_has_its_bounds() {
        let shown = |min, max| property(&field(Type::Integer(min, max)), false);
        assert_eq!(shown(i64::MIN, i64::MAX), json!({ "type": "integer" }));
        assert_eq!(shown(0, i64::MAX), json!({ "type": "integer", "minimum": 0 }));
        assert_eq!(shown(i64::MIN, -1), json!({ "type": "integer", "maximum": -1 }));
    }

    #[test]
    fn a_choice_has_labels_not_codes() {
        let options = vec![("low".to_owned(), Code::Number(1)), ("high".to_owned(), Code::Text("10".to_owned()))];
        let choice = Choice { name: "rank".to_owned(), about: None, options };
        let shown = property(&field(Type::Choice(Rc::new(choice))), false);
        assert_eq!(shown, json!({ "type": "string", "enum": ["low", "high"] }));
    }

    #[test]
    fn a_joined_list_is_an_array() {
        let shown = property(&field(Type::List(Box::new(Type::Email), Some(','))), false);
        assert_eq!(shown, json!({ "type": "array", "items": { "type": "string" } }));
    }

    #[test]
    fn a_record_has_its_fields_unless_it_is_brief() {
        let required = Field { required: true, ..field(Type::Number) };
        let record = |brief| {
            let fields = vec![required.clone()];
            Type::Record(Rc::new(Record {
                name: "shelf".to_owned(),
                about: None,
                fields,
                at_least_one: Vec::new(),
                text: None,
                brief,
            }))
        };
        let whole = json!({
            "type": "object", "properties": { "number": { "type": "number" } }, "required": ["number"],
        });
        assert_eq!(property(&field(record(false)), false), whole);
        assert_eq!(property(&field(record(true)), false), json!({ "type": "object" }));
    }

    #[test]
    fn an_update_says_that_an_empty_text_clears() {
        let sent = Field { about: Some("Remarks.".to_owned()), empty: Empty::Sent, ..field(Type::Text) };
        let shown = |changes| property(&sent, changes)["description"].clone();
        assert_eq!(shown(true), "Remarks. \"\" clears it.");
        assert_eq!(shown(false), "Remarks.");
    }

    #[test]
    fn type_and_description_come_first() {
        let explained = Field {
            about: Some("How many.".to_owned()),
            default: Some(Value::from(30)),
            clear: Some("--".to_owned()),
            ..field(Type::Integer(0, 9))
        };
        let shown =
            r#"{"type":"integer","description":"How many. \"--\" clears it.","minimum":0,"maximum":9,"default":30}"#;
        assert_eq!(property(&explained, false).to_string(), shown);
    }
}
