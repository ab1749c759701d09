//! Reasons why a registry cannot be opened.

use tool_runtime::api::ApiDef;

use crate::config::EnvNames;
use crate::config::serve::{DATA_DIR_FLAG, DATABASE_URL_FLAG, MASTER_KEY, NEXT_MASTER_KEY};
use crate::seal::InvalidMasterKey;
use crate::seal::file::FileError;
use crate::seal::keyring::KeyringError;
use crate::store::StoreError;

/// The shortest admin token in the settings, in characters. A shorter one could be guessed.
pub(super) const SHORTEST_ADMIN_TOKEN: usize = 16;

/// The reason why a registry cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The store cannot be opened or created.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The keyring cannot be opened.
    #[error(transparent)]
    Keyring(KeyringError),
    /// The master key does not fit the store; a variable can give another one.
    #[error("{error}. Set {variable} to the key, or {variable}_FILE to the path of a file that holds it")]
    Keys {
        /// The problem with the key.
        error: KeyringError,
        /// The variable for the key.
        variable: String,
    },
    /// The master key in the settings is invalid.
    #[error("the master key in {variable}, or in the file that {variable}_FILE names, is invalid: {error}")]
    MasterKey {
        /// The variable for the key.
        variable: String,
        /// The problem with the key.
        error: InvalidMasterKey,
    },
    /// The admin token in the settings could be guessed.
    #[error(
        "the admin token in {variable}, or in the file that {variable}_FILE names, has fewer than \
         {SHORTEST_ADMIN_TOKEN} characters; `openssl rand -base64 32` makes a good one"
    )]
    ShortAdminToken {
        /// The variable for the token.
        variable: String,
    },
    /// The data folder cannot be created.
    #[error("cannot use the data folder: {error}. Choose another one with {DATA_DIR_FLAG} or {variable}")]
    Folder {
        /// The problem with the folder.
        error: FileError,
        /// The variable for the folder.
        variable: String,
    },
    /// There is no store, and the command must not create one.
    #[error(
        "there is no store at {place}: use the server's {DATABASE_URL_FLAG} or {DATA_DIR_FLAG}, or set {database_url} \
         or {data_dir} as they are set for the server"
    )]
    NoStore {
        /// The place where the store was expected.
        place: String,
        /// The variable for the database.
        database_url: String,
        /// The variable for the data folder.
        data_dir: String,
    },
}

impl OpenError {
    pub(super) fn from_keyring(api: &ApiDef, error: KeyringError) -> Self {
        match error {
            KeyringError::Wrong { .. } | KeyringError::Missing { .. } => {
                Self::Keys { error, variable: EnvNames::for_api(api).server(MASTER_KEY) }
            }
            KeyringError::HalfRotated { .. } => {
                Self::Keys { error, variable: EnvNames::for_api(api).server(NEXT_MASTER_KEY) }
            }
            error => Self::Keyring(error),
        }
    }
}
