//! Strings: any, non-empty, as a path segment, as an e-mail address.

use serde_json::Value;

use super::value::not_accepted;
use crate::violation::{Violations, quoted};

/// Decodes any string. An integer is taken as its digits.
///
/// A number with a fraction or an exponent is refused: it was parsed as a float and may have lost the zeros at its end.
///
/// # Errors
///
/// If the value is neither a string nor an integer.
pub fn string(value: Value) -> Result<String, Violations> {
    match value {
        Value::String(text) => Ok(text),
        Value::Number(number) if !number.is_f64() => Ok(number.to_string()),
        Value::Number(_) => Err(Violations::new("is a number that may have lost digits", "a string, in quotes")),
        other => Err(not_accepted(&other, "a string")),
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
        return Err(Violations::new("is empty", "a string that is not empty"));
    }
    Ok(text)
}

/// Decodes a string that can be one segment of a path.
///
/// # Errors
///
/// If [`non_empty_string`] refuses the value, or for `.` and `..`, which URL parsers resolve (RFC 3986, section 5.2.4).
pub fn path_segment(value: Value) -> Result<String, Violations> {
    let text = non_empty_string(value)?;
    if text == "." || text == ".." {
        return Err(Violations::new(format!("{} is not an identifier", quoted(&text)), "an identifier"));
    }
    Ok(text)
}

/// Decodes one e-mail address. The check is just strict enough to refuse a name, a list of addresses, or a header.
///
/// # Errors
///
/// If [`non_empty_string`] refuses the value, or if it is not `user@host` without spaces, quotes, brackets, commas,
/// semicolons and control characters.
pub fn email(value: Value) -> Result<String, Violations> {
    let text = non_empty_string(value)?;
    let address = text.trim();
    let is_allowed = |c: char| !c.is_whitespace() && !c.is_control() && !",;<>\"".contains(c);
    match address.split_once('@') {
        Some((user, host))
            if !user.is_empty() && !host.is_empty() && !host.contains('@') && address.chars().all(is_allowed) =>
        {
            Ok(address.to_owned())
        }
        _ => Err(Violations::new(
            format!("{} is not an e-mail address", quoted(&text)),
            "one address such as ann@example.com",
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
    move |value| if value == sign { Ok(sign.to_owned()) } else { decode(value) }
}
