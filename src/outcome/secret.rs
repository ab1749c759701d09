//! Finding an account's key in a text of another party, which may have repeated the request. Pure.

use std::borrow::Cow;

use serde_json::Value;

/// A shorter secret is a placeholder, and occurs in words by chance.
const MIN_LENGTH: usize = 8;

/// Returns whether a reply contains `secret`, as it is or with JSON escapes.
pub(super) fn contains_secret(text: &str, secret: &str) -> bool {
    secret.len() >= MIN_LENGTH && (text.contains(secret) || unescaped(text, secret).contains(secret))
}

/// Removes `secret` from `text`, both as it is and as a JSON string escapes it.
pub(super) fn without_secret(text: &str, secret: &str) -> String {
    const REPLACEMENT: &str = "[the key]";
    if secret.len() < MIN_LENGTH {
        return text.to_owned();
    }
    let quoted = Value::from(secret).to_string();
    let escaped = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).expect("a JSON string has quotes");
    text.replace(escaped, REPLACEMENT).replace(secret, REPLACEMENT)
}

/// Returns the text without the JSON escapes that can hide a secret. A key consists of visible ASCII, so these are
/// `\u00XX` and the escapes of `"`, `\` and `/`.
fn unescaped<'t>(text: &'t str, secret: &str) -> Cow<'t, str> {
    const UNICODE: &str = "\\u00";
    if !text.contains(UNICODE) && !secret.contains(['"', '\\', '/']) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once('\\') {
        plain.push_str(before);
        let unicode = escape.strip_prefix("u00").and_then(|digits| digits.get(..2));
        rest = match unicode.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                plain.push(char::from(byte));
                escape.get("u00XX".len()..).unwrap_or_default()
            }
            None => match escape.chars().next() {
                Some(c @ ('"' | '\\' | '/')) => {
                    plain.push(c);
                    escape.get(1..).unwrap_or_default()
                }
                // Other escapes encode characters that no key contains.
                _ => {
                    plain.push('\n');
                    escape
                }
            },
        };
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_with_every_json_escape() {
        for (text, secret) in [
            ("x abcd1234 y", "abcd1234"),
            (r#"{"echo":"a\u0062cd1234"}"#, "abcd1234"),
            (r#"{"echo":"\u0061\u0062\u0063\u0064\u0031\u0032\u0033\u0034"}"#, "abcd1234"),
            (r#"{"echo":"ab\/cd1234"}"#, "ab/cd1234"),
            (r#"{"echo":"ab\\cd\"1234"}"#, r#"ab\cd"1234"#),
            (r#"{"echo":"ab/cd1234"}"#, "ab/cd1234"),
        ] {
            assert!(contains_secret(text, secret), "{text}");
        }
    }

    #[test]
    fn other_texts_do_not_contain_it() {
        for (text, secret) in [
            (r#"{"echo":"abcd123"}"#, "abcd1234"),
            (r#"{"echo":"abcd\n1234 \u003cb\u003e"}"#, "abcdn1234"),
            ("a key", "key"),
            ("\\u00", "abcd1234"),
            ("\\u00é \\", "abcd1234"),
        ] {
            assert!(!contains_secret(text, secret), "{text}");
        }
    }
}
