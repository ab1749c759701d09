//! The documents name only files, tests and links that exist.

use std::fs;
use std::path::Path;

use crate::common::source::{assert_none, sources};

/// The documents at the top of the project.
pub(crate) const DOCUMENTS: &[&str] = &[
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "SECURITY.md",
    "docs/oauth.md",
    "docs/reliability.md",
];

/// The heading in CONTRIBUTING.md above the list of common changes and the files that each touches.
const CHANGES: &str = "To change";

#[test]
fn paths_in_documents_exist() {
    let missing = |document: &&str| {
        let text = read(document);
        let links = text.split("](").skip(1).filter_map(|rest| rest.split_once(')').map(|(link, _)| link));
        let links = links.filter(|link| !link.contains("://") && !leads_somewhere(document, link));
        let quoted = in_backticks(&text).filter(|quoted| is_path(quoted) && !exists(quoted));
        let missing = links.chain(quoted);
        missing.map(|path| format!("{document}: {path}")).collect::<Vec<_>>()
    };
    assert_none(DOCUMENTS.iter().flat_map(missing), "These paths do not exist. Name the ones that replaced them.");
}

#[test]
fn each_common_change_names_existing_files() {
    let text = read("CONTRIBUTING.md");
    let rows: Vec<_> =
        section(&text, CHANGES).lines().filter(|line| line.starts_with("| ") && line.contains('`')).collect();
    assert!(
        rows.len() >= 10,
        "expected a table of the ten commonest changes below `{CHANGES}`, found {} rows",
        rows.len()
    );
    let wrong = rows.iter().filter_map(|row| {
        let files: Vec<_> = in_backticks(row).filter(|quoted| quoted.contains(['/', '.'])).collect();
        let missing: Vec<_> = files.iter().filter(|file| !exists(file)).collect();
        let problem = if files.is_empty() { "names no file".to_owned() } else { format!("names {missing:?}") };
        (files.is_empty() || !missing.is_empty()).then(|| format!("{problem}: {row}"))
    });
    assert_none(wrong, "Each change in CONTRIBUTING.md must name the files that it touches, and they must exist.");
}

#[test]
fn tests_in_documents_exist() {
    let code: String = sources(&["src", "tests", "crates"], &["rs"]).into_iter().map(|source| source.text).collect();
    let missing = |document: &&str| {
        let text = read(document);
        // A name of four words or more is a test's.
        let named =
            in_backticks(&text).filter(|name| name.matches('_').count() > 2 && !name.contains([' ', '.', '/', '=']));
        let missing = named.filter(|name| !code.contains(&format!("fn {name}(")));
        missing.map(|name| format!("{document}: {name}")).collect::<Vec<_>>()
    };
    assert_none(
        ["ARCHITECTURE.md", "docs/reliability.md"].iter().flat_map(missing),
        "No test has such a name. Which one checks the rule now?",
    );
}

fn read(document: &str) -> String {
    fs::read_to_string(document).unwrap_or_else(|error| panic!("{document}: {error}"))
}

/// Returns the part of a document below the heading that begins like this, up to the next heading of its level.
fn section<'t>(text: &'t str, heading: &str) -> &'t str {
    let begins = text.match_indices("\n## ").find(|(at, mark)| text[at + mark.len()..].starts_with(heading));
    let (at, mark) = begins.unwrap_or_else(|| panic!("no heading begins with `{heading}`"));
    let rest = &text[at + mark.len()..];
    rest.split("\n## ").next().unwrap_or(rest)
}

/// Returns whether the file of a link exists and has the heading after its `#`.
fn leads_somewhere(document: &str, link: &str) -> bool {
    let Some((path, anchor)) = link.split_once('#') else { return exists(link) };
    let path = if path.is_empty() { document } else { path };
    exists(path) && read(path).lines().filter(|line| line.starts_with('#')).any(|heading| anchor_of(heading) == anchor)
}

/// Returns the anchor that Markdown renderers give a heading.
fn anchor_of(heading: &str) -> String {
    let words = heading.trim_start_matches('#').trim().to_lowercase();
    words
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

/// Returns what is between single backticks on one line.
fn in_backticks(text: &str) -> impl Iterator<Item = &str> {
    text.lines().flat_map(|line| line.split('`').skip(1).step_by(2))
}

/// Returns whether this begins with a folder of the project and continues.
fn is_path(quoted: &str) -> bool {
    let Some((first, _)) = quoted.split_once('/') else { return false };
    let named_like_a_folder = first.starts_with(|c: char| c.is_alphabetic() || c == '.');
    named_like_a_folder && !quoted.contains([' ', '*', '{', '<']) && Path::new(first).is_dir()
}

/// Returns whether this is a file or folder of the project. A module may be named without `.rs`.
fn exists(path: &str) -> bool {
    Path::new(path).exists() || Path::new(&format!("{path}.rs")).exists()
}
