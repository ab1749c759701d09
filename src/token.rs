//! Tokens: their format, and the keyed hash that is stored instead of them.
//!
//! A token is a random secret. Its text begins with a prefix and ends with a checksum, so that secret scanners recognise
//! one in a repository or a log. The text exists only when the token is created: the store has a keyed hash, from which
//! the token cannot be recovered.

mod redaction;

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use rand::RngExt as _;
use rand::distr::Alphanumeric;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

pub use self::redaction::redacted;

/// Characters of an alphabet of 62 that hold at least 256 random bits.
const RANDOM_CHARACTERS: usize = 43;
/// Characters of an alphabet of 62 that hold a CRC-32.
const CHECKSUM_CHARACTERS: usize = 6;
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// The bytes of a presented token that are hashed, far more than a token has. The limit bounds the work for long texts.
const MAX_HASHED_BYTES: usize = 256;

/// The kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// The token of a scoped server.
    Server,
    /// An API token: for the admin API, and as a second factor of servers that require one.
    Api,
    /// The cookie of a browser's session.
    Session,
    /// The proof that a request comes from a page of a session, which is the hash of its cookie as this kind.
    Csrf,
    /// An access token of a server that asks for sign-in.
    Access,
    /// A refresh token, with which a client gets its next access token.
    Refresh,
    /// An authorization code, which a client exchanges for its first tokens.
    Code,
    /// The secret of a client of the authorization server.
    ClientSecret,
}

impl TokenKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Server => "mcp",
            Self::Api => "api",
            Self::Session => "session",
            Self::Csrf => "csrf",
            Self::Access => "access",
            Self::Refresh => "refresh",
            Self::Code => "code",
            Self::ClientSecret => "client",
        }
    }
}

/// Returns the prefix of all tokens of a kind, for the API with that slug.
pub fn prefix(slug: &str, kind: TokenKind) -> String {
    format!("{slug}_{}_", kind.name())
}

/// Creates a random token.
pub fn mint(slug: &str, kind: TokenKind) -> SecretString {
    let mut text = prefix(slug, kind);
    text.extend(rand::rng().sample_iter(Alphanumeric).take(RANDOM_CHARACTERS).map(char::from));
    let checksum = checksum(&text);
    text.push_str(&checksum);
    text.into()
}

/// Returns the token of the same kind that follows `token`. The same token has the same successor, and only the key tells
/// which.
pub fn successor(slug: &str, kind: TokenKind, key: &HashKey, token: &str) -> SecretString {
    let mut mac = key.hmac();
    mac.update(b"successor of ");
    mac.update(key.hash(kind, token).as_str().as_bytes());
    let mut rest = mac.finalize().into_bytes().to_vec();
    let mut text = prefix(slug, kind);
    text.extend((0..RANDOM_CHARACTERS).map(|_| base62_digit(divide(&mut rest, 62))));
    let checksum = checksum(&text);
    text.push_str(&checksum);
    text.into()
}

/// Divides a big-endian number by `divisor` in place. Returns the remainder.
fn divide(number: &mut [u8], divisor: u32) -> u32 {
    number.iter_mut().fold(0, |remainder, digit| {
        let value = (remainder << 8) | u32::from(*digit);
        *digit = u8::try_from(value / divisor).expect("the remainder is less than the divisor");
        value % divisor
    })
}

fn base62_digit(value: u32) -> char {
    let index = usize::try_from(value).expect("a number below 62 fits any integer");
    ALPHABET.get(index).copied().map(char::from).expect("a remainder of 62 indexes 62 characters")
}

/// Returns the CRC-32 of a text in base 62, padded to a fixed length.
fn checksum(text: &str) -> String {
    let mut rest = crc32fast::hash(text.as_bytes());
    let mut digits = ['0'; CHECKSUM_CHARACTERS];
    for digit in digits.iter_mut().rev() {
        *digit = base62_digit(rest % 62);
        rest /= 62;
    }
    digits.iter().collect()
}

/// The keyed hash of a token, as the store has it. Without the key it cannot be computed, even for a known token.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TokenHash(String);

impl TokenHash {
    /// The hash in hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether the hash equals a stored one, in constant time.
    pub fn matches(&self, stored: &str) -> bool {
        self.0.as_bytes().ct_eq(stored.as_bytes()).into()
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

/// The key of all token hashes of a store.
#[derive(Clone)]
pub struct HashKey(Zeroizing<[u8; 32]>);

impl HashKey {
    /// Creates a random key.
    pub fn generate() -> Self {
        Self(Zeroizing::new(rand::rng().random()))
    }

    /// Returns the key with these bytes, or `None` if they are not 32.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    /// The bytes of the key, to be sealed.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// Returns the hash of a text that was presented as a token. Malformed texts are hashed as well, so that they take the
    /// same time.
    pub fn hash(&self, kind: TokenKind, presented: &str) -> TokenHash {
        let presented = presented.as_bytes();
        let presented = presented.get(..MAX_HASHED_BYTES).unwrap_or(presented);
        let mut mac = self.hmac();
        mac.update(kind.name().as_bytes());
        mac.update(b":");
        mac.update(presented);
        TokenHash(hex::encode(mac.finalize().into_bytes()))
    }

    fn hmac(&self) -> Hmac<Sha256> {
        Hmac::new_from_slice(self.bytes()).expect("HMAC takes keys of any length (RFC 2104, section 2)")
    }

    /// Returns the hash of a token.
    pub(crate) fn hash_secret(&self, kind: TokenKind, token: &SecretString) -> TokenHash {
        self.hash(kind, token.expose_secret())
    }
}

impl fmt::Debug for HashKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashKey(…)")
    }
}

#[cfg(test)]
mod tests;
