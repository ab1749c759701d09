//! From the YAML tree to what it says of a prompt.

use super::type_expr;
use crate::diagnostic::Report;
use crate::spec::keys;
use crate::spec::reader::{Table, boolean, integer, list, map, text};
use crate::spec::{Field, Limits, Prompt, Text, TypeExpr};
use crate::yaml::{Key, Node, Yaml};

/// A prompt.
pub(super) fn prompt(key: &Key, node: &Node, report: &mut Report) -> Prompt {
    let before = report.len();
    let Some(table) = Table::open(node, key.span, &keys::PROMPT, report) else { return Prompt::default() };
    let arguments = table.optional("arguments", report, prompt_arguments).unwrap_or_default();
    Prompt {
        arguments,
        whole: report.len() == before,
        title: table.optional("title", report, text),
        about: table.required("about", report, text),
        uses: table.required("uses", report, list(text)),
        text: table.required("text", report, text),
        example: table.required("example", report, |node, _| Some(node.clone())),
    }
}

fn prompt_arguments(node: &Node, report: &mut Report) -> Option<Vec<Field>> {
    let entries = map(node, report)?;
    Some(entries.iter().map(|(key, value)| prompt_argument(key, value, report)).collect())
}

/// An argument of a prompt is a text unless it says otherwise, and must be given unless it says otherwise.
fn prompt_argument(key: &Key, node: &Node, report: &mut Report) -> Field {
    let map = matches!(node.value, Yaml::Map(_));
    let table = map.then(|| Table::open(node, key.span, &keys::PROMPT_ARGUMENT, report)).flatten();
    let mut argument = Field {
        name: key.clone(),
        of: None,
        about: None,
        required: Some(true),
        wire: None,
        default: None,
        limits: Limits::default(),
    };
    let Some(table) = table else {
        argument.of = type_expr(node, report);
        return argument;
    };
    argument.of = match table.get("type") {
        Some((_, node)) => type_expr(node, report),
        None => Some(TypeExpr::Name(Text { value: "string".to_owned(), span: key.span })),
    };
    argument.about = table.optional("about", report, text);
    argument.required = table.optional("required", report, boolean).or(argument.required);
    argument.limits.min = table.optional("min", report, integer);
    argument.limits.max = table.optional("max", report, integer);
    argument
}
