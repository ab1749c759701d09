//! The value types of arguments, and the form in which each is sent.

use std::fmt::{self, Write as _};

use jiff::civil;
use serde_json::{Map, Number, Value};

/// A value that is part of a request: as JSON in a body; as text in a query, a path or a form field.
///
/// Both are appended to the text that is being written.
pub trait Wire {
    /// Appends the value as JSON.
    fn append_json(&self, to: &mut String);

    /// Appends the value as text that is not yet encoded: strings without quotes, everything else as its JSON.
    fn append_text(&self, to: &mut String) {
        self.append_json(to);
    }
}

impl Wire for String {
    fn append_json(&self, to: &mut String) {
        append_json_string(to, self);
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
        to.push_str(&serde_json::to_string(self).expect("a map with string keys is valid JSON"));
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

/// A boolean that the API writes as 1 or 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flag(pub bool);

impl Wire for Flag {
    fn append_json(&self, to: &mut String) {
        to.push(if self.0 { '1' } else { '0' });
    }
}

/// A list that the API takes as one string, its items joined by `SEPARATOR`.
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

/// A point in time without a time zone, sent as `yyyy-mm-dd hh:mm:ss`.
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

/// A date, sent as `yyyy-mm-dd`.
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

/// One of a fixed set of values, each with a label for callers and a code for the API.
pub trait Choice: Copy + Sized + 'static {
    /// All values, in the order in which people expect them.
    const ALL: &'static [Self];

    /// Returns the name that callers use.
    fn label(self) -> &'static str;

    /// Returns the value that the API uses.
    fn code(self) -> Code;
}

/// The value of a [`Choice`] in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// Sent as a number.
    Number(i64),
    /// Sent as a string.
    Text(&'static str),
}

impl Wire for Code {
    fn append_json(&self, to: &mut String) {
        match self {
            Self::Number(number) => number.append_json(to),
            Self::Text(text) => append_json_string(to, text),
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

/// Appends a string to a JSON text, quoted and escaped.
pub(crate) fn append_json_string(to: &mut String, text: &str) {
    to.push_str(&serde_json::to_string(text).expect("every string is valid JSON"));
}

fn append(to: &mut String, value: impl fmt::Display) {
    write!(to, "{value}").expect("writing to a String cannot fail");
}
