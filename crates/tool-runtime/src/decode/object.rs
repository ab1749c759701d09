//! Objects: with any keys, or with known fields.

use serde_json::{Map, Number, Value};

use super::value::{not_accepted, parsed_json_text, whole_float};
use crate::arguments::Arguments;
use crate::violation::Violations;

/// An object with known fields, nested in the arguments.
pub trait Fields: Sized {
    /// The fields' names.
    const NAMES: &'static [&'static str];

    /// Takes the known fields out of `fields`. Returns `None` only if it recorded a violation there.
    fn decode(fields: &mut Arguments) -> Option<Self>;
}

/// Decodes an object with any keys, which is sent unchanged.
///
/// # Errors
///
/// If the value is not an object, or if it holds, at any depth, an integer too large to have been read digit by digit.
pub fn object(value: Value) -> Result<Map<String, Value>, Violations> {
    let map = object_map(value)?;
    match map.values().find_map(rounded_integer) {
        None => Ok(map),
        Some(number) => {
            let problem = format!("holds {number}, a number that may have lost digits");
            Err(Violations::new(
                problem,
                format!("whole numbers up to {}; larger ones as strings, in quotes", u64::MAX),
            ))
        }
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
    let mut fields = Arguments::of_object(names, object_map(value)?);
    let decoded = decode(&mut fields);
    fields.finish(decoded)
}

fn object_map(value: Value) -> Result<Map<String, Value>, Violations> {
    match parsed_json_text(value)? {
        Value::Object(map) => Ok(map),
        other => Err(not_accepted(&other, "an object")),
    }
}

/// Returns the first integer in `value` that was too large to be read digit by digit. Fractions are not reported: every
/// JSON parser rounds them.
fn rounded_integer(value: &Value) -> Option<&Number> {
    match value {
        Value::Number(number) => {
            let float = number.is_f64().then(|| number.as_f64())??;
            (float.fract() == 0.0 && whole_float(float).is_none()).then_some(number)
        }
        Value::Array(items) => items.iter().find_map(rounded_integer),
        Value::Object(map) => map.values().find_map(rounded_integer),
        _ => None,
    }
}
