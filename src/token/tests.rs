//! Tests: secret scanners recognise tokens, and no two tokens have the same hash.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::HashSet;

use proptest::prelude::*;

use super::*;

const SLUG: &str = "acme";

fn minted(kind: TokenKind) -> String {
    mint(SLUG, kind).expose_secret().to_owned()
}

/// Returns whether [`mint`] could have created the text. Secret scanners test the same.
fn is_well_formed(slug: &str, kind: TokenKind, text: &str) -> bool {
    let Some(rest) = text.strip_prefix(prefix(slug, kind).as_str()) else { return false };
    if rest.len() != RANDOM_CHARACTERS + CHECKSUM_CHARACTERS || !rest.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return false;
    }
    let (body, given) = text.split_at(text.len() - CHECKSUM_CHARACTERS);
    checksum(body) == given
}

#[test]
fn tokens_have_at_least_256_random_bits() {
    assert!(f64::from(u32::try_from(RANDOM_CHARACTERS).unwrap()) * 62_f64.log2() >= 256.0);
    let tokens: HashSet<_> = (0..1000).map(|_| minted(TokenKind::Server)).collect();
    assert_eq!(tokens.len(), 1000);
}

#[test]
fn tokens_have_a_prefix_and_are_url_safe() {
    for (kind, prefix) in [(TokenKind::Server, "acme_mcp_"), (TokenKind::Api, "acme_api_")] {
        let token = minted(kind);
        assert!(token.starts_with(prefix));
        assert_eq!(token.len(), prefix.len() + RANDOM_CHARACTERS + CHECKSUM_CHARACTERS);
        assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'));
        assert!(is_well_formed(SLUG, kind, &token));
    }
}

#[test]
fn a_token_has_one_kind_and_slug() {
    assert!(!is_well_formed(SLUG, TokenKind::Api, &minted(TokenKind::Server)));
    assert!(!is_well_formed("other", TokenKind::Server, &minted(TokenKind::Server)));
}

#[test]
fn the_checksum_is_a_crc32_in_base_62() {
    // CRC-32 of "123456789" is 0xCBF43926 by definition: 3421780262 in base 62 is 3jZQDo.
    let value = 3_421_780_262_u64;
    let digits = checksum("123456789");
    let read = digits
        .bytes()
        .fold(0_u64, |sum, digit| sum * 62 + ALPHABET.iter().position(|known| *known == digit).unwrap() as u64);
    assert_eq!((read, digits.len()), (value, CHECKSUM_CHARACTERS));
    assert_eq!(checksum("").len(), CHECKSUM_CHARACTERS);
}

#[test]
fn changing_any_character_changes_checksum_and_hash() {
    let token = minted(TokenKind::Server);
    let key = HashKey::generate();
    let hash = key.hash(TokenKind::Server, &token);
    for index in 0..token.len() {
        let mut tampered = token.clone().into_bytes();
        let byte = tampered.get_mut(index).unwrap();
        *byte = if *byte == b'x' { b'y' } else { b'x' };
        let tampered = String::from_utf8(tampered).unwrap();
        assert!(!is_well_formed(SLUG, TokenKind::Server, &tampered), "{index}");
        assert_ne!(key.hash(TokenKind::Server, &tampered), hash, "{index}");
    }
}

#[test]
fn a_hash_depends_on_key_and_kind() {
    let (token, key) = (minted(TokenKind::Server), HashKey::generate());
    let hash = key.hash(TokenKind::Server, &token);
    assert_ne!(hash, key.hash(TokenKind::Api, &token));
    assert_ne!(hash, HashKey::generate().hash(TokenKind::Server, &token));
    assert_eq!(hash, HashKey::from_bytes(key.bytes()).unwrap().hash(TokenKind::Server, &token));
    assert!(hash.matches(hash.as_str()) && !hash.matches("") && !hash.matches(&hash.as_str()[1..]));
}

#[test]
fn debug_output_hides_hashes_and_keys() {
    let key = HashKey::generate();
    let hash = key.hash(TokenKind::Api, "x");
    assert_eq!(format!("{key:?} {hash:?}"), "HashKey(…) TokenHash(…)");
}

proptest! {
    #[test]
    fn arbitrary_texts_are_not_well_formed(text in "\\PC*") {
        prop_assert!(!is_well_formed(SLUG, TokenKind::Server, &text));
    }
}

#[test]
fn a_token_has_one_successor_that_only_the_key_tells() {
    let (key, other) = (HashKey::generate(), HashKey::generate());
    let follow =
        |key: &HashKey, token: &str| successor(SLUG, TokenKind::Refresh, key, token).expose_secret().to_owned();
    let first = minted(TokenKind::Refresh);
    let second = follow(&key, &first);
    assert!(is_well_formed(SLUG, TokenKind::Refresh, &second));
    assert_eq!(follow(&key, &first), second);
    assert_ne!(follow(&other, &first), second);
    assert_ne!(follow(&key, &second), first);
    let all: HashSet<_> = (0..1000).map(|number| follow(&key, &number.to_string())).collect();
    assert_eq!(all.len(), 1000);
}
