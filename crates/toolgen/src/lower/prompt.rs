//! The section `prompts`: names, arguments, the tools they need, and texts with placeholders for arguments.

use super::name::NameTable;
use super::types::Types;
use super::url::{unpaired, variables};
use super::{example, name};
use crate::diagnostic::{Diagnostic, Report, Span, suggestion};
use crate::identifier;
use crate::model::{Argument, Empty, Field, Place, Prompt, Segment, Type};
use crate::spec::{PromptSpec, Spec, Text};
use crate::yaml::Key;

/// Checks the prompts. `tools` are the names of all tools.
pub(super) fn lower(spec: &Spec, tools: &[String], types: &mut Types<'_>, report: &mut Report) -> Vec<Prompt> {
    let mut structs = NameTable::default();
    let mut prompts = Vec::new();
    for (key, declared) in &spec.prompts {
        name::check_identifier("a prompt", &key.text, key.span, report);
        structs.claim("prompts", &key.text, identifier::named(&key.text), key.span, report);
        prompts.extend(prompt(key, declared, tools, types, report));
    }
    prompts
}

/// Checks a prompt. Returns `None` only if something was reported.
fn prompt(
    key: &Key,
    declared: &PromptSpec,
    tools: &[String],
    types: &mut Types<'_>,
    report: &mut Report,
) -> Option<Prompt> {
    if let Some(uses) = &declared.uses {
        check_uses(key, uses, tools, report);
    }
    // Checks that depend on an unresolved argument would give wrong diagnostics.
    let arguments = arguments(declared, types, report)?;
    let passages = passages(declared.text.as_ref()?, &arguments, report);
    let arguments: Vec<_> = arguments.into_iter().map(|(argument, _)| argument).collect();
    let example = example::arguments(declared.example.as_ref()?, &arguments, &[], &[], report);
    Some(Prompt {
        name: key.text.clone(),
        title: declared.title.as_ref().map_or_else(|| name::words(&key.text), |title| title.value.clone()),
        description: declared.about.as_ref()?.value.clone(),
        arguments: arguments.into_iter().map(|argument| argument.field).collect(),
        uses: declared.uses.as_ref()?.iter().map(|tool| tool.value.clone()).collect(),
        passages: passages?,
        example: example?,
    })
}

fn check_uses(key: &Key, uses: &[Text], tools: &[String], report: &mut Report) {
    if uses.is_empty() {
        report.add(
            Diagnostic::new(key.span, format!("the prompt `{}` uses no tools", key.text))
                .label("would be visible in every scope")
                .help("list the full names of the tools that a model needs for it under `uses`"),
        );
    }
    for (index, tool) in uses.iter().enumerate() {
        if uses.iter().take(index).any(|earlier| earlier.value == tool.value) {
            report.add(
                Diagnostic::new(tool.span, format!("duplicate tool `{}`", tool.value))
                    .label("already in the list")
                    .help("remove it"),
            );
        } else if !tools.contains(&tool.value) {
            let known: Vec<_> = tools.iter().map(String::as_str).collect();
            report.add(
                Diagnostic::new(tool.span, format!("unknown tool `{}`", tool.value))
                    .label("no tool has this name")
                    .help(suggestion(&tool.value, &known)),
            );
        }
    }
}

/// Checks the arguments of a prompt. Returns `None` if something was reported.
fn arguments(declared: &PromptSpec, types: &mut Types<'_>, report: &mut Report) -> Option<Vec<(Argument, Span)>> {
    let before = report.len();
    let mut names = NameTable::default();
    let mut arguments = Vec::new();
    for one in &declared.arguments {
        let Some(field) = types.field(one, Place::Json, report) else { continue };
        let (name, span) = (field.argument.clone(), one.name.span);
        names.claim("arguments", &name, identifier::field(&name), span, report);
        if field.about.is_none() {
            report.add(
                Diagnostic::new(span, format!("the argument `{name}` has no description"))
                    .label("needs an `about`")
                    .help(format!("write `{name}: {{ about: \"...\" }}`, or add an `about` to its type")),
            );
        }
        if !fits_into_text(&field.ty) {
            report.add(
                Diagnostic::new(span, format!("`{name}` cannot be an argument of a prompt"))
                    .label("only texts, numbers, days, times and choices can")
                    .help("people fill in prompts by hand: ask for a single simple value"),
            );
        }
        // An empty text counts as not given. Forms for people show the names of the arguments, so that they need no synonyms.
        let field = Field { empty: Empty::Refused, also: Vec::new(), ..field };
        arguments.push((Argument { field, place: Place::Json }, span));
    }
    (declared.whole && report.len() == before).then_some(arguments)
}

/// Returns whether a value of a type can be written into a text.
fn fits_into_text(ty: &Type) -> bool {
    match ty {
        Type::Text
        | Type::Name
        | Type::Email
        | Type::Integer(..)
        | Type::Number
        | Type::Timestamp
        | Type::Date
        | Type::Choice(_) => true,
        Type::Boolean
        | Type::Flag
        | Type::Object
        | Type::Record(_)
        | Type::List(..)
        | Type::Marked(..)
        | Type::Files => false,
    }
}

/// Splits a text into passages, each of which is shown or dropped as a whole. Returns `None` only if something was reported.
fn passages(text: &Text, arguments: &[(Argument, Span)], report: &mut Report) -> Option<Vec<Vec<Segment>>> {
    let Ok(used) = variables(&text.value) else {
        report.add(unpaired(text, "the text", report));
        return None;
    };
    let known: Vec<_> = arguments.iter().map(|(argument, _)| argument.field.argument.as_str()).collect();
    for name in used.iter().filter(|name| !known.contains(name)) {
        report.add(
            Diagnostic::new(
                text.span_of(&format!("{{{name}}}"), report),
                format!("no argument for the placeholder `{{{name}}}`"),
            )
            .label("not declared under `arguments`")
            .help(match known.as_slice() {
                [] => "declare it; a text can contain braces only around the names of arguments".to_owned(),
                known => suggestion(name, known),
            }),
        );
    }
    for (argument, span) in arguments.iter().filter(|(argument, _)| !used.contains(&argument.field.argument.as_str())) {
        let name = &argument.field.argument;
        report.add(
            Diagnostic::new(*span, format!("the text does not use the argument `{name}`"))
                .label("unused")
                .help(format!("write `{{{name}}}` in `text`, or remove the argument")),
        );
    }
    let optional = |line: &str| {
        arguments
            .iter()
            .any(|(argument, _)| !argument.field.required && line.contains(&format!("{{{}}}", argument.field.argument)))
    };
    if text.value.lines().all(|line| optional(line) || line.trim().is_empty()) {
        report.add(
            Diagnostic::new(text.span, "this text can become empty")
                .label("a line is dropped if it contains an optional argument that is not given")
                .help("add a line without optional arguments, or make an argument required"),
        );
    }
    Some(split_passages(&text.value, optional).iter().map(|passage| split_placeholders(passage)).collect())
}

/// Splits a text into passages. Each `optional` line is a passage of its own, together with the blank line after it if there
/// is a blank line before it as well. The text between two such lines is one passage.
fn split_passages(text: &str, optional: impl Fn(&str) -> bool) -> Vec<String> {
    let mut passages = Vec::new();
    let mut open = String::new();
    let mut blank = true;
    let mut lines = text.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        if optional(line) {
            let mut passage = line.to_owned();
            passage.extend(lines.next_if(|next| blank && next.trim().is_empty()));
            passages.push(std::mem::take(&mut open));
            passages.push(passage);
        } else {
            open.push_str(line);
            blank = line.trim().is_empty();
        }
    }
    passages.push(open);
    passages.retain(|passage| !passage.is_empty());
    passages
}

/// Splits a passage at its placeholders.
fn split_placeholders(passage: &str) -> Vec<Segment> {
    let mut pieces = Vec::new();
    for (index, piece) in passage.split('{').enumerate() {
        let (variable, literal) = match piece.split_once('}') {
            Some((variable, literal)) if index > 0 => (Some(variable), literal),
            _ => (None, piece),
        };
        pieces.extend(variable.map(|variable| Segment::Argument(variable.to_owned())));
        pieces.extend((!literal.is_empty()).then(|| Segment::Literal(literal.to_owned())));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<String> {
        split_passages(text, |line| line.contains('?'))
    }

    #[test]
    fn an_optional_line_is_a_passage() {
        assert_eq!(split("a\nb\n- ?\nc"), ["a\nb\n", "- ?\n", "c"]);
        assert_eq!(split("?"), ["?"]);
        assert_eq!(split("a\n?\n?\n\nb"), ["a\n", "?\n", "?\n", "\nb"]);
    }

    #[test]
    fn a_dropped_paragraph_leaves_no_gap() {
        assert_eq!(split("a\n\n?\n\nb"), ["a\n\n", "?\n\n", "b"]);
        assert_eq!(split("?\n\nb"), ["?\n\n", "b"]);
    }

    #[test]
    fn a_passage_is_split_at_its_placeholders() {
        let shown: Vec<_> = split_placeholders("a {b}{c} d").iter().map(|piece| format!("{piece:?}")).collect();
        assert_eq!(shown, [r#"Literal("a ")"#, r#"Argument("b")"#, r#"Argument("c")"#, r#"Literal(" d")"#]);
    }
}
