//! Writing a text as JSON.

use std::fmt::Write as _;

/// Appends a text to a JSON text, in quotation marks. `serde_json` would make a text of its own, to be copied.
pub fn quote(text: &str, to: &mut String) {
    let is_special = |byte: u8| byte < 0x20 || byte == b'"' || byte == b'\\';
    to.push('"');
    let mut rest = text;
    // Most texts have nothing special in them, which is seen fastest without stopping at the first that is.
    if text.bytes().fold(false, |any, byte| any | is_special(byte)) {
        // What is special is one byte long, so that a text can be cut before and after it.
        while let Some(plain) = rest.bytes().position(is_special) {
            let (before, from) = rest.split_at(plain);
            let (special, after) = from.split_at(1);
            to.push_str(before);
            match special {
                "\"" => to.push_str("\\\""),
                "\\" => to.push_str("\\\\"),
                "\n" => to.push_str("\\n"),
                "\r" => to.push_str("\\r"),
                "\t" => to.push_str("\\t"),
                "\u{8}" => to.push_str("\\b"),
                "\u{c}" => to.push_str("\\f"),
                control => control.bytes().for_each(|byte| {
                    // Whatever writes to a text has room.
                    let _ = write!(to, "\\u{byte:04x}");
                }),
            }
            rest = after;
        }
    }
    to.push_str(rest);
    to.push('"');
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_text_is_quoted_as_every_reader_expects() {
        let every_character: String = ('\0'..='\u{2ff}').chain("é😀\u{2028}\"\\\"".chars()).collect();
        for text in ["", "a", "\"", "a\"b", "\\\\", &every_character] {
            let mut quoted = "before".to_owned();
            quote(text, &mut quoted);
            assert_eq!(quoted, format!("before{}", Value::from(text)));
        }
    }
}
