//! Types with a fixed set of values. Callers may give the label or the code, so neither may be ambiguous.

use std::rc::Rc;

use crate::diagnostic::{Diagnostic, Report, Span};
use crate::model::{Choice, Code, Label, Type};
use crate::spec::{Spanned, Text};
use crate::yaml::Key;

/// Builds a choice of texts that are their own labels. Returns `None` only if something was reported.
pub(super) fn one_of(key: &Key, texts: &[Text], about: Option<String>, report: &mut Report) -> Option<Type> {
    let option = |text: &Text| (text.value.clone(), Code::Text(text.value.clone()));
    check_labels(key, texts.iter().map(|text| (text.value.as_str(), text.span)), report)?;
    let options = texts.iter().map(option).collect();
    Some(Type::Choice(Rc::new(Choice { name: key.text.clone(), about, options })))
}

/// Builds a choice of labels with codes. Returns `None` only if something was reported.
pub(super) fn codes(
    key: &Key,
    codes: &[(Key, Spanned<i64>)],
    sent_as: Option<&Text>,
    about: Option<String>,
    report: &mut Report,
) -> Option<Type> {
    if let Some(word) = sent_as {
        check_sent_as(word, report);
    }
    let as_text = sent_as.is_some();
    check_labels(key, codes.iter().map(|(label, _)| (label.text.as_str(), label.span)), report)?;
    check_codes(codes, report);
    let code = |code: i64| if as_text { Code::Text(code.to_string()) } else { Code::Number(code) };
    let options = codes.iter().map(|(label, number)| (label.text.clone(), code(number.value))).collect();
    Some(Type::Choice(Rc::new(Choice { name: key.text.clone(), about, options })))
}

/// Checks that there is a label, and that labels are not empty and differ in more than upper and lower case, which
/// decoding ignores.
fn check_labels<'a>(key: &Key, labels: impl Iterator<Item = (&'a str, Span)>, report: &mut Report) -> Option<()> {
    let mut earlier: Vec<&str> = Vec::new();
    for (label, span) in labels {
        let alike = earlier.iter().find(|other| other.eq_ignore_ascii_case(label));
        if label.trim().is_empty() {
            report.add(
                Diagnostic::new(span, "this label is empty")
                    .label("callers could not give it")
                    .help("write what the value means, such as `none`"),
            );
        } else if label.trim() != label {
            report.add(
                Diagnostic::new(span, format!("the label `{label}` starts or ends with a space"))
                    .label("callers could not give it")
                    .help("remove the spaces: decoding trims the values of callers"),
            );
        } else if let Some(other) = alike {
            let message = if *other == label {
                format!("duplicate label `{label}`")
            } else {
                format!("`{other}` and `{label}` differ only in upper and lower case")
            };
            report.add(Diagnostic::new(span, message).label("already in the list").help("remove one of them"));
        }
        earlier.push(label);
    }
    if earlier.is_empty() {
        report.add(
            Diagnostic::new(key.span, format!("the type `{}` has no values", key.text))
                .label("callers could give no value")
                .help("list at least one value"),
        );
        return None;
    }
    Some(())
}

fn check_codes(codes: &[(Key, Spanned<i64>)], report: &mut Report) {
    for (index, (_, code)) in codes.iter().enumerate() {
        if let Some((label, _)) = codes.iter().take(index).find(|(_, earlier)| earlier.value == code.value) {
            report.add(
                Diagnostic::new(code.span, format!("two labels have the code {}", code.value))
                    .label(format!("already the code of `{}`", label.text))
                    .help("give each label its own code"),
            );
        }
    }
    for (label, code) in codes {
        let same =
            |(_, other): &&(Key, Spanned<i64>)| other.value.to_string() == label.text && other.value != code.value;
        if let Some((other, _)) = codes.iter().find(same) {
            report.add(
                Diagnostic::new(
                    label.span,
                    format!("`{}` is both a label and the code of `{}`", label.text, other.text),
                )
                .label("ambiguous")
                .help("callers may give a label or a code; choose labels that are not codes"),
            );
        }
    }
}

fn check_sent_as(word: &Text, report: &mut Report) {
    if word.value != "text" {
        report.add(
            Diagnostic::new(word.span, format!("codes cannot be sent as `{}`", word.value))
                .label("expected `text`")
                .help("omit `as` for codes that are sent as numbers"),
        );
    }
}

/// Returns each code of a type with its label, or `None` for a type without codes.
pub(super) fn labels(ty: &Type) -> Option<Vec<(String, Label)>> {
    let label = |(label, code): &(String, Code)| {
        let code = match code {
            Code::Number(number) => number.to_string(),
            Code::Text(text) => text.clone(),
        };
        (code, Label::Text(label.clone()))
    };
    match ty {
        Type::Flag => Some(vec![("0".to_owned(), Label::Flag(false)), ("1".to_owned(), Label::Flag(true))]),
        Type::Choice(choice) => {
            let is_coded =
                choice.options.iter().any(|(label, code)| !matches!(code, Code::Text(text) if text == label));
            is_coded.then(|| choice.options.iter().map(label).collect())
        }
        _ => None,
    }
}
