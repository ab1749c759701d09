//! The master keys at hand, matched with those that the store was sealed with.
//!
//! Usually that is one key. While a rotation runs there are two, and either may be needed for any record; so a keyring
//! looks again at where keys come from when it meets a record that none of its keys sealed.

use std::path::PathBuf;
use std::sync::RwLock;

use secrecy::{ExposeSecret as _, SecretString};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::file::{self, FileError};
use super::{MasterKey, Unopened};
use crate::clock::Clock;
use crate::store::{KeyRow, Store, StoreError};
use crate::token::HashKey;

/// The record under which the hash key is sealed.
const HASH_KEY: &str = "hash key";

/// Where master keys come from.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// Files in a folder. Without any, the first start makes one.
    Folder(PathBuf),
    /// Given by whoever started the program.
    Given {
        /// The key in use.
        key: MasterKey,
        /// The key that a rotation brings into use.
        next: Option<MasterKey>,
    },
}

impl KeySource {
    /// The keys that there are now: the one in use, then the next one.
    fn load(&self) -> Result<Vec<MasterKey>, FileError> {
        match self {
            Self::Given { key, next } => Ok(std::iter::once(key.clone()).chain(next.clone()).collect()),
            Self::Folder(folder) => {
                let current = file::read(&folder.join(file::CURRENT))?;
                let next = file::read(&folder.join(file::NEXT))?;
                Ok(current.into_iter().chain(next).collect())
            }
        }
    }

    /// The key file that the first start makes, if this is the first start.
    pub fn file_to_make(&self) -> Option<PathBuf> {
        match self {
            Self::Folder(folder) => Some(folder.join(file::CURRENT)).filter(|path| !path.exists()),
            Self::Given { .. } => None,
        }
    }

    /// What to add to a key's name if a rotation left it here.
    fn where_kept(&self, id: &str) -> String {
        match self {
            Self::Folder(folder) => Some(file::kept_as(folder, id)).filter(|path| path.exists()),
            Self::Given { .. } => None,
        }
        .map(|path| format!(", which {} holds", path.display()))
        .unwrap_or_default()
    }

    fn place(&self) -> String {
        match self {
            Self::Folder(folder) => folder.join(file::CURRENT).display().to_string(),
            Self::Given { .. } => "the one given".to_owned(),
        }
    }
}

/// Why what is sealed in the store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// A key file.
    #[error("the master key cannot be used: {0}")]
    File(#[from] FileError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key is another store's.
    #[error(
        "the wrong master key: {place} is key {given}, but this store was sealed with key {wanted}{kept}. Give that key; \
         without it the API keys in the store cannot be read, and accounts and tokens must be made anew in a new store"
    )]
    Wrong {
        /// Where the key came from.
        place: String,
        /// Its name.
        given: String,
        /// The name of the right one.
        wanted: String,
        /// Where that is, if it is known.
        kept: String,
    },
    /// There is a store but no key to it.
    #[error(
        "no master key: this store was sealed with key {wanted}{kept}, and {place} is missing. Put the file back, or give \
         the key to the program"
    )]
    Missing {
        /// Where a key was looked for.
        place: String,
        /// The name of the right one.
        wanted: String,
        /// Where that is, if it is known.
        kept: String,
    },
    /// A rotation has begun, and one of its two keys is not at hand.
    #[error(
        "a rotation of the master key is not finished, and key {wanted} is not at hand: give both keys, or finish it \
         with `rotate-key` where it was begun"
    )]
    HalfRotated {
        /// The name of the key that is missing.
        wanted: String,
    },
    /// Something does not open with the key that sealed it.
    #[error("{record}: {error}")]
    Unopened {
        /// What.
        record: String,
        /// Why.
        error: Unopened,
    },
}

/// The keys to one store.
#[derive(Debug)]
pub struct Keyring {
    store: Store,
    source: KeySource,
    /// Those at hand that are in use, the one that seals last.
    keys: RwLock<Vec<MasterKey>>,
    hash_key: HashKey,
}

/// An API key as the store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Name of the master key.
    pub key_id: String,
    /// The sealed text.
    pub text: String,
}

impl Keyring {
    /// Finds the keys to `store`. A new store gets its first one, made here if `source` has none.
    ///
    /// Fails if a key is missing or is another store's.
    pub async fn open(store: Store, source: KeySource, clock: &Clock) -> Result<Self, KeyringError> {
        if store.keys().await?.is_empty() {
            let key = first_key(&source)?;
            let sealed_hash_key = sealed_hash_key(&key, &HashKey::generate())?;
            // If another node was faster, then its key is the store's, and the check below says whether it is ours.
            store.add_first_key(&KeyRow { id: key.id().to_owned(), sealed_hash_key, created_at: clock.now() }).await?;
        }
        let rows = store.keys().await?;
        let keys = matched(&rows, &source)?;
        let (Some(key), Some(row)) = (keys.last(), rows.last()) else {
            return Err(KeyringError::Missing { place: source.place(), wanted: String::new(), kept: String::new() });
        };
        let hash_key = opened_hash_key(key, &row.sealed_hash_key)?;
        finish_rotation(&source, &keys)?;
        Ok(Self { store, source, keys: RwLock::new(keys), hash_key })
    }

    /// The key to the hashes of all tokens. A rotation does not change it, so that tokens stay what they are.
    pub fn hash_key(&self) -> &HashKey {
        &self.hash_key
    }

    /// Seals an account's API key.
    pub fn seal(&self, account: Uuid, api_key: &SecretString) -> Result<Sealed, KeyringError> {
        let key = self.read().last().cloned();
        let key = key.ok_or_else(|| KeyringError::HalfRotated { wanted: "of the store".to_owned() })?;
        sealed_with(&key, account, api_key)
    }

    /// Opens an account's API key, with a key that came meanwhile if need be.
    pub async fn open_key(&self, account: Uuid, sealed: &Sealed) -> Result<SecretString, KeyringError> {
        if self.named(&sealed.key_id).is_none() {
            self.reload().await?;
        }
        let key = self.named(&sealed.key_id);
        let key = key.ok_or_else(|| KeyringError::HalfRotated { wanted: sealed.key_id.clone() })?;
        opened(&key, account, sealed)
    }

    /// Looks again at which keys are in use and at hand.
    pub async fn reload(&self) -> Result<(), KeyringError> {
        let rows = self.store.keys().await?;
        let keys = matched(&rows, &self.source)?;
        match self.keys.write() {
            Ok(mut current) => *current = keys,
            Err(poisoned) => *poisoned.into_inner() = keys,
        }
        Ok(())
    }

    /// The store that the keys are for.
    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    pub(super) fn source(&self) -> &KeySource {
        &self.source
    }

    pub(super) fn named(&self, id: &str) -> Option<MasterKey> {
        self.read().iter().find(|key| key.id() == id).cloned()
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Vec<MasterKey>> {
        self.keys.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Under which name an account's API key is sealed.
fn record(account: Uuid) -> String {
    format!("account {account}")
}

pub(super) fn sealed_with(key: &MasterKey, account: Uuid, api_key: &SecretString) -> Result<Sealed, KeyringError> {
    let record = record(account);
    match key.seal(api_key.expose_secret().as_bytes(), &record) {
        Ok(text) => Ok(Sealed { key_id: key.id().to_owned(), text }),
        Err(error) => Err(KeyringError::Unopened { record, error }),
    }
}

pub(super) fn opened(key: &MasterKey, account: Uuid, sealed: &Sealed) -> Result<SecretString, KeyringError> {
    let record = record(account);
    let open = || {
        let bytes = key.open(&sealed.text, &record)?;
        let text = Zeroizing::new(String::from_utf8(bytes.to_vec()).map_err(|_| Unopened)?);
        Ok(SecretString::from(text.as_str()))
    };
    open().map_err(|error| KeyringError::Unopened { record: record.clone(), error })
}

pub(super) fn sealed_hash_key(key: &MasterKey, hash_key: &HashKey) -> Result<String, KeyringError> {
    key.seal(hash_key.bytes(), HASH_KEY).map_err(|error| KeyringError::Unopened { record: HASH_KEY.to_owned(), error })
}

fn opened_hash_key(key: &MasterKey, sealed: &str) -> Result<HashKey, KeyringError> {
    let open = || HashKey::from_bytes(&key.open(sealed, HASH_KEY)?).ok_or(Unopened);
    open().map_err(|error| KeyringError::Unopened { record: HASH_KEY.to_owned(), error })
}

/// The key for a new store: the one at hand, or a new one.
fn first_key(source: &KeySource) -> Result<MasterKey, KeyringError> {
    if let Some(key) = source.load()?.into_iter().next() {
        return Ok(key);
    }
    let key = MasterKey::generate();
    if let KeySource::Folder(folder) = source {
        file::make_folder(folder)?;
        let path = folder.join(file::CURRENT);
        if !file::create(&path, &key)?
            && let Some(other) = file::read(&path)?
        {
            return Ok(other);
        }
    }
    Ok(key)
}

/// The keys at hand that the store's `rows` name, in their order. All of them must be at hand.
fn matched(rows: &[KeyRow], source: &KeySource) -> Result<Vec<MasterKey>, KeyringError> {
    let given = source.load()?;
    let mut keys = Vec::new();
    let mut missing = None;
    for row in rows {
        match given.iter().find(|key| key.id() == row.id) {
            Some(key) => keys.push(key.clone()),
            None => missing = Some(row.id.clone()),
        }
    }
    let Some(wanted) = missing else { return Ok(keys) };
    let (place, kept) = (source.place(), source.where_kept(&wanted));
    Err(match given.first() {
        _ if !keys.is_empty() => KeyringError::HalfRotated { wanted },
        Some(key) => KeyringError::Wrong { place, given: key.id().to_owned(), wanted, kept },
        None => KeyringError::Missing { place, wanted, kept },
    })
}

/// Gives the next key's file its final name, if a rotation came as far as that and no further.
fn finish_rotation(source: &KeySource, in_use: &[MasterKey]) -> Result<(), KeyringError> {
    let KeySource::Folder(folder) = source else { return Ok(()) };
    let (current, next) = (folder.join(file::CURRENT), folder.join(file::NEXT));
    let is_in_use = |key: &MasterKey| in_use.contains(key);
    if file::read(&next)?.as_ref().is_some_and(is_in_use) && !file::read(&current)?.as_ref().is_some_and(is_in_use) {
        file::promote(folder)?;
    }
    Ok(())
}
