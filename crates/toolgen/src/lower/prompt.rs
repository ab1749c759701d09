//! The section `prompts`: names, arguments, tools that must be there, and texts with places for arguments.

use super::name::Taken;
use super::types::Types;
use super::url::{unpaired, variables};
use super::{example, name};
use crate::diagnostic::{Diagnostic, Report, Span, suggestion};
use crate::identifier;
use crate::model::{Argument, Field, Place, Prompt, Segment, Type};
use crate::spec::{self, Spec, Text};
use crate::yaml::Key;

/// Prompts may use the tools called `tools`.
pub(super) fn lower(spec: &Spec, tools: &[String], types: &mut Types<'_>, report: &mut Report) -> Vec<Prompt> {
    let mut structs = Taken::default();
    let mut prompts = Vec::new();
    for (key, declared) in &spec.prompts {
        name::check_identifier("a prompt", &key.text, key.span, report);
        structs.claim("prompts", &key.text, identifier::named(&key.text), key.span, report);
        prompts.extend(prompt(key, declared, tools, types, report));
    }
    prompts
}

/// `None` only if something was reported.
fn prompt(
    key: &Key,
    declared: &spec::Prompt,
    tools: &[String],
    types: &mut Types<'_>,
    report: &mut Report,
) -> Option<Prompt> {
    if let Some(uses) = &declared.uses {
        check_uses(key, uses, tools, report);
    }
    // What depends on an argument that is not understood would only be reported for the wrong reason.
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
        line: report.line(key.span),
    })
}

fn check_uses(key: &Key, uses: &[Text], tools: &[String], report: &mut Report) {
    if uses.is_empty() {
        report.add(
            Diagnostic::new(key.span, format!("the prompt `{}` uses no tools", key.text))
                .label("every server would show it")
                .help("name the tools that a model needs for it, as clients call them, under `uses`"),
        );
    }
    for (index, tool) in uses.iter().enumerate() {
        if uses.iter().take(index).any(|earlier| earlier.value == tool.value) {
            report.add(
                Diagnostic::new(tool.span, format!("`{}` stands here twice", tool.value))
                    .label("already in the list")
                    .help("take it out"),
            );
        } else if !tools.contains(&tool.value) {
            let known: Vec<_> = tools.iter().map(String::as_str).collect();
            report.add(
                Diagnostic::new(tool.span, format!("there is no tool `{}`", tool.value))
                    .label("unknown tool")
                    .help(suggestion(&tool.value, &known)),
            );
        }
    }
}

/// The arguments of a prompt, or `None` if something about one of them was reported.
fn arguments(declared: &spec::Prompt, types: &mut Types<'_>, report: &mut Report) -> Option<Vec<(Argument, Span)>> {
    let before = report.len();
    let mut names = Taken::default();
    let mut arguments = Vec::new();
    for one in &declared.arguments {
        let Some(field) = types.field(one, report) else { continue };
        let (name, span) = (field.argument.clone(), one.name.span);
        names.claim("arguments", &name, identifier::field(&name), span, report);
        if field.about.is_none() {
            report.add(
                Diagnostic::new(span, format!("nothing explains the argument `{name}`"))
                    .label("needs an `about`")
                    .help(format!("write `{name}: {{ about: \"...\" }}`, or give its type an `about`")),
            );
        }
        if !stands_in_a_text(&field.of) {
            report.add(
                Diagnostic::new(span, format!("`{name}` cannot stand in a prompt"))
                    .label("only texts, numbers, days, times and choices can")
                    .help("people fill prompts in by hand; ask them for less"),
            );
        }
        // What is left empty counts as not given.
        arguments.push((Argument { field: Field { filled: true, ..field }, place: Place::Json }, span));
    }
    (declared.whole && report.len() == before).then_some(arguments)
}

fn stands_in_a_text(of: &Type) -> bool {
    match of {
        Type::Text
        | Type::Email
        | Type::Integer(..)
        | Type::Number
        | Type::Timestamp
        | Type::Date
        | Type::Choice(_) => true,
        Type::Boolean | Type::Flag | Type::Object | Type::Record(_) | Type::List(..) | Type::Files => false,
    }
}

/// Cuts a text into what stays or goes together. `None` only if something was reported.
fn passages(text: &Text, arguments: &[(Argument, Span)], report: &mut Report) -> Option<Vec<Vec<Segment>>> {
    let Ok(used) = variables(&text.value) else {
        report.add(unpaired(text, "the text", report));
        return None;
    };
    let known: Vec<_> = arguments.iter().map(|(argument, _)| argument.field.argument.as_str()).collect();
    for name in used.iter().filter(|name| !known.contains(name)) {
        report.add(
            Diagnostic::new(text.part(&format!("{{{name}}}"), report), format!("no argument fills `{{{name}}}`"))
                .label(format!("the text has `{{{name}}}` in it"))
                .help(match known.as_slice() {
                    [] => "declare it under `arguments`; braces cannot stand for anything else".to_owned(),
                    known => suggestion(name, known),
                }),
        );
    }
    for (argument, span) in arguments.iter().filter(|(argument, _)| !used.contains(&argument.field.argument.as_str())) {
        let name = &argument.field.argument;
        report.add(
            Diagnostic::new(*span, format!("the text has no place for `{name}`"))
                .label("declared and never used")
                .help(format!("put `{{{name}}}` into `text`, or take this out")),
        );
    }
    let optional = |line: &str| {
        arguments
            .iter()
            .any(|(argument, _)| !argument.field.required && line.contains(&format!("{{{}}}", argument.field.argument)))
    };
    if text.value.lines().all(|line| optional(line) || line.trim().is_empty()) {
        report.add(
            Diagnostic::new(text.span, "nothing is left of this text if no argument is given")
                .label("a line with a place for something that was not given is left out")
                .help("write a line without such a place, or make an argument required"),
        );
    }
    Some(cut(&text.value, optional).iter().map(|passage| pieces(passage)).collect())
}

/// Each line that is `optional` is a passage of its own, and takes the blank line after it along if there is one before
/// it as well. What lies between is one passage.
fn cut(text: &str, optional: impl Fn(&str) -> bool) -> Vec<String> {
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

/// Cuts a passage at its places for arguments.
fn pieces(passage: &str) -> Vec<Segment> {
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

    fn cut_at(text: &str) -> Vec<String> {
        cut(text, |line| line.contains('?'))
    }

    #[test]
    fn a_line_that_may_be_left_out_is_a_passage() {
        assert_eq!(cut_at("a\nb\n- ?\nc"), ["a\nb\n", "- ?\n", "c"]);
        assert_eq!(cut_at("?"), ["?"]);
        assert_eq!(cut_at("a\n?\n?\n\nb"), ["a\n", "?\n", "?\n", "\nb"]);
    }

    #[test]
    fn a_paragraph_that_may_be_left_out_leaves_no_gap() {
        assert_eq!(cut_at("a\n\n?\n\nb"), ["a\n\n", "?\n\n", "b"]);
        assert_eq!(cut_at("?\n\nb"), ["?\n\n", "b"]);
    }

    #[test]
    fn a_passage_is_cut_at_its_places() {
        let shown: Vec<_> = pieces("a {b}{c} d").iter().map(|piece| format!("{piece:?}")).collect();
        assert_eq!(shown, [r#"Literal("a ")"#, r#"Argument("b")"#, r#"Argument("c")"#, r#"Literal(" d")"#]);
    }
}
