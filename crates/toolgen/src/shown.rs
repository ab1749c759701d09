//! The check that the fields under `shows` and `values` are fields that the sandbox's data shows: a misspelt one would be missing from
//! every result, silently.

use std::collections::BTreeMap;

use api_sandbox::FieldNames;

use crate::diagnostic::{Diagnostic, Report, Span, suggestion};
use crate::model::{Api, Form, Resource};
use crate::spec::{ResourceSpec, Spec, Text};
use crate::yaml::Key;

/// Reports the fields that no reply of the sandbox has. `fields` are those of each tool's reply. A resource that the
/// sandbox does not imitate is not checked.
pub(crate) fn check(spec: &Spec, api: &Api, fields: &BTreeMap<String, FieldNames>, report: &mut Report) {
    let declared = spec.resources.iter().zip(&api.resources);
    for ((_, spec), resource) in declared {
        check_resource(spec, resource, fields, report);
    }
}

fn check_resource(
    spec: &ResourceSpec,
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
    let mut check = |names: Vec<(&str, Span)>, present: Option<&FieldNames>, place: &str| {
        let Some(present) = present else { return };
        for (name, span) in names.into_iter().filter(|(name, _)| !present.has(name)) {
            let known: Vec<_> = present.iter().collect();
            report.add(
                Diagnostic::new(span, format!("the sandbox's data never shows a field `{name}`"))
                    .label(format!("not in {place}"))
                    .help(format!(
                        "{}. If the API has the field, add it to the sandbox's data",
                        suggestion(name, &known)
                    )),
            );
        }
    };
    check(keys(&spec.values), any.as_ref(), "any reply");
    let Some(shows) = &spec.shows else { return };
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
