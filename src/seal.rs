//! Sealing: secrets in the store can only be read with the master key.
//!
//! XChaCha20-Poly1305 with a random nonce. The name of the sealed record is the associated data, so that a sealed text
//! that is moved to another record does not open. This file knows no store; [`keyring`] knows which keys are in use.

pub mod binding;
pub mod file;
pub mod keyring;
pub mod rotation;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use rand::RngExt as _;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;
use zeroize::Zeroizing;

const KEY_BYTES: usize = 32;
/// The bytes that a key's name is made of.
const NAME_BYTES: usize = 8;
const NONCE_BYTES: usize = 24;
/// The prefix of a sealed text. It names the format of the rest.
const VERSION: &str = "v1.";

/// The key that seals all secrets of a store.
///
/// The encryption key is derived from it, and so is its name, which is stored beside everything that it sealed.
#[derive(Clone)]
pub struct MasterKey {
    id: String,
    encoded: SecretString,
    cipher: Zeroizing<[u8; KEY_BYTES]>,
}

/// A text is not a master key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a master key is 32 bytes in base64, as `head -c 32 /dev/urandom | base64` prints them")]
pub struct InvalidMasterKey;

/// A sealed text does not open: it was sealed with another key or for another record, or it was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it cannot be decrypted: it was sealed with another key or for another record, or it was changed")]
pub struct UnsealError;

impl MasterKey {
    /// The prefix of every sealed text.
    pub(crate) const FORMAT: &str = VERSION;

    /// Creates a random key.
    pub fn generate() -> Self {
        Self::from_bytes(&Zeroizing::new(rand::rng().random()))
    }

    /// Parses a key: 32 bytes in base64, with or without padding, in the standard or the URL-safe alphabet.
    ///
    /// # Errors
    ///
    /// Fails if the text is anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidMasterKey> {
        let text = strict_json::without_bom(text).trim().trim_end_matches('=');
        let standard = Zeroizing::new(text.replace('-', "+").replace('_', "/"));
        let bytes = Zeroizing::new(STANDARD_NO_PAD.decode(standard.as_bytes()).map_err(|_| InvalidMasterKey)?);
        Ok(Self::from_bytes(&Zeroizing::new(bytes.as_slice().try_into().map_err(|_| InvalidMasterKey)?)))
    }

    fn from_bytes(bytes: &Zeroizing<[u8; KEY_BYTES]>) -> Self {
        let derivation = Hkdf::<Sha256>::new(None, bytes.as_slice());
        let derive = |purpose: &str, derived: &mut [u8]| {
            derivation
                .expand(purpose.as_bytes(), derived)
                .expect("HKDF-SHA256 derives up to 8,160 bytes (RFC 5869, section 2.3)");
        };
        let mut name = [0; NAME_BYTES];
        derive("name of the key", &mut name);
        let mut cipher = Zeroizing::new([0; KEY_BYTES]);
        derive("sealing", cipher.as_mut_slice());
        Self { id: hex::encode(name), encoded: STANDARD.encode(bytes.as_slice()).into(), cipher }
    }

    /// The name of the key. It identifies the key and reveals nothing about it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The key in base64, to be written to a key file.
    pub fn encoded(&self) -> &SecretString {
        &self.encoded
    }

    /// Seals `secret` for the record called `record`.
    pub fn seal(&self, secret: &[u8], record: &str) -> String {
        let nonce: [u8; NONCE_BYTES] = rand::rng().random();
        let mut bytes = nonce.to_vec();
        bytes.extend(self.encrypt(&nonce, secret, record));
        format!("{VERSION}{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Opens a text that was sealed for the record called `record`.
    ///
    /// # Errors
    ///
    /// Fails if the text was sealed with another key or for another record, or if it was changed.
    pub fn open(&self, sealed: &str, record: &str) -> Result<Zeroizing<Vec<u8>>, UnsealError> {
        let bytes =
            sealed.strip_prefix(VERSION).and_then(|text| URL_SAFE_NO_PAD.decode(text).ok()).ok_or(UnsealError)?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>().ok_or(UnsealError)?;
        let payload = Payload { msg: sealed, aad: record.as_bytes() };
        self.cipher().decrypt(&XNonce::from(*nonce), payload).map(Zeroizing::new).map_err(|_| UnsealError)
    }

    fn encrypt(&self, nonce: &[u8; NONCE_BYTES], secret: &[u8], record: &str) -> Vec<u8> {
        let payload = Payload { msg: secret, aad: record.as_bytes() };
        let encrypted = self.cipher().encrypt(&XNonce::from(*nonce), payload);
        encrypted.expect("ChaCha20-Poly1305 encrypts texts of up to 256 GiB (RFC 8439, section 2.8)")
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&(*self.cipher).into())
    }
}

impl PartialEq for MasterKey {
    fn eq(&self, other: &Self) -> bool {
        use subtle::ConstantTimeEq as _;
        self.encoded.expose_secret().as_bytes().ct_eq(other.encoded.expose_secret().as_bytes()).into()
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({})", self.id)
    }
}

#[cfg(test)]
mod tests;
