//! Reading JSON that a stranger wrote, and writing a text as JSON.
//!
//! The same text must mean the same to everyone who reads it, so a key that is given twice is an error: readers
//! differ in which of the two they take. Depth is bounded by the parser itself (128 levels), and how many values there
//! are is bounded here: each takes far more memory than the two characters that it may be written with.

use std::cell::Cell;
use std::fmt::{self, Write as _};

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::violation::quoted;

/// The object that `text` is, or what keeps it from being one.
pub fn object(text: &str) -> Result<Map<String, Value>, serde_json::Error> {
    match value(text)? {
        Value::Object(object) => Ok(object),
        _ => Err(Error::custom("it is not an object")),
    }
}

/// How many values a text may hold: objects, lists and what is in them.
const MOST_VALUES: usize = 100_000;

/// The value that `text` is, or what keeps it from being one.
pub fn value(text: &str) -> Result<Value, serde_json::Error> {
    let left = Cell::new(MOST_VALUES);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Strict { left: &left }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

/// Reads a value, if there may be another.
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

/// Appends a text to a JSON text, in quotation marks. `serde_json` would make a text of its own, to be copied.
pub fn quote(text: &str, to: &mut String) {
    let is_special = |byte: u8| byte < 0x20 || byte == b'"' || byte == b'\\';
    to.push('"');
    let mut rest = text;
    // Most texts have nothing special in them, which is seen fastest without stopping at the first that is.
    if text.bytes().fold(false, |any, byte| any | is_special(byte)) {
        // What is special is one byte long, so that a text can be cut before and after it.
        while let Some(plain) = rest.bytes().position(is_special) {
            let (before, from) = rest.split_at(plain);
            let (special, after) = from.split_at(1);
            to.push_str(before);
            match special {
                "\"" => to.push_str("\\\""),
                "\\" => to.push_str("\\\\"),
                "\n" => to.push_str("\\n"),
                "\r" => to.push_str("\\r"),
                "\t" => to.push_str("\\t"),
                "\u{8}" => to.push_str("\\b"),
                "\u{c}" => to.push_str("\\f"),
                control => control.bytes().for_each(|byte| {
                    // Whatever writes to a text has room.
                    let _ = write!(to, "\\u{byte:04x}");
                }),
            }
            rest = after;
        }
    }
    to.push_str(rest);
    to.push('"');
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn what_is_well_formed_is_read_as_it_was_written() {
        let text = r#"{"z":[null,true,-1,18446744073709551615,1.5,"\"é\u00e9"],"a":{"b":{}}}"#;
        assert_eq!(object(text).unwrap(), *serde_json::from_str::<Value>(text).unwrap().as_object().unwrap());
        assert_eq!(object(text).unwrap().keys().collect::<Vec<_>>(), ["z", "a"]);
    }

    #[test]
    fn a_key_given_twice_is_an_error_at_any_depth() {
        for text in [r#"{"a":1,"a":1}"#, r#"{"x":[{"a":1,"b":2,"\u0061":3}]}"#] {
            assert!(object(text).unwrap_err().to_string().contains("the key \"a\" is given twice"), "{text}");
        }
    }

    #[test]
    fn nesting_beyond_the_limit_is_an_error_and_no_stack_overflow() {
        let deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(500_000), "]".repeat(500_000));
        assert!(object(&deep).unwrap_err().to_string().contains("recursion limit"));
    }

    #[test]
    fn more_values_than_anyone_needs_are_an_error() {
        let list = |values: usize| format!("[{}0]", "0,".repeat(values - 2));
        assert!(value(&list(MOST_VALUES)).is_ok());
        assert!(value(&list(MOST_VALUES + 1)).unwrap_err().to_string().contains("more than 100000 values"));
    }

    #[test]
    fn only_an_object_will_do() {
        for text in ["[]", "null", "1", r#""{}""#, "", "{", "{}{}", r#"{"a":1e999}"#, r#"{"a":"\ud800"}"#] {
            assert!(object(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_text_is_quoted_as_every_reader_expects() {
        let every_character: String = ('\0'..='\u{2ff}').chain("é😀\u{2028}\"\\\"".chars()).collect();
        for text in ["", "a", "\"", "a\"b", "\\\\", &every_character] {
            let mut quoted = "before".to_owned();
            quote(text, &mut quoted);
            assert_eq!(quoted, format!("before{}", Value::from(text)));
        }
    }
}
