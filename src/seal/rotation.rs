//! Rotation of the master key, in small steps.
//!
//! After each step the store is consistent: every record names the key that sealed it, and both keys are in use until no
//! record needs the old one. An interrupted rotation continues when it is started again.

use std::path::PathBuf;

use super::MasterKey;
use super::binding::{open_api_key, seal_api_key};
use super::file;
use super::keyring::{KeySource, Keyring, KeyringError, Sealed, seal_hash_key, seal_record};
use crate::clock::Clock;
use crate::store::{AccountRow, KeyRow, SealedSecretRow, StoreError};

/// The number of records that one step reseals.
const BATCH: i64 = 50;

/// A rotation of the master key.
#[derive(Debug)]
pub struct Rotation<'a> {
    keyring: &'a Keyring,
    clock: &'a Clock,
    new: MasterKey,
    promoted: bool,
}

/// A completed step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The new key is in use beside the old one.
    KeyAdded,
    /// This number of API keys and other secrets was resealed with the new key.
    Resealed(u64),
    /// The old key is no longer in use.
    KeyRemoved,
    /// The new key's file was renamed to its final name, and the old key is in another file.
    FilePromoted,
}

/// The reason why a rotation cannot continue. It can be started again.
#[derive(Debug, thiserror::Error)]
pub enum RotationError {
    /// A key or the store failed.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// The keys come from settings, and the next one is not set.
    #[error(
        "no new master key: because the current key does not come from a file, set the new one in the variable that ends \
         in _NEXT_MASTER_KEY"
    )]
    NoNextKey,
}

impl From<StoreError> for RotationError {
    fn from(error: StoreError) -> Self {
        Self::Keyring(error.into())
    }
}

impl From<file::FileError> for RotationError {
    fn from(error: file::FileError) -> Self {
        Self::Keyring(error.into())
    }
}

impl<'a> Rotation<'a> {
    /// Starts a rotation, or continues one that was interrupted.
    ///
    /// # Errors
    ///
    /// Fails if no new key is set, or if its file cannot be written or read.
    pub fn begin(keyring: &'a Keyring, clock: &'a Clock) -> Result<Self, RotationError> {
        let new = match keyring.source() {
            KeySource::Given { next, .. } => next.clone().ok_or(RotationError::NoNextKey)?,
            KeySource::Folder(folder) => {
                let path = folder.join(file::NEXT);
                file::create_key(&path, &MasterKey::generate())?;
                file::read_key(&path)?.ok_or(RotationError::NoNextKey)?
            }
        };
        Ok(Self { keyring, clock, new, promoted: false })
    }

    /// The name of the new key.
    pub fn key_id(&self) -> &str {
        self.new.id()
    }

    /// Returns the files of the keys that this and earlier rotations retired.
    ///
    /// # Errors
    ///
    /// Fails if the folder of the key files cannot be read.
    pub fn retired_keys(&self) -> Result<Vec<PathBuf>, RotationError> {
        match self.keyring.source() {
            KeySource::Folder(folder) => Ok(file::retired_keys(folder)?),
            KeySource::Given { .. } => Ok(Vec::new()),
        }
    }

    /// Performs the next step. Returns `None` if the rotation is finished.
    ///
    /// # Errors
    ///
    /// Fails if the store is not available, if a record does not open, or if a key file cannot be read or renamed. The step
    /// can be repeated.
    pub async fn step(&mut self) -> Result<Option<Step>, RotationError> {
        let store = self.keyring.store();
        let rows = store.keys().await?;
        if rows.iter().all(|row| row.id != self.new.id()) {
            let sealed_hash_key = seal_hash_key(&self.new, self.keyring.hash_key());
            store
                .add_key(&KeyRow {
                    id: self.new.id().to_owned(),
                    sealed_hash_key,
                    created_at: self.creation_time(&rows),
                })
                .await?;
            return Ok(Some(Step::KeyAdded));
        }
        let accounts = store.accounts_not_sealed_with(self.new.id(), BATCH).await?;
        if !accounts.is_empty() {
            let mut resealed = 0;
            for account in &accounts {
                resealed += u64::from(self.reseal(account).await?);
            }
            return Ok(Some(Step::Resealed(resealed)));
        }
        let secrets = store.secrets_not_sealed_with(self.new.id(), BATCH).await?;
        if !secrets.is_empty() {
            let mut resealed = 0;
            for secret in &secrets {
                resealed += u64::from(self.reseal_secret(secret).await?);
            }
            return Ok(Some(Step::Resealed(resealed)));
        }
        if let Some(old) = rows.iter().find(|row| row.id != self.new.id()) {
            return match store.delete_key(&old.id).await {
                Ok(()) => Ok(Some(Step::KeyRemoved)),
                // A secret was added with the old key meanwhile. The next step reseals it.
                Err(StoreError::Orphan) => Ok(Some(Step::Resealed(0))),
                Err(error) => Err(error.into()),
            };
        }
        match self.keyring.source() {
            KeySource::Folder(folder) if !self.promoted => {
                // Another node that started meanwhile may have promoted the file already.
                if file::read_key(&folder.join(file::CURRENT))?.as_ref() != Some(&self.new) {
                    file::promote(folder)?;
                }
                self.promoted = true;
                Ok(Some(Step::FilePromoted))
            }
            _ => Ok(None),
        }
    }

    async fn reseal(&self, account: &AccountRow) -> Result<bool, RotationError> {
        let sealed = Sealed { key_id: account.key_id.clone(), text: account.sealed_key.clone() };
        let origin = self.keyring.origin_of(account)?;
        let api_key = match self.keyring.key(&sealed.key_id) {
            Some(key) => open_api_key(&key, account.id, &origin, &sealed)?,
            None => self.keyring.open_api_key(account.id, &origin, &sealed).await?,
        };
        let resealed = seal_api_key(&self.new, account.id, &origin, &api_key);
        Ok(self.keyring.store().reseal_account(account, &resealed.key_id, &resealed.text).await?)
    }

    async fn reseal_secret(&self, secret: &SealedSecretRow) -> Result<bool, RotationError> {
        let sealed = Sealed { key_id: secret.key_id.clone(), text: secret.sealed.clone() };
        let opened = self.keyring.open_secret(&secret.record, &sealed).await?;
        let resealed = seal_record(&self.new, &secret.record, &opened);
        Ok(self.keyring.store().reseal_secret(secret, &resealed.key_id, &resealed.text).await?)
    }

    /// Returns a time after the creation of every key. The newest key seals new values, and the clocks of nodes differ.
    fn creation_time(&self, rows: &[KeyRow]) -> jiff::Timestamp {
        let newest = rows.iter().map(|row| row.created_at.as_millisecond()).max().unwrap_or_default();
        let now = self.clock.now();
        jiff::Timestamp::from_millisecond(newest + 1).map_or(now, |later| later.max(now))
    }
}
