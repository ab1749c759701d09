//! The size and the SHA-256 hash that a caller states for a file: they show that its content arrived whole.

use bytes::Bytes;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::number::integer;
use super::text::string;
use crate::arguments::Arguments;
use crate::violation::{Violations, quoted};

/// Takes `size` and `sha256`, and returns the content if it has both. Otherwise records the violations.
pub(super) fn verified(fields: &mut Arguments, content: Option<Bytes>) -> Option<Bytes> {
    let size = fields.optional("size", integer(0, i64::MAX));
    let hash = fields.optional("sha256", hexadecimal);
    let content = content?;
    let allowed = "the whole content again, or leave it out";
    let length = content.len();
    let mut is_whole = true;
    if size.is_some_and(|size| usize::try_from(size) != Ok(length)) {
        fields.add_violation("size", format!("the content has {length} bytes"), Some(allowed.to_owned()));
        is_whole = false;
    }
    if let Some(hash) = hash {
        let actual = hex::encode(Sha256::digest(&content));
        if hash != actual {
            fields.add_violation("sha256", format!("the hash of the content is {actual}"), Some(allowed.to_owned()));
            is_whole = false;
        }
    }
    is_whole.then_some(content)
}

/// Records a violation for a size or a hash of a file that is named by its path: it is sent as it is read.
pub(super) fn refuse(fields: &mut Arguments) {
    for name in ["size", "sha256"] {
        if fields.optional(name, Ok).is_some() {
            let allowed = "with `content_base64` or `content_text` only".to_owned();
            fields.add_violation(name, "cannot be combined with `path`".to_owned(), Some(allowed));
        }
    }
}

/// Decodes a SHA-256 hash in hexadecimal digits, and returns it in lower case.
fn hexadecimal(value: Value) -> Result<String, Violations> {
    /// Two digits for each of 32 bytes.
    const DIGITS: usize = 64;
    let text = string(value)?.trim().to_ascii_lowercase();
    if text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(text);
    }
    Err(Violations::new(format!("{} is not a SHA-256 hash", quoted(&text)), format!("{DIGITS} hexadecimal digits")))
}
