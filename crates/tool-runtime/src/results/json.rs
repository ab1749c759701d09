//! JSON whose syntax has been checked, read without building a tree.
//!
//! Every value is a slice of the document, so reading a document takes no memory of its own. The readers below rely on
//! the check: they find the end of a value, and do not validate it again. None of them recurses, because nothing limits
//! the depth of a document.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::str;

use memchr::{memchr, memchr2};
use serde::de::IgnoredAny;

use super::chars::Decoded;

/// A JSON document whose syntax has been checked.
#[derive(Clone, Copy, Debug)]
pub struct Json<'a> {
    text: &'a str,
}

impl<'a> Json<'a> {
    /// Checks the syntax of a text. Depth and size of numbers are not limited, and half a surrogate pair is accepted.
    ///
    /// # Errors
    ///
    /// If the text is not one JSON document.
    pub fn checked(text: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str::<IgnoredAny>(text)?;
        Ok(Self { text })
    }

    /// The document as it was given.
    pub fn text(self) -> &'a str {
        self.text
    }

    pub(super) fn root(self) -> Raw<'a> {
        Raw(self.text.trim_matches(SPACE))
    }
}

/// An owned JSON document whose syntax has been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonText {
    text: String,
}

impl JsonText {
    /// Checks the syntax of a text, like [`Json::checked`].
    ///
    /// # Errors
    ///
    /// If the text is not one JSON document.
    pub fn checked(text: String) -> Result<Self, serde_json::Error> {
        Json::checked(&text)?;
        Ok(Self { text })
    }

    /// Borrows the document.
    pub fn as_json(&self) -> Json<'_> {
        Json { text: &self.text }
    }

    /// Returns the document as it was given.
    pub fn into_text(self) -> String {
        self.text
    }
}

/// White space of JSON (RFC 8259, section 2).
const SPACE: [char; 4] = [' ', '\t', '\n', '\r'];

/// A value within a document, without white space around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Raw<'a>(&'a str);

/// The type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Object,
    Array,
    String,
    /// A number, `true`, `false` or `null`.
    Literal,
}

impl<'a> Raw<'a> {
    pub(super) fn text(self) -> &'a str {
        self.0
    }

    pub(super) fn kind(self) -> Kind {
        match self.0.as_bytes().first() {
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::Array,
            Some(b'"') => Kind::String,
            _ => Kind::Literal,
        }
    }

    /// Returns whether the value holds no data: null, and an empty text, list or object.
    pub(super) fn is_empty(self) -> bool {
        match self.kind() {
            Kind::Object | Kind::Array => {
                let inner = self.0.get(1..self.0.len().saturating_sub(1)).unwrap_or_default();
                inner.bytes().all(|byte| byte.is_ascii_whitespace())
            }
            Kind::String => self.0 == "\"\"",
            Kind::Literal => self.0 == "null",
        }
    }

    /// Returns the escaped text between the quotes of a string.
    pub(super) fn escaped(self) -> Option<&'a str> {
        self.0.strip_prefix('"')?.strip_suffix('"')
    }

    /// Returns a count: a whole number, also one within a string.
    pub(super) fn count(self) -> Option<u64> {
        self.escaped().unwrap_or(self.0).parse().ok()
    }

    /// Returns the members of an object. Any other value has none.
    pub(super) fn members(self) -> Members<'a> {
        Members { rest: self.0.strip_prefix('{').unwrap_or_default() }
    }

    /// Returns the items of a list. Any other value has none.
    pub(super) fn items(self) -> Items<'a> {
        Items { rest: self.0.strip_prefix('[').unwrap_or_default() }
    }
}

/// The name of a member, between its quotes and with its escapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key<'a>(pub(super) &'a str);

impl<'a> Key<'a> {
    pub(super) fn name(self) -> Cow<'a, str> {
        if !self.has_escapes() {
            return self.0.into();
        }
        // An escape is at least as long as its character.
        let mut name = String::with_capacity(self.0.len());
        name.extend(Decoded::new(self.0));
        name.into()
    }

    /// Returns whether the key has a name.
    pub(super) fn is(self, name: &str) -> bool {
        // An escape is longer than its character, so the lengths tell most names apart.
        match self.0.len().cmp(&name.len()) {
            Ordering::Less => false,
            Ordering::Equal => self.0 == name && !self.has_escapes(),
            Ordering::Greater => self.rest_of(name) == Some(""),
        }
    }

    /// Returns the rest of a text that begins with the name, without a copy of the name.
    pub(super) fn rest_of(self, text: &str) -> Option<&str> {
        // The first byte tells most names apart, also of names with an escape elsewhere.
        let first = self.0.as_bytes().first();
        if first.is_some_and(|byte| *byte != b'\\' && text.as_bytes().first() != Some(byte)) {
            return None;
        }
        if !self.has_escapes() {
            return text.strip_prefix(self.0);
        }
        Decoded::new(self.0).try_fold(text, |rest, c| rest.strip_prefix(c))
    }

    fn has_escapes(self) -> bool {
        memchr(b'\\', self.0.as_bytes()).is_some()
    }
}

/// The members of an object, in the order of the document.
pub(super) struct Members<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Members<'a> {
    type Item = (Key<'a>, Raw<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let key = self.next_key()?;
        Some((key, next_value(&mut self.rest)?))
    }
}

impl<'a> Members<'a> {
    /// Returns the items of the first member with a name. Nothing after the beginning of its value is read.
    pub(super) fn into_items_of(mut self, name: &str) -> Option<Items<'a>> {
        loop {
            let key = self.next_key()?;
            if key.is(name) {
                return Some(Items { rest: trimmed(self.rest).strip_prefix('[').unwrap_or_default() });
            }
            next_value(&mut self.rest)?;
        }
    }

    /// Takes the key of the next member and the colon after it.
    fn next_key(&mut self) -> Option<Key<'a>> {
        let key = next_value(&mut self.rest)?;
        let rest = trimmed(self.rest);
        self.rest = rest.strip_prefix(':').unwrap_or(rest);
        key.escaped().map(Key)
    }
}

/// The items of a list, in the order of the document.
pub(super) struct Items<'a> {
    rest: &'a str,
}

impl<'a> Items<'a> {
    /// Takes the next item. If it is an object, its members are passed to `read` on the way to its end.
    pub(super) fn next_with(&mut self, mut read: impl FnMut(Key<'a>, Raw<'a>)) -> Option<Raw<'a>> {
        let text = next_text(self.rest)?;
        let Some(rest) = text.strip_prefix('{') else { return next_value(&mut self.rest) };
        let mut members = Members { rest };
        members.by_ref().for_each(|(key, value)| read(key, value));
        let after = trimmed(members.rest);
        let after = after.strip_prefix('}').unwrap_or(after);
        let (object, after) = text.split_at_checked(text.len() - after.len())?;
        self.rest = after;
        Some(Raw(object))
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = Raw<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        next_value(&mut self.rest)
    }
}

/// Takes the next value of an object or a list from the front of `rest`. Returns `None` at its end.
fn next_value<'a>(rest: &mut &'a str) -> Option<Raw<'a>> {
    let text = next_text(rest)?;
    let (value, after) = text.split_at_checked(value_length(text.as_bytes()))?;
    *rest = after;
    Some(Raw(value))
}

/// Returns `rest` from the next value on, or `None` at the end of the object or list.
fn next_text(rest: &str) -> Option<&str> {
    let text = trimmed(rest);
    let text = text.strip_prefix(',').map_or(text, trimmed);
    (!matches!(text.as_bytes().first(), None | Some(b'}' | b']'))).then_some(text)
}

/// Returns a text without the white space at its front. Most documents have none there, and one look shows it.
fn trimmed(text: &str) -> &str {
    match text.as_bytes().first() {
        Some(b' ' | b'\t' | b'\n' | b'\r') => text.trim_start_matches(SPACE),
        _ => text,
    }
}

/// Returns the length of the value at the front of `bytes`.
fn value_length(bytes: &[u8]) -> usize {
    match bytes.first() {
        Some(b'"') => string_length(bytes),
        Some(b'{' | b'[') => container_length(bytes),
        _ => {
            let is_end = |byte: &u8| matches!(byte, b',' | b']' | b'}' | b' ' | b'\t' | b'\n' | b'\r');
            bytes.iter().position(is_end).unwrap_or(bytes.len())
        }
    }
}

/// Returns the length of the object or list at the front of `bytes`.
fn container_length(bytes: &[u8]) -> usize {
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(rest @ [byte, ..]) = bytes.get(at..) {
        match byte {
            b'"' => {
                at += string_length(rest);
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth <= 1 => return at + 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// Returns the length of the string at the front of `bytes`, with its quotes.
fn string_length(bytes: &[u8]) -> usize {
    let mut at = 1;
    while let Some(rest) = bytes.get(at..) {
        match memchr2(b'"', b'\\', rest) {
            None => break,
            Some(found) if rest.get(found) == Some(&b'"') => return at + found + 1,
            Some(found) => at += found + 2,
        }
    }
    bytes.len()
}

/// A part of a value: everything but the white space between its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// The name of a member.
    Key(Key<'a>),
    /// A string, with its quotes.
    String(Raw<'a>),
    /// Brackets, commas, colons, numbers, `true`, `false` and `null`.
    Other(&'a str),
}

/// The parts of a value of any depth.
pub(super) struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    pub(super) fn of(value: Raw<'a>) -> Self {
        Self { rest: value.0 }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let text = self.rest.trim_start_matches(SPACE);
        let length = match text.as_bytes().first()? {
            b'"' => string_length(text.as_bytes()),
            _ => text.bytes().position(|byte| b"\" \t\n\r".contains(&byte)).unwrap_or(text.len()),
        };
        let (token, after) = text.split_at_checked(length)?;
        self.rest = after;
        let token = Raw(token);
        Some(match token.escaped().filter(|_| token.kind() == Kind::String) {
            None => Token::Other(token.0),
            Some(key) if after.trim_start_matches(SPACE).starts_with(':') => Token::Key(Key(key)),
            Some(_) => Token::String(token),
        })
    }
}

#[cfg(test)]
mod tests;
