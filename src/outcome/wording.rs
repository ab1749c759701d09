//! The parts that messages share. A message is one line, and never repeats more of another party's text than fits there.

use std::fmt;
use std::time::Duration;

use http::StatusCode;
use tool_runtime::text::{is_invisible, shortened};
use tool_runtime::tool::ToolDef;

use super::secret::without_secret;

/// The maximum length of a text of another party in a message, in characters.
const MAX_LENGTH: usize = 500;

/// Returns a text of another party as one short line without `secret`, which that party may have repeated.
///
/// The secret is removed before the text is cut, because a secret that was cut in two would no longer be recognised.
pub(crate) fn sanitized(text: &str, secret: &str) -> String {
    one_line(&without_secret(text, secret))
}

/// Returns `text` as one short line, without control characters and without invisible characters, which could hide or
/// reorder parts of it.
pub(super) fn one_line(text: &str) -> String {
    let visible = text.replace(|c: char| c.is_control() || is_invisible(c), " ");
    let words: Vec<_> = visible.split_whitespace().collect();
    shortened(&words.join(" "), MAX_LENGTH)
}

/// Returns a status with its reason phrase and the API's explanation: `404 Not Found: “no such record”`.
pub(super) fn status_line(status: u16, explanation: Option<&str>) -> String {
    let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    let reason = reason.map_or_else(String::new, |reason| format!(" {reason}"));
    let explanation = explanation.map_or_else(String::new, |text| format!(": “{text}”"));
    format!("{status}{reason}{explanation}")
}

/// Returns `sentence`, which is about a change, or `""` for a tool that makes none.
pub(super) fn unless_read_only(tool: &ToolDef, sentence: &'static str) -> &'static str {
    if tool.hints.read_only { "" } else { sentence }
}

/// For a request that reached the API and has an unknown outcome.
pub(super) const MAY_HAVE_HAPPENED: &str =
    " The change may have been made. Do not repeat the call blindly: first check whether it was made.";

/// For a request that the API accepted, although its reply is of no use.
pub(super) const MOST_LIKELY_HAPPENED: &str =
    " The change was most likely made. Do not repeat the call blindly: first check whether it was made.";

/// For a request that never reached the API.
pub(super) const NOTHING_HAPPENED: &str = " Nothing was sent, so nothing has changed.";

/// A wait in seconds, formatted for people: `40 seconds`, `12 minutes (720 seconds)`.
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

/// Formats a time limit for people.
pub(super) fn seconds(duration: Duration) -> String {
    if duration.subsec_nanos() == 0 { Wait(duration.as_secs()).to_string() } else { format!("{duration:?}") }
}

/// Formats a number of bytes for people. It is rounded up, so that a size over a limit never looks like the limit.
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
