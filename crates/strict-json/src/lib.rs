//! Strict JSON: text that a stranger wrote, read as a [`serde_json::Value`].
//!
//! [`value`] and [`object`] accept what `serde_json` accepts, after a byte order mark too (RFC 8259, section 8.1 allows
//! readers to ignore it), with two restrictions:
//!
//! * A key that occurs twice in one object is an error. RFC 8259 section 4 leaves the meaning of duplicate names open,
//!   so two readers of the same text could act on two different values.
//! * A text holds at most 100,000 values. Each value takes far more memory than the two characters that it may be
//!   written with, so the length of a text does not bound what reading it costs.
//!
//! `serde_json` itself limits the depth to 128 levels. Numbers keep their digits, whatever their length.
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

use serde::de::{Deserialize as _, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

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
    let mut deserializer = serde_json::Deserializer::from_str(without_bom(text));
    let value = Strict { left: &left }.deserialize(&mut deserializer).map_err(with_advice)?;
    deserializer.end()?;
    Ok(value)
}

/// Returns a text without the byte order mark that some programs put before it.
pub fn without_bom(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Adds what to write instead to the error for half of a character, which names only the rule.
fn with_advice(error: serde_json::Error) -> serde_json::Error {
    let message = error.to_string();
    if message.contains("surrogate") || message.contains("end of hex escape") {
        return Error::custom(format_args!(
            "{message}; write the character itself, or both halves of it, such as \\ud83d\\ude00"
        ));
    }
    error
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
        while let Some(key) = entries.next_key_seed(KeySeed)? {
            let key = match key {
                Key::Text(key) => key,
                Key::OfNumber => {
                    let digits = entries.next_value::<String>()?;
                    return digits.parse().map(Value::Number).map_err(A::Error::custom);
                }
            };
            if object.contains_key(&key) {
                return Err(A::Error::custom(format_args!("the key {} is given twice", quoted(&key))));
            }
            let value = entries.next_value_seed(self)?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

/// A key that a stranger wrote, or the one under which `serde_json` hands over the digits of a number.
enum Key {
    Text(String),
    OfNumber,
}

/// Tells the two kinds of keys apart.
///
/// `serde_json` (feature `arbitrary_precision`) presents a fraction or a long integer as a map with one key of a fixed text, which a stranger
/// can write too. Only the reader of written keys knows options, so that it calls `visit_some`.
struct KeySeed;

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for KeySeed {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_some<D: Deserializer<'de>>(self, written: D) -> Result<Key, D::Error> {
        String::deserialize(written).map(Key::Text)
    }

    fn visit_str<E>(self, _: &str) -> Result<Key, E> {
        Ok(Key::OfNumber)
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
        for text in ["[]", "null", "1", r#""{}""#, "", "{", "{}{}", r#"{"a":"\ud800"}"#] {
            assert!(object(text).is_err(), "{text}");
        }
    }

    #[test]
    fn numbers_keep_their_digits() {
        let text = r#"{"a":1234567890123.123456,"b":[1.50,1e400,-0.0,18446744073709551616],"c":30}"#;
        assert_eq!(Value::Object(object(text).unwrap()).to_string(), text.replace("1e400", "1e+400"));
    }

    #[test]
    fn a_key_that_looks_like_that_of_a_number_is_a_key() {
        for text in [r#"{"$serde_json::private::Number":"1"}"#, r#"{"$serde_json::private::Number":"x","b":[]}"#] {
            assert_eq!(Value::Object(object(text).unwrap()).to_string(), text);
        }
    }

    #[test]
    fn half_a_character_is_refused_with_advice() {
        for text in [r#"["\ud83d"]"#, r#"["\ude00"]"#, r#"["\ud83dx"]"#] {
            let error = value(text).unwrap_err().to_string();
            assert!(error.contains("write the character itself"), "{error}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_dropped() {
        assert_eq!(value("\u{feff}[1]").unwrap(), serde_json::json!([1]));
        assert!(value("\u{feff}\u{feff}[1]").is_err());
    }

    #[test]
    fn a_long_key_is_cut_short_in_the_message() {
        let key = "é".repeat(1_000);
        let error = value(&format!(r#"{{"{key}":1,"{key}":1}}"#)).unwrap_err();
        assert!(error.to_string().len() < 250, "{error}");
    }
}
