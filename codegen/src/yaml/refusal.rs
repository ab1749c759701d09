//! What the YAML crate says of a text that is not YAML, in words for someone who writes YAML once a year.

use crate::diagnostic::{Diagnostic, Span};

/// What the crate's words have in common; what is wrong; what to do.
const WORDINGS: &[(&str, &str, &str)] = &[
    ("tabs disallowed", "a tab stands where YAML takes spaces only", "indent with spaces"),
    (
        "mapping values are not allowed",
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
        "look above for a quote that is never closed; within quotes, write \\\" for a quote",
    ),
    (
        "while parsing a block mapping",
        "this line is neither a part of what stands above it nor on a level with it",
        "indent it like the lines that it belongs to",
    ),
    ("while parsing a flow", "these brackets or braces do not end", "look for a missing `,`, `]` or `}`"),
    ("simple key expect", "a key stands here without its `:`", "write `key: value`, or put the text in quotes"),
    ("unknown anchor", "a `*` refers to something that has no `&` before", "put a text that begins with * in quotes"),
    ("multiple YAML documents", "a second document begins here", "take the line `---` out"),
    ("budget breached: Depth", "this is nested too deeply", "no part of a specification is this deep"),
    ("non-finite float", "this number is not finite", "write a number, or put the text in quotes"),
];

/// The one mistake that hides all others.
pub(super) fn worded(span: Span, error: &str) -> Diagnostic {
    let first = error.lines().next().unwrap_or_default();
    let known = WORDINGS.iter().find(|(words, ..)| first.contains(words));
    let (message, help) = match known {
        Some((_, message, help)) => ((*message).to_owned(), (*help).to_owned()),
        None => {
            let what = first.rsplit_once(" at line ").map_or(first, |(what, _)| what);
            (format!("this is not YAML: {what}"), "mend this first".to_owned())
        }
    };
    Diagnostic::new(span, message)
        .label("the file cannot be read beyond this place")
        .help(format!("{help}; what else is wrong is told once the file can be read"))
}
