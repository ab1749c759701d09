//! Arguments: from path, query, body and form to values of the declared types.
//!
//! As strict as the API: what is declared must have its type. As lenient as the API: what is not declared is ignored.

use serde_json::{Map, Value};

use crate::clock;
use crate::definition::operation::{Field, Kind, Operation, Param, Place};
use crate::value::{Record, from_json};

/// The parts of a request that hold parameters.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) path: Vec<(String, String)>,
    pub(super) query: Vec<(String, String)>,
    /// The text fields of a form.
    pub(super) form: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

/// The arguments by name. The error says what is wrong with the request.
pub(super) fn read_arguments(operation: &Operation, parts: &Parts) -> Result<Record, String> {
    let json = json_of(operation, parts)?;
    let mut arguments = Record::new();
    for param in &operation.params {
        let text = match param.place {
            Place::Path => text_among(&[&parts.path], &param.name),
            Place::Query => text_among(&[&parts.query, &parts.form], &param.name).filter(|text| !text.is_empty()),
            Place::Json => None,
        };
        let given = match param.place {
            Place::Json => json.get(&param.name).filter(|value| !value.is_null()).cloned(),
            Place::Path | Place::Query => text.map(|text| parse(param, text)).transpose()?,
        };
        match given {
            Some(value) => {
                check(&param.kind, &value, &param.name)?;
                if param.required && value == "" {
                    return Err(format!("'{}' must not be empty", param.name));
                }
                arguments.insert(param.argument.clone(), from_json(value));
            }
            None if param.required => return Err(format!("'{}' is missing", param.name)),
            None => {}
        }
    }
    Ok(arguments)
}

/// The object with the JSON parameters: the body itself, or the metadata beside files.
fn json_of(operation: &Operation, parts: &Parts) -> Result<Map<String, Value>, String> {
    if let Some(multipart) = &operation.multipart {
        let name = &multipart.metadata;
        let text = text_among(&[&parts.query, &parts.form], name).ok_or_else(|| format!("'{name}' is missing"))?;
        return object(text.as_bytes(), &format!("'{name}'"));
    }
    if !operation.params.iter().any(|param| param.place == Place::Json) || parts.body.is_empty() {
        return Ok(Map::new());
    }
    object(&parts.body, "The body")
}

fn object(json: &[u8], what: &str) -> Result<Map<String, Value>, String> {
    match serde_json::from_slice(json) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Err(format!("{what} must be a JSON object")),
        Err(_) => Err(format!("{what} is not valid JSON")),
    }
}

fn text_among<'a>(sources: &[&'a [(String, String)]], name: &str) -> Option<&'a str> {
    let mut all = sources.iter().copied().flatten();
    all.find_map(|(key, text)| (key == name).then_some(text.as_str()))
}

/// A value from its text in a path, a query or a form. What does not look like its type stays a text.
fn parse(param: &Param, text: &str) -> Result<Value, String> {
    let name = &param.name;
    match &param.kind {
        Kind::Text {} | Kind::Timestamp {} | Kind::Date {} => Ok(Value::from(text)),
        Kind::Integer { .. } | Kind::Number {} | Kind::Boolean {} | Kind::Flag {} => {
            Ok(serde_json::from_str(text.trim()).unwrap_or_else(|_| Value::from(text)))
        }
        Kind::Choice { codes } => {
            Ok(codes.iter().find(|code| code_text(code) == text).cloned().unwrap_or_else(|| Value::from(text)))
        }
        Kind::Object {} | Kind::Record { .. } | Kind::List { .. } => {
            serde_json::from_str(text).map_err(|_| format!("'{name}' is not valid JSON"))
        }
    }
}

fn code_text(code: &Value) -> String {
    code.as_str().map_or_else(|| code.to_string(), str::to_owned)
}

fn not_a_choice(name: &str, codes: &[Value]) -> String {
    let codes: Vec<_> = codes.iter().map(code_text).collect();
    format!("'{name}' must be one of {}", codes.join(", "))
}

/// Checks that a value has its declared type.
fn check(kind: &Kind, value: &Value, name: &str) -> Result<(), String> {
    let must = |holds: bool, be: &str| if holds { Ok(()) } else { Err(format!("'{name}' must be {be}")) };
    match kind {
        Kind::Text {} => must(value.is_string(), "a text"),
        Kind::Integer { min, max } => match value.as_i64() {
            Some(number) => {
                must(min.is_none_or(|min| number >= min), &format!("at least {}", min.unwrap_or_default()))?;
                must(max.is_none_or(|max| number <= max), &format!("at most {}", max.unwrap_or_default()))
            }
            None => must(false, "a whole number"),
        },
        Kind::Number {} => must(value.is_number(), "a number"),
        Kind::Boolean {} => must(value.is_boolean(), "true or false"),
        Kind::Flag {} => must(matches!(value.as_i64(), Some(0 | 1)), "0 or 1"),
        Kind::Timestamp {} => {
            must(value.as_str().and_then(clock::parse_timestamp).is_some(), "a time like yyyy-mm-dd hh:mm:ss")
        }
        Kind::Date {} => must(value.as_str().is_some_and(clock::is_date), "a date like yyyy-mm-dd"),
        Kind::Object {} => must(value.is_object(), "an object"),
        Kind::Choice { codes } => {
            if codes.contains(value) {
                Ok(())
            } else {
                Err(not_a_choice(name, codes))
            }
        }
        Kind::List { item } => match value {
            Value::Array(items) => items.iter().try_for_each(|value| check(item, value, name)),
            _ => must(false, "a list"),
        },
        Kind::Record { fields } => match value {
            Value::Object(map) => fields.iter().try_for_each(|field| check_field(field, map, name)),
            _ => must(false, "an object"),
        },
    }
}

fn check_field(field: &Field, map: &Map<String, Value>, name: &str) -> Result<(), String> {
    let name = format!("{name}.{}", field.name);
    match map.get(&field.name) {
        None | Some(Value::Null) if field.required => Err(format!("'{name}' is missing")),
        None | Some(Value::Null) => Ok(()),
        Some(value) => check(&field.kind, value, &name),
    }
}
