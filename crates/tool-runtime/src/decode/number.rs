//! Numbers and booleans.

use serde_json::{Number, Value};

use super::value::{not_accepted, whole_number};
use crate::value::Flag;
use crate::violation::{NUMBER, Violations, WHOLE_NUMBER};

/// Decodes an integer from `min` to `max`.
///
/// # Errors
///
/// The decoder that is returned fails if the value is not an integer (as a number or as a string), or is out of range.
pub fn integer(min: i64, max: i64) -> impl Fn(Value) -> Result<i64, Violations> {
    move |value| {
        let whole = match &value {
            Value::Number(number) => whole_number(number),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        match whole {
            Some(number) if (min..=max).contains(&number) => Ok(number),
            Some(number) => Err(Violations::new(format!("{number} is out of range"), range(min, max))),
            None if let Value::Number(number) = &value
                && is_integer(number) =>
            {
                let allowed = format!("a whole number from {min} to {max}");
                Err(Violations::new(format!("{number} is out of range"), allowed))
            }
            None => Err(not_accepted(&value, &range(min, max))),
        }
    }
}

/// Decodes whatever `decode` accepts, also as a string that begins with `prefix`, which is dropped.
///
/// # Errors
///
/// The decoder that is returned fails if `decode` refuses the value, with and without the prefix.
pub fn or_prefixed<T>(
    prefix: &'static str,
    decode: impl Fn(Value) -> Result<T, Violations>,
) -> impl Fn(Value) -> Result<T, Violations> {
    move |value| match value.as_str().and_then(|text| text.trim().strip_prefix(prefix)) {
        Some(rest) => decode(Value::from(rest)).or_else(|_| decode(value)),
        None => decode(value),
    }
}

/// Decodes any number, and keeps its digits as they are written.
///
/// # Errors
///
/// If the value is neither a number nor a string that holds one.
pub fn number(value: Value) -> Result<Number, Violations> {
    let number = match &value {
        Value::Number(number) => Some(number.clone()),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.ok_or_else(|| not_accepted(&value, NUMBER))
}

/// Decodes a boolean. `1`, `0` and the words in any case are accepted, also as strings.
///
/// # Errors
///
/// If the value is not one of these.
pub fn boolean(value: Value) -> Result<bool, Violations> {
    let flag = match &value {
        Value::Bool(flag) => Some(*flag),
        Value::Number(number) => whole_number(number).and_then(|number| parse_boolean(&number.to_string())),
        Value::String(text) => parse_boolean(text.trim()),
        _ => None,
    };
    flag.ok_or_else(|| not_accepted(&value, "true or false"))
}

/// Decodes a boolean that the API writes as 1 or 0.
///
/// # Errors
///
/// If [`boolean`] refuses the value.
pub fn flag(value: Value) -> Result<Flag, Violations> {
    boolean(value).map(Flag)
}

fn parse_boolean(text: &str) -> Option<bool> {
    match text {
        "1" => Some(true),
        "0" => Some(false),
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// Returns whether a number is written as an integer, of any length.
fn is_integer(number: &Number) -> bool {
    number.to_string().bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
}

/// Describes the whole numbers from `min` to `max`.
pub(crate) fn range(min: i64, max: i64) -> String {
    match (min, max) {
        (i64::MIN, i64::MAX) => WHOLE_NUMBER.to_owned(),
        (min, i64::MAX) => format!("{WHOLE_NUMBER}, {min} or more"),
        (i64::MIN, max) => format!("{WHOLE_NUMBER}, {max} or less"),
        (min, max) => format!("{WHOLE_NUMBER} from {min} to {max}"),
    }
}
