//! Strict JSON: text that a stranger wrote, read as a [`serde_json::Value`].
//!
//! [`value`] and [`object`] accept what `serde_json` accepts, with two restrictions:
//!
//! * A key that occurs twice in one object is an error. RFC 8259 section 4 leaves the meaning of duplicate names open,
//!   so two readers of the same text could act on two different values.
//! * A text holds at most 100,000 values. Each value takes far more memory than the two characters that it may be
//!   written with, so the length of a text does not bound what reading it costs.
//!
//! `serde_json` itself limits the depth to 128 levels.
//!
//! This is a crate of its own because both `tool-runtime` (arguments) and `mcp-server` (messages) need it, and neither
//! of them may depend on the other.
//!
//! ```
//! assert_eq!(strict_json::value("[1, true]").unwrap(), serde_json::json!([1, true]));
//! let error = strict_json::object(r#"{"a": 1, "a": 2}"#).unwrap_err();
//! assert!(error.to_string().starts_with(r#"the key "a" is given twice"#));
//! ```

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Reads a JSON object.
///
/// # Errors
///
/// Fails for a text that is not JSON, is not an object, has a duplicate key, or is too deep or too large.
pub fn object(text: &str) -> Result<Map<String, Value>, serde_json::Error> {
    match value(text)? {
        Value::Object(object) => Ok(object),
        _ => Err(Error::custom("it is not an object")),
    }
}

/// The maximum number of values in a text. Objects and lists count, and so does each of their elements.
const MOST_VALUES: usize = 100_000;

/// Reads a JSON value.
///
/// # Errors
///
/// Fails for a text that is not JSON, has a duplicate key, or is too deep or too large.
pub fn value(text: &str) -> Result<Value, serde_json::Error> {
    let left = Cell::new(MOST_VALUES);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Strict { left: &left }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

/// Reads one value and deducts it from the number that is left.
#[derive(Clone, Copy)]
struct Strict<'a> {
    left: &'a Cell<usize>,
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        match self.left.get().checked_sub(1) {
            Some(left) => self.left.set(left),
            None => return Err(Error::custom(format_args!("it holds more than {MOST_VALUES} values"))),
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if object.contains_key(&key) {
                return Err(A::Error::custom(format_args!("the key {} is given twice", quoted(&key))));
            }
            let value = entries.next_value_seed(self)?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

/// A key in quotation marks, cut short: an error message must not carry a whole document back.
fn quoted(key: &str) -> String {
    const LONGEST: usize = 60;
    let shown: String = key.chars().take(LONGEST).collect();
    let mark = if shown.len() < key.len() { "…" } else { "" };
    format!("{:?}", shown + mark)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn well_formed_text_keeps_its_values_and_key_order() {
        let text = r#"{"z":[null,true,-1,18446744073709551615,1.5,"\"é\u00e9"],"a":{"b":{}}}"#;
        assert_eq!(object(text).unwrap(), *serde_json::from_str::<Value>(text).unwrap().as_object().unwrap());
        assert_eq!(object(text).unwrap().keys().collect::<Vec<_>>(), ["z", "a"]);
    }

    #[test]
    fn duplicate_keys_are_errors_at_any_depth() {
        for text in [r#"{"a":1,"a":1}"#, r#"{"x":[{"a":1,"b":2,"\u0061":3}]}"#] {
            assert!(object(text).unwrap_err().to_string().contains("the key \"a\" is given twice"), "{text}");
        }
    }

    #[test]
    fn excessive_nesting_is_an_error() {
        let deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(500_000), "]".repeat(500_000));
        assert!(object(&deep).unwrap_err().to_string().contains("recursion limit"));
    }

    #[test]
    fn the_number_of_values_is_limited() {
        let list = |values: usize| format!("[{}0]", "0,".repeat(values - 2));
        assert!(value(&list(MOST_VALUES)).is_ok());
        assert!(value(&list(MOST_VALUES + 1)).unwrap_err().to_string().contains("more than 100000 values"));
    }

    #[test]
    fn object_accepts_nothing_but_an_object() {
        for text in ["[]", "null", "1", r#""{}""#, "", "{", "{}{}", r#"{"a":1e999}"#, r#"{"a":"\ud800"}"#] {
            assert!(object(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_long_key_is_cut_short_in_the_message() {
        let key = "é".repeat(1_000);
        let error = value(&format!(r#"{{"{key}":1,"{key}":1}}"#)).unwrap_err();
        assert!(error.to_string().len() < 250, "{error}");
    }
}
