//! The bytes of a file within a call: as base64, as plain text, or as content that is plainly one of the two.

use bytes::Bytes;
use serde_json::Value;

use super::base64_text::decoded_in_place;
use crate::arguments::Arguments;
use crate::violation::Violations;

/// Decodes base64.
pub(super) fn base64_bytes(value: Value) -> Result<Bytes, Violations> {
    let allowed = "the file's bytes in standard base64, for example \"aGk=\"";
    let Value::String(mut text) = value else {
        return Err(Violations::new("is not a string", allowed));
    };
    // Common tools break base64 into lines.
    text.retain(|c| !c.is_ascii_whitespace());
    let decoded = decoded_in_place(text.into_bytes());
    decoded.map(Bytes::from).map_err(|error| Violations::new(format!("is not base64 ({error})"), allowed))
}

/// Takes a text for the bytes of its UTF-8 form.
pub(super) fn plain_text(value: Value) -> Result<Bytes, Violations> {
    match value {
        Value::String(text) => Ok(text.into()),
        _ => Err(Violations::new("is not a string", "the file's text, for example \"hi\"")),
    }
}

/// Takes `content` for base64 or for plain text, if it can only be one of them.
pub(super) fn take_bare_content(fields: &mut Arguments) {
    let Some(Value::String(content)) = fields.get("content") else { return };
    match form_of(content) {
        Some(Form::Base64) => fields.accept_as("content", "content_base64"),
        Some(Form::Text) => fields.accept_as("content", "content_text"),
        None => {
            fields.accept_as("content", "content_text");
            let allowed = "`content_base64` or `content_text` instead".to_owned();
            fields.add_violation("content", "can be base64 as well as plain text".to_owned(), Some(allowed));
        }
    }
}

/// The form of bytes in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Base64,
    Text,
}

/// Returns the only form that a content can have. Words and hexadecimal digits are base64 by chance, but then they have no
/// padding, and their bytes are no readable text.
fn form_of(content: &str) -> Option<Form> {
    let Ok(bytes) = base64_bytes(Value::from(content)) else { return Some(Form::Text) };
    let is_readable =
        |text: &str| !text.is_empty() && text.chars().all(|c| !c.is_control() || matches!(c, '\t' | '\n' | '\r'));
    let content = content.trim();
    // Words have spaces between them. Base64 is broken into lines at most.
    if content.is_empty() || content.contains(' ') {
        return Some(Form::Text);
    }
    let is_base64 = content.ends_with('=') || str::from_utf8(&bytes).is_ok_and(is_readable);
    is_base64.then_some(Form::Base64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_taken_for_the_only_form_that_it_can_have() {
        for text in ["", " ", "hi", "Row 312: bad date", "log log log log", "a,b\n1,2", "{\"a\": 1}", "größer"] {
            assert_eq!(form_of(text), Some(Form::Text), "{text}");
        }
        for base64 in
            ["aGk=", "cm93IDMxMjogYmFkIGRhdGU=", "U3VwcG9ydCB0ZXJtcw==", "aGVsbG8h", "AAECAwQFBgc=", "aGVs\nbG8h"]
        {
            assert_eq!(form_of(base64), Some(Form::Base64), "{base64}");
        }
        for either in ["Restarts", "deadbeef", "logs/app", "AAECAwQF"] {
            assert_eq!(form_of(either), None, "{either}");
        }
    }
}
