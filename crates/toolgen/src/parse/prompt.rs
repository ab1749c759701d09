//! From the YAML tree to prompts.

use super::reader::{Table, read_boolean, read_integer, read_list, read_map, read_text};
use super::types::type_expr;
use crate::diagnostic::Report;
use crate::spec::{FieldSpec, Limits, PromptSpec, Text, TypeExpr, keys};
use crate::yaml::{Key, Node, Yaml};

/// Reads a prompt.
pub(super) fn prompt(key: &Key, node: &Node, report: &mut Report) -> PromptSpec {
    let before = report.len();
    let Some(table) = Table::open(node, key.span, &keys::PROMPT, report) else { return PromptSpec::default() };
    let arguments = table.optional("arguments", report, prompt_arguments).unwrap_or_default();
    PromptSpec {
        arguments,
        whole: report.len() == before,
        title: table.optional("title", report, read_text),
        about: table.required("about", report, read_text),
        uses: table.required("uses", report, read_list(read_text)),
        text: table.required("text", report, read_text),
        example: table.required("example", report, |node, _| Some(node.clone())),
    }
}

fn prompt_arguments(node: &Node, report: &mut Report) -> Option<Vec<FieldSpec>> {
    let entries = read_map(node, report)?;
    Some(entries.iter().map(|(key, value)| prompt_argument(key, value, report)).collect())
}

/// Reads an argument of a prompt. By default it is a text and required.
fn prompt_argument(key: &Key, node: &Node, report: &mut Report) -> FieldSpec {
    let map = matches!(node.value, Yaml::Map(_));
    let table = map.then(|| Table::open(node, key.span, &keys::PROMPT_ARGUMENT, report)).flatten();
    let mut argument = FieldSpec {
        name: key.clone(),
        ty: None,
        about: None,
        also: Vec::new(),
        required: Some(true),
        wire: None,
        default: None,
        limits: Limits::default(),
    };
    let Some(table) = table else {
        argument.ty = type_expr(node, report);
        return argument;
    };
    argument.ty = match table.get("type") {
        Some((_, node)) => type_expr(node, report),
        None => Some(TypeExpr::Name(Text { value: "string".to_owned(), span: key.span })),
    };
    argument.about = table.optional("about", report, read_text);
    argument.required = table.optional("required", report, read_boolean).or(argument.required);
    argument.limits.min = table.optional("min", report, read_integer);
    argument.limits.max = table.optional("max", report, read_integer);
    argument
}
