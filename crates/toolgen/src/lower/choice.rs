//! Types whose values are few: each is found by its label or its code, so that neither may be ambiguous.

use std::rc::Rc;

use crate::diagnostic::{Diagnostic, Report, Span};
use crate::model::{Choice, Code, Type};
use crate::spec::{Spanned, Text};
use crate::yaml::Key;

/// Texts that are their own labels. `None` only if something was reported.
pub(super) fn one_of(key: &Key, texts: &[Text], about: Option<String>, report: &mut Report) -> Option<Type> {
    let option = |text: &Text| (text.value.clone(), Code::Text(text.value.clone()));
    check_labels(key, texts.iter().map(|text| (text.value.as_str(), text.span)), report)?;
    let options = texts.iter().map(option).collect();
    Some(Type::Choice(Rc::new(Choice { name: key.text.clone(), about, options, line: report.line(key.span) })))
}

/// Labels with codes. `None` only if something was reported.
pub(super) fn codes(
    key: &Key,
    codes: &[(Key, Spanned<i64>)],
    sent_as: Option<&Text>,
    about: Option<String>,
    report: &mut Report,
) -> Option<Type> {
    let as_text = sent_as.is_some_and(|word| is_text(word, report));
    check_labels(key, codes.iter().map(|(label, _)| (label.text.as_str(), label.span)), report)?;
    check_codes(codes, report);
    let code = |code: i64| if as_text { Code::Text(code.to_string()) } else { Code::Number(code) };
    let options = codes.iter().map(|(label, number)| (label.text.clone(), code(number.value))).collect();
    Some(Type::Choice(Rc::new(Choice { name: key.text.clone(), about, options, line: report.line(key.span) })))
}

/// Labels must be there, have something in them, and differ in more than capitals, which callers may get wrong.
fn check_labels<'a>(key: &Key, labels: impl Iterator<Item = (&'a str, Span)>, report: &mut Report) -> Option<()> {
    let mut earlier: Vec<&str> = Vec::new();
    for (label, span) in labels {
        let alike = earlier.iter().find(|other| other.eq_ignore_ascii_case(label));
        if label.trim().is_empty() {
            report.add(
                Diagnostic::new(span, "this label is empty")
                    .label("nobody could give it")
                    .help("say what the value means, such as `none`"),
            );
        } else if label.trim() != label {
            report.add(
                Diagnostic::new(span, format!("the label `{label}` has spaces around it"))
                    .label("nobody could give it")
                    .help("take them out: those around what a caller gives do not count"),
            );
        } else if let Some(other) = alike {
            let message = if *other == label {
                format!("`{label}` stands here twice")
            } else {
                format!("`{other}` and `{label}` differ in capitals only")
            };
            report.add(Diagnostic::new(span, message).label("already in the list").help("take one of them out"));
        }
        earlier.push(label);
    }
    if earlier.is_empty() {
        report.add(
            Diagnostic::new(key.span, format!("the type `{}` has no values", key.text))
                .label("nothing could ever be given")
                .help("list at least one"),
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
                    .label(format!("the code of `{}` already", label.text))
                    .help("each code stands for one label"),
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
                    format!("`{}` is a label here, and the code of `{}`", label.text, other.text),
                )
                .label("could mean either")
                .help("callers may give label or code; choose labels that are no codes"),
            );
        }
    }
}

fn is_text(word: &Text, report: &mut Report) -> bool {
    if word.value != "text" {
        report.add(
            Diagnostic::new(word.span, format!("codes cannot be sent as `{}`", word.value))
                .label("here can only stand `text`")
                .help("leave `as` out for codes that go out as numbers"),
        );
    }
    true
}
