//! Removing tokens from texts that are logged, stored or sent back.
//!
//! A token can turn up in any text that a client sends, for example in a header that somebody filled in wrongly.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::{TokenKind, prefix};
use crate::tools::API;

/// The text in place of a token.
const REPLACEMENT: &str = "[redacted]";

/// The kinds of tokens that are secrets of their own.
const KINDS: [TokenKind; 7] = [
    TokenKind::Server,
    TokenKind::Api,
    TokenKind::Session,
    TokenKind::Access,
    TokenKind::Refresh,
    TokenKind::Code,
    TokenKind::ClientSecret,
];

static PREFIXES: LazyLock<[String; KINDS.len()]> = LazyLock::new(|| KINDS.map(|kind| prefix(API.slug, kind)));

/// Returns the text with everything that begins as a token does replaced by `[redacted]`.
pub fn redacted(text: &str) -> Cow<'_, str> {
    let mut rest = text;
    let mut redacted = String::new();
    while let Some(start) = PREFIXES.iter().filter_map(|prefix| find_ignoring_case(rest, prefix)).min() {
        let (before, token) = rest.split_at(start);
        redacted.push_str(before);
        redacted.push_str(REPLACEMENT);
        rest = token.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    }
    if rest.len() == text.len() {
        return Cow::Borrowed(text);
    }
    redacted.push_str(rest);
    Cow::Owned(redacted)
}

fn find_ignoring_case(text: &str, prefix: &str) -> Option<usize> {
    let windows = text.as_bytes().windows(prefix.len());
    windows.into_iter().position(|window| window.eq_ignore_ascii_case(prefix.as_bytes()))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;
    use crate::token::mint;

    #[test]
    fn tokens_of_every_kind_are_replaced_wherever_they_are() {
        for kind in KINDS {
            let token = mint(API.slug, kind);
            let token = token.expose_secret();
            assert_eq!(redacted(token), "[redacted]");
            assert_eq!(redacted(&token.to_ascii_uppercase()), "[redacted]");
            assert_eq!(redacted(&format!("a {token}, ä/{token}?x")), "a [redacted], ä/[redacted]?x");
            assert_eq!(redacted(&token[..token.len() - 9]), "[redacted]", "a part of a token");
        }
    }

    #[test]
    fn other_texts_are_not_changed() {
        for text in ["", "ä", API.slug, concat!(env!("CARGO_PKG_NAME"), "/1.0"), "0190f0c1-2f4b-7d52-b4f5-6a0e3d1c9b8a"]
        {
            assert!(matches!(redacted(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }
}
