//! Sealing: what is secret in the store can be read only with the master key.
//!
//! XChaCha20-Poly1305, its nonce random, the name of the sealed record as associated data: a sealed text that is
//! moved to another record does not open. Nothing here knows the store; which keys there are is for [`keyring`].

pub mod file;
pub mod keyring;
pub mod rotation;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use rand::RngExt as _;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::token::hex;

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
/// Says how the rest of a sealed text is to be read.
const VERSION: &str = "v1.";

/// The key to everything sealed in a store.
///
/// What encrypts is derived from it, and so is its name, which is stored beside whatever it sealed.
#[derive(Clone)]
pub struct MasterKey {
    id: String,
    text: SecretString,
    cipher: Zeroizing<[u8; KEY_BYTES]>,
}

/// Why a text is no master key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a master key is 32 bytes in base64, as `head -c 32 /dev/urandom | base64` prints them")]
pub struct NotAKey;

/// Why a sealed text does not open: it was made with another key or for another record, or it was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it cannot be opened: it was sealed with another key or for another record, or it has been changed")]
pub struct Unopened;

impl MasterKey {
    /// A new key.
    pub fn generate() -> Self {
        Self::of(&Zeroizing::new(rand::rng().random()))
    }

    /// The key that a person wrote down: 32 bytes in base64, with or without padding, in either alphabet.
    pub fn parse(text: &str) -> Result<Self, NotAKey> {
        let text = text.trim().trim_end_matches('=');
        let standard = Zeroizing::new(text.replace('-', "+").replace('_', "/"));
        let bytes = Zeroizing::new(
            base64::engine::general_purpose::STANDARD_NO_PAD.decode(standard.as_bytes()).map_err(|_| NotAKey)?,
        );
        Ok(Self::of(&Zeroizing::new(bytes.as_slice().try_into().map_err(|_| NotAKey)?)))
    }

    fn of(bytes: &Zeroizing<[u8; KEY_BYTES]>) -> Self {
        let derivation = Hkdf::<Sha256>::new(None, bytes.as_slice());
        let derive = |what: &str| {
            let mut derived = Zeroizing::new([0; KEY_BYTES]);
            // Fails only beyond 8,160 bytes.
            let _ = derivation.expand(what.as_bytes(), derived.as_mut_slice());
            derived
        };
        let id = hex(derive("name of the key").get(..8).unwrap_or_default());
        Self { id, text: STANDARD.encode(bytes.as_slice()).into(), cipher: derive("sealing") }
    }

    /// Its name, which tells it apart from other keys and gives nothing of it away.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its text, to be written into a key file.
    pub fn text(&self) -> &SecretString {
        &self.text
    }

    /// Seals `secret` for the record called `record`.
    pub fn seal(&self, secret: &[u8], record: &str) -> Result<String, Unopened> {
        let nonce: [u8; NONCE_BYTES] = rand::rng().random();
        let sealed = self
            .cipher()
            .encrypt(&XNonce::from(nonce), Payload { msg: secret, aad: record.as_bytes() })
            .map_err(|_| Unopened)?;
        let mut bytes = nonce.to_vec();
        bytes.extend(sealed);
        Ok(format!("{VERSION}{}", URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Opens what was sealed for the record called `record`.
    pub fn open(&self, sealed: &str, record: &str) -> Result<Zeroizing<Vec<u8>>, Unopened> {
        let bytes = sealed.strip_prefix(VERSION).and_then(|text| URL_SAFE_NO_PAD.decode(text).ok()).ok_or(Unopened)?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>().ok_or(Unopened)?;
        let payload = Payload { msg: sealed, aad: record.as_bytes() };
        self.cipher().decrypt(&XNonce::from(*nonce), payload).map(Zeroizing::new).map_err(|_| Unopened)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&(*self.cipher).into())
    }
}

impl PartialEq for MasterKey {
    fn eq(&self, other: &Self) -> bool {
        use subtle::ConstantTimeEq as _;
        self.text.expose_secret().as_bytes().ct_eq(other.text.expose_secret().as_bytes()).into()
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({})", self.id)
    }
}

#[cfg(test)]
mod tests;
