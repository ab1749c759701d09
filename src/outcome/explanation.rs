//! The explanation in the body of an error reply: the first text that tells the reader more than the status.

use serde_json::Value;

use super::wording::sanitized;

/// The maximum length of a text body that is shown, in bytes. A longer one is a page or a dump, not an explanation.
const MAX_TEXT_BYTES: usize = 2000;

/// Returns the explanation in `body`, on one line and without `secret`.
///
/// In JSON it is the first text that is not empty: at one of `paths`, in their order, and otherwise anywhere in the
/// document. Another short text is its own explanation, unless it is markup: that is a page for people, usually written
/// by a proxy.
pub(super) fn explanation(body: &[u8], content_type: Option<&str>, paths: &[&[&str]], secret: &str) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let text = strict_json::without_bom(&text);
    match serde_json::from_str::<Value>(text) {
        Ok(document) => explained_by(&document, paths, secret),
        Err(_) if text.len() <= MAX_TEXT_BYTES && !is_markup(text, content_type) => not_blank(text, secret),
        Err(_) => None,
    }
}

fn explained_by(document: &Value, paths: &[&[&str]], secret: &str) -> Option<String> {
    let at_path = |path: &&[&str]| path.iter().try_fold(document, |value, key| value.get(key));
    paths
        .iter()
        .filter_map(at_path)
        .chain([document])
        .find_map(|value| first_text(value, secret))
        .or_else(|| without_text(document, secret))
}

/// Returns the first text in a value that is not empty.
fn first_text(value: &Value, secret: &str) -> Option<String> {
    match value {
        Value::String(text) => not_blank(text, secret),
        Value::Array(items) => items.iter().find_map(|item| first_text(item, secret)),
        Value::Object(fields) => fields.values().find_map(|field| first_text(field, secret)),
        _ => None,
    }
}

/// Returns a document without any text, such as `{"code": 17}`, as it is. An empty one explains nothing.
fn without_text(document: &Value, secret: &str) -> Option<String> {
    let has_content = match document {
        Value::Object(fields) => !fields.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Number(_) | Value::Bool(_) => true,
        Value::Null | Value::String(_) => false,
    };
    has_content.then(|| sanitized(&document.to_string(), secret))
}

fn not_blank(text: &str, secret: &str) -> Option<String> {
    Some(sanitized(text, secret)).filter(|text| !text.is_empty())
}

/// Returns whether a text is markup, such as an HTML page.
pub(super) fn is_markup(text: &str, content_type: Option<&str>) -> bool {
    let essence = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    text.trim_start().starts_with('<') || essence.ends_with("html") || essence.ends_with("xml")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn explained(body: &str, paths: &[&[&str]]) -> Option<String> {
        explanation(body.as_bytes(), None, paths, "")
    }

    #[test]
    fn an_explanation_is_found_along_its_path() {
        let body = r#"{"status": "x", "error": {"detail": "no such\nthing"}, "message": ""}"#;
        assert_eq!(explained(body, &[&["error", "detail"]]).unwrap(), "no such thing");
        assert_eq!(explained(body, &[&["error"]]).unwrap(), "no such thing");
    }

    #[test]
    fn the_next_path_explains_where_one_is_empty() {
        let paths: &[&[&str]] = &[&["message"], &["error"]];
        for empty in [r#""""#, r#"" \u200b""#, "null", "{}", "[]"] {
            let body = format!(r#"{{"status": "400", "message": {empty}, "error": "Bad Request"}}"#);
            assert_eq!(explained(&body, paths).unwrap(), "Bad Request", "{body}");
        }
        assert_eq!(explained(r#"{"detail": [{"msg": "too long"}], "x": "y"}"#, paths).unwrap(), "too long");
        assert_eq!(explained(r#""too many""#, paths).unwrap(), "too many");
        assert_eq!(explained(r#"{"code": 17}"#, paths).unwrap(), r#"{"code":17}"#);
        for nothing in ["{}", "[]", "null", r#""""#] {
            assert_eq!(explained(nothing, paths), None, "{nothing}");
        }
    }

    #[test]
    fn a_byte_order_mark_hides_no_explanation() {
        assert_eq!(explained("\u{feff}{\"message\": \"no\"}", &[&["message"]]).unwrap(), "no");
        assert_eq!(explained("\u{feff}no", &[]).unwrap(), "no");
    }

    #[test]
    fn a_short_text_explains_itself() {
        assert_eq!(explained("Status 'Foo'\r\ndoes not exist", &[]).unwrap(), "Status 'Foo' does not exist");
        assert_eq!(explained("{not json", &[]).unwrap(), "{not json");
        assert_eq!(explanation(b"caf\xe9", None, &[], "").unwrap(), "caf\u{fffd}");
        assert_eq!(explained(&"x".repeat(MAX_TEXT_BYTES + 1), &[]), None);
    }

    #[test]
    fn markup_explains_nothing() {
        for body in ["<html>message</html>", " \n<!DOCTYPE html>", "<?xml version='1.0'?>", "\u{feff}<p>", ""] {
            assert_eq!(explained(body, &[&["message"]]), None, "{body}");
        }
        for kind in ["text/html", "TEXT/HTML; charset=utf-8", "application/xhtml+xml", "text/xml"] {
            assert_eq!(explanation(b"Sign in", Some(kind), &[], ""), None, "{kind}");
        }
        assert_eq!(explanation(b"Sign in", Some("text/plain"), &[], "").unwrap(), "Sign in");
    }
}
