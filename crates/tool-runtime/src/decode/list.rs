//! Lists, and lists that travel as one string.

use serde_json::Value;

use super::value::{not_accepted, parsed_json_text};
use crate::value::Joined;
use crate::violation::{LIST, Violations, quoted};

/// Decodes a list whose items `decode` accepts. A single item counts as a list of one.
///
/// # Errors
///
/// The decoder that is returned fails if the value is neither a list nor an item, with the violations of every item
/// otherwise.
pub fn list<T>(decode: impl Fn(Value) -> Result<T, Violations>) -> impl Fn(Value) -> Result<Vec<T>, Violations> {
    move |value| match parsed_json_text(value)? {
        Value::Array(items) => decode_items(items, &decode),
        // The violation of a text says what is wrong with it; another value was not meant as an item.
        item @ Value::String(_) => decode(item).map(|item| vec![item]),
        other => decode(other.clone()).map(|item| vec![item]).map_err(|_| not_accepted(&other, LIST)),
    }
}

/// Decodes a list of strings that the API takes as one string. A single string is split at the separator.
///
/// # Errors
///
/// The decoder that is returned fails like that of [`list`], if an item of a list contains the separator, or if a text consists of
/// separators.
pub fn joined<const SEPARATOR: char>(
    decode: impl Fn(Value) -> Result<String, Violations>,
) -> impl Fn(Value) -> Result<Joined<SEPARATOR>, Violations> {
    let item = move |value| {
        let text = decode(value)?;
        if text.contains(SEPARATOR) {
            let problem = format!("{} contains {SEPARATOR:?}", quoted(&text));
            return Err(Violations::new(problem, "one item per list entry"));
        }
        Ok(text)
    };
    let items = list(item);
    move |value| {
        match parsed_json_text(value)? {
            Value::String(text) if text.contains(SEPARATOR) => {
                let parts = text.split(SEPARATOR).map(str::trim).filter(|part| !part.is_empty());
                match parts.map(Value::from).collect::<Vec<_>>() {
                    parts if parts.is_empty() => Err(Violations::new(format!("{} has no items", quoted(&text)), LIST)),
                    parts => items(Value::Array(parts)),
                }
            }
            value => items(value),
        }
        .map(Joined)
    }
}

/// Returns the items of a list.
pub(super) fn list_items(value: Value) -> Result<Vec<Value>, Violations> {
    match parsed_json_text(value)? {
        Value::Array(items) => Ok(items),
        other => Err(not_accepted(&other, LIST)),
    }
}

/// Decodes every item. Stops once [`Violations::KEPT`] violations are found.
pub(super) fn decode_items<T>(
    items: Vec<Value>,
    decode: impl Fn(Value) -> Result<T, Violations>,
) -> Result<Vec<T>, Violations> {
    let count = items.len();
    let mut decoded = Vec::with_capacity(count);
    let mut violations = Violations::default();
    for (index, item) in items.into_iter().enumerate() {
        if violations.omitted() > 0 {
            violations.omit(count - index);
            break;
        }
        match decode(item) {
            Ok(item) => decoded.push(item),
            Err(found) => violations.append(found.at_index(index)),
        }
    }
    if violations.is_empty() { Ok(decoded) } else { Err(violations) }
}
