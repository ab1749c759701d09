//! A place in a document whose syntax has been checked.

use super::{Key, scan};

/// White space of JSON (RFC 8259, section 2).
pub(super) const SPACE: [char; 4] = [' ', '\t', '\n', '\r'];

/// A place in a document.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    /// Returns the place behind the opening bracket of a value, or the end of a value with another one.
    pub(super) fn within(value: &'a str, bracket: u8) -> Self {
        Self { text: value, at: 0 }.into_value(bracket)
    }

    /// Moves behind the opening bracket of the value here, or to the end of the document if it has another one.
    pub(super) fn into_value(self, bracket: u8) -> Self {
        Self { at: if self.is_at(bracket) { self.at + 1 } else { self.text.len() }, ..self }
    }

    /// Returns the rest of the document.
    pub(super) fn rest(self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn is_at(self, byte: u8) -> bool {
        self.peek() == Some(byte)
    }

    /// Passes white space. No other character between the parts of a document comes before it.
    fn pass_space(&mut self) {
        while self.peek().is_some_and(|byte| byte <= b' ') {
            self.at += 1;
        }
    }

    /// Returns the text between an earlier place and this one.
    pub(super) fn since(self, start: Self) -> &'a str {
        self.text.get(start.at..self.at).unwrap_or_default()
    }

    /// Passes a text if it is here and a value begins behind it.
    pub(super) fn pass_text(&mut self, text: &str) -> bool {
        let end = self.at + text.len();
        let bytes = self.text.as_bytes();
        let is_here =
            bytes.get(self.at..end) == Some(text.as_bytes()) && bytes.get(end).is_some_and(|byte| *byte > b' ');
        if is_here {
            self.at = end;
        }
        is_here
    }

    /// Passes the comma before the next member or item, if it is not the first. Returns false at the end of the object or list.
    pub(super) fn pass_comma(&mut self) -> bool {
        self.pass_space();
        if self.is_at(b',') {
            self.at += 1;
            self.pass_space();
            return true;
        }
        !matches!(self.peek(), None | Some(b'}' | b']'))
    }

    /// Takes a value.
    pub(super) fn value(&mut self) -> &'a str {
        let start = *self;
        self.at = scan::value_end(self.text.as_bytes(), self.at);
        self.since(start)
    }

    /// Takes a value. If it begins with `bracket`, `read` moves from behind it to the end of the object or list.
    pub(super) fn value_with(&mut self, bracket: u8, read: impl FnOnce(Self) -> Self) -> &'a str {
        if !self.is_at(bracket) {
            return self.value();
        }
        let start = *self;
        self.at = read(Self { at: self.at + 1, ..*self }).at + 1;
        self.since(start)
    }

    /// Takes a key.
    pub(super) fn key(&mut self) -> Key<'a> {
        let start = self.at + 1;
        let (end, has_escapes) = scan::string_end(self.text.as_bytes(), self.at);
        self.at = end;
        Key { text: self.text.get(start..end.saturating_sub(1)).unwrap_or_default(), has_escapes }
    }

    /// Passes the colon between a key and its value.
    pub(super) fn pass_colon(&mut self) {
        self.pass_space();
        self.at += ":".len();
        self.pass_space();
    }
}
