//! Helpers that several decoders share.

use serde_json::{Number, Value};

use crate::violation::{NO_JSON_TEXT, Violations, described};

/// Returns the violation for a value of the wrong type or content.
pub(super) fn not_accepted(value: &Value, allowed: &str) -> Violations {
    Violations::new(format!("{} is not accepted", described(value)), allowed)
}

/// Parses a list or an object that was given as its JSON text; returns any other value unchanged.
pub(super) fn parsed_json_text(value: Value) -> Result<Value, Violations> {
    match &value {
        Value::String(text) if text.trim_start().starts_with(['[', '{']) => strict_json::value(text)
            .map_err(|error| Violations::new(format!("is a string that is not valid JSON: {error}"), NO_JSON_TEXT)),
        _ => Ok(value),
    }
}

/// Returns the value of a JSON number that is an integer, however it is written: `30`, `30.0` or `3e1`.
pub(super) fn whole_number(number: &Number) -> Option<i64> {
    number.as_i64().or_else(|| number.as_f64().and_then(whole_float))
}

/// Returns a float as an integer, such as the 30.0 that some clients send for 30.
pub(super) fn whole_float(number: f64) -> Option<i64> {
    /// 2^53: beyond it, one float represents several integers.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "it has no fraction and is within ±2^53")]
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}
