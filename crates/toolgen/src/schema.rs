//! From the model to the JSON Schema of a tool's arguments.
//!
//! Clients reject a whole list for one field that they do not understand, so that a schema says only what all of
//! them take: an object at the root, one `type` each, `enum` of texts, `items` always, a `description` on every
//! argument. What a schema cannot say there, the generated decoder checks.

use serde_json::{Map, Value, json};

use crate::model::{Field, Tool, Type};

/// The schema of a tool's arguments.
pub(crate) fn input(tool: &Tool) -> Value {
    object(tool.arguments.iter().map(|argument| &argument.field))
}

fn object<'a>(fields: impl Iterator<Item = &'a Field>) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in fields {
        properties.insert(field.argument.clone(), property(field));
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
    Value::Object(schema)
}

fn property(field: &Field) -> Value {
    let mut schema = Map::new();
    let shape = shape(&field.of);
    let mut rest = match shape {
        Value::Object(map) => map,
        _ => Map::new(),
    };
    if let Some(kind) = rest.shift_remove("type") {
        schema.insert("type".to_owned(), kind);
    }
    if let Some(about) = description(field) {
        schema.insert("description".to_owned(), Value::from(about));
    }
    schema.extend(rest);
    if let Some(default) = &field.default {
        schema.insert("default".to_owned(), default.clone());
    }
    Value::Object(schema)
}

fn description(field: &Field) -> Option<String> {
    let sign = field.clear.as_ref().map(|sign| format!("{sign:?} clears it."));
    match (&field.about, sign) {
        (Some(about), Some(sign)) => Some(format!("{about} {sign}")),
        (about, sign) => about.clone().or(sign),
    }
}

fn shape(of: &Type) -> Value {
    match of {
        Type::Text | Type::Email | Type::Timestamp | Type::Date => json!({ "type": "string" }),
        Type::Integer(min, max) => {
            let mut schema = Map::from_iter([("type".to_owned(), Value::from("integer"))]);
            if *min != i64::MIN {
                schema.insert("minimum".to_owned(), Value::from(*min));
            }
            if *max != i64::MAX {
                schema.insert("maximum".to_owned(), Value::from(*max));
            }
            Value::Object(schema)
        }
        Type::Number => json!({ "type": "number" }),
        Type::Boolean | Type::Flag => json!({ "type": "boolean" }),
        Type::Object => json!({ "type": "object" }),
        Type::Choice(choice) => {
            let labels: Vec<_> = choice.options.iter().map(|(label, _)| label).collect();
            json!({ "type": "string", "enum": labels })
        }
        Type::Record(record) if record.brief => json!({ "type": "object" }),
        Type::Record(record) => object(record.fields.iter()),
        Type::List(item, _) => json!({ "type": "array", "items": shape(item) }),
        Type::Files => json!({
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "filename": { "type": "string" },
                    "content_base64": { "type": "string" },
                    "content_type": { "type": "string" },
                },
                "required": ["filename", "content_base64"],
            },
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::model::{Choice, Code, Record};

    fn field(of: Type) -> Field {
        let (argument, wire) = ("number".to_owned(), "no".to_owned());
        Field { argument, wire, of, about: None, required: false, filled: false, default: None, clear: None }
    }

    #[test]
    fn what_only_the_decoder_checks_stays_out_of_the_schema() {
        for of in [Type::Text, Type::Email, Type::Timestamp, Type::Date] {
            assert_eq!(property(&field(of)), json!({ "type": "string" }));
        }
        assert_eq!(property(&field(Type::Flag)), json!({ "type": "boolean" }));
    }

    #[test]
    fn a_number_shows_the_bounds_that_it_has() {
        let shown = |min, max| property(&field(Type::Integer(min, max)));
        assert_eq!(shown(i64::MIN, i64::MAX), json!({ "type": "integer" }));
        assert_eq!(shown(0, i64::MAX), json!({ "type": "integer", "minimum": 0 }));
        assert_eq!(shown(i64::MIN, -1), json!({ "type": "integer", "maximum": -1 }));
    }

    #[test]
    fn a_choice_shows_labels_whatever_its_codes_are() {
        let options = vec![("low".to_owned(), Code::Number(1)), ("high".to_owned(), Code::Text("10".to_owned()))];
        let choice = Choice { name: "rank".to_owned(), about: None, options, line: 1 };
        let shown = property(&field(Type::Choice(Rc::new(choice))));
        assert_eq!(shown, json!({ "type": "string", "enum": ["low", "high"] }));
    }

    #[test]
    fn a_joined_list_is_a_list_to_callers() {
        let shown = property(&field(Type::List(Box::new(Type::Email), Some(','))));
        assert_eq!(shown, json!({ "type": "array", "items": { "type": "string" } }));
    }

    #[test]
    fn a_record_shows_its_fields_by_their_argument_names_unless_it_is_brief() {
        let required = Field { required: true, ..field(Type::Number) };
        let record = |brief| {
            let fields = vec![required.clone()];
            Type::Record(Rc::new(Record { name: "shelf".to_owned(), about: None, fields, brief, line: 1 }))
        };
        let whole = json!({
            "type": "object", "properties": { "number": { "type": "number" } }, "required": ["number"],
        });
        assert_eq!(property(&field(record(false))), whole);
        assert_eq!(property(&field(record(true))), json!({ "type": "object" }));
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
        assert_eq!(property(&explained).to_string(), shown);
    }
}
