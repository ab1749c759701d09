//! Changing the master key, one small step after the other.
//!
//! Between any two steps the store is whole: every record names the key that sealed it, and both keys are in use until
//! nothing needs the old one. Whoever is stopped in between goes on by beginning again.

use std::path::PathBuf;

use super::MasterKey;
use super::file;
use super::keyring::{KeySource, Keyring, KeyringError, Sealed, opened, sealed_hash_key, sealed_with};
use crate::clock::Clock;
use crate::store::{AccountRow, KeyRow, StoreError};

/// How many records one step seals anew.
const BATCH: i64 = 50;

/// A change of the master key.
#[derive(Debug)]
pub struct Rotation<'a> {
    keyring: &'a Keyring,
    clock: &'a Clock,
    new: MasterKey,
    promoted: bool,
}

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The new key is in use, beside the old one.
    KeyAdded,
    /// So many API keys are sealed anew.
    Resealed(u64),
    /// An old key is no longer in use.
    KeyRemoved,
    /// The new key's file has its final name, and the old key another.
    FilePromoted,
}

/// Why a rotation cannot go on. It can be begun again.
#[derive(Debug, thiserror::Error)]
pub enum RotationError {
    /// A key or the store.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// The keys are given, but not the next one.
    #[error(
        "no new master key was given: where the key does not come from a file, give the next one too, in the \
         variable that ends in _NEXT_MASTER_KEY"
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
    /// Begins, or goes on with what was begun.
    pub fn begin(keyring: &'a Keyring, clock: &'a Clock) -> Result<Self, RotationError> {
        let new = match keyring.source() {
            KeySource::Given { next, .. } => next.clone().ok_or(RotationError::NoNextKey)?,
            KeySource::Folder(folder) => {
                let path = folder.join(file::NEXT);
                file::create(&path, &MasterKey::generate())?;
                file::read(&path)?.ok_or(RotationError::NoNextKey)?
            }
        };
        Ok(Self { keyring, clock, new, promoted: false })
    }

    /// Name of the new key.
    pub fn key_id(&self) -> &str {
        self.new.id()
    }

    /// The files that keep the keys of this and of earlier rotations.
    pub fn kept(&self) -> Result<Vec<PathBuf>, RotationError> {
        match self.keyring.source() {
            KeySource::Folder(folder) => Ok(file::kept(folder)?),
            KeySource::Given { .. } => Ok(Vec::new()),
        }
    }

    /// Does the next step, or says that there is none.
    pub async fn step(&mut self) -> Result<Option<Step>, RotationError> {
        let store = self.keyring.store();
        let rows = store.keys().await?;
        if rows.iter().all(|row| row.id != self.new.id()) {
            let sealed_hash_key = sealed_hash_key(&self.new, self.keyring.hash_key())?;
            store
                .add_key(&KeyRow { id: self.new.id().to_owned(), sealed_hash_key, created_at: self.after(&rows) })
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
        if let Some(old) = rows.iter().find(|row| row.id != self.new.id()) {
            return match store.remove_key(&old.id).await {
                Ok(()) => Ok(Some(Step::KeyRemoved)),
                // An account was made with the old key a moment ago; the next step seals it anew.
                Err(StoreError::Orphan) => Ok(Some(Step::Resealed(0))),
                Err(error) => Err(error.into()),
            };
        }
        match self.keyring.source() {
            KeySource::Folder(folder) if !self.promoted => {
                // A node that started a moment ago may have done so already.
                if file::read(&folder.join(file::CURRENT))?.as_ref() != Some(&self.new) {
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
        let api_key = match self.keyring.named(&sealed.key_id) {
            Some(key) => opened(&key, account.id, &sealed)?,
            None => self.keyring.open_key(account.id, &sealed).await?,
        };
        let resealed = sealed_with(&self.new, account.id, &api_key)?;
        Ok(self.keyring.store().reseal_account(account, &resealed.key_id, &resealed.text).await?)
    }

    /// A time after that of every key: the youngest is the one that seals, and clocks differ.
    fn after(&self, rows: &[KeyRow]) -> jiff::Timestamp {
        let youngest = rows.iter().map(|row| row.created_at.as_millisecond()).max().unwrap_or_default();
        let now = self.clock.now();
        jiff::Timestamp::from_millisecond(youngest + 1).map_or(now, |later| later.max(now))
    }
}
