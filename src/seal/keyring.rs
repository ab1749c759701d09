//! The keyring: the master keys that this process has, matched with those that sealed the store.
//!
//! Usually there is one key. During a rotation there are two, and each record is sealed with one of them. A keyring
//! reloads its keys when it has to open a record that none of them sealed.

use std::path::PathBuf;
use std::sync::RwLock;

use secrecy::{ExposeSecret as _, SecretString};
use uuid::Uuid;

use super::binding::{self, OriginOf};
use super::file::{self, FileError};
use super::{MasterKey, UnsealError};
use crate::clock::Clock;
use crate::store::{AccountRow, KeyRow, Store, StoreError};
use crate::token::HashKey;

/// The name of the record in which the hash key is sealed.
const HASH_KEY: &str = "hash key";

/// The source of master keys.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// Files in a folder. The first start creates one.
    Folder(PathBuf),
    /// Settings of the process.
    Given {
        /// The key in use.
        key: MasterKey,
        /// The key that a rotation changes to.
        next: Option<MasterKey>,
    },
}

impl KeySource {
    /// Reads the keys: the one in use, then the next one.
    fn load(&self) -> Result<Vec<MasterKey>, FileError> {
        match self {
            Self::Given { key, next } => Ok(std::iter::once(key.clone()).chain(next.clone()).collect()),
            Self::Folder(folder) => {
                let current = file::read_key(&folder.join(file::CURRENT))?;
                let next = file::read_key(&folder.join(file::NEXT))?;
                Ok(current.into_iter().chain(next).collect())
            }
        }
    }

    /// Returns the key file that a first start would create, or `None` if there is a key.
    pub(crate) fn file_to_create(&self) -> Option<PathBuf> {
        match self {
            Self::Folder(folder) => Some(folder.join(file::CURRENT)).filter(|path| !path.exists()),
            Self::Given { .. } => None,
        }
    }

    /// Returns a clause for messages that names the file of a retired key, if a rotation kept one in this folder.
    fn retired_hint(&self, id: &str) -> String {
        match self {
            Self::Folder(folder) => Some(file::retired_path(folder, id)).filter(|path| path.exists()),
            Self::Given { .. } => None,
        }
        .map(|path| format!(" (kept in {})", path.display()))
        .unwrap_or_default()
    }

    /// Returns the name of the source for messages.
    fn place(&self) -> String {
        match self {
            Self::Folder(folder) => folder.join(file::CURRENT).display().to_string(),
            Self::Given { .. } => "the given key".to_owned(),
        }
    }
}

/// The reason why the sealed values in the store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// A key file cannot be used.
    #[error("the master key cannot be used: {0}")]
    File(#[from] FileError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key belongs to another store.
    #[error(
        "wrong master key: {place} is key {given}, but this store was sealed with key {wanted}{hint}. Provide that key. \
         Without it the API keys in the store cannot be read, and accounts and tokens must be created in a new store"
    )]
    Wrong {
        /// The source of the key.
        place: String,
        /// The name of the key.
        given: String,
        /// The name of the right key.
        wanted: String,
        /// The file of the right key, if it is known, as a clause.
        hint: String,
    },
    /// There is a store but no key.
    #[error(
        "no master key: this store was sealed with key {wanted}{hint}, but {place} does not exist. Restore the file, or \
         set the key in the settings"
    )]
    Missing {
        /// The expected source of the key.
        place: String,
        /// The name of the right key.
        wanted: String,
        /// The file of the right key, if it is known, as a clause.
        hint: String,
    },
    /// A rotation is not finished, and this process lacks one of its two keys.
    #[error(
        "a rotation of the master key is not finished, and key {wanted} is missing: provide both keys, or finish the \
         rotation with `rotate-key` where it was started"
    )]
    HalfRotated {
        /// The name of the key that is missing.
        wanted: String,
    },
    /// A record does not open with the key that sealed it.
    #[error("{record}: {error}")]
    Unsealed {
        /// The name of the record.
        record: String,
        /// The cause.
        error: UnsealError,
    },
    /// An account's API key does not open.
    #[error(
        "the API key of account {account} does not open for {origin}: {error}. Nothing is sent there. Give the account \
         its key again"
    )]
    ApiKey {
        /// The account.
        account: Uuid,
        /// The origin of the account's address.
        origin: String,
        /// The cause.
        error: UnsealError,
    },
    /// The parts of an account's address no longer make one.
    #[error("account {account} has no valid address: give it an address and its API key, or delete it")]
    NoAddress {
        /// The account.
        account: Uuid,
    },
}

/// The master keys of a store.
#[derive(Debug)]
pub struct Keyring {
    store: Store,
    source: KeySource,
    /// The keys in use. The last one seals new values.
    keys: RwLock<Vec<MasterKey>>,
    hash_key: HashKey,
    origin_of: OriginOf,
}

/// A sealed API key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The name of the master key.
    pub key_id: String,
    /// The sealed text.
    pub text: String,
}

impl Keyring {
    /// Loads the keys of `store`. A new store gets its first key, which is created if `source` has none. In a store of
    /// release 0.1, the API keys are bound to the origins that `origin_of` returns.
    ///
    /// # Errors
    ///
    /// Fails if a key is missing or belongs to another store, if a key file cannot be read or written, or if the store is
    /// not available.
    pub async fn open(
        store: Store,
        source: KeySource,
        clock: &Clock,
        origin_of: OriginOf,
    ) -> Result<Self, KeyringError> {
        if store.keys().await?.is_empty() {
            let key = first_key(&source)?;
            let sealed_hash_key = seal_hash_key(&key, &HashKey::generate());
            // If another node has added its key first, the check below tells whether it is the same one.
            store.add_first_key(&KeyRow { id: key.id().to_owned(), sealed_hash_key, created_at: clock.now() }).await?;
        }
        let rows = store.keys().await?;
        let keys = keys_in_use(&rows, &source)?;
        let (Some(key), Some(row)) = (keys.last(), rows.last()) else {
            return Err(KeyringError::Missing { place: source.place(), wanted: String::new(), hint: String::new() });
        };
        let hash_key = open_hash_key(key, &row.sealed_hash_key)?;
        finish_rotation(&source, &keys)?;
        binding::bind_all(&store, &keys, origin_of, clock).await?;
        Ok(Self { store, source, keys: RwLock::new(keys), hash_key, origin_of })
    }

    /// The key of all token hashes. A rotation does not change it, so that tokens stay valid.
    pub fn hash_key(&self) -> &HashKey {
        &self.hash_key
    }

    /// The key that seals new values, which also seals confirmations.
    ///
    /// # Errors
    ///
    /// Fails if no key is in use.
    pub(crate) fn newest_key(&self) -> Result<MasterKey, KeyringError> {
        let key = self.keys().last().cloned();
        key.ok_or_else(|| KeyringError::HalfRotated { wanted: "of the store".to_owned() })
    }

    /// Seals an account's API key for the origin of the account's address.
    ///
    /// # Errors
    ///
    /// Fails if no key is in use.
    pub fn seal(&self, account: Uuid, origin: &str, api_key: &SecretString) -> Result<Sealed, KeyringError> {
        let key = self.newest_key()?;
        Ok(binding::seal_api_key(&key, account, origin, api_key))
    }

    /// Opens an account's API key for the origin of the account's address. Reloads the keys if none of them sealed it.
    ///
    /// # Errors
    ///
    /// Fails if the key that sealed it is missing, if it was sealed for another account or origin, or if the store is not
    /// available.
    pub async fn open_api_key(
        &self,
        account: Uuid,
        origin: &str,
        sealed: &Sealed,
    ) -> Result<SecretString, KeyringError> {
        if self.key(&sealed.key_id).is_none() {
            self.reload().await?;
        }
        let key = self.key(&sealed.key_id);
        let key = key.ok_or_else(|| KeyringError::HalfRotated { wanted: sealed.key_id.clone() })?;
        binding::open_api_key(&key, account, origin, sealed)
    }

    /// Seals a secret as the record of that name.
    ///
    /// # Errors
    ///
    /// Fails if no key is in use.
    pub(crate) fn seal_secret(&self, record: &str, secret: &SecretString) -> Result<Sealed, KeyringError> {
        Ok(seal_record(&self.newest_key()?, record, secret))
    }

    /// Opens a secret that was sealed as the record of that name. Reloads the keys if none of them sealed it.
    ///
    /// # Errors
    ///
    /// Fails if the key that sealed it is missing, if it was sealed as another record, or if the store is not available.
    pub(crate) async fn open_secret(&self, record: &str, sealed: &Sealed) -> Result<SecretString, KeyringError> {
        if self.key(&sealed.key_id).is_none() {
            self.reload().await?;
        }
        let key = self.key(&sealed.key_id);
        let key = key.ok_or_else(|| KeyringError::HalfRotated { wanted: sealed.key_id.clone() })?;
        open_record(&key, record, sealed).map_err(|error| KeyringError::Unsealed { record: record.to_owned(), error })
    }

    /// Reloads the keys in use.
    ///
    /// # Errors
    ///
    /// Fails if a key is missing, if a key file cannot be read, or if the store is not available.
    pub(crate) async fn reload(&self) -> Result<(), KeyringError> {
        let rows = self.store.keys().await?;
        let keys = keys_in_use(&rows, &self.source)?;
        match self.keys.write() {
            Ok(mut current) => *current = keys,
            Err(poisoned) => *poisoned.into_inner() = keys,
        }
        Ok(())
    }

    /// The store whose values the keys sealed.
    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    /// Returns the origin of a stored account.
    pub(super) fn origin_of(&self, account: &AccountRow) -> Result<String, KeyringError> {
        (self.origin_of)(account).ok_or(KeyringError::NoAddress { account: account.id })
    }

    /// The source of the keys.
    pub(super) fn source(&self) -> &KeySource {
        &self.source
    }

    /// Returns the key of that name, if it is in use.
    pub(super) fn key(&self, id: &str) -> Option<MasterKey> {
        self.keys().iter().find(|key| key.id() == id).cloned()
    }

    fn keys(&self) -> std::sync::RwLockReadGuard<'_, Vec<MasterKey>> {
        self.keys.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Seals a text as the record of that name with a certain master key.
pub(super) fn seal_record(key: &MasterKey, record: &str, secret: &SecretString) -> Sealed {
    Sealed { key_id: key.id().to_owned(), text: key.seal(secret.expose_secret().as_bytes(), record) }
}

/// Opens a text that was sealed as the record of that name.
pub(super) fn open_record(key: &MasterKey, record: &str, sealed: &Sealed) -> Result<SecretString, UnsealError> {
    let bytes = key.open(&sealed.text, record)?;
    Ok(std::str::from_utf8(&bytes).map_err(|_| UnsealError)?.into())
}

/// Seals the hash key with a certain master key.
pub(super) fn seal_hash_key(key: &MasterKey, hash_key: &HashKey) -> String {
    key.seal(hash_key.bytes(), HASH_KEY)
}

fn open_hash_key(key: &MasterKey, sealed: &str) -> Result<HashKey, KeyringError> {
    let open = || HashKey::from_bytes(&key.open(sealed, HASH_KEY)?).ok_or(UnsealError);
    open().map_err(|error| KeyringError::Unsealed { record: HASH_KEY.to_owned(), error })
}

/// Returns the key for a new store: the one that `source` has, or a new one.
fn first_key(source: &KeySource) -> Result<MasterKey, KeyringError> {
    if let Some(key) = source.load()?.into_iter().next() {
        return Ok(key);
    }
    let key = MasterKey::generate();
    if let KeySource::Folder(folder) = source {
        file::create_folder(folder)?;
        let path = folder.join(file::CURRENT);
        if !file::create_key(&path, &key)?
            && let Some(other) = file::read_key(&path)?
        {
            return Ok(other);
        }
    }
    Ok(key)
}

/// Returns the keys that `rows` name, in the order of the rows. Fails if `source` lacks one of them.
fn keys_in_use(rows: &[KeyRow], source: &KeySource) -> Result<Vec<MasterKey>, KeyringError> {
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
    let (place, hint) = (source.place(), source.retired_hint(&wanted));
    Err(match given.first() {
        _ if !keys.is_empty() => KeyringError::HalfRotated { wanted },
        Some(key) => KeyringError::Wrong { place, given: key.id().to_owned(), wanted, hint },
        None => KeyringError::Missing { place, wanted, hint },
    })
}

/// Renames the file of the next key if a rotation was interrupted just before that.
fn finish_rotation(source: &KeySource, in_use: &[MasterKey]) -> Result<(), KeyringError> {
    let KeySource::Folder(folder) = source else { return Ok(()) };
    let (current, next) = (folder.join(file::CURRENT), folder.join(file::NEXT));
    let is_in_use = |key: &MasterKey| in_use.contains(key);
    if file::read_key(&next)?.as_ref().is_some_and(is_in_use)
        && !file::read_key(&current)?.as_ref().is_some_and(is_in_use)
    {
        file::promote(folder)?;
    }
    Ok(())
}
