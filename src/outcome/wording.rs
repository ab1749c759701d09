//! The pieces that the messages share. A message is one line, and never holds more of a foreign text than fits there.

use std::fmt::{self, Write as _};
use std::time::Duration;

use http::StatusCode;
use serde_json::Value;
use tool_runtime::text::{is_invisible, shortened};
use tool_runtime::tool::ToolDef;

/// The longest foreign explanation in a message, in characters.
const LONGEST: usize = 500;

/// The explanation in a JSON error body: what is at `path`, or else the whole of it. Nothing of any other body, for
/// that is a page made for people by whoever stands in between.
pub(super) fn explanation(body: &[u8], path: &[&str], secret: &str) -> Option<String> {
    let document: Value = serde_json::from_slice(body).ok()?;
    let at_path = path.iter().try_fold(&document, |value, key| value.get(key));
    let text = match at_path.unwrap_or(&document) {
        Value::String(text) => foreign(text, secret),
        Value::Null => String::new(),
        other => foreign(&other.to_string(), secret),
    };
    Some(text).filter(|text| !text.is_empty())
}

/// A text by someone else as one short line, without `secret`, which they may have repeated. It goes before the text is
/// cut: of a secret that is cut in two, the half that stays would not be known for what it is.
pub(crate) fn foreign(text: &str, secret: &str) -> String {
    one_line(&without(text, secret))
}

/// `text` without `secret`, be it as it is or as a JSON document has it.
fn without(text: &str, secret: &str) -> String {
    /// Anything shorter is a placeholder, and would take words apart.
    const SHORTEST: usize = 8;
    const INSTEAD: &str = "[the key]";
    if secret.len() < SHORTEST {
        return text.to_owned();
    }
    let quoted = Value::from(secret).to_string();
    let escaped = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(secret);
    text.replace(escaped, INSTEAD).replace(secret, INSTEAD)
}

/// `text` as one short line: no control characters, nothing invisible that could reorder or hide what it says.
pub(super) fn one_line(text: &str) -> String {
    let visible = text.replace(|c: char| c.is_control() || is_invisible(c), " ");
    let mut line = String::new();
    for word in visible.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    shortened(&line, LONGEST)
}

/// A status, and what the API said with it: `404 Not Found: “no such record”`.
pub(super) fn answer(status: u16, explanation: Option<&str>) -> String {
    let mut answer = status.to_string();
    if let Some(reason) = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()) {
        let _ = write!(answer, " {reason}");
    }
    if let Some(explanation) = explanation {
        let _ = write!(answer, ": “{explanation}”");
    }
    answer
}

/// A `sentence` about a change, for a tool that makes one.
pub(super) fn unless_read_only(tool: &ToolDef, sentence: &'static str) -> &'static str {
    if tool.hints.read_only { "" } else { sentence }
}

/// For a call that reached the API and came to an unknown end.
pub(super) const MAY_HAVE_HAPPENED: &str =
    " The change may have been made all the same: do not repeat the call blindly, first check whether it was.";

/// For a call that the API took, though its reply is of no use.
pub(super) const HAS_PROBABLY_HAPPENED: &str =
    " The change was most likely made: do not repeat the call blindly, first check whether it was.";

/// For a call that never reached the API.
pub(super) const HAS_NOT_HAPPENED: &str = " Nothing was sent, so nothing has changed.";

/// A wait in words that a person would use: `40 seconds`, `12 minutes`.
pub(super) struct Wait(pub(super) u64);

impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            1 => f.write_str("1 second"),
            seconds @ ..=180 => write!(f, "{seconds} seconds"),
            seconds => write!(f, "{} minutes ({seconds} seconds)", seconds.div_ceil(60)),
        }
    }
}

/// A time limit, in seconds or less.
pub(super) fn seconds(duration: Duration) -> String {
    if duration.subsec_nanos() == 0 { Wait(duration.as_secs()).to_string() } else { format!("{duration:?}") }
}

/// A number of bytes, to one decimal.
pub(super) fn size(bytes: u64) -> String {
    const MEGABYTE: u64 = 1_000_000;
    if bytes < MEGABYTE {
        return format!("{bytes} bytes");
    }
    let tenths = bytes.div_ceil(MEGABYTE / 10);
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests;
