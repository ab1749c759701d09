//! Building the service of a server from its row: scope, account and limits.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use mcp_server::http::{ByteBudget, Limits};
use moka::sync::Cache;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::account_share::{AccountShare, AccountShares};
use super::challenge;
use super::options::AccessOptions;
use crate::call::{ServerValues, ToolCaller};
use crate::call_log::{CallLog, CallObserver};
use crate::confirmation::{Confirmer, UsedConfirmations};
use crate::limits::CallCounts;
use crate::registry::{Admission, Registry, ServerAuth, account_from_parts, account_origin, check_config};
use crate::scope::{Grant, Scope};
use crate::seal::keyring::Sealed;
use crate::service::{Listing, ScopedService, Surface};
use crate::store::{AccessRow, SignedInUser, StoreError};
use crate::upstream::{Account, UpstreamClient};

/// The server of a token.
pub(super) struct Server {
    pub(super) row: AccessRow,
    /// The user who signed in, if the token is an access token.
    pub(super) signed_in: Option<SignedInUser>,
    /// Contains the account's key. `None` once the account is deleted.
    service: RwLock<Option<Arc<ScopedService>>>,
    /// True if requests need an API token as well.
    pub(super) needs_api_token: bool,
    /// The requests that are admitted at all.
    pub(super) admission: Admission,
    /// The requests and bytes that are left to the server and to its account.
    pub(super) limits: Limits,
    /// Kept for as long as a server of the account is in use.
    _share: Arc<AccountShare>,
}

impl Server {
    /// The service, unless the account was deleted.
    pub(super) fn service(&self) -> Option<Arc<ScopedService>> {
        self.service.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Drops the service, and with it the account's key as soon as no request uses it. A cache may hold the server itself
    /// for longer.
    pub(super) fn drop_service(&self) {
        *self.service.write().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// The number of servers whose known values are held. Those of one server take 120 KB at most.
const KNOWN_SERVERS: u64 = 500;

/// Builds servers, and shares between them what they have in common.
pub(super) struct ServerFactory {
    registry: Registry,
    client: UpstreamClient,
    call_log: CallLog,
    options: AccessOptions,
    /// Lists of tools, by configuration and scopes of the access token: many servers have the same one.
    surfaces: Cache<(String, Option<Grant>), Arc<Surface>>,
    /// The names that replies have shown, by server, configuration and scopes: they come from tools of the present scope
    /// only.
    known_values: Cache<(Uuid, String, Option<Grant>), ServerValues>,
    /// The bytes that are held for all clients.
    bytes: ByteBudget,
    /// The parts that the servers of each account share.
    accounts: AccountShares,
    /// The calls of the servers that are limited.
    counts: Arc<CallCounts>,
    /// The remaining limits of each server and account, by its identifier.
    shares: Cache<Uuid, Share>,
}

impl ServerFactory {
    pub(super) fn new(registry: Registry, client: UpstreamClient, call_log: CallLog, options: AccessOptions) -> Self {
        let bytes = ByteBudget::new(options.bytes_in_total);
        let clock = registry.clock();
        Self {
            surfaces: Cache::new(options.cache_capacity.min(1000)),
            known_values: Cache::new(KNOWN_SERVERS),
            shares: Cache::new(options.cache_capacity.saturating_mul(2)),
            accounts: AccountShares::new(&bytes, options.bytes_of_kept_replies, clock.clone()),
            counts: CallCounts::start(registry.store().clone(), clock.clone()),
            bytes,
            registry,
            client,
            call_log,
            options,
        }
    }

    /// Builds the server of a row, for the user who signed in to it if it asks for that. Fails if the row is damaged.
    pub(super) async fn build(&self, row: AccessRow, signed_in: Option<SignedInUser>) -> Result<Server, StoreError> {
        let registry = &self.registry;
        let damaged = |what: &str, error: &dyn fmt::Display| damaged(&row, what, error);
        let config = serde_json::from_str(&row.config).map_err(|error| damaged("server configuration", &error))?;
        // A configuration can become invalid when an upgrade removes a tool. Then the server is not served at all, because
        // ignoring a part of its scope could serve more than was meant.
        let checked =
            check_config(config).map_err(|error| damaged("server configuration (update the server)", &error))?;
        let account = self.account(&row).await?;
        let (needs_api_token, limits) = (checked.auth == ServerAuth::ApiToken, checked.limits);
        let grant = signed_in.as_ref().map(|user| Grant::parse(&user.scope));
        let surface = self.surface(&row, grant, checked.scope, checked.listing);
        let share = self.accounts.of(&row);
        let known_values =
            self.known_values.get_with((row.server_id, row.config.clone(), grant), ServerValues::default);
        let caller = ToolCaller::new(self.client.clone(), account, registry.api())
            .counted_as(&row.account_id.to_string())
            .sharing(Arc::clone(&share.reads), Arc::clone(&share.reserve))
            .knowing(known_values)
            .limited(self.counts.limits(row.server_id, limits));
        // A new URL of the same server is another caller, and so is another user. A new access token of the user is not.
        let caller_name =
            signed_in.as_ref().map_or_else(|| row.token_hash.clone(), |user| format!("user {}", user.user_id));
        let owner = format!("{} {} {caller_name}", row.server_id, row.account_id);
        let seal = registry.keyring().newest_key().map_err(|error| damaged("master key", &error))?;
        let used = UsedConfirmations::in_store(registry.store().clone());
        let confirmer = Confirmer::new(checked.listing.confirm, owner, seal, used, registry.clock().clone());
        let observer = CallObserver::new(&row, signed_in.as_ref().map(|user| user.user_id), self.call_log.clone());
        let service =
            ScopedService::observed(surface, caller, confirmer, observer).with_clock(registry.clock().clone());
        let service = match signed_in {
            Some(_) => service.with_challenge(challenge::metadata_url(registry, row.server_id)),
            None => service,
        };
        Ok(Server {
            service: RwLock::new(Some(Arc::new(service))),
            needs_api_token,
            admission: checked.admission,
            limits: self.limits(&row),
            row,
            signed_in,
            _share: share,
        })
    }

    /// Opens the account of a row.
    async fn account(&self, row: &AccessRow) -> Result<Account, StoreError> {
        let damaged = |what: &str, error: &dyn fmt::Display| damaged(row, what, error);
        let sealed = Sealed { key_id: row.key_id.clone(), text: row.sealed_key.clone() };
        let variables = serde_json::from_str(&row.variables).map_err(|error| damaged("account address", &error))?;
        let origin = account_origin(&variables, row.base_url.as_deref());
        let origin = origin.map_err(|error| damaged("account address", &error))?;
        let key = self.registry.keyring().open_api_key(row.account_id, &origin, &sealed).await;
        let key = key.map_err(|error| damaged("account key", &error))?;
        account_from_parts(&variables, row.base_url.as_deref(), key).map_err(|error| damaged("account address", &error))
    }

    /// Returns the surface of a row's server for a client whose access token has the scopes of `grant`.
    fn surface(&self, row: &AccessRow, grant: Option<Grant>, scope: Scope, listing: Listing) -> Arc<Surface> {
        self.surfaces.get_with((row.config.clone(), grant), || {
            let scope = match grant {
                Some(grant) => scope.granted(grant),
                None => scope,
            };
            Arc::new(Surface::new(self.registry.api(), scope, listing, self.client.call_sizes()))
        })
    }

    /// Merges the calls that the store does not know of.
    pub(super) async fn merge_counts(&self) {
        self.counts.merge().await;
    }

    fn limits(&self, row: &AccessRow) -> Limits {
        let options = &self.options;
        let share = |id: Uuid, requests: usize, whole: &ByteBudget, bytes: u64| {
            self.shares
                .get_with(id, || Share { requests: Arc::new(Semaphore::new(requests)), bytes: whole.part(bytes) })
        };
        let account = share(row.account_id, options.requests_per_account, &self.bytes, options.bytes_per_account);
        let server = share(row.server_id, options.requests_per_server, &account.bytes, options.bytes_per_server);
        Limits { requests: vec![server.requests, account.requests], bytes: server.bytes }
    }
}

/// The requests and bytes that are left to one server or account.
#[derive(Clone)]
struct Share {
    requests: Arc<Semaphore>,
    bytes: ByteBudget,
}

/// Logs that a part of a row is not valid.
fn damaged(row: &AccessRow, what: &str, error: &dyn fmt::Display) -> StoreError {
    let (server, account) = (row.server_id, row.account_id);
    tracing::error!(%server, %account, %error, invalid = what, "failed to load server");
    StoreError::Damaged(what.to_owned())
}
