//! The value types of arguments, and how each is written on the wire.

use std::fmt;

use jiff::civil;
use serde_json::{Map, Number, Value};

/// A value that goes into a request: as JSON in a body, as text in a query, a path or a form field.
pub trait Wire {
    /// The value in a JSON body.
    fn json(&self) -> Value;

    /// The value as text, not yet encoded: texts bare, everything else as its JSON.
    fn text(&self) -> String {
        match self.json() {
            Value::String(text) => text,
            other => other.to_string(),
        }
    }
}

impl Wire for String {
    fn json(&self) -> Value {
        Value::String(self.clone())
    }
}

impl Wire for i64 {
    fn json(&self) -> Value {
        Value::from(*self)
    }
}

impl Wire for bool {
    fn json(&self) -> Value {
        Value::Bool(*self)
    }
}

impl Wire for Number {
    fn json(&self) -> Value {
        Value::Number(self.clone())
    }
}

impl Wire for Map<String, Value> {
    fn json(&self) -> Value {
        Value::Object(self.clone())
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn json(&self) -> Value {
        self.iter().map(Wire::json).collect()
    }
}

/// A yes or no that the API writes as 1 or 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flag(pub bool);

impl Wire for Flag {
    fn json(&self) -> Value {
        Value::from(u8::from(self.0))
    }
}

/// A list that the API takes as one text, its items joined by `SEPARATOR`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joined<const SEPARATOR: char>(pub Vec<String>);

impl<const SEPARATOR: char> Wire for Joined<SEPARATOR> {
    fn json(&self) -> Value {
        Value::String(self.0.join(SEPARATOR.encode_utf8(&mut [0; 4])))
    }
}

/// A point in time without a zone, written `yyyy-mm-dd hh:mm:ss`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timestamp(pub civil::DateTime);

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:02}:{:02}:{:02}", self.0.date(), self.0.hour(), self.0.minute(), self.0.second())
    }
}

impl Wire for Timestamp {
    fn json(&self) -> Value {
        Value::String(self.to_string())
    }
}

/// A day, written `yyyy-mm-dd`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date(pub civil::Date);

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Wire for Date {
    fn json(&self) -> Value {
        Value::String(self.to_string())
    }
}

/// One of a few values, each with a label that callers use and a code that goes over the wire.
pub trait Choice: Copy + Sized + 'static {
    /// All values, in the order a person expects.
    const ALL: &'static [Self];

    /// What a caller calls it.
    fn label(self) -> &'static str;

    /// What the API calls it.
    fn code(self) -> Code;
}

/// How a [`Choice`] goes over the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// As a number.
    Number(i64),
    /// As a text.
    Text(&'static str),
}

impl Wire for Code {
    fn json(&self) -> Value {
        match *self {
            Self::Number(number) => Value::from(number),
            Self::Text(text) => Value::from(text),
        }
    }
}
