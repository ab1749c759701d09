//! The forms that callers may write besides those in the schema: other names, a sign before a number, a text in place of an
//! object. None of them may have two meanings.

use tool_runtime::added::{CLIENT_METADATA, CONFIRMATION};
use tool_runtime::results::ViewArgument;

use crate::diagnostic::{Diagnostic, Report, Span};
use crate::model::{Field, Type};
use crate::spec::Text;

use super::rules;

/// Returns the names that are reserved at the top level of a call.
pub(super) fn reserved() -> Vec<&'static str> {
    let of_views = ViewArgument::ALL.iter().map(|argument| argument.name());
    of_views.chain([CONFIRMATION.name]).chain(CLIENT_METADATA).collect()
}

/// Returns declared synonyms. Reports those that no caller would write.
pub(super) fn synonyms(declared: &[Text], report: &mut Report) -> Vec<String> {
    for synonym in declared {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if synonym.value.is_empty() || !synonym.value.chars().all(is_name) {
            report.add(
                Diagnostic::new(synonym.span, format!("an argument cannot be called `{}`", synonym.value))
                    .label("not a valid name")
                    .help("use letters, digits, hyphens and underscores"),
            );
        }
    }
    declared.iter().map(|synonym| synonym.value.clone()).collect()
}

/// Reports synonyms that have another meaning already: as an argument, as a synonym of one, or as one of the `reserved`
/// names.
pub(super) fn check_synonyms<'f>(
    fields: &(impl Iterator<Item = (&'f Field, Span)> + Clone),
    reserved: &[&str],
    report: &mut Report,
) {
    let mut taken: Vec<(&str, &str)> = Vec::new();
    for (field, span) in fields.clone() {
        for synonym in &field.also {
            let argument = fields.clone().find(|(other, _)| other.argument == *synonym);
            let earlier = taken.iter().find(|(other, _)| other == synonym);
            let meaning = match (argument, earlier) {
                (Some((other, _)), _) if other.argument == field.argument => "the name itself".to_owned(),
                (Some(_), _) => "an argument of its own".to_owned(),
                (None, Some((_, owner))) => format!("already a synonym of `{owner}`"),
                (None, None) if reserved.contains(&synonym.as_str()) => "a name that every tool reserves".to_owned(),
                (None, None) => {
                    taken.push((synonym, &field.argument));
                    continue;
                }
            };
            let name = &field.argument;
            report.add(
                Diagnostic::new(span, format!("`{synonym}` cannot be a synonym of `{name}`"))
                    .label(format!("`{synonym}` is {meaning}"))
                    .help("remove it from `also`: every name must have one meaning; an argument's own `also` replaces that of its type"),
            );
        }
    }
}

/// Returns the sign that callers may write before a number. Returns `None` only if something was reported.
pub(super) fn prefix(declared: &Text, ty: &Type, report: &mut Report) -> Option<String> {
    if !matches!(ty, Type::Integer(..)) {
        report.add(
            Diagnostic::new(declared.span, "only a whole number can have a prefix")
                .label("this type has none")
                .help("remove `prefix`, or change the type to `integer`"),
        );
        return None;
    }
    let prefix = declared.value.as_str();
    if prefix.is_empty() || prefix.contains(|c: char| c.is_ascii_digit() || c.is_whitespace() || "+-.".contains(c)) {
        report.add(
            Diagnostic::new(declared.span, format!("`{prefix}` cannot be the prefix of a number"))
                .label("can be part of the number, or cannot be seen")
                .help("use a sign such as `\"#\"`"),
        );
        return None;
    }
    Some(declared.value.clone())
}

/// Returns the field that a text sets. Returns `None` only if something was reported.
pub(super) fn text_field(declared: &Text, fields: &[Field], report: &mut Report) -> Option<String> {
    let name = rules::fields_of_object(std::slice::from_ref(declared), fields, report).pop()?;
    let field = fields.iter().find(|field| field.argument == name)?;
    if !matches!(field.ty, Type::Text | Type::Name | Type::Email) {
        report.add(
            Diagnostic::new(declared.span, format!("a text cannot be the value of `{name}`"))
                .label("not a text")
                .help("name a field of the type `string`, `name` or `email`"),
        );
        return None;
    }
    Some(name)
}
