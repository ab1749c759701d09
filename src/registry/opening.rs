//! Opening a registry: the store, the keys to it, and on the first start of all a token for its operator.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use secrecy::{ExposeSecret as _, SecretString};
use tool_runtime::api::ApiDef;

use super::{Actor, Parts, Refusal, Registry};
use crate::clock::Clock;
use crate::config::serve::Settings;
use crate::seal::keyring::{KeySource, Keyring, KeyringError};
use crate::seal::{MasterKey, NotAKey, file};
use crate::store::{Role, Store, StoreError};
use crate::token::{self, Kind};

/// Name of the database that is made where none is given.
const DATABASE: &str = concat!(env!("CARGO_PKG_NAME"), ".db");
/// The fact that the first admin token has been made.
const FIRST_ADMIN: &str = "first_admin_token";
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
    /// Where the server is known to the outside.
    pub public_url: String,
}

impl Opening {
    /// What a server with these settings opens. Makes the folder that it keeps its files in.
    pub fn of(settings: &Settings) -> Result<Self, OpeningError> {
        let parse = |key: &SecretString| MasterKey::parse(key.expose_secret()).map_err(OpeningError::MasterKey);
        let next = settings.next_master_key.as_ref().map(parse).transpose()?;
        let keys = match &settings.master_key {
            Some(key) => KeySource::Given { key: parse(key)?, next },
            None => KeySource::Folder(settings.data_dir.clone()),
        };
        let database_url = match &settings.database_url {
            Some(url) => url.expose_secret().to_owned(),
            None => {
                file::make_folder(&settings.data_dir).map_err(KeyringError::from)?;
                sqlite_url(&settings.data_dir.join(DATABASE))
            }
        };
        let public_url = match &settings.public_url {
            Some(url) => url.to_string(),
            None => format!("http://{}", settings.listen),
        };
        Ok(Self { database_url, keys, admin_token: settings.admin_token.clone(), public_url })
    }
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
    /// The token that was made for the operator of a new store. It is shown this once.
    pub admin_token: Option<SecretString>,
    /// The file that was made for the master key of a new store.
    pub key_file: Option<PathBuf>,
}

/// Why a registry cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpeningError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The keys.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// The text that was given as a master key.
    #[error("the master key that was given is none: {0}")]
    MasterKey(NotAKey),
    /// Anybody could guess it.
    #[error(
        "the admin token has fewer than {SHORTEST_ADMIN_TOKEN} characters: `openssl rand -base64 32` makes a good one"
    )]
    ShortAdminToken,
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
        let given = opening.admin_token;
        if given.as_ref().is_some_and(|token| token.expose_secret().chars().count() < SHORTEST_ADMIN_TOKEN) {
            return Err(OpeningError::ShortAdminToken);
        }
        let store = Store::open(&opening.database_url).await?;
        let key_file = opening.keys.file_to_make();
        let keyring = Keyring::open(store.clone(), opening.keys, &clock).await?;
        let given_admin = given.map(|token| keyring.hash_key().hash_of(Kind::Api, &token));
        let made_here = for_operator && given_admin.is_none();
        let public_url = opening.public_url.trim_end_matches('/').to_owned();
        let parts = Parts { api, store, keyring, clock, public_url, given_admin, changes: AtomicU64::new(0) };
        let registry = Registry(Arc::new(parts));
        let admin_token = if made_here { registry.first_admin_token().await? } else { None };
        Ok(Self { registry, admin_token, key_file })
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
