//! That tokens are what a scanner looks for, and that nothing but the very token has its hash.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::HashSet;

use proptest::prelude::*;

use super::*;

const SLUG: &str = "acme";

fn minted(kind: Kind) -> String {
    mint(SLUG, kind).expose_secret().to_owned()
}

/// Whether the text is one that [`mint`] could have made, as scanners for lost secrets find out.
fn is_well_formed(slug: &str, kind: Kind, text: &str) -> bool {
    let Some(rest) = text.strip_prefix(prefix(slug, kind).as_str()) else { return false };
    if rest.len() != RANDOM_CHARACTERS + CHECKSUM_CHARACTERS || !rest.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return false;
    }
    let (body, given) = text.split_at(text.len() - CHECKSUM_CHARACTERS);
    checksum(body) == given
}

#[test]
fn a_token_holds_at_least_256_random_bits() {
    assert!(f64::from(u32::try_from(RANDOM_CHARACTERS).unwrap()) * 62_f64.log2() >= 256.0);
    let tokens: HashSet<_> = (0..1000).map(|_| minted(Kind::Server)).collect();
    assert_eq!(tokens.len(), 1000);
}

#[test]
fn a_token_says_what_it_is_and_needs_no_escaping_in_a_url() {
    for (kind, prefix) in [(Kind::Server, "acme_mcp_"), (Kind::Api, "acme_api_")] {
        let token = minted(kind);
        assert!(token.starts_with(prefix));
        assert_eq!(token.len(), prefix.len() + RANDOM_CHARACTERS + CHECKSUM_CHARACTERS);
        assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'));
        assert!(is_well_formed(SLUG, kind, &token));
    }
}

#[test]
fn a_token_of_one_kind_is_none_of_the_other() {
    assert!(!is_well_formed(SLUG, Kind::Api, &minted(Kind::Server)));
    assert!(!is_well_formed("other", Kind::Server, &minted(Kind::Server)));
}

#[test]
fn the_checksum_is_that_of_everything_before_it() {
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
fn every_single_character_of_a_token_counts() {
    let token = minted(Kind::Server);
    let key = HashKey::generate();
    let hash = key.hash(Kind::Server, &token);
    for index in 0..token.len() {
        let mut tampered = token.clone().into_bytes();
        let byte = tampered.get_mut(index).unwrap();
        *byte = if *byte == b'x' { b'y' } else { b'x' };
        let tampered = String::from_utf8(tampered).unwrap();
        assert!(!is_well_formed(SLUG, Kind::Server, &tampered), "{index}");
        assert_ne!(key.hash(Kind::Server, &tampered), hash, "{index}");
    }
}

#[test]
fn a_hash_depends_on_the_key_and_the_kind() {
    let (token, key) = (minted(Kind::Server), HashKey::generate());
    let hash = key.hash(Kind::Server, &token);
    assert_ne!(hash, key.hash(Kind::Api, &token));
    assert_ne!(hash, HashKey::generate().hash(Kind::Server, &token));
    assert_eq!(hash, HashKey::from_bytes(key.bytes()).unwrap().hash(Kind::Server, &token));
    assert!(hash.matches(hash.as_str()) && !hash.matches("") && !hash.matches(&hash.as_str()[1..]));
}

#[test]
fn neither_hash_nor_key_is_shown() {
    let key = HashKey::generate();
    let hash = key.hash(Kind::Api, "x");
    assert_eq!(format!("{key:?} {hash:?}"), "HashKey(…) TokenHash(…)");
}

proptest! {
    #[test]
    fn no_other_text_is_well_formed(text in "\\PC*") {
        prop_assert!(!is_well_formed(SLUG, Kind::Server, &text));
    }
}
