//! The registry: what its operations share.

use std::sync::Arc;

use tokio::sync::broadcast;
use tool_runtime::api::ApiDef;
use url::Url;
use uuid::Uuid;

use super::changes::Changes;
use super::denials::Denials;
use super::request::Limits;
use crate::address::has_loopback_host;
use crate::clock::Clock;
use crate::seal::keyring::Keyring;
use crate::store::Store;
use crate::token::{TokenHash, TokenKind};
use crate::upstream::ApiHosts;

/// The registry of accounts, servers and API tokens. Clones share their state.
#[derive(Clone, Debug)]
pub struct Registry(pub(super) Arc<Parts>);

#[derive(Debug)]
pub(super) struct Parts {
    pub(super) api: &'static ApiDef,
    pub(super) store: Store,
    pub(super) keyring: Keyring,
    pub(super) clock: Clock,
    /// The server's URL as clients reach it, without a slash at the end.
    pub(super) public_url: String,
    /// The hosts to which API keys may be sent.
    pub(super) api_hosts: ApiHosts,
    /// The hash of the admin token in the settings, which is not in the store.
    pub(super) settings_admin: Option<TokenHash>,
    /// The changes made through this process.
    pub(super) changes: Changes,
    /// The denials that were recorded through this process.
    pub(super) denials: Denials,
    /// The accounts that are deleted through this process.
    pub(super) deleted_accounts: broadcast::Sender<Uuid>,
}

impl Registry {
    /// The API that the accounts belong to.
    pub fn api(&self) -> &'static ApiDef {
        self.0.api
    }

    /// The server's URL as clients reach it, without a slash at the end.
    pub fn public_url(&self) -> &str {
        &self.0.public_url
    }

    /// Returns true if clients reach the server on this machine only.
    pub fn has_loopback_url(&self) -> bool {
        Url::parse(&self.0.public_url).is_ok_and(|url| has_loopback_host(&url))
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// The hosts to which API keys may be sent.
    pub fn api_hosts(&self) -> &ApiHosts {
        &self.0.api_hosts
    }

    /// The keyring that seals the accounts' keys.
    pub fn keyring(&self) -> &Keyring {
        &self.0.keyring
    }

    /// The clock by which servers and tokens expire.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The changes made through this process.
    pub fn changes(&self) -> &Changes {
        &self.0.changes
    }

    /// Receives the accounts that are deleted through this process from now on.
    pub(crate) fn deleted_accounts(&self) -> broadcast::Receiver<Uuid> {
        self.0.deleted_accounts.subscribe()
    }

    /// The hash of a token that a client sent.
    pub fn hash(&self, kind: TokenKind, token: &str) -> TokenHash {
        self.0.keyring.hash_key().hash(kind, token)
    }

    /// The limits for a request that arrives now.
    pub(super) fn limits(&self) -> Limits {
        Limits::at(self.0.clock.now())
    }
}
