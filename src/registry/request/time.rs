//! Times as RFC 3339 writes them.

use jiff::Timestamp;
use serde_json::Value;
use tool_runtime::exact;
use tool_runtime::violation::{Violations, quoted};

/// A date-time of RFC 3339, section 5.6. The parser also accepts dates without a time and names of time zones, which the
/// format `date-time` of JSON Schema does not.
///
/// # Errors
/// Fails if `value` is not such a text, or not a time that exists and can be stored.
pub(super) fn decode(value: Value) -> Result<Timestamp, Violations> {
    let text = exact::name(value)?;
    is_rfc_3339(&text).then(|| text.parse().ok()).flatten().ok_or_else(|| {
        let allowed = "RFC 3339, such as 2030-01-31T12:00:00Z, and no later than 9999-12-30T22:00:00Z";
        Violations::new(format!("{} is not a valid time", quoted(&text)), allowed)
    })
}

fn is_rfc_3339(text: &str) -> bool {
    let has_shape = |text: &str, shape: &str| {
        text.len() == shape.len()
            && text.bytes().zip(shape.bytes()).all(|(byte, expected)| match expected {
                b'0' => byte.is_ascii_digit(),
                b'T' => b"Tt ".contains(&byte),
                b'+' => b"+-".contains(&byte),
                other => byte == other,
            })
    };
    let Some((time, rest)) = text.split_at_checked("0000-00-00T00:00:00".len()) else { return false };
    let fraction = rest.strip_prefix('.').map(|digits| digits.trim_start_matches(|c: char| c.is_ascii_digit()));
    let zone = match fraction {
        Some(zone) if rest.len() - zone.len() < 2 => return false,
        Some(zone) => zone,
        None => rest,
    };
    has_shape(time, "0000-00-00T00:00:00") && (matches!(zone, "Z" | "z") || has_shape(zone, "+00:00"))
}
