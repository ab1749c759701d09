//! What a text says must be what is seen of it: in the file, in the Rust that comes of it, and by a client.

use tool_runtime::text::is_invisible;

use super::Spanned;
use crate::diagnostic::{Diagnostic, Report, Span};
use crate::yaml::{Node, Yaml};

/// Reports every text and every key that has something invisible in it: who would mend a name that looks well?
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
        let place = Spanned { value: text.to_owned(), span }.part(&c.to_string(), report);
        report.add(
            Diagnostic::new(place, format!("a text has the character U+{:04X} in it", u32::from(c)))
                .label("nobody sees it by itself")
                .help(
                    "take it out: models and clients would be told something else than people see; what else is wrong \
                     is told then",
                ),
        );
    }
}
