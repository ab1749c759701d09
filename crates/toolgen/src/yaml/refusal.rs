//! Readable diagnostics for the errors of the YAML crate, for people who write YAML once a year.

use crate::diagnostic::{Diagnostic, Span};

/// The error of the YAML crate for a `: ` inside a text.
const SECOND_COLON: &str = "mapping values are not allowed";

/// Known errors: a part of the crate's message, our message, our help.
const KNOWN: &[(&str, &str, &str)] = &[
    ("tabs disallowed", "a tab is not allowed here", "indent with spaces"),
    (
        SECOND_COLON,
        "this line contains a second `: `",
        "a text that contains a colon needs quotes: `about: \"One book: its title\"`",
    ),
    (
        "illegal placement of ':'",
        "a `: ` is not allowed here",
        "look above for a `[` or `{` that is never closed, and put texts that contain a colon in quotes",
    ),
    (
        "invalid trailing content",
        "unexpected content after a quoted text",
        "look above for a quote that is never closed; write a quote inside a text as \\\" in double quotes, as '' in single quotes",
    ),
    (
        "while parsing a block mapping",
        "the indentation of this line does not match the lines above",
        "indent it like the lines that it belongs to",
    ),
    ("while parsing a flow", "these brackets or braces are never closed", "look for a missing `,`, `]` or `}`"),
    ("simple key expect", "this key has no `:`", "write `key: value`, or put the text in quotes"),
    // The crate escapes characters that cannot be printed.
    ("unexpected character: `\\u{", "YAML does not allow this character", "remove it: it is invisible"),
    ("unexpected character", "a text cannot start with this character", "put the text in quotes"),
    (
        "expected string scalar",
        "expected a key, found a list or a map",
        "write the name without brackets or braces; a text that contains them needs quotes",
    ),
    (
        "null into string",
        "expected a key, found nothing",
        "`null` and `~` mean no value in YAML; put the word in quotes if you mean the text",
    ),
    ("unknown anchor", "a `*` refers to an anchor that does not exist", "put a text that starts with * in quotes"),
    ("multiple YAML documents", "a second document starts here", "remove the line `---`"),
    ("budget breached: Depth", "this is nested too deeply", "no part of a spec has this many levels"),
    ("non-finite float", "this number is not finite", "write a finite number, or put the text in quotes"),
];

/// The message and help if the offending `: ` is the first in its line: YAML then reads the line as part of the text above.
const INDENTED: (&str, &str) = (
    "the indentation makes this line part of the text above",
    "indent it like the lines that it belongs to; if it is part of that text, put the whole text in quotes",
);

/// Returns the diagnostic for an error of the YAML crate. It hides all other mistakes. `before` is the text before the
/// error in its line.
pub(super) fn diagnostic(span: Span, before: &str, error: &str) -> Diagnostic {
    let first = error.lines().next().unwrap_or_default();
    let (message, help) = match known_error(first, before) {
        Some((message, help)) => (message.to_owned(), help.to_owned()),
        None => {
            let what = first.rsplit_once(" at line ").map_or(first, |(what, _)| what);
            (format!("invalid YAML: {what}"), "fix this first".to_owned())
        }
    };
    Diagnostic::new(span, message)
        .label("the file cannot be read beyond this point")
        .help(format!("{help}; other mistakes are reported once the file can be read"))
}

fn known_error(error: &str, before: &str) -> Option<(&'static str, &'static str)> {
    let (part, message, help) = KNOWN.iter().find(|(part, ..)| error.contains(part))?;
    Some(if *part == SECOND_COLON && !before.contains(": ") { INDENTED } else { (*message, *help) })
}
