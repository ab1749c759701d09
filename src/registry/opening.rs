//! Opening a registry: the store, the keys to it, and on the first start of all a token for its operator.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use secrecy::{ExposeSecret as _, SecretString};
use tool_runtime::api::ApiDef;

use super::{Actor, Parts, Refusal, Registry};
use crate::clock::Clock;
use crate::config::EnvNames;
use crate::config::serve::{DATA_DIR_FLAG, DATABASE_URL_FLAG, Settings};
use crate::seal::file::{self, FileError};
use crate::seal::keyring::{KeySource, Keyring, KeyringError};
use crate::seal::{MasterKey, NotAKey};
use crate::store::{self, Role, Store, StoreError};
use crate::token::{self, Kind};

/// Name of the database that is made where none is given.
const DATABASE: &str = concat!(env!("CARGO_PKG_NAME"), ".db");
/// The fact that the first admin token has been made.
const FIRST_ADMIN: &str = "first_admin_token";
/// What settings are called from which the names of variables derive.
const ADMIN_TOKEN: &str = "admin-token";
const MASTER_KEY: &str = "master-key";
const NEXT_MASTER_KEY: &str = "next-master-key";
/// Shorter ones can be guessed.
const SHORTEST_ADMIN_TOKEN: usize = 16;

/// What a registry is opened with.
#[derive(Clone, Debug)]
pub struct Opening {
    /// Where the store is.
    pub database_url: String,
    /// Where the master key comes from.
    pub keys: KeySource,
    /// A token with all rights that is kept elsewhere. With it, none is made at the first start.
    pub admin_token: Option<SecretString>,
    /// Where the server is known to the outside, without a slash at the end.
    pub public_url: String,
}

impl Opening {
    /// What a server with these settings opens. Makes the folder that it keeps its files in.
    pub fn of(api: &ApiDef, settings: &Settings) -> Result<Self, OpeningError> {
        let opening = Self::of_existing(api, settings)?;
        if settings.database_url.is_none() {
            file::make_folder(&settings.data_dir).map_err(|error| OpeningError::Folder {
                error,
                variable: EnvNames::for_api(api).server(DATA_DIR_FLAG),
            })?;
        }
        Ok(opening)
    }

    /// What a server with these settings has opened before. Nothing is made.
    pub fn of_existing(api: &ApiDef, settings: &Settings) -> Result<Self, OpeningError> {
        let parse = |key: &SecretString, name: &str| {
            let variable = EnvNames::for_api(api).server(name);
            MasterKey::parse(key.expose_secret()).map_err(|error| OpeningError::MasterKey { variable, error })
        };
        let next = settings.next_master_key.as_ref().map(|key| parse(key, NEXT_MASTER_KEY)).transpose()?;
        let keys = match &settings.master_key {
            Some(key) => KeySource::Given { key: parse(key, MASTER_KEY)?, next },
            None => KeySource::Folder(settings.data_dir.clone()),
        };
        let database_url = match &settings.database_url {
            Some(url) => url.expose_secret().to_owned(),
            None => sqlite_url(&settings.data_dir.join(DATABASE)),
        };
        let public_url = match &settings.public_url {
            Some(url) => url.as_str().trim_end_matches('/').to_owned(),
            None => format!("http://{}", reached(settings.listen)),
        };
        Ok(Self { database_url, keys, admin_token: settings.admin_token.clone(), public_url })
    }

    fn check_admin_token(&self, api: &ApiDef) -> Result<(), OpeningError> {
        match &self.admin_token {
            Some(token) if token.expose_secret().chars().count() < SHORTEST_ADMIN_TOKEN => {
                Err(OpeningError::ShortAdminToken { variable: EnvNames::for_api(api).server(ADMIN_TOKEN) })
            }
            _ => Ok(()),
        }
    }
}

/// An address at which this machine reaches what listens at `listen`.
fn reached(mut listen: SocketAddr) -> SocketAddr {
    match listen.ip() {
        IpAddr::V4(address) if address.is_unspecified() => listen.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(address) if address.is_unspecified() => listen.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    listen
}

/// The address of a database in a file, whatever its name is made of.
fn sqlite_url(path: &Path) -> String {
    /// What would end the path, or be taken for an escape.
    const ESCAPED: &AsciiSet = &CONTROLS.add(b'%').add(b'?').add(b'#');
    format!("sqlite:{}", utf8_percent_encode(&path.to_string_lossy(), ESCAPED))
}

/// An open registry.
#[derive(Debug)]
pub struct Opened {
    /// The registry.
    pub registry: Registry,
    /// The token that was made for the operator of a new store. It is shown only once.
    pub admin_token: Option<SecretString>,
    /// The file that was made for the master key of a new store.
    pub key_file: Option<PathBuf>,
    /// Where the store is, if it is new.
    pub new_store: Option<String>,
}

/// Why a registry cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpeningError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What is sealed in the store.
    #[error(transparent)]
    Keyring(KeyringError),
    /// The keys that there are do not fit, and these variables give others.
    #[error("{error}. A key that is no file is given in {variable}, or its path in {variable}_FILE")]
    Keys {
        /// What is wrong with them.
        error: KeyringError,
        /// The variable for a key.
        variable: String,
    },
    /// The text that was given as a master key.
    #[error("{variable}, or the file that {variable}_FILE names, holds no master key: {error}")]
    MasterKey {
        /// Where it was given.
        variable: String,
        /// What it should be.
        error: NotAKey,
    },
    /// Anybody could guess it.
    #[error(
        "the admin token in {variable}, or in the file that {variable}_FILE names, has fewer than \
         {SHORTEST_ADMIN_TOKEN} characters: `openssl rand -base64 32` makes a good one"
    )]
    ShortAdminToken {
        /// Where it was given.
        variable: String,
    },
    /// The folder for what is kept cannot be made.
    #[error("the data folder cannot be used: {error}. Name another with {DATA_DIR_FLAG} or {variable}")]
    Folder {
        /// What is wrong with it.
        error: FileError,
        /// Its variable.
        variable: String,
    },
    /// There is nothing yet, where something was to be looked at or changed.
    #[error(
        "there is no store at {place}: give {DATABASE_URL_FLAG} or {DATA_DIR_FLAG} as the server has them, or set \
         {database_url} or {data_dir} as they are for it"
    )]
    NoStore {
        /// Where it was looked for.
        place: String,
        /// The variable for the database.
        database_url: String,
        /// The variable for the folder.
        data_dir: String,
    },
}

impl OpeningError {
    fn of_keys(api: &ApiDef, error: KeyringError) -> Self {
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

impl Opened {
    /// Opens a registry for `api`.
    ///
    /// For `operator`, a new store gets its first admin token, unless one is given. Other commands make none: who
    /// reads what they print is not known.
    pub async fn open(
        api: &'static ApiDef,
        opening: Opening,
        clock: Clock,
        for_operator: bool,
    ) -> Result<Self, OpeningError> {
        opening.check_admin_token(api)?;
        let store = Store::open(&opening.database_url).await?;
        Self::with(api, store, opening, clock, for_operator).await
    }

    /// Opens a registry for `api` that a server has opened before. If there is none, nothing is made: neither a store
    /// nor a key, which would be another one's than the store that is meant.
    pub async fn existing(api: &'static ApiDef, opening: Opening, clock: Clock) -> Result<Self, OpeningError> {
        opening.check_admin_token(api)?;
        if let Some(store) = Store::find(&opening.database_url).await? {
            if !store.keys().await?.is_empty() {
                return Self::with(api, store, opening, clock, false).await;
            }
            store.close().await;
        }
        let (names, place) = (EnvNames::for_api(api), store::place(&opening.database_url));
        let (database_url, data_dir) = (names.server(DATABASE_URL_FLAG), names.server(DATA_DIR_FLAG));
        Err(OpeningError::NoStore { place, database_url, data_dir })
    }

    async fn with(
        api: &'static ApiDef,
        store: Store,
        opening: Opening,
        clock: Clock,
        for_operator: bool,
    ) -> Result<Self, OpeningError> {
        let new_store = store.keys().await?.is_empty().then(|| store::place(&opening.database_url));
        let key_file = opening.keys.file_to_make();
        let keyring = Keyring::open(store.clone(), opening.keys, &clock).await;
        let keyring = keyring.map_err(|error| OpeningError::of_keys(api, error))?;
        let given_admin = opening.admin_token.map(|token| keyring.hash_key().hash_of(Kind::Api, &token));
        let made_here = for_operator && given_admin.is_none();
        let public_url = opening.public_url;
        let parts = Parts { api, store, keyring, clock, public_url, given_admin, changes: AtomicU64::new(0) };
        let registry = Registry(Arc::new(parts));
        let admin_token = if made_here { registry.first_admin_token().await? } else { None };
        Ok(Self { registry, admin_token, key_file, new_store })
    }
}

impl Registry {
    /// Makes the first admin token, if nobody has.
    ///
    /// The token is stored before it is settled that it is the first: if the program dies in between, the next start
    /// makes another, rather than leaving a store that nobody can open.
    async fn first_admin_token(&self) -> Result<Option<SecretString>, StoreError> {
        if self.store().fact(FIRST_ADMIN).await?.is_some() {
            return Ok(None);
        }
        let token = token::mint(self.0.api.slug, Kind::Api);
        let by = Actor("the first start".to_owned());
        let made = match self.store_api_token("admin".to_owned(), Role::Admin, None, &token, &by).await {
            Ok(made) => made,
            Err(Refusal::Store(error)) => return Err(error),
            Err(other) => return Err(StoreError::Damaged(other.to_string())),
        };
        if self.store().settle(FIRST_ADMIN, &made.about.id.to_string()).await? {
            return Ok(Some(token));
        }
        self.store().remove_api_token(made.about.id).await?;
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn what_listens_everywhere_is_reached_at_this_machines_own_address() {
        for (listen, at) in [
            ("0.0.0.0:8365", "127.0.0.1:8365"),
            ("[::]:8365", "[::1]:8365"),
            ("127.0.0.1:8365", "127.0.0.1:8365"),
            ("192.0.2.1:80", "192.0.2.1:80"),
        ] {
            assert_eq!(reached(listen.parse().unwrap()).to_string(), at);
        }
    }
}
