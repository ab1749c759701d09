//! Reasons why an operation of the registry was not done.

use tool_runtime::violation::Violations;

use super::revision::Conflict;
use crate::seal::keyring::KeyringError;
use crate::store::StoreError;

/// The reason why an operation was not done. Nothing was stored.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// The input is invalid; never empty.
    #[error("{0}")]
    Invalid(Violations),
    /// No object of this kind has the given ID.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The object has changed since the revision that the change was meant for.
    #[error("the {} has changed meanwhile", .0.kind)]
    Conflict(Box<Conflict>),
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
    /// The keyring failed.
    #[error(transparent)]
    Keyring(KeyringError),
}

/// The result of an operation of the registry.
pub type Result<T> = std::result::Result<T, RegistryError>;

impl From<Violations> for RegistryError {
    fn from(violations: Violations) -> Self {
        Self::Invalid(violations)
    }
}

impl From<StoreError> for RegistryError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<KeyringError> for RegistryError {
    fn from(error: KeyringError) -> Self {
        match error {
            KeyringError::Store(error) => Self::Store(error),
            error => Self::Keyring(error),
        }
    }
}
