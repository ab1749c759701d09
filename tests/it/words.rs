//! Keeps riddles and old names out of the texts that people read: documents, comments, messages, the console.
//!
//! Each entry says what to write instead. A text that must use the words, because they are somebody else's, is an
//! exception with its reason.

use crate::common::source::{Source, assert_none, sources};
use crate::documents::DOCUMENTS;

/// Words and phrases that texts do without, and the cure for each.
const BANNED: &[(&str, &str)] = &[
    ("whoever", "name the person or program: the caller, the operator, a client that …"),
    ("whosoever", "name the person or program"),
    ("nobody", "name the actor: no client, no other account"),
    ("anew", "again, or a new …"),
    ("so many", "the number: at most N, that number of"),
    ("is none", "does not exist, has no …"),
    ("are none", "do not exist, have no …"),
    ("all that", "everything that, or name it"),
    ("stands", "is, or stops in its place"),
    ("what has ended", "expired, revoked, or finished"),
    ("lives on", "has no expiry"),
    ("live on", "has no expiry"),
    ("looking makes nothing", "read-only commands never create …"),
    ("is kept", "is stored, stays, or is held"),
    ("are kept", "are stored, stay, or are held"),
    ("is asked for", "is requested"),
    ("under way", "in flight, in progress"),
    ("here must be", "expected …"),
    ("stand-in", "sandbox"),
    ("doorkeeper", "host guard"),
    ("journal", "call log"),
    ("withdrawn", "revoked"),
    ("anybody", "name the person or program"),
    ("guesses", "failed logins, failed attempts"),
    ("stamped", "in its envelope"),
    ("era", "lifecycle"),
    ("eras", "lifecycles"),
    ("administrator", "admin, or the operator of another system"),
    ("administrators", "admins, or the operators of other systems"),
];

/// Phrases in which a banned word is plain English.
const PLAIN: &[&str] = &["there is none"];

/// Words with which a doc comment must not begin: a noun phrase or a verb in the third person says it directly.
const RIDDLES: &[&str] = &["What", "Who", "Whose", "How", "Where", "Whether", "Which", "Why"];

/// Files that use banned words for a reason: the beginning of the path, the words, the reason.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("tests/it/words.rs", "", "it lists them"),
    ("src/store/migrations/0003_call_summary.sql", "stands", "stores have its checksum"),
    ("spec/sandbox.yaml", "nobody", "the tickets of the sandbox are written by its people"),
    ("spec/sandbox.yaml", "anybody", "the tickets of the sandbox are written by its people"),
    ("src/store/connection.rs", "journal", "SQLite's own word: the journal mode"),
    ("spec/sandbox.yaml", "administrator", "a contact of the sandbox has this title"),
    ("README.md", "journal", "systemd's own word"),
    ("tests/it/clients/inspector.rs", "era", "the Inspector's own flag is --protocol-era"),
];

/// The files that people read, without snapshots, which are made of them, and without specifications full of mistakes.
fn texts() -> Vec<Source> {
    let extensions = ["md", "rs", "yaml", "yml", "toml", "txt", "html", "js", "css", "py", "cjs", "sql"];
    let mut texts = sources(
        &[
            "src",
            "crates",
            "spec",
            "tests",
            "examples",
            "build.rs",
            ".github",
            "Cargo.toml",
            "clippy.toml",
            "deny.toml",
            "typos.toml",
        ],
        &extensions,
    );
    texts.extend(sources(DOCUMENTS, &extensions));
    texts.retain(|text| !text.path.starts_with("crates/toolgen/tests/bad/"));
    texts
}

#[test]
fn texts_use_plain_words() {
    let mut problems = Vec::new();
    for text in texts() {
        let (flat, lines) = flattened(&text.text);
        for (phrase, cure) in BANNED {
            let excepted = |(path, words, _): &(&str, &str, &str)| {
                text.path.starts_with(path) && (words.is_empty() || words == phrase)
            };
            if EXCEPTIONS.iter().any(excepted) {
                continue;
            }
            let plain = |at: &usize| {
                PLAIN
                    .iter()
                    .filter_map(|plain| Some((plain, plain.find(phrase)?)))
                    .any(|(plain, before)| at.checked_sub(before).is_some_and(|start| flat[start..].starts_with(plain)))
            };
            for at in whole_words(&flat, phrase).into_iter().filter(|at| !plain(at)) {
                let line = lines.iter().take_while(|(start, _)| *start <= at).last().map_or(1, |(_, line)| *line);
                problems.push(format!("{}:{line}: `{phrase}` → {cure}", text.path));
            }
        }
    }
    assert_none(problems, "Say it in plain English, as in a code review. See the style guide in CONTRIBUTING.md.");
}

#[test]
fn doc_comments_begin_with_a_noun_or_a_verb() {
    let mut problems = Vec::new();
    for text in sources(&["src", "crates", "tests", "examples", "build.rs"], &["rs"]) {
        let mut inside = false;
        for (number, line) in text.text.lines().enumerate() {
            let line = line.trim_start();
            let comment = line.strip_prefix("///").or_else(|| line.strip_prefix("//!"));
            if let Some(comment) = comment.filter(|_| !inside) {
                let first = comment.split_whitespace().next().unwrap_or_default();
                if RIDDLES.contains(&first) {
                    problems.push(format!("{}:{}: {}", text.path, number + 1, line));
                }
            }
            inside = comment.is_some();
        }
    }
    assert_none(problems, "Begin a doc comment with a noun phrase or a verb: `The account whose …`, `Returns the …`.");
}

/// Returns a text in lower case on one line, without what only lays it out, and where in it each line begins.
fn flattened(text: &str) -> (String, Vec<(usize, usize)>) {
    let (mut flat, mut lines) = (String::new(), Vec::new());
    for (number, line) in text.lines().enumerate() {
        let line = line.trim_start().trim_start_matches(['/', '!', '#', '*', '>', '|', '-']).trim();
        let line = line.strip_suffix('\\').unwrap_or(line).trim_end();
        lines.push((flat.len(), number + 1));
        flat.push_str(&line.to_lowercase());
        flat.push(' ');
    }
    (flat, lines)
}

/// Returns where `phrase` occurs as a whole word or phrase.
fn whole_words(text: &str, phrase: &str) -> Vec<usize> {
    let joins = |c: char| c.is_alphanumeric() || c == '_';
    let whole = |at: &usize| {
        let (before, after) = (text.get(..*at).unwrap_or_default(), text.get(at + phrase.len()..).unwrap_or_default());
        !before.ends_with(joins) && !after.starts_with(joins)
    };
    text.match_indices(phrase).map(|(at, _)| at).filter(whole).collect()
}

#[test]
fn phrases_are_found_across_lines_and_only_whole() {
    let (flat, lines) = flattened("//! Gone is what has\n//! ended, in several eras.\nlet camera = 1;");
    assert_eq!(whole_words(&flat, "what has ended").len(), 1);
    assert_eq!((whole_words(&flat, "era").len(), whole_words(&flat, "eras").len()), (0, 1));
    assert_eq!(lines, [(0, 1), (17, 2), (41, 3)]);
}
