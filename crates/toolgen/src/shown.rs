//! The check that the fields under `shows`, `values`, `summarize` and `question` are fields that the sandbox's data shows: a
//! misspelt one would be missing from every result and question, silently.

use std::collections::BTreeMap;

use api_sandbox::FieldNames;

use crate::diagnostic::{Diagnostic, Report, Span, suggestion};
use crate::model::{Api, Form, Resource};
use crate::spec::{QuestionSpec, ResourceSpec, Spec, Text};
use crate::yaml::Key;

/// Reports the fields that no reply of the sandbox has. `fields` are those of each tool's reply. A resource that the
/// sandbox does not imitate is not checked.
pub(crate) fn check(spec: &Spec, api: &Api, fields: &BTreeMap<String, FieldNames>, report: &mut Report) {
    for ((_, declared), resource) in spec.resources.iter().zip(&api.resources) {
        check_resource(declared, resource, fields, report);
    }
    for question in spec.resources.iter().filter_map(|(_, resource)| resource.question.as_ref()) {
        check_question(question, fields, report);
    }
}

fn check_question(question: &QuestionSpec, fields: &BTreeMap<String, FieldNames>, report: &mut Report) {
    let Some(tool) = &question.tool else { return };
    let place = format!("any reply of `{}`", tool.value);
    check_fields(texts(question.fields.as_deref().unwrap_or_default()), fields.get(&tool.value), &place, report);
}

/// Reports the fields that are not among those `present` in `place`.
fn check_fields(names: Vec<(&str, Span)>, present: Option<&FieldNames>, place: &str, report: &mut Report) {
    let Some(present) = present else { return };
    for (name, span) in names.into_iter().filter(|(name, _)| !present.has(name)) {
        let known: Vec<_> = present.iter().collect();
        report.add(
            Diagnostic::new(span, format!("the sandbox's data never shows a field `{name}`"))
                .label(format!("not in {place}"))
                .help(format!("{}. If the API has the field, add it to the sandbox's data", suggestion(name, &known))),
        );
    }
}

fn check_resource(
    declared: &ResourceSpec,
    resource: &Resource,
    fields: &BTreeMap<String, FieldNames>,
    report: &mut Report,
) {
    let shown_by = |is_meant: &dyn Fn(&Form) -> bool| {
        let tools = resource.tools.iter().filter(|tool| tool.view.as_ref().is_some_and(|view| is_meant(&view.form)));
        let mut union = None;
        for names in tools.filter_map(|tool| fields.get(&tool.name)) {
            union.get_or_insert_with(FieldNames::default).extend(names);
        }
        union
    };
    let any = shown_by(&|_| true);
    let in_rows = shown_by(&|form| matches!(form, Form::List { .. }));
    let in_records = shown_by(&|form| !matches!(form, Form::List { .. }));
    let in_writes = shown_by(&|form| matches!(form, Form::Write { .. }));
    let mut check = |names, present, place| check_fields(names, present, place, report);
    check(keys(&declared.values), any.as_ref(), "any reply");
    for summary in declared.tools.iter().flatten().filter_map(|(_, tool)| tool.summarize.as_ref()) {
        for names in [&summary.id, &summary.by, &summary.times, &summary.measure] {
            check(texts(names), in_rows.as_ref(), "any row");
        }
    }
    let Some(shows) = &declared.shows else { return };
    let list = texts(&shows.list).into_iter().map(|(name, span)| (name.trim_end_matches('?'), span)).collect();
    check(list, in_rows.as_ref(), "any row");
    check(texts(&shows.record), in_records.as_ref(), "any record");
    check(texts(&shows.id), in_writes.as_ref(), "the answer to a write");
    check(values(&shows.answers), in_writes.as_ref(), "the answer to a write");
    check(keys(&shows.texts), any.as_ref(), "any reply");
    check(values(&shows.texts), any.as_ref(), "any reply");
    check(keys(&shows.codes), any.as_ref(), "any reply");
    check(texts(&shows.long), any.as_ref(), "any reply");
}

fn texts(texts: &[Text]) -> Vec<(&str, Span)> {
    texts.iter().map(|text| (text.value.as_str(), text.span)).collect()
}

fn keys(pairs: &[(Key, Text)]) -> Vec<(&str, Span)> {
    pairs.iter().map(|(key, _)| (key.text.as_str(), key.span)).collect()
}

fn values(pairs: &[(Key, Text)]) -> Vec<(&str, Span)> {
    pairs.iter().map(|(_, text)| (text.value.as_str(), text.span)).collect()
}
