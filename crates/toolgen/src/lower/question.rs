//! The key `question`: the record that the calls of a resource's tools are about, for the person who confirms them.

use crate::diagnostic::{Diagnostic, Report, listed, suggestion};
use crate::model::{Form, RecordLookup, Resource, Rule, Tool};
use crate::spec::{QuestionSpec, Spec, Text};

/// The most fields that a question shows.
const MAX_FIELDS: usize = 8;

/// Gives each tool whose calls are confirmed the read of its record, if it takes the arguments for it. Reports mistakes.
/// `names` are those of all declared tools, of which `resources` has the ones without mistakes.
pub(super) fn lower(spec: &Spec, names: &[String], resources: &mut [Resource], report: &mut Report) {
    for (index, (key, declared)) in spec.resources.iter().enumerate() {
        let Some(question) = &declared.question else { continue };
        let lookup = lookup(question, names, resources, report);
        let (Some(lookup), Some(resource)) = (lookup, resources.get_mut(index)) else { continue };
        let is_complete = declared.tools.as_ref().is_some_and(|tools| tools.len() == resource.tools.len());
        let mut is_used = false;
        for tool in resource.tools.iter_mut().filter(|tool| shows(tool, &lookup)) {
            tool.lookup = Some(lookup.clone());
            is_used = true;
        }
        if is_complete && !is_used {
            let arguments = listed(lookup.arguments.iter().map(String::as_str));
            report.add(
                Diagnostic::new(question.span, format!("no tool of `{}` shows this record in a question", key.text))
                    .label("unused")
                    .help(format!(
                        "a tool shows it if its calls are confirmed, because they e-mail, show, delete or publish something, \
                         and if it takes {arguments}; add such a tool, or remove `question`"
                    )),
            );
        }
    }
}

/// Returns whether a question for calls of a tool shows the record of `lookup`.
fn shows(tool: &Tool, lookup: &RecordLookup) -> bool {
    let takes = |name: &String| tool.arguments.iter().any(|argument| argument.field.argument == *name);
    tool.needs_confirmation() && lookup.arguments.iter().all(takes)
}

fn lookup(
    question: &QuestionSpec,
    names: &[String],
    resources: &[Resource],
    report: &mut Report,
) -> Option<RecordLookup> {
    let fields = fields(question, report);
    let name = question.tool.as_ref()?;
    if !names.contains(&name.value) {
        let known: Vec<_> = names.iter().map(String::as_str).collect();
        report.add(
            Diagnostic::new(name.span, format!("unknown tool `{}`", name.value))
                .label("no tool has this name")
                .help(suggestion(&name.value, &known)),
        );
        return None;
    }
    // A tool with mistakes is not among the resources.
    let tool = resources.iter().flat_map(|resource| &resource.tools).find(|tool| tool.name == name.value)?;
    check_tool(tool, name, report)?;
    let required = tool.arguments.iter().filter(|argument| argument.field.required);
    Some(RecordLookup {
        tool: tool.name.clone(),
        arguments: required.map(|argument| argument.field.argument.clone()).collect(),
        fields: fields?,
    })
}

/// Checks that a tool gets the one record that its required arguments name.
fn check_tool(tool: &Tool, name: &Text, report: &mut Report) -> Option<()> {
    let gets_record = tool.read_only && tool.view.as_ref().is_some_and(|view| matches!(view.form, Form::Record));
    let has_alternatives = tool.rules.iter().any(|rule| !matches!(rule, Rule::Requires(..)));
    let has_required = tool.arguments.iter().any(|argument| argument.field.required);
    let (message, label) = match () {
        () if !gets_record => ("does not get one record", "it changes something, or its reply is not one JSON object"),
        () if has_alternatives => ("can be called with different arguments", "see its rules"),
        () if !has_required => ("needs no argument", "it gets the same record for every call"),
        () => return Some(()),
    };
    report.add(
        Diagnostic::new(name.span, format!("`{}` {message}", name.value))
            .label(label)
            .help("name a tool such as a `get`, whose required arguments say which record it gets"),
    );
    None
}

fn fields(question: &QuestionSpec, report: &mut Report) -> Option<Vec<String>> {
    let fields = question.fields.as_ref()?;
    for (index, field) in fields.iter().enumerate() {
        if fields.iter().take(index).any(|earlier| earlier.value == field.value) {
            report.add(
                Diagnostic::new(field.span, format!("duplicate field `{}`", field.value))
                    .label("already in the list")
                    .help("remove it"),
            );
        }
    }
    if fields.is_empty() || fields.len() > MAX_FIELDS {
        report.add(
            Diagnostic::new(question.span, format!("a question shows 1 to {MAX_FIELDS} fields of a record"))
                .label(format!("`fields` has {}", fields.len()))
                .help("name those by which a person knows whether the call is about the right record"),
        );
        return None;
    }
    Some(fields.iter().map(|field| field.value.clone()).collect())
}
