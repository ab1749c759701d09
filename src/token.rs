//! Tokens: how they look, and what is kept of them.
//!
//! A token is a secret that its principal shows. Its text begins with a prefix and ends with a checksum, so that a scanner
//! that comes upon one in a repository or a log knows it for what it is. The text exists once, when it is made; what
//! is kept is a keyed hash, from which nobody gets the token back, with or without the store.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use rand::RngExt as _;
use rand::distr::Alphanumeric;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// Characters of an alphabet of 62 that hold at least 256 random bits.
const RANDOM_CHARACTERS: usize = 43;
/// Characters of that alphabet that hold any CRC-32.
const CHECKSUM_CHARACTERS: usize = 6;
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Far more than any token has. What is longer is cut before it is hashed: nobody may choose how long that takes.
const LONGEST_HASHED: usize = 256;

/// What a token opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// One scoped server.
    Server,
    /// The admin API, or a server's second factor.
    Api,
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::Server => "mcp",
            Self::Api => "api",
        }
    }
}

/// What all tokens of that kind begin with, for an API with that slug.
pub fn prefix(slug: &str, kind: Kind) -> String {
    format!("{slug}_{}_", kind.word())
}

/// A new token. It is unlike every other one.
pub fn mint(slug: &str, kind: Kind) -> SecretString {
    let mut text = prefix(slug, kind);
    text.extend(rand::rng().sample_iter(Alphanumeric).take(RANDOM_CHARACTERS).map(char::from));
    let checksum = checksum(&text);
    text.push_str(&checksum);
    text.into()
}

/// The CRC-32 of a text in base 62, its length always the same.
fn checksum(text: &str) -> String {
    let mut rest = crc32fast::hash(text.as_bytes());
    let mut digits = [char::from(ALPHABET[0]); CHECKSUM_CHARACTERS];
    for digit in digits.iter_mut().rev() {
        // The remainder is always within the alphabet.
        *digit = ALPHABET.get((rest % 62) as usize).copied().map_or('0', char::from);
        rest /= 62;
    }
    digits.iter().collect()
}

/// What is kept of a token. Without the key, it cannot be worked out even for a known token.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TokenHash(String);

impl TokenHash {
    /// The hash as the store has it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the same as a stored one. How long that takes says nothing about where they differ.
    pub fn matches(&self, stored: &str) -> bool {
        self.0.as_bytes().ct_eq(stored.as_bytes()).into()
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

/// The key to all hashes of one store.
#[derive(Clone)]
pub struct HashKey(Zeroizing<[u8; 32]>);

impl HashKey {
    /// A new key.
    pub fn generate() -> Self {
        Self(Zeroizing::new(rand::rng().random()))
    }

    /// The key that these bytes are; `None` if they are not 32.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    /// Its bytes, to be sealed.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// The hash of what somebody gave as a token, well-formed or not: the work is the same.
    pub fn hash(&self, kind: Kind, given: &str) -> TokenHash {
        let given = given.as_bytes();
        let given = given.get(..LONGEST_HASHED).unwrap_or(given);
        // A key of any length will do for this construction, so that there is always one.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.bytes()) else { return TokenHash(String::new()) };
        mac.update(kind.word().as_bytes());
        mac.update(b":");
        mac.update(given);
        TokenHash(hex(&mac.finalize().into_bytes()))
    }

    /// The hash of a token just made.
    pub fn hash_of(&self, kind: Kind, token: &SecretString) -> TokenHash {
        self.hash(kind, token.expose_secret())
    }
}

impl fmt::Debug for HashKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashKey(…)")
    }
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| DIGITS.get(usize::from(value)).copied().unwrap_or(b'0');
    let digits = bytes.iter().map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect::<Vec<_>>();
    // They are ASCII.
    String::from_utf8(digits.into_flattened()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
