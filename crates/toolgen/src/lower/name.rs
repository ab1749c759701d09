//! Names: which are allowed, what derives from them, and whether two clash.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Report, Span};
use crate::model::ToolMethod;
use crate::yaml::Key;

/// Maximum length of a tool name. Clients add a prefix of their own, and refuse names of more than 64 characters.
const MAX_TOOL_NAME: usize = 50;

/// Reports a name that is not made of lower-case words joined by underscores.
pub(super) fn check_identifier(what: &str, name: &str, span: Span, report: &mut Report) {
    let starts = name.starts_with(|c: char| c.is_ascii_lowercase());
    let rest = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !starts || !rest {
        report.add(
            Diagnostic::new(span, format!("{what} cannot be called `{name}`"))
                .label("not a valid name")
                .help("use lower-case letters, digits and underscores, and start with a letter"),
        );
    }
}

/// Reports an argument whose name Rust or a client would refuse.
pub(super) fn check_argument(key: &Key, report: &mut Report) {
    let name = key.text.as_str();
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic());
    let rest = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !starts || !rest {
        report.add(
            Diagnostic::new(key.span, format!("an argument cannot be called `{name}`"))
                .label("not a valid name")
                .help("use letters, digits and underscores, and give the name that the API uses as `wire`"),
        );
    }
}

/// The Rust names in use, each with its name in the spec and its place.
#[derive(Default)]
pub(super) struct NameTable(HashMap<String, (String, Span)>);

impl NameTable {
    /// Claims the Rust name `rust` for `name`. Reports a clash: two names that differ in the spec but would be the same in
    /// Rust.
    pub(super) fn claim(&mut self, what: &str, name: &str, rust: String, span: Span, report: &mut Report) {
        match self.0.get(&rust) {
            Some((other, first)) if other != name => {
                let line = report.line(*first);
                report.add(
                    Diagnostic::new(span, format!("the {what} `{other}` and `{name}` are too similar"))
                        .label(format!("both become `{rust}` in Rust; the other is on line {line}"))
                        .help(
                            "choose another name; upper case and underscores make no difference, and names that Rust \
                             reserves get `Type` or `_` at the end",
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

/// Returns the method of an operation, which follows from its name.
pub(super) fn method(operation: &str) -> ToolMethod {
    match operation {
        "list" => ToolMethod::List,
        "get" => ToolMethod::Get,
        "create" => ToolMethod::Create,
        "update" => ToolMethod::Update,
        "delete" => ToolMethod::Delete,
        _ => ToolMethod::Custom,
    }
}

/// Returns the name of a tool.
pub(super) fn tool(prefix: &str, singular: &str, plural: &str, operation: &str) -> String {
    match method(operation) {
        ToolMethod::List => format!("list_all_{prefix}_{plural}"),
        ToolMethod::Get => format!("get_single_{prefix}_{singular}_by_id"),
        ToolMethod::Create => format!("create_a_{prefix}_{singular}"),
        ToolMethod::Update => format!("update_a_{prefix}_{singular}_by_id"),
        ToolMethod::Delete => format!("delete_a_{prefix}_{singular}_by_id"),
        ToolMethod::Custom => format!("{prefix}_{plural}_{operation}"),
    }
}

/// Reports a tool name that a client would refuse.
pub(super) fn check_tool(name: &str, span: Span, report: &mut Report) {
    if name.len() > MAX_TOOL_NAME {
        let long = name.len();
        report.add(
            Diagnostic::new(span, format!("the tool name `{name}` is too long"))
                .label(format!("{long} characters; the maximum is {MAX_TOOL_NAME}"))
                .help("shorten the resource, its plural or the operation: the tool name is made of them"),
        );
    }
}

/// Returns a name as words: `Triage ticket`.
pub(super) fn words(name: &str) -> String {
    capitalised(&name.replace('_', " "))
}

/// Returns a text with its first letter in upper case.
pub(super) fn capitalised(text: &str) -> String {
    let (first, others) = text.split_at(text.chars().next().map_or(0, char::len_utf8));
    format!("{}{others}", first.to_uppercase())
}

/// Returns the display name of a tool: `List tickets`, `Create ticket with attachment`.
pub(super) fn title(singular: &str, plural: &str, operation: &str) -> String {
    let (verb, rest) = operation.split_once('_').unwrap_or((operation, ""));
    let noun = match method(operation) {
        ToolMethod::Get | ToolMethod::Create | ToolMethod::Update | ToolMethod::Delete => singular,
        ToolMethod::Custom if !rest.is_empty() => singular,
        ToolMethod::List | ToolMethod::Custom => plural,
    };
    words(format!("{verb} {noun} {rest}").trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tool_names_follow_from_the_operation() {
        let name = |operation| tool("lib", "copy", "copies", operation);
        assert_eq!(name("list"), "list_all_lib_copies");
        assert_eq!(name("get"), "get_single_lib_copy_by_id");
        assert_eq!(name("create"), "create_a_lib_copy");
        assert_eq!(name("update"), "update_a_lib_copy_by_id");
        assert_eq!(name("delete"), "delete_a_lib_copy_by_id");
        assert_eq!(name("lend_out"), "lib_copies_lend_out");
    }

    #[test]
    fn titles_follow_from_the_operation() {
        let title = |operation| title("time_entry", "time_entries", operation);
        assert_eq!(title("list"), "List time entries");
        assert_eq!(title("get"), "Get time entry");
        assert_eq!(title("search"), "Search time entries");
        assert_eq!(title("create_with_attachment"), "Create time entry with attachment");
    }
}
