//! Encoding as JSON, which cannot fail for anything that this crate encodes.

use serde::Serialize;

const REASON: &str = "texts, numbers, flags and JSON values can always be serialised";

/// Encodes a message, or a part of one.
pub(crate) fn encode_bytes(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect(REASON)
}

/// Encodes a message around a text of `length` bytes. A buffer that grows to a long text would leave holes of half its length
/// in memory.
pub(crate) fn encode_around(value: &impl Serialize, length: usize) -> Vec<u8> {
    /// The room for the members beside the text.
    const BESIDE: usize = 1024;
    // Of the characters in JSON, about one in eight is a quote, which is escaped.
    let mut bytes = Vec::with_capacity(length + length / 8 + BESIDE);
    serde_json::to_writer(&mut bytes, value).expect(REASON);
    bytes
}

/// Encodes a part of a message as text.
pub(crate) fn encode_text(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect(REASON)
}
