//! What the YAML crate says of a text that is not YAML, in words for someone who writes YAML once a year.

use crate::diagnostic::{Diagnostic, Span};

/// What the crate says of a `: ` in a text.
const SECOND_COLON: &str = "mapping values are not allowed";

/// What the crate's words have in common; what is wrong; what to do.
const WORDINGS: &[(&str, &str, &str)] = &[
    ("tabs disallowed", "a tab stands where YAML takes spaces only", "indent with spaces"),
    (
        SECOND_COLON,
        "a second `: ` stands in one line",
        "a text with a colon in it needs quotes: `about: \"One book: its title\"`",
    ),
    (
        "illegal placement of ':'",
        "a `: ` stands where none can be",
        "look above for a `[` or `{` that is never closed, and put texts with a colon in them in quotes",
    ),
    (
        "invalid trailing content",
        "something follows a text that its quotes have ended",
        "look above for a quote that is never closed; for a quote within quotes, write \\\" in double ones, '' in single ones",
    ),
    (
        "while parsing a block mapping",
        "this line is neither a part of what stands above it nor on a level with it",
        "indent it like the lines that it belongs to",
    ),
    ("while parsing a flow", "these brackets or braces do not end", "look for a missing `,`, `]` or `}`"),
    ("simple key expect", "a key stands here without its `:`", "write `key: value`, or put the text in quotes"),
    // What cannot be printed is escaped.
    ("unexpected character: `\\u{", "a character stands here that YAML does not take", "take it out: nobody sees it"),
    ("unexpected character", "no text can begin with this character", "put the text in quotes"),
    (
        "expected string scalar",
        "a list or a map stands where a key should",
        "write the name without brackets or braces; a text that has them needs quotes",
    ),
    (
        "null into string",
        "nothing stands where a key should",
        "`null` and `~` mean nothing in YAML; put the word in quotes if it is meant",
    ),
    ("unknown anchor", "a `*` refers to something that has no `&` before", "put a text that begins with * in quotes"),
    ("multiple YAML documents", "a second document begins here", "take the line `---` out"),
    ("budget breached: Depth", "this is nested too deeply", "no part of a specification is this deep"),
    ("non-finite float", "this number is not finite", "write a number, or put the text in quotes"),
];

/// What is wrong, and what to do, if the `: ` that YAML does not take is the first in its line: YAML reads the line as more
/// of the text above.
const INDENTED: (&str, &str) = (
    "this line is indented like a part of the text above it",
    "indent it like the lines that it belongs to; if it is a part of that text, put the whole text in quotes",
);

/// The one mistake that hides all others. `before` is what stands before it in its line.
pub(super) fn worded(span: Span, before: &str, error: &str) -> Diagnostic {
    let first = error.lines().next().unwrap_or_default();
    let (message, help) = match known(first, before) {
        Some((message, help)) => (message.to_owned(), help.to_owned()),
        None => {
            let what = first.rsplit_once(" at line ").map_or(first, |(what, _)| what);
            (format!("this is not YAML: {what}"), "mend this first".to_owned())
        }
    };
    Diagnostic::new(span, message)
        .label("the file cannot be read beyond this place")
        .help(format!("{help}; what else is wrong is told once the file can be read"))
}

/// The words for an error that people make.
fn known(error: &str, before: &str) -> Option<(&'static str, &'static str)> {
    let (words, message, help) = WORDINGS.iter().find(|(words, ..)| error.contains(words))?;
    Some(if *words == SECOND_COLON && !before.contains(": ") { INDENTED } else { (*message, *help) })
}
