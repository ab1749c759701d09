//! Rules between arguments: they must speak of arguments that exist, and must not contradict each other.

use super::arguments::sibling;
use super::tool::Context;
use crate::diagnostic::{Diagnostic, Report, Span, listed, suggestion};
use crate::model::{Argument, Place, Rule, Type};
use crate::spec::{self, AtLeastOne, Rules, Text};
use crate::yaml::Key;

/// The arguments of the tool, with their places in the file.
type Known<'a> = &'a [(Argument, Span)];

/// The rules that make sense; the others are reported.
pub(super) fn lower(context: &Context<'_>, declared: &spec::Tool, known: Known<'_>, report: &mut Report) -> Vec<Rule> {
    let mut rules = Vec::new();
    // The rules of a body go with its fields; that something must change does not.
    let sources = [sibling(context, declared).map(|sibling| &sibling.rules), Some(&declared.rules)];
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
            let sound = all_exist(names, known, report);
            sound.then(|| Rule::AtLeastOne(names.iter().map(|name| name.value.clone()).collect()))
        }
        AtLeastOne::Json(span) => {
            let body = known.iter().filter(|(argument, _)| argument.place == Place::Json);
            let names: Vec<_> = body.map(|(argument, _)| argument.field.argument.clone()).collect();
            if names.is_empty() {
                report.add(
                    Diagnostic::new(*span, "this tool has no JSON body")
                        .label("nothing is under `json`")
                        .help("name the arguments: `at_least_one: [a, b]`"),
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
            Diagnostic::new(only.span, "a choice between one argument is none")
                .label("this is all of the group")
                .help("name at least two, or make the argument `required`"),
        );
        return None;
    }
    let sound = all_exist(group, known, report) & none_required(group, known, report);
    sound.then(|| Rule::ExactlyOne(group.iter().map(|name| name.value.clone()).collect()))
}

fn requires(name: &Key, other: &Text, known: Known<'_>, report: &mut Report) -> Option<Rule> {
    let sound = exists(&name.text, name.span, known, report) & exists(&other.value, other.span, known, report);
    sound.then(|| Rule::Requires(name.text.clone(), other.value.clone()))
}

fn chosen_by(chooser: &Key, options: &[Text], known: Known<'_>, report: &mut Report) -> Option<Rule> {
    let mut sound = all_exist(options, known, report) & none_required(options, known, report);
    sound &= exists(&chooser.text, chooser.span, known, report);
    let argument = find(&chooser.text, known)?;
    let Type::Choice(choice) = &argument.field.of else {
        report.add(
            Diagnostic::new(chooser.span, format!("`{}` cannot choose", chooser.text))
                .label("has no labels")
                .help("make its type one with `one_of` or `codes`, whose labels are the names of these arguments"),
        );
        return None;
    };
    let labels: Vec<_> = choice.options.iter().map(|(label, _)| label.as_str()).collect();
    let named: Vec<_> = options.iter().map(|option| option.value.as_str()).collect();
    if sound && (labels.len() != named.len() || !named.iter().all(|name| labels.contains(name))) {
        report.add(
            Diagnostic::new(chooser.span, format!("the labels of `{}` do not name these arguments", chooser.text))
                .label(format!("its labels are {}", listed(labels)))
                .help("each label must be the name of the argument that it calls for"),
        );
        return None;
    }
    sound.then(|| Rule::ChosenBy(chooser.text.clone(), options.iter().map(|option| option.value.clone()).collect()))
}

fn find<'a>(name: &str, known: Known<'a>) -> Option<&'a Argument> {
    known.iter().map(|(argument, _)| argument).find(|argument| argument.field.argument == name)
}

/// Whether all of a group are arguments, each named once.
fn all_exist(group: &[Text], known: Known<'_>, report: &mut Report) -> bool {
    let mut sound = true;
    for (index, name) in group.iter().enumerate() {
        sound &= exists(&name.value, name.span, known, report);
        if group.iter().take(index).any(|earlier| earlier.value == name.value) {
            report.add(
                Diagnostic::new(name.span, format!("`{}` stands here twice", name.value))
                    .label("already in the list")
                    .help("take it out"),
            );
            sound = false;
        }
    }
    sound
}

fn exists(name: &str, span: Span, known: Known<'_>, report: &mut Report) -> bool {
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
    let mut sound = true;
    for name in group {
        let Some(argument) = find(&name.value, known).filter(|argument| argument.field.required) else { continue };
        let (label, help) = match argument.place {
            Place::Path => ("stands in the path", "an argument of the path is always given; take it out of the rule"),
            _ => ("declared `required: true`", "take `required` out; the rule says when it must be given"),
        };
        let message = format!("`{}` is required and exclusive at once", name.value);
        report.add(Diagnostic::new(name.span, message).label(label).help(help));
        sound = false;
    }
    sound
}
