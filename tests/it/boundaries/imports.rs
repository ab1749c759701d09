//! The imports of a Rust file, as its text shows them.

use crate::common::source::Source;

/// Returns the top-level module of the server's library to which a file belongs.
pub(crate) fn module(source: &Source) -> Option<&str> {
    let name = source.path.strip_prefix("src/")?;
    let name = name.split_once('/').map_or_else(|| name.strip_suffix(".rs"), |(module, _)| Some(module))?;
    (!["lib", "main", "cli"].contains(&name)).then_some(name)
}

/// Returns the top-level modules that a file names, with `crate::` or with `super::` up to the top, and the line of each.
pub(crate) fn imports(source: &Source) -> Vec<(usize, String)> {
    let up = "super::".repeat(source.path.matches('/').count());
    // A list in braces may continue on further lines.
    let lines: Vec<_> = source.lines().map(|(number, line)| (number, uncommented(line))).collect();
    let mut imports = Vec::new();
    for (index, (number, line)) in lines.iter().enumerate() {
        for prefix in ["crate::", &up] {
            for at in occurrences(line, prefix) {
                let rest = lines[index..].iter().map(|(_, line)| *line).collect::<Vec<_>>().join(" ");
                imports.extend(first_names(&rest[at + prefix.len()..]).into_iter().map(|name| (*number, name)));
            }
        }
    }
    imports
}

/// Returns whether a line of code, not of comment, contains a path or a name that begins with `needle`.
pub(crate) fn mentions(line: &str, needle: &str) -> bool {
    occurrences(uncommented(line), needle).next().is_some()
}

/// Returns the line, or nothing if it is a comment: comments may mention what code may not use.
fn uncommented(line: &str) -> &str {
    if line.trim_start().starts_with("//") { "" } else { line }
}

/// Returns where `path` begins in `code`, unless it is the end of a longer name or path.
fn occurrences(code: &str, path: &str) -> impl Iterator<Item = usize> {
    let begins = |at: &usize| !code[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
    code.match_indices(path).map(|(at, _)| at).filter(begins)
}

/// Returns the first names after a path: one, or each of those in braces.
fn first_names(rest: &str) -> Vec<String> {
    let first = |text: &str| {
        text.trim().split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default().to_owned()
    };
    let Some(list) = rest.strip_prefix('{') else { return vec![first(rest)] };
    let mut depth = 0_usize;
    let mut names = vec![String::new()];
    for c in list.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(String::new()),
            c => names.last_mut().expect("it starts with one").push(c),
        }
    }
    names.iter().map(|name| first(name)).filter(|name| !name.is_empty()).collect()
}

#[test]
fn scanner_sees_imports_and_skips_test_code() {
    let source = |text: &str| Source { path: "src/call/files.rs".to_owned(), text: text.to_owned() };
    let imports = |text: &str| imports(&source(text)).into_iter().map(|(_, name)| name).collect::<Vec<_>>();
    assert_eq!(imports("use crate::upstream::Client;"), ["upstream"]);
    assert_eq!(imports("use crate::{\n    mcp::{stdio, Service},\n    outcome::Success,\n};"), ["mcp", "outcome"]);
    assert_eq!(imports("let reply = super::super::upstream::send();"), ["upstream"]);
    assert_eq!(imports("use super::Caller;\n// crate::mcp\nuse tokio::sync;"), Vec::<String>::new());
    assert_eq!(module(&source("")), Some("call"));

    let text = "a\n#[cfg(test)]\n#[expect(x)]\nmod tests {\n    b\n    }\n}\nc\n#[cfg(test)]\nmod tests;\nd";
    assert_eq!(source(text).lines().collect::<Vec<_>>(), [(1, "a"), (8, "c"), (11, "d")]);
}
