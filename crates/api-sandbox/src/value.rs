//! Comparing, sorting and printing values.

use std::cmp::Ordering;

use indexmap::IndexMap;
use minijinja::Value;
use minijinja::value::ValueKind;

/// One record, or any other object, by field name.
pub(crate) type Record = IndexMap<String, Value>;

/// Converts a JSON value. A number that is not an integer becomes the nearest fraction.
pub(crate) fn from_json(value: serde_json::Value) -> Value {
    match value {
        serde_json::Value::Null => Value::from(()),
        serde_json::Value::Bool(flag) => Value::from(flag),
        serde_json::Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => Value::from(number),
            (None, Some(number)) => Value::from(number),
            (None, None) => number.as_f64().map_or_else(|| Value::from(number.to_string()), Value::from),
        },
        serde_json::Value::String(text) => Value::from(text),
        serde_json::Value::Array(items) => items.into_iter().map(from_json).collect::<Vec<_>>().into(),
        serde_json::Value::Object(fields) => {
            Value::from_pairs(fields.into_iter().map(|(name, value)| (name, from_json(value))))
        }
    }
}

/// Returns whether there is no value: null, an empty text, or an empty list.
pub(crate) fn is_empty(value: &Value) -> bool {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => true,
        ValueKind::String | ValueKind::Seq | ValueKind::Iterable => value.len() == Some(0),
        _ => false,
    }
}

/// Returns whether two values count as equal. Case is ignored, and 10 equals "10". A list equals a value if one of its
/// items does.
pub(crate) fn alike(a: &Value, b: &Value) -> bool {
    let keys = keys(a);
    self::keys(b).iter().any(|key| keys.contains(key))
}

/// The keys of a value in an index. Two values are alike if they have a key in common.
pub(crate) fn keys(value: &Value) -> Vec<String> {
    match value.kind() {
        ValueKind::Seq | ValueKind::Iterable if !is_empty(value) => items(value).flat_map(|item| keys(&item)).collect(),
        _ if is_empty(value) => vec![String::new()],
        _ => vec![text_of(value).to_lowercase()],
    }
}

/// Compares numbers by size and everything else as text, ignoring case. Null comes last.
pub(crate) fn compare(a: &Value, b: &Value) -> Ordering {
    match (a.is_none() || a.is_undefined(), b.is_none() || b.is_undefined()) {
        (false, false) if a.is_number() && b.is_number() => a.cmp(b),
        (false, false) => text_of(a).to_lowercase().cmp(&text_of(b).to_lowercase()),
        (a, b) => a.cmp(&b),
    }
}

/// The value as text; null is the empty text.
pub(crate) fn text_of(value: &Value) -> String {
    if value.is_none() { String::new() } else { value.to_string() }
}

/// The items of a list; none if the value is not one.
pub(crate) fn items(value: &Value) -> impl Iterator<Item = Value> {
    let listed = matches!(value.kind(), ValueKind::Seq | ValueKind::Iterable);
    listed.then(|| value.try_iter().ok()).flatten().into_iter().flatten()
}

/// The entries of an object; `None` if the value is not one.
pub(crate) fn entries(value: &Value) -> Option<Record> {
    if value.kind() != ValueKind::Map {
        return None;
    }
    let keys = value.try_iter().ok()?;
    keys.map(|key| Some((key.as_str()?.to_owned(), value.get_item(&key).ok()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_number_format_do_not_matter() {
        assert!(alike(&"Open".into(), &"open".into()));
        assert!(alike(&10.into(), &"10".into()));
        assert!(alike(&true.into(), &"true".into()));
        assert!(!alike(&1.into(), &true.into()));
        assert!(alike(&Value::from(()), &Vec::<Value>::new().into()));
    }

    #[test]
    fn a_list_is_alike_to_what_it_contains() {
        let list = Value::from(vec![Value::from("a"), vec!["b"].into()]);
        assert!(alike(&list, &"B".into()) && alike(&"a".into(), &list));
        assert!(!alike(&list, &"c".into()));
    }

    #[test]
    fn null_is_sorted_last() {
        let mut values = [Value::from(()), 10.into(), 9.into()];
        values.sort_by(compare);
        assert_eq!(values, [9.into(), 10.into(), Value::from(())]);
    }
}
