//! JSON whose syntax has been checked, read without building a tree.
//!
//! Every value is a slice of the document, so reading a document takes no memory of its own. The readers below rely on
//! the check: they find the end of a value, and do not validate it again. None of them recurses, because nothing limits
//! the depth of a document.

mod cursor;
mod scan;

use std::borrow::Cow;

use serde::de::IgnoredAny;

use self::cursor::{Cursor, SPACE};
use super::chars::Decoded;
use super::words;

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

    /// Returns whether the value is a string with escapes, or holds one.
    pub(super) fn has_escapes(self) -> bool {
        words::find(self.0.as_bytes(), 0, |word| word.equal(b'\\'), |byte| byte == b'\\') < self.0.len()
    }

    /// Returns a count: a whole number, also one within a string.
    pub(super) fn count(self) -> Option<u64> {
        self.escaped().unwrap_or(self.0).parse().ok()
    }

    /// Returns the members of an object. Any other value has none.
    pub(super) fn members(self) -> Members<'a> {
        Members { cursor: Cursor::within(self.0, b'{') }
    }

    /// Returns the items of a list. Any other value has none.
    pub(super) fn items(self) -> Items<'a> {
        Items { cursor: Cursor::within(self.0, b'[') }
    }
}

/// The name of a member, between its quotes and with its escapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key<'a> {
    text: &'a str,
    has_escapes: bool,
}

impl<'a> Key<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, has_escapes: text.contains('\\') }
    }

    pub(super) fn name(self) -> Cow<'a, str> {
        if !self.has_escapes {
            return self.text.into();
        }
        // An escape is at least as long as its character.
        let mut name = String::with_capacity(self.text.len());
        name.extend(Decoded::new(self.text));
        name.into()
    }

    /// Returns whether the key has a name.
    pub(super) fn is(self, name: &str) -> bool {
        if self.has_escapes { self.rest_of(name) == Some("") } else { self.text == name }
    }

    /// Returns the rest of a text that begins with the name, without a copy of the name.
    pub(super) fn rest_of(self, text: &str) -> Option<&str> {
        if self.has_escapes {
            return Decoded::new(self.text).try_fold(text, |rest, c| rest.strip_prefix(c));
        }
        // The first byte tells most names apart.
        let first = self.text.as_bytes().first();
        if first.is_some() && text.as_bytes().first() != first { None } else { text.strip_prefix(self.text) }
    }
}

/// The text in front of a value: a comma unless the member is the first one, its key, a colon, and white space.
#[derive(Clone, Copy)]
pub(super) struct Before<'a>(&'a str);

/// The members of an object, in the order of the document.
pub(super) struct Members<'a> {
    cursor: Cursor<'a>,
}

impl<'a> Iterator for Members<'a> {
    type Item = (Key<'a>, Raw<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let key = self.next_key()?;
        Some((key, self.value()))
    }
}

impl<'a> Members<'a> {
    /// Takes the next value if this text is in front of it.
    pub(super) fn next_after(&mut self, before: Before<'a>) -> Option<Raw<'a>> {
        self.cursor.pass_text(before.0).then(|| self.value())
    }

    /// Takes the key of the next member, whose value must be taken next. Also returns the text from the last value to this
    /// one.
    pub(super) fn next_key_and_text(&mut self) -> Option<(Key<'a>, Before<'a>)> {
        let start = self.cursor;
        let key = self.next_key()?;
        Some((key, Before(self.cursor.since(start))))
    }

    /// Returns the items of the first member with a name. Nothing after the beginning of its value is read.
    pub(super) fn into_items_of(mut self, name: &str) -> Option<Items<'a>> {
        loop {
            if self.next_key()?.is(name) {
                return Some(Items { cursor: self.cursor.into_value(b'[') });
            }
            self.value();
        }
    }

    /// Takes the key of the next member, whose value must be taken next.
    pub(super) fn next_key(&mut self) -> Option<Key<'a>> {
        let key = self.cursor.pass_comma().then(|| self.cursor.key())?;
        self.cursor.pass_colon();
        Some(key)
    }

    /// Takes the value of the member whose key was taken.
    pub(super) fn value(&mut self) -> Raw<'a> {
        Raw(self.cursor.value())
    }

    /// Takes the value of the member whose key was taken. If it is a list, `read` takes its items on the way to its end.
    pub(super) fn value_with(&mut self, read: impl FnOnce(&mut Items<'a>)) -> Raw<'a> {
        Raw(self.cursor.value_with(b'[', |cursor| {
            let mut items = Items { cursor };
            read(&mut items);
            items.by_ref().for_each(drop);
            items.cursor
        }))
    }
}

/// The items of a list, in the order of the document.
#[derive(Clone)]
pub(super) struct Items<'a> {
    cursor: Cursor<'a>,
}

impl<'a> Items<'a> {
    /// Returns the maximum length of the items that are left, in bytes.
    pub(super) fn length(&self) -> usize {
        self.cursor.rest().len()
    }

    /// Takes the next item. If it is an object, `read` takes its members on the way to its end.
    pub(super) fn next_with(&mut self, read: impl FnOnce(&mut Members<'a>)) -> Option<Raw<'a>> {
        self.cursor.pass_comma().then(|| {
            Raw(self.cursor.value_with(b'{', |cursor| {
                let mut members = Members { cursor };
                read(&mut members);
                members.by_ref().for_each(drop);
                members.cursor
            }))
        })
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = Raw<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        self.cursor.pass_comma().then(|| Raw(self.cursor.value()))
    }
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
        let (length, has_escapes) = match text.as_bytes().first()? {
            b'"' => scan::string_end(text.as_bytes(), 0),
            _ => (text.bytes().position(|byte| b"\" \t\n\r".contains(&byte)).unwrap_or(text.len()), false),
        };
        let (token, after) = text.split_at_checked(length)?;
        self.rest = after;
        let token = Raw(token);
        Some(match token.escaped().filter(|_| token.kind() == Kind::String) {
            None => Token::Other(token.0),
            Some(text) if after.trim_start_matches(SPACE).starts_with(':') => Token::Key(Key { text, has_escapes }),
            Some(_) => Token::String(token),
        })
    }
}

#[cfg(test)]
mod tests;
