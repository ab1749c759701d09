//! The ends of strings and values in a document whose syntax has been checked.

use super::super::words::{Word, first_mark};

/// Returns the place after the value that begins at `at`.
pub(super) fn value_end(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(b'"') => string_end(bytes, at).0,
        Some(b'{' | b'[') => container_end(bytes, at),
        Some(b'n' | b't') => (at + "null".len()).min(bytes.len()),
        Some(b'f') => (at + "false".len()).min(bytes.len()),
        _ => number_end(bytes, at),
    }
}

/// Returns the place after the string that begins at `at`, and whether it has escapes.
pub(super) fn string_end(bytes: &[u8], at: usize) -> (usize, bool) {
    let (mut at, mut has_escapes) = (at + 1, false);
    loop {
        at = quote_or_backslash(bytes, at);
        if bytes.get(at) != Some(&b'\\') {
            return ((at + 1).min(bytes.len()), has_escapes);
        }
        has_escapes = true;
        at += 2;
    }
}

/// Returns the place of the first quotation mark or backslash from `at` on.
fn quote_or_backslash(bytes: &[u8], mut at: usize) -> usize {
    while let Some(word) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let word = Word::new(*word);
        match first_mark(word.equal(b'"') | word.equal(b'\\')) {
            Some(found) => return at + found,
            None => at += Word::LENGTH,
        }
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| matches!(byte, b'"' | b'\\')).unwrap_or(rest.len())
}

fn number_end(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| matches!(byte, b',' | b']' | b'}' | ..=b' ')).unwrap_or(rest.len())
}

/// Returns the place after the object or list that begins at `at`. It does not recurse: nothing limits the depth.
fn container_end(bytes: &[u8], mut at: usize) -> usize {
    let mut depth = 0_usize;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = string_end(bytes, at).0;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth <= 1 => return at + 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}
