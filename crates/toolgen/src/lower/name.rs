//! Names: what may be one, what derives from them, and whether two are the same.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Report, Span};
use crate::model::Class;
use crate::yaml::Key;

/// The longest tool name that clients take once they have put their own prefix before it.
const LONGEST_TOOL_NAME: usize = 50;

/// Reports a name that is not lower-case words joined by underscores.
pub(super) fn check_identifier(what: &str, name: &str, span: Span, report: &mut Report) {
    let starts = name.starts_with(|c: char| c.is_ascii_lowercase());
    let rest = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !starts || !rest {
        report.add(
            Diagnostic::new(span, format!("{what} cannot be called `{name}`"))
                .label("not a name")
                .help("a name has lower-case letters, digits and underscores, and begins with a letter"),
        );
    }
}

/// Reports an argument whose name could not be a name in Rust and in every client.
pub(super) fn check_argument(key: &Key, report: &mut Report) {
    let name = key.text.as_str();
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic());
    let rest = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !starts || !rest {
        report.add(
            Diagnostic::new(key.span, format!("an argument cannot be called `{name}`"))
                .label("not a name")
                .help("use letters, digits and underscores, and say `wire:` for the name that the API uses"),
        );
    }
}

/// Names in use, each with its place.
#[derive(Default)]
pub(super) struct Taken(HashMap<String, (String, Span)>);

impl Taken {
    /// Takes the Rust name `rust` for `name`. Reports it if another name has it already: two names of that kind, which
    /// differ in the file, would be one in Rust.
    pub(super) fn claim(&mut self, what: &str, name: &str, rust: String, span: Span, report: &mut Report) {
        match self.0.get(&rust) {
            Some((other, first)) if other != name => {
                let line = report.line(*first);
                report.add(
                    Diagnostic::new(span, format!("the {what} `{other}` and `{name}` are too much alike"))
                        .label(format!("both are `{rust}` in Rust; the other is at line {line}"))
                        .help(
                            "choose another name; capitals and underscores do not count, and names that Rust has \
                             already get `Type` or `_` at the end",
                        ),
                );
            }
            Some(_) => {}
            None => {
                self.0.insert(rust, (name.to_owned(), span));
            }
        }
    }
}

/// The kind of operation that a name stands for.
pub(super) fn class(operation: &str) -> Class {
    match operation {
        "list" => Class::List,
        "get" => Class::Get,
        "create" => Class::Create,
        "update" => Class::Update,
        "delete" => Class::Delete,
        _ => Class::Custom,
    }
}

/// The name that clients call a tool by.
pub(super) fn tool(prefix: &str, singular: &str, plural: &str, operation: &str) -> String {
    match class(operation) {
        Class::List => format!("list_all_{prefix}_{plural}"),
        Class::Get => format!("get_single_{prefix}_{singular}_by_id"),
        Class::Create => format!("create_a_{prefix}_{singular}"),
        Class::Update => format!("update_a_{prefix}_{singular}_by_id"),
        Class::Delete => format!("delete_a_{prefix}_{singular}_by_id"),
        Class::Custom => format!("{prefix}_{plural}_{operation}"),
    }
}

/// Reports a tool name that some client would refuse.
pub(super) fn check_tool(name: &str, span: Span, report: &mut Report) {
    if name.len() > LONGEST_TOOL_NAME {
        let long = name.len();
        report.add(
            Diagnostic::new(span, format!("the tool name `{name}` is too long"))
                .label(format!("{long} characters, {LONGEST_TOOL_NAME} at most"))
                .help("shorten the resource, its plural or the operation; the tool's name derives from them"),
        );
    }
}

/// A name as words: `Triage ticket`.
pub(super) fn words(name: &str) -> String {
    capitalised(&name.replace('_', " "))
}

/// A text that begins with a capital letter.
pub(super) fn capitalised(text: &str) -> String {
    let (first, others) = text.split_at(text.chars().next().map_or(0, char::len_utf8));
    format!("{}{others}", first.to_uppercase())
}

/// A tool's name for people: `List tickets`, `Create ticket with attachment`.
pub(super) fn title(singular: &str, plural: &str, operation: &str) -> String {
    let (verb, rest) = operation.split_once('_').unwrap_or((operation, ""));
    let noun = match class(operation) {
        Class::Get | Class::Create | Class::Update | Class::Delete => singular,
        Class::Custom if !rest.is_empty() => singular,
        Class::List | Class::Custom => plural,
    };
    words(format!("{verb} {noun} {rest}").trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_is_named_by_what_it_does() {
        let name = |operation| tool("lib", "copy", "copies", operation);
        assert_eq!(name("list"), "list_all_lib_copies");
        assert_eq!(name("get"), "get_single_lib_copy_by_id");
        assert_eq!(name("create"), "create_a_lib_copy");
        assert_eq!(name("update"), "update_a_lib_copy_by_id");
        assert_eq!(name("delete"), "delete_a_lib_copy_by_id");
        assert_eq!(name("lend_out"), "lib_copies_lend_out");
    }

    #[test]
    fn a_title_reads_like_words() {
        let title = |operation| title("time_entry", "time_entries", operation);
        assert_eq!(title("list"), "List time entries");
        assert_eq!(title("get"), "Get time entry");
        assert_eq!(title("search"), "Search time entries");
        assert_eq!(title("create_with_attachment"), "Create time entry with attachment");
    }
}
