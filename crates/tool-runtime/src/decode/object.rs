//! Objects: with any keys, or with known fields.

use serde_json::{Map, Value};

use super::value::{not_accepted, parsed_json_text};
use crate::arguments::{self, Arguments};
use crate::guidance::Guidance;
use crate::violation::{OBJECT, Violations};

/// An object with known fields, nested in the arguments.
pub trait Fields: Sized {
    /// The fields' names.
    const NAMES: &'static [&'static str];

    /// Other names that are accepted, each with the field that it means.
    const SYNONYMS: &'static [(&'static str, &'static str)] = &[];

    /// A value of each field as JSON text, in the order of the names.
    const EXAMPLES: &'static [&'static str] = &[];

    /// The field that a text sets if it is given in place of the object.
    const TEXT: Option<&'static str> = None;

    /// Takes the known fields out of `fields`. Returns `None` only if it recorded a violation there.
    fn decode(fields: &mut Arguments) -> Option<Self>;
}

/// Decodes an object with any keys, which is sent unchanged. Its numbers keep their digits.
///
/// # Errors
///
/// If the value is not an object.
pub fn object(value: Value) -> Result<Map<String, Value>, Violations> {
    match parsed_json_text(value)? {
        Value::Object(map) => Ok(map),
        // PHP writes an empty object as an empty list.
        Value::Array(items) if items.is_empty() => Ok(Map::new()),
        other => Err(not_accepted(&other, OBJECT)),
    }
}

/// Decodes an object with known fields.
///
/// # Errors
///
/// If the value is not an object, with the violations of every field and every unknown key otherwise.
pub fn record<T: Fields>(value: Value) -> Result<T, Violations> {
    let value = match T::TEXT {
        Some(field) if is_text_for_object(&value) => Value::Object(Map::from_iter([(field.to_owned(), value)])),
        _ => value,
    };
    let guidance = Guidance {
        synonyms: T::SYNONYMS,
        examples: T::EXAMPLES,
        accepts: Some(|name, value| arguments::accepts(T::NAMES, name, value, T::decode)),
    };
    decode_fields(value, T::NAMES, guidance, T::decode)
}

/// Returns whether a value is a text, or a number as a text, and not the JSON text of an object. An empty text sets
/// no field.
fn is_text_for_object(value: &Value) -> bool {
    match value {
        Value::Number(_) => true,
        Value::String(text) => match text.trim_start().chars().next() {
            None | Some('{') => false,
            Some('[') => strict_json::value(text).is_err(),
            Some(_) => true,
        },
        _ => false,
    }
}

/// Decodes an object with the fields `names`, which `decode` takes out.
pub(super) fn decode_fields<T>(
    value: Value,
    names: &'static [&'static str],
    guidance: Guidance,
    decode: impl FnOnce(&mut Arguments) -> Option<T>,
) -> Result<T, Violations> {
    let mut fields = Arguments::of_object(names, object(value)?).with_guidance(guidance);
    let decoded = decode(&mut fields);
    fields.finish(decoded)
}
