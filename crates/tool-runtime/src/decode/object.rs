//! Objects: with any keys, or with known fields.

use serde_json::{Map, Value};

use super::value::{not_accepted, parsed_json_text};
use crate::arguments::Arguments;
use crate::violation::Violations;

/// An object with known fields, nested in the arguments.
pub trait Fields: Sized {
    /// The fields' names.
    const NAMES: &'static [&'static str];

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
        other => Err(not_accepted(&other, "an object such as {\"key\": \"value\"}")),
    }
}

/// Decodes an object with known fields.
///
/// # Errors
///
/// If the value is not an object, with the violations of every field and every unknown key otherwise.
pub fn record<T: Fields>(value: Value) -> Result<T, Violations> {
    decode_fields(value, T::NAMES, T::decode)
}

/// Decodes an object with the fields `names`, which `decode` takes out.
pub(super) fn decode_fields<T>(
    value: Value,
    names: &'static [&'static str],
    decode: impl FnOnce(&mut Arguments) -> Option<T>,
) -> Result<T, Violations> {
    let mut fields = Arguments::of_object(names, object(value)?);
    let decoded = decode(&mut fields);
    fields.finish(decoded)
}
