//! The meaning of an empty value: derived from the type and the place of an argument where possible, declared otherwise.

use crate::diagnostic::{Diagnostic, Report, suggestion};
use crate::model::{Empty, Place, Type};
use crate::spec::{FieldSpec, Text};

/// The words of the key `empty`.
const WORDS: &[(&str, Empty)] = &[("absent", Empty::Absent), ("refused", Empty::Refused), ("sent", Empty::Sent)];

/// Returns the declared meaning. Returns `None` only if something was reported.
pub(super) fn declared(word: &Text, ty: &Type, report: &mut Report) -> Option<Empty> {
    if !matches!(ty, Type::Text | Type::Name) {
        report.add(
            Diagnostic::new(word.span, "only a text or a name can say what an empty value means")
                .label("this type is neither")
                .help("remove `empty`: an empty value of any other optional type counts as not given"),
        );
        return None;
    }
    let Some((_, meaning)) = WORDS.iter().find(|(known, _)| *known == word.value) else {
        let words: Vec<_> = WORDS.iter().map(|(known, _)| *known).collect();
        report.add(
            Diagnostic::new(word.span, format!("`{}` is not a meaning of an empty text", word.value))
                .label("unknown word")
                .help(suggestion(&word.value, &words)),
        );
        return None;
    };
    if matches!((ty, meaning), (Type::Name, Empty::Sent)) {
        report.add(
            Diagnostic::new(word.span, "a name cannot be sent empty")
                .label("clears the field")
                .help("write `absent` or `refused`, or change the type to `string`"),
        );
        return None;
    }
    Some(*meaning)
}

/// Reports a required argument that declares another meaning than the one it has.
pub(super) fn check_required(field: &FieldSpec, report: &mut Report) {
    if let Some(word) = &field.limits.empty
        && field.required == Some(true)
        && word.value != "refused"
    {
        report.add(
            Diagnostic::new(word.span, format!("`{}` is required, so it cannot be empty", field.name.text))
                .label("an empty value is always refused")
                .help("remove `empty`, or remove `required` if the API accepts calls without the argument"),
        );
    }
}

/// Returns the meaning of an empty value. A text in the body has to declare any other meaning than `refused`, because
/// only its author knows whether the API takes an empty text for a value.
pub(super) fn meaning(ty: &Type, required: bool, has_clear: bool, declared: Option<Empty>, place: Place) -> Empty {
    match ty {
        _ if required => Empty::Refused,
        Type::Text | Type::Name => match (declared, place) {
            (Some(meaning), _) => meaning,
            (None, Place::Json) if !has_clear => Empty::Refused,
            (None, _) => Empty::Absent,
        },
        _ => Empty::Absent,
    }
}
