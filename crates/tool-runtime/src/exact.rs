//! Decoders that convert nothing, for requests with a published JSON Schema.
//!
//! A model mixes up strings, numbers and labels, so the decoders in [`decode`] accept all of them. A program follows a
//! schema, so these decoders refuse what the schema forbids.

use serde_json::{Map, Value};

use crate::decode::{self, range};
use crate::violation::{Violations, described};

/// Decodes a JSON string that is not blank and has no control characters and no invisible characters.
///
/// # Errors
///
/// For every other value.
pub fn name(value: Value) -> Result<String, Violations> {
    of_type(value, Value::is_string, "a string").and_then(decode::name)
}

/// Decodes a JSON boolean.
///
/// # Errors
///
/// For every other value.
pub fn boolean(value: Value) -> Result<bool, Violations> {
    of_type(value, Value::is_boolean, "true or false").and_then(decode::boolean)
}

/// Decodes a JSON integer from `min` to `max`.
///
/// # Errors
///
/// The decoder that is returned fails for every other value.
pub fn whole_number(min: i64, max: i64) -> impl Fn(Value) -> Result<i64, Violations> {
    let integer = decode::integer(min, max);
    move |value| of_type(value, Value::is_number, &range(min, max)).and_then(&integer)
}

/// Decodes a JSON array whose items `decode` accepts.
///
/// # Errors
///
/// The decoder that is returned fails for every other value, and with the violations of every item.
pub fn list<T>(decode: impl Fn(Value) -> Result<T, Violations>) -> impl Fn(Value) -> Result<Vec<T>, Violations> {
    let list = decode::list(decode);
    move |value| of_type(value, Value::is_array, "a list").and_then(&list)
}

/// Decodes a JSON object.
///
/// # Errors
///
/// For every other value.
pub fn object(value: Value) -> Result<Map<String, Value>, Violations> {
    of_type(value, Value::is_object, "an object").and_then(decode::object)
}

/// Decodes one of `words`, spelled exactly, to the value beside it.
///
/// # Errors
///
/// The decoder that is returned fails for every other value.
pub fn one_of<T: Copy>(words: &[(&'static str, T)]) -> impl Fn(Value) -> Result<T, Violations> {
    move |value| match words.iter().find(|(word, _)| value == *word) {
        Some((_, value)) => Ok(*value),
        None => {
            let words: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            Err(not_accepted(&value, &format!("one of: {}", words.join(", "))))
        }
    }
}

fn of_type(value: Value, is_type: fn(&Value) -> bool, allowed: &str) -> Result<Value, Violations> {
    if is_type(&value) { Ok(value) } else { Err(not_accepted(&value, allowed)) }
}

fn not_accepted(value: &Value, allowed: &str) -> Violations {
    Violations::new(format!("{} is not accepted", described(value)), allowed)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_of_another_type_are_not_converted() {
        assert!(name(json!(1)).is_err() && name(json!("1")).is_ok());
        assert!(
            whole_number(1, 9)(json!("5")).is_err()
                && whole_number(1, 9)(json!(0)).is_err()
                && whole_number(1, 9)(json!(5)).is_ok()
        );
        assert!(boolean(json!("true")).is_err() && boolean(json!(1)).is_err() && boolean(json!(true)).is_ok());
        assert!(list(name)(json!("[\"a\"]")).is_err() && list(name)(json!(["a"])).is_ok());
        assert!(object(json!("{}")).is_err() && object(json!({})).is_ok());
    }

    #[test]
    fn blank_strings_and_unseen_characters_are_refused() {
        for refused in ["", "  ", "a\nb", "\u{7f}", "a\u{200b}", "\u{feff}a"] {
            assert!(name(json!(refused)).is_err(), "{refused:?}");
        }
    }

    #[test]
    fn words_are_spelled_exactly() {
        let size = one_of(&[("small", 1), ("large", 2)]);
        assert_eq!(size(json!("large")), Ok(2));
        for refused in [json!("Large"), json!(" large"), json!(2), json!(null)] {
            assert!(size(refused).is_err());
        }
    }
}
