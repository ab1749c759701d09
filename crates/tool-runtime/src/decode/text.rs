//! Strings: any, non-empty, as a name, as a path segment.

use serde_json::Value;

use super::value::not_accepted;
use crate::text::{Joiners, first_unseen, unseen_name};
use crate::violation::{FULL_STRING, KINDS, STRING, Violations, quoted};

/// Decodes any string. A number is taken as it is written.
///
/// # Errors
///
/// If the value is neither a string nor a number.
pub fn string(value: Value) -> Result<String, Violations> {
    match value {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        other => Err(not_accepted(&other, STRING)),
    }
}

/// Decodes a string with at least one character that is not white space.
///
/// # Errors
///
/// If [`string`] refuses the value, or if the string is empty or white space.
pub fn non_empty_string(value: Value) -> Result<String, Violations> {
    let text = string(value)?;
    if text.trim().is_empty() {
        return Err(Violations::new("is empty", FULL_STRING));
    }
    Ok(text)
}

/// Decodes a new name: a string that is not empty and has no character that its readers cannot see. A joiner between
/// letters or emoji is part of a name.
///
/// # Errors
///
/// If [`non_empty_string`] refuses the value, or if a character is invisible.
pub fn name(value: Value) -> Result<String, Violations> {
    visible(non_empty_string(value)?, Joiners::BetweenLetters)
}

/// Decodes the name of something that exists. In contrast to a new [`name`], it may have a joiner anywhere, because the
/// API holds the name like that.
///
/// # Errors
///
/// If [`non_empty_string`] refuses the value, or if a character is invisible.
pub fn known_name(value: Value) -> Result<String, Violations> {
    visible(non_empty_string(value)?, Joiners::Anywhere)
}

/// Decodes a name that can be one segment of a path.
///
/// # Errors
///
/// If [`known_name`] refuses the value, or for `.` and `..`, which URL parsers resolve (RFC 3986, section 5.2.4).
pub fn path_segment(value: Value) -> Result<String, Violations> {
    let text = known_name(value)?;
    if text == "." || text == ".." {
        return Err(Violations::new(format!("{} is not an identifier", quoted(&text)), "an identifier"));
    }
    Ok(text)
}

/// Returns a name, unless it has a character that its readers cannot see.
pub(super) fn visible(name: String, joiners: Joiners) -> Result<String, Violations> {
    match first_unseen(&name, joiners) {
        None => Ok(name),
        Some(c) => Err(Violations::new(
            format!("contains a character that cannot be seen, {}", unseen_name(c)),
            "the same text without that character",
        )),
    }
}

/// Decodes `sign`, the string by which the API clears a field, or else whatever `decode` accepts.
///
/// # Errors
///
/// The decoder that is returned fails if the value is not `sign` and `decode` refuses it.
pub fn or_cleared(
    sign: &'static str,
    decode: impl Fn(Value) -> Result<String, Violations>,
) -> impl Fn(Value) -> Result<String, Violations> {
    move |value| {
        if value == sign {
            return Ok(sign.to_owned());
        }
        // An example takes the place of a kind of value.
        let also = |allowed: String| {
            if KINDS.contains(&allowed.as_str()) { allowed } else { format!("{allowed}, or {sign:?}") }
        };
        decode(value).map_err(|found| found.with_allowed(|_, allowed| allowed.map(also)))
    }
}
