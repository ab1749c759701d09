//! Rules between arguments: they must name existing arguments and must not contradict each other.

use super::context::ToolContext;
use crate::diagnostic::{Diagnostic, Report, Span, listed, suggestion};
use crate::model::{Argument, Field, Place, Rule, Type};
use crate::spec::{AtLeastOne, Rules, Text, ToolSpec};
use crate::yaml::Key;

/// The arguments of the tool, each with its place in the file.
pub(super) type Known<'a> = &'a [(Argument, Span)];

/// Returns the valid rules. Reports the others.
pub(super) fn lower(
    context: &ToolContext<'_>,
    declared: &ToolSpec,
    known: Known<'_>,
    report: &mut Report,
) -> Vec<Rule> {
    let mut rules = Vec::new();
    // A reused body brings its rules along, except `at_least_one`.
    let sources = [context.body_source(declared).map(|source| &source.rules), Some(&declared.rules)];
    for source in sources.into_iter().flatten() {
        rules.extend(source.exactly_one.iter().filter_map(|group| exactly_one(group, known, report)));
        rules.extend(source.requires.iter().filter_map(|(name, other)| requires(name, other, known, report)));
        let chosen_by = |(chooser, options): &(Key, Vec<Text>)| chosen_by(chooser, options, known, report);
        rules.extend(source.chosen_by.iter().filter_map(chosen_by));
    }
    rules.extend(at_least_one(&declared.rules, known, report));
    rules
}

fn at_least_one(rules: &Rules, known: Known<'_>, report: &mut Report) -> Option<Rule> {
    match rules.at_least_one.as_ref()? {
        AtLeastOne::Names(names) => {
            let valid = all_exist(names, known, report);
            valid.then(|| Rule::AtLeastOne(names.iter().map(|name| name.value.clone()).collect()))
        }
        AtLeastOne::Json(span) => {
            let body = known.iter().filter(|(argument, _)| argument.place == Place::Json);
            let names: Vec<_> = body.map(|(argument, _)| argument.field.argument.clone()).collect();
            if names.is_empty() {
                report.add(
                    Diagnostic::new(*span, "this tool has no JSON body")
                        .label("no arguments under `json`")
                        .help("name the arguments instead: `at_least_one: [a, b]`"),
                );
                return None;
            }
            Some(Rule::AtLeastOne(names))
        }
    }
}

fn exactly_one(group: &[Text], known: Known<'_>, report: &mut Report) -> Option<Rule> {
    if let [only] = group {
        report.add(
            Diagnostic::new(only.span, "this group has only one argument")
                .label("no alternative")
                .help("name at least two arguments, or make this one `required`"),
        );
        return None;
    }
    let valid = all_exist(group, known, report) & none_required(group, known, report);
    valid.then(|| Rule::ExactlyOne(group.iter().map(|name| name.value.clone()).collect()))
}

fn requires(name: &Key, other: &Text, known: Known<'_>, report: &mut Report) -> Option<Rule> {
    let valid = exists(&name.text, name.span, known, report) & exists(&other.value, other.span, known, report);
    valid.then(|| Rule::Requires(name.text.clone(), other.value.clone()))
}

fn chosen_by(chooser: &Key, options: &[Text], known: Known<'_>, report: &mut Report) -> Option<Rule> {
    let mut valid = all_exist(options, known, report) & none_required(options, known, report);
    valid &= exists(&chooser.text, chooser.span, known, report);
    let argument = find(&chooser.text, known)?;
    let Type::Choice(choice) = &argument.field.ty else {
        report.add(
            Diagnostic::new(chooser.span, format!("`{}` cannot select an argument", chooser.text))
                .label("has no labels")
                .help("give it a type with `one_of` or `codes` whose labels are the names of these arguments"),
        );
        return None;
    };
    let labels: Vec<_> = choice.options.iter().map(|(label, _)| label.as_str()).collect();
    let named: Vec<_> = options.iter().map(|option| option.value.as_str()).collect();
    if valid && (labels.len() != named.len() || !named.iter().all(|name| labels.contains(name))) {
        report.add(
            Diagnostic::new(chooser.span, format!("the labels of `{}` do not match these arguments", chooser.text))
                .label(format!("its labels are {}", listed(labels)))
                .help("each label must be the name of the argument that it selects"),
        );
        return None;
    }
    valid.then(|| Rule::ChosenBy(chooser.text.clone(), options.iter().map(|option| option.value.clone()).collect()))
}

/// Returns the names in a rule of an object. Reports those that are no fields.
pub(super) fn fields_of_object(rule: &[Text], fields: &[Field], report: &mut Report) -> Vec<String> {
    for name in rule.iter().filter(|name| !fields.iter().any(|field| field.argument == name.value)) {
        let known: Vec<_> = fields.iter().map(|field| field.argument.as_str()).collect();
        report.add(
            Diagnostic::new(name.span, format!("this object has no field `{}`", name.value))
                .label("unknown field")
                .help(suggestion(&name.value, &known)),
        );
    }
    rule.iter().map(|name| name.value.clone()).collect()
}

/// Returns the argument of that name.
pub(super) fn find<'a>(name: &str, known: Known<'a>) -> Option<&'a Argument> {
    known.iter().map(|(argument, _)| argument).find(|argument| argument.field.argument == name)
}

/// Returns whether every name of a group is an argument and occurs once.
pub(super) fn all_exist(group: &[Text], known: Known<'_>, report: &mut Report) -> bool {
    let mut valid = true;
    for (index, name) in group.iter().enumerate() {
        valid &= exists(&name.value, name.span, known, report);
        if group.iter().take(index).any(|earlier| earlier.value == name.value) {
            report.add(
                Diagnostic::new(name.span, format!("duplicate argument `{}`", name.value))
                    .label("already in the list")
                    .help("remove it"),
            );
            valid = false;
        }
    }
    valid
}

/// Returns whether the tool has an argument of that name. Reports it if not.
pub(super) fn exists(name: &str, span: Span, known: Known<'_>, report: &mut Report) -> bool {
    let found = find(name, known).is_some();
    if !found {
        let names: Vec<_> = known.iter().map(|(argument, _)| argument.field.argument.as_str()).collect();
        report.add(
            Diagnostic::new(span, format!("this tool has no argument `{name}`"))
                .label("unknown argument")
                .help(suggestion(name, &names)),
        );
    }
    found
}

fn none_required(group: &[Text], known: Known<'_>, report: &mut Report) -> bool {
    let mut valid = true;
    for name in group {
        let Some(argument) = find(&name.value, known).filter(|argument| argument.field.required) else { continue };
        let (label, help) = match argument.place {
            Place::Path => ("part of the path", "an argument of the path is always required; remove it from the rule"),
            _ => ("declared `required: true`", "remove `required`; the rule says when the argument is required"),
        };
        let message = format!("`{}` cannot be both required and exclusive", name.value);
        report.add(Diagnostic::new(name.span, message).label(label).help(help));
        valid = false;
    }
    valid
}
