//! Encoding as JSON, which cannot fail for anything that this crate encodes.

use serde::Serialize;

const REASON: &str = "texts, numbers, flags and JSON values can always be serialised";

/// Encodes a message, or a part of one.
pub(crate) fn encode_bytes(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect(REASON)
}

/// Encodes a part of a message as text.
pub(crate) fn encode_text(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect(REASON)
}
