//! What an operator can do: make accounts, servers and API tokens, change them, look at them, take them away.
//!
//! Every rule about what may be stored is here and nowhere else, so that the admin API and the command line cannot
//! differ in it. It knows no HTTP and prints nothing. Input is JSON as a person wrote it; everything wrong with it is
//! said at once. A change that has returned is stored; of two changes to the same thing both count where they touch
//! different keys, and the later one where they touch the same.

mod account;
mod api_token;
mod auth_throttle;
pub mod config;
mod form;
mod log;
mod opening;
mod page;
mod server;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use tool_runtime::api::ApiDef;
use tool_runtime::violation::{self, Violation};

pub use self::account::{AccountView, Removed, account_of};
pub use self::api_token::{ApiTokenView, NewApiToken};
pub use self::auth_throttle::AuthThrottle;
pub use self::form::Form;
pub use self::log::{CallView, ClientView, SummaryView};
pub use self::opening::{Opened, Opening, OpeningError};
pub use self::page::List;
pub use self::server::{NewServer, Preview, PreviewedTool, ServerView};
use crate::clock::Clock;
use crate::seal::keyring::{Keyring, KeyringError};
use crate::store::{Role, Store, StoreError};
use crate::token::{TokenHash, TokenKind};

/// Why something was not done. Nothing was stored.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// What was given is not right; never empty.
    #[error("{}", violation::lines(.0))]
    Invalid(Vec<Violation>),
    /// There is no such thing.
    #[error("There is no such {0}.")]
    NotFound(&'static str),
    /// The store.
    #[error(transparent)]
    Store(StoreError),
    /// The keys.
    #[error(transparent)]
    Keyring(KeyringError),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<KeyringError> for Refusal {
    fn from(error: KeyringError) -> Self {
        match error {
            KeyringError::Store(error) => Self::Store(error),
            error => Self::Keyring(error),
        }
    }
}

/// What was done, or why not.
pub type Result<T> = std::result::Result<T, Refusal>;

/// Who does something, as it is written down with what was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor(pub String);

/// The principal of a live API token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// Who.
    pub actor: Actor,
    /// What they may do.
    pub role: Role,
    /// Until when.
    pub expires_at: Option<Timestamp>,
}

/// Accounts, servers and API tokens, and the rules about them. Cheap to clone; clones are the same.
#[derive(Clone, Debug)]
pub struct Registry(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    api: &'static ApiDef,
    store: Store,
    keyring: Keyring,
    clock: Clock,
    /// Where the server is known to the outside, without a slash at the end.
    public_url: String,
    /// The hash of a token that has all rights without being in the store.
    given_admin: Option<TokenHash>,
    /// Counts the changes made through this process.
    changes: AtomicU64,
}

impl Registry {
    /// The API that everything is for.
    pub fn api(&self) -> &'static ApiDef {
        self.0.api
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// The keys to the store.
    pub fn keyring(&self) -> &Keyring {
        &self.0.keyring
    }

    /// The clock by which things end.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// How many changes this process has made: whoever remembers anything may have to look again when it grows.
    pub fn changes(&self) -> u64 {
        self.0.changes.load(Ordering::Acquire)
    }

    fn changed(&self) {
        self.0.changes.fetch_add(1, Ordering::AcqRel);
    }

    /// The hash of what somebody gave as a token.
    pub fn hash(&self, kind: TokenKind, given: &str) -> TokenHash {
        self.0.keyring.hash_key().hash(kind, given)
    }

    /// Who holds the API token that was given, if it is live.
    pub async fn principal(&self, given: &str) -> std::result::Result<Option<Principal>, StoreError> {
        self.principal_of(&self.hash(TokenKind::Api, given)).await
    }

    /// Who holds the API token with that hash, if it is live.
    pub async fn principal_of(&self, hash: &TokenHash) -> std::result::Result<Option<Principal>, StoreError> {
        // The store is asked in any case, so that the time taken says nothing about the token.
        let token = self.0.store.api_token(hash.as_str(), self.0.clock.now()).await?;
        if self.0.given_admin.as_ref().is_some_and(|admin| admin.matches(hash.as_str())) {
            let actor = Actor("the admin token given at the start".to_owned());
            return Ok(Some(Principal { actor, role: Role::Admin, expires_at: None }));
        }
        let token = token.filter(|token| hash.matches(&token.token_hash));
        Ok(token.map(|token| Principal { actor: Actor(token.name), role: token.role, expires_at: token.expires_at }))
    }
}
