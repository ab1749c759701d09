//! The values that count as not given where a tool has no use for an empty value.
//!
//! A model that fills in every argument of a tool writes `""`, `[]` or `{}` for what it does not mean. Each function
//! describes one kind of argument, for [`Arguments::drop_if`](crate::arguments::Arguments::drop_if).

use serde_json::Value;

/// Returns whether a value is empty for an argument that is a single value: an empty text, or white space.
pub fn text(value: &Value) -> bool {
    matches!(value, Value::String(text) if text.trim().is_empty())
}

/// Returns whether a value is empty for a list: an empty list, its JSON text, or an empty text.
pub fn list(value: &Value) -> bool {
    text(value) || is_container(value, |value| matches!(value, Value::Array(items) if items.is_empty()))
}

/// Returns whether a value is empty for an object: an empty object, its JSON text, or an empty text. An empty list counts
/// too, because PHP writes an empty object as one.
pub fn object(value: &Value) -> bool {
    let is_empty = |value: &Value| match value {
        Value::Object(fields) => fields.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    };
    text(value) || is_container(value, is_empty)
}

/// Returns whether a value is empty for an object none of whose fields can be sent empty: an empty object, or one
/// whose fields are all empty.
pub fn record(value: &Value) -> bool {
    let is_empty =
        |value: &Value| matches!(value, Value::Object(fields) if fields.values().all(|v| v.is_null() || record(v)));
    object(value) || is_container(value, is_empty)
}

/// Applies `is_empty` to a list or an object, also one that is given as its JSON text.
fn is_container(value: &Value, is_empty: impl Fn(&Value) -> bool) -> bool {
    match value {
        Value::String(text) if text.trim_start().starts_with(['[', '{']) => {
            strict_json::value(text).is_ok_and(|value| is_empty(&value))
        }
        value => is_empty(value),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn white_space_is_an_empty_text() {
        assert!([json!(""), json!(" \t\n")].iter().all(text));
        assert!(![json!("a"), json!(0), json!(false), json!([]), json!("[]"), json!("\u{200b}")].iter().any(text));
    }

    #[test]
    fn an_empty_list_may_be_json_text() {
        assert!([json!([]), json!("[ ]"), json!(" ")].iter().all(list));
        assert!(![json!([""]), json!({}), json!("[1]"), json!("[")].iter().any(list));
    }

    #[test]
    fn an_object_with_a_field_is_not_empty() {
        assert!([json!({}), json!([]), json!("{}"), json!("")].iter().all(object));
        assert!(![json!({ "a": "" }), json!({ "a": null }), json!("{\"a\":null}")].iter().any(object));
    }

    #[test]
    fn a_record_without_values_is_empty() {
        assert!([json!({ "add": [], "remove": null }), json!("{\"a\": \" \"}"), json!({})].iter().all(record));
        assert!(![json!({ "add": ["a"] }), json!({ "flag": false }), json!({ "count": 0 })].iter().any(record));
    }
}
