//! Formats a result for a person at a terminal: JSON indented and coloured, other text unchanged.
//!
//! The formatter works on the text, token by token, because parsing and printing numbers could change them. Control
//! characters are escaped, so that a result cannot send commands to the terminal.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use serde_json::value::RawValue;

const KEY: Style = AnsiColor::Blue.on_default().bold();
const TEXT: Style = AnsiColor::Green.on_default();
const OTHER: Style = AnsiColor::Cyan.on_default();

/// Returns the text with a final line break, indented and coloured if it is JSON.
pub(super) fn pretty_for_terminal(text: &str) -> String {
    let mut pretty = match serde_json::from_str::<&RawValue>(text) {
        Ok(json) => indent_json(json.get()),
        Err(_) => escape_controls(text),
    };
    pretty.push('\n');
    pretty
}

/// Indents valid JSON, one member per line. A list without objects and lists in it stays on one line, like a row of a table.
fn indent_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let mut depth = 0_usize;
    let mut in_row = false;
    let mut rest = json.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = token_length(rest);
        let (token, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        rest = after.trim_start();
        match first {
            '{' | '[' if rest.starts_with(['}', ']']) => out.push(first),
            '[' if is_row(rest) => {
                in_row = true;
                out.push(first);
            }
            ']' if in_row => {
                in_row = false;
                out.push(first);
            }
            ',' if in_row => out.push_str(", "),
            '{' | '[' => {
                depth += 1;
                out.push(first);
                new_line(&mut out, depth);
            }
            '}' | ']' => {
                if !out.ends_with(['{', '[']) {
                    depth = depth.saturating_sub(1);
                    new_line(&mut out, depth);
                }
                out.push(first);
            }
            ',' => {
                out.push(',');
                new_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            _ => {
                let style = match first {
                    '"' if rest.starts_with(':') => KEY,
                    '"' => TEXT,
                    _ => OTHER,
                };
                // Writing to a string cannot fail.
                let _ = write!(out, "{style}{}{style:#}", escape_controls(token));
            }
        }
    }
    out
}

/// Returns whether the list that `rest` continues has no objects and lists in it.
fn is_row(rest: &str) -> bool {
    let mut rest = rest;
    loop {
        match rest.chars().next() {
            Some('{' | '[') | None => return false,
            Some(']') => return true,
            Some(_) => rest = rest.get(token_length(rest)..).unwrap_or_default().trim_start(),
        }
    }
}

/// Returns the length in bytes of the first token of `rest`, which is the remainder of valid JSON.
fn token_length(rest: &str) -> usize {
    if rest.starts_with('"') {
        let mut escaped = false;
        let end = rest.bytes().skip(1).position(|byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        });
        return end.map_or(rest.len(), |end| end + 2);
    }
    match rest.find(|c: char| c.is_whitespace() || "{}[],:\"".contains(c)) {
        Some(0) => 1,
        Some(end) => end,
        None => rest.len(),
    }
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}

/// Escapes control characters, except line breaks and tabs.
fn escape_controls(text: &str) -> String {
    let is_layout = |c| c == '\n' || c == '\t';
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        if c.is_control() && !is_layout(c) {
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        } else {
            out.push(c);
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(&pretty_for_terminal(text)).to_string()
    }

    #[test]
    fn json_is_indented() {
        let json = r#"{"a":[1,{"b":null}],"rows":[[1,"b"],["[",null]],"c":{},"d":[],"e":"x\"y, {z}: \\","f":true}"#;
        insta::assert_snapshot!(plain(json), @r#"
        {
          "a": [
            1,
            {
              "b": null
            }
          ],
          "rows": [
            [1, "b"],
            ["[", null]
          ],
          "c": {},
          "d": [],
          "e": "x\"y, {z}: \\",
          "f": true
        }
        "#);
    }

    #[test]
    fn indented_json_is_unchanged() {
        let once = plain(r#"{"a":[1,2],"b":"c d"}"#);
        assert_eq!(plain(&once), once);
    }

    #[test]
    fn numbers_keep_every_digit() {
        for number in ["12345678901234567890123", "1.10", "1e400", "-0.0"] {
            assert_eq!(plain(number), format!("{number}\n"));
        }
    }

    #[test]
    fn text_that_is_not_json_is_unchanged() {
        assert_eq!(pretty_for_terminal("pong, {not json"), "pong, {not json\n");
    }

    #[test]
    fn a_result_cannot_send_terminal_commands() {
        assert_eq!(pretty_for_terminal("a\u{1b}[2Jb\u{9b}c"), "a\\u001b[2Jb\\u009bc\n");
        assert_eq!(plain("\"a\u{9b}2Jb\u{7f}\""), "\"a\\u009b2Jb\\u007f\"\n");
    }
}
