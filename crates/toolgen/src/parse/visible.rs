//! The check for invisible characters: a text must look the same to people, to the generated Rust and to clients.

use tool_runtime::text::is_invisible;

use crate::diagnostic::{Diagnostic, Report, Span};
use crate::spec::Spanned;
use crate::yaml::{Node, Yaml};

/// Reports every text and every key that contains an invisible character.
pub(super) fn check(node: &Node, report: &mut Report) {
    match &node.value {
        Yaml::Text(text) => check_text(text, node.span, report),
        Yaml::List(items) => items.iter().for_each(|item| check(item, report)),
        Yaml::Map(entries) => {
            for (key, value) in entries {
                check_text(&key.text, key.span, report);
                check(value, report);
            }
        }
        Yaml::Null | Yaml::Bool(_) | Yaml::Integer(_) | Yaml::Float(_) => {}
    }
}

fn check_text(text: &str, span: Span, report: &mut Report) {
    let hidden = |c: &char| is_invisible(*c) || c.is_control() && !matches!(c, '\n' | '\t');
    if let Some(c) = text.chars().find(hidden) {
        let place = Spanned { value: text.to_owned(), span }.span_of(&c.to_string(), report);
        report.add(
            Diagnostic::new(place, format!("this text contains the invisible character U+{:04X}", u32::from(c)))
                .label("invisible")
                .help(
                    "remove it: models and clients would read something else than people see; other mistakes are \
                     reported after that",
                ),
        );
    }
}
