//! Choices: one of a fixed set of values, by label or by code.

use serde_json::Value;

use super::value::{not_accepted, whole_number};
use crate::value::{Choice, Code};
use crate::violation::Violations;

/// Decodes one of the values of a [`Choice`], by its label (in any case) or by its code.
///
/// # Errors
///
/// If the value is neither.
pub fn choice<T: Choice>(value: Value) -> Result<T, Violations> {
    let given = match &value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(whole_number(number).map_or_else(|| number.to_string(), |code| code.to_string())),
        _ => None,
    };
    let is_given = |choice: &T, given: &str| {
        choice.label().eq_ignore_ascii_case(given)
            || match choice.code() {
                Code::Text(code) => code == given,
                Code::Number(code) => code.to_string() == given,
            }
    };
    let found = given.and_then(|given| T::ALL.iter().copied().find(|choice| is_given(choice, &given)));
    found.ok_or_else(|| not_accepted(&value, &labels::<T>()))
}

fn labels<T: Choice>() -> String {
    let labels: Vec<_> = T::ALL.iter().map(|choice| choice.label()).collect();
    format!("one of: {}", labels.join(", "))
}
