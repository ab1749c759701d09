//! Opening the registry: the store, its master key and, on the first start, an admin token for the operator.

mod error;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::broadcast;
use tool_runtime::api::ApiDef;

pub use self::error::OpenError;
use self::error::SHORTEST_ADMIN_TOKEN;
use super::account::origin_of;
use super::audit::Audited;
use super::changes::Changes;
use super::denials::Denials;
use super::error::RegistryError;
use super::principal::Actor;
use super::state::{Parts, Registry};
use crate::clock::Clock;
use crate::config::EnvNames;
use crate::config::serve::{ADMIN_TOKEN, DATA_DIR_FLAG, DATABASE_URL_FLAG, MASTER_KEY, NEXT_MASTER_KEY, Settings};
use crate::seal::MasterKey;
use crate::seal::file;
use crate::seal::keyring::{KeySource, Keyring};
use crate::store::{self, AuditAction, AuditObject, Store, StoreError, TokenRole};
use crate::token::{self, TokenKind};
use crate::upstream::ApiHosts;

/// The file name of the database that is created unless a URL is given.
const DATABASE: &str = concat!(env!("CARGO_PKG_NAME"), ".db");
/// The number of deleted accounts that wait for a busy receiver. A receiver that misses some forgets all accounts.
const DELETED_ACCOUNTS: usize = 64;
/// The fact in the store that the first admin token was created.
const FIRST_ADMIN: &str = "first_admin_token";

/// Options with which a registry is opened.
#[derive(Clone, Debug)]
pub struct OpenOptions {
    /// The URL of the store's database.
    pub database_url: String,
    /// The source of the master key.
    pub keys: KeySource,
    /// An admin token from outside the store. With it, the first start creates none.
    pub admin_token: Option<SecretString>,
    /// The server's URL as clients reach it, without a slash at the end.
    pub public_url: String,
    /// The hosts to which API keys may be sent.
    pub api_hosts: ApiHosts,
}

impl OpenOptions {
    /// The options for a server with these settings. Creates its data folder if the database belongs there.
    ///
    /// # Errors
    /// Fails if a master key in the settings is invalid, or if the data folder cannot be created.
    pub fn with_data_dir(api: &ApiDef, settings: &Settings) -> Result<Self, OpenError> {
        let options = Self::from_settings(api, settings)?;
        if settings.database_url.is_none() {
            file::create_folder(&settings.data_dir)
                .map_err(|error| OpenError::Folder { error, variable: EnvNames::for_api(api).server(DATA_DIR_FLAG) })?;
        }
        Ok(options)
    }

    /// The options for a server with these settings. Creates nothing.
    ///
    /// # Errors
    /// Fails if a master key in the settings is invalid.
    pub fn from_settings(api: &ApiDef, settings: &Settings) -> Result<Self, OpenError> {
        let parse = |key: &SecretString, name: &str| {
            let variable = EnvNames::for_api(api).server(name);
            MasterKey::parse(key.expose_secret()).map_err(|error| OpenError::MasterKey { variable, error })
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
            None => format!("http://{}", reachable_address(settings.listen)),
        };
        let api_hosts = settings.api_hosts.clone();
        Ok(Self { database_url, keys, admin_token: settings.admin_token.clone(), public_url, api_hosts })
    }

    fn check_admin_token(&self, api: &ApiDef) -> Result<(), OpenError> {
        match &self.admin_token {
            Some(token) if token.expose_secret().chars().count() < SHORTEST_ADMIN_TOKEN => {
                Err(OpenError::ShortAdminToken { variable: EnvNames::for_api(api).server(ADMIN_TOKEN) })
            }
            _ => Ok(()),
        }
    }
}

/// The address at which this machine reaches a server that listens at `listen`.
fn reachable_address(mut listen: SocketAddr) -> SocketAddr {
    match listen.ip() {
        IpAddr::V4(address) if address.is_unspecified() => listen.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(address) if address.is_unspecified() => listen.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    listen
}

/// The URL of a database in the file `path`.
fn sqlite_url(path: &Path) -> String {
    /// The characters that would end the path or start an escape.
    const ESCAPED: &AsciiSet = &CONTROLS.add(b'%').add(b'?').add(b'#');
    format!("sqlite:{}", utf8_percent_encode(&path.to_string_lossy(), ESCAPED))
}

/// An open registry, with what was created to open it.
#[derive(Debug)]
pub struct OpenedRegistry {
    /// The registry.
    pub registry: Registry,
    /// The admin token that was created for the operator of a new store. It is shown only once.
    pub admin_token: Option<SecretString>,
    /// The file that was created for the master key of a new store.
    pub key_file: Option<PathBuf>,
    /// The location of the store, if it was created.
    pub new_store: Option<String>,
}

impl OpenedRegistry {
    /// Opens the registry for `api`, and creates a store if there is none.
    ///
    /// With `for_operator`, a new store gets its first admin token unless the options hold one. Other commands create
    /// none, because their output may go to a log or to someone else.
    ///
    /// # Errors
    /// Fails if the admin token in the options is too short, if the store cannot be opened or created, or if the master
    /// key is missing or does not fit the store.
    pub async fn open_or_create(
        api: &'static ApiDef,
        options: OpenOptions,
        clock: Clock,
        for_operator: bool,
    ) -> Result<Self, OpenError> {
        options.check_admin_token(api)?;
        let store = Store::open(&options.database_url).await?;
        Self::from_store(api, store, options, clock, for_operator).await
    }

    /// Opens the registry for `api` in an existing store.
    ///
    /// Never creates a store or a key, so that a command with a mistyped path fails instead of starting an empty store.
    ///
    /// # Errors
    /// Fails if there is no store, and in the cases of [`open_or_create`](Self::open_or_create).
    pub async fn open_existing(api: &'static ApiDef, options: OpenOptions, clock: Clock) -> Result<Self, OpenError> {
        options.check_admin_token(api)?;
        if let Some(store) = Store::open_existing(&options.database_url).await? {
            if !store.keys().await?.is_empty() {
                return Self::from_store(api, store, options, clock, false).await;
            }
            store.close().await;
        }
        let (names, place) = (EnvNames::for_api(api), store::display_name(&options.database_url));
        let (database_url, data_dir) = (names.server(DATABASE_URL_FLAG), names.server(DATA_DIR_FLAG));
        Err(OpenError::NoStore { place, database_url, data_dir })
    }

    async fn from_store(
        api: &'static ApiDef,
        store: Store,
        options: OpenOptions,
        clock: Clock,
        for_operator: bool,
    ) -> Result<Self, OpenError> {
        let new_store = store.keys().await?.is_empty().then(|| store::display_name(&options.database_url));
        let key_file = options.keys.file_to_create();
        let keyring = Keyring::open(store.clone(), options.keys, &clock, origin_of).await;
        let keyring = keyring.map_err(|error| OpenError::from_keyring(api, error))?;
        let settings_admin = options.admin_token.map(|token| keyring.hash_key().hash_secret(TokenKind::Api, &token));
        let needs_admin_token = for_operator && settings_admin.is_none();
        let OpenOptions { public_url, api_hosts, .. } = options;
        let parts = Parts {
            api,
            store,
            keyring,
            clock,
            public_url,
            api_hosts,
            settings_admin,
            changes: Changes::default(),
            denials: Denials::new(),
            deleted_accounts: broadcast::Sender::new(DELETED_ACCOUNTS),
        };
        let registry = Registry(Arc::new(parts));
        if for_operator {
            registry.end_former_settings_users().await?;
        }
        let admin_token = if needs_admin_token { registry.create_first_admin_token().await? } else { None };
        Ok(Self { registry, admin_token, key_file, new_store })
    }
}

impl Registry {
    /// Creates the first admin token, unless there was one before.
    ///
    /// The token is stored before the fact that it is the first one. If the process dies in between, the next start
    /// creates another token; the other order could leave a store that no token
    /// gives access to.
    async fn create_first_admin_token(&self) -> Result<Option<SecretString>, StoreError> {
        if self.store().fact(FIRST_ADMIN).await?.is_some() {
            return Ok(None);
        }
        let token = token::mint(self.0.api.slug, TokenKind::Api);
        let by = Actor::program("first start");
        let created = match self.store_api_token("admin".to_owned(), TokenRole::Admin, None, &token, &by).await {
            Ok(created) => created,
            Err(RegistryError::Store(error)) => return Err(error),
            Err(other) => return Err(StoreError::Damaged(other.to_string())),
        };
        if self.store().claim_fact(FIRST_ADMIN, &created.view.id.to_string()).await? {
            return Ok(Some(token));
        }
        let revoked = Audited::new(AuditObject::ApiToken, created.view.id, &created.view.name);
        let revoked = self.event(&by, AuditAction::Revoked, revoked, Vec::new());
        self.store().revoke_api_token(created.view.id, &revoked).await?;
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn wildcard_addresses_are_reached_at_loopback() {
        for (listen, reached) in [
            ("0.0.0.0:8365", "127.0.0.1:8365"),
            ("[::]:8365", "[::1]:8365"),
            ("127.0.0.1:8365", "127.0.0.1:8365"),
            ("192.0.2.1:80", "192.0.2.1:80"),
        ] {
            assert_eq!(reachable_address(listen.parse().unwrap()).to_string(), reached);
        }
    }
}
