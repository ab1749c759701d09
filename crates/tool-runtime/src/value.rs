//! The value types of arguments, and how each is written on the wire.

use std::fmt::{self, Write as _};

use jiff::civil;
use serde_json::{Map, Number, Value};

use crate::json;

/// A value that goes into a request: as JSON in a body, as text in a query, a path or a form field.
///
/// Either is appended to what is being written, so that no tree is made of it on the way.
pub trait Wire {
    /// Appends the value to a JSON text.
    fn append_json(&self, to: &mut String);

    /// Appends the value as text, not yet encoded: texts bare, everything else as its JSON.
    fn append_text(&self, to: &mut String) {
        self.append_json(to);
    }
}

impl Wire for String {
    fn append_json(&self, to: &mut String) {
        json::quote(self, to);
    }

    fn append_text(&self, to: &mut String) {
        to.push_str(self);
    }
}

impl Wire for i64 {
    fn append_json(&self, to: &mut String) {
        append(to, self);
    }
}

impl Wire for bool {
    fn append_json(&self, to: &mut String) {
        append(to, self);
    }
}

impl Wire for Number {
    fn append_json(&self, to: &mut String) {
        append(to, self);
    }
}

impl Wire for Map<String, Value> {
    fn append_json(&self, to: &mut String) {
        // Keys are texts, so that nothing can fail.
        to.push_str(&serde_json::to_string(self).unwrap_or_default());
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn append_json(&self, to: &mut String) {
        to.push('[');
        for (index, item) in self.iter().enumerate() {
            if index > 0 {
                to.push(',');
            }
            item.append_json(to);
        }
        to.push(']');
    }
}

/// A yes or no that the API writes as 1 or 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flag(pub bool);

impl Wire for Flag {
    fn append_json(&self, to: &mut String) {
        to.push(if self.0 { '1' } else { '0' });
    }
}

/// A list that the API takes as one text, its items joined by `SEPARATOR`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joined<const SEPARATOR: char>(pub Vec<String>);

impl<const SEPARATOR: char> Wire for Joined<SEPARATOR> {
    fn append_json(&self, to: &mut String) {
        self.joined().append_json(to);
    }

    fn append_text(&self, to: &mut String) {
        to.push_str(&self.joined());
    }
}

impl<const SEPARATOR: char> Joined<SEPARATOR> {
    fn joined(&self) -> String {
        self.0.join(SEPARATOR.encode_utf8(&mut [0; 4]))
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
    fn append_json(&self, to: &mut String) {
        append(to, format_args!("\"{self}\""));
    }

    fn append_text(&self, to: &mut String) {
        append(to, self);
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
    fn append_json(&self, to: &mut String) {
        append(to, format_args!("\"{self}\""));
    }

    fn append_text(&self, to: &mut String) {
        append(to, self);
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
    fn append_json(&self, to: &mut String) {
        match self {
            Self::Number(number) => number.append_json(to),
            Self::Text(text) => json::quote(text, to),
        }
    }

    fn append_text(&self, to: &mut String) {
        match self {
            Self::Number(number) => number.append_text(to),
            Self::Text(text) => to.push_str(text),
        }
    }
}

impl<T: Choice> Wire for T {
    fn append_json(&self, to: &mut String) {
        self.code().append_json(to);
    }

    fn append_text(&self, to: &mut String) {
        self.code().append_text(to);
    }
}

fn append(to: &mut String, value: impl fmt::Display) {
    // Whatever writes to a text has room.
    let _ = write!(to, "{value}");
}
