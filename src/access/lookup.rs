//! Lookups of tokens, sign-in servers and principals in the store.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use uuid::Uuid;

use super::cache::{TokenLookup, TokenValue};
use super::server::{Server, ServerFactory};
use crate::registry::{Admission, NotAdmitted, Principal, Registry, SignInTarget};
use crate::store::{AccessRow, StoreError};
use crate::token::TokenHash;

/// Looks up servers in the store.
pub(super) struct ServerLookup<'a> {
    registry: &'a Registry,
    factory: &'a ServerFactory,
    /// The client of the request.
    peer: Option<IpAddr>,
    /// The server that was found, if it does not admit the request.
    pub(super) not_admitted: OnceLock<(NotAdmitted, AccessRow)>,
}

impl<'a> ServerLookup<'a> {
    pub(super) const fn new(registry: &'a Registry, factory: &'a ServerFactory, peer: Option<IpAddr>) -> Self {
        Self { registry, factory, peer, not_admitted: OnceLock::new() }
    }
}

impl TokenLookup<TokenHash, Server> for ServerLookup<'_> {
    async fn look_up(&self, hash: &TokenHash, cached: Option<&Arc<Server>>) -> Result<Option<Arc<Server>>, StoreError> {
        let row = self.registry.store().access(hash.as_str(), self.registry.clock().now()).await?;
        let Some(row) = row.filter(|row| hash.matches(&row.token_hash)) else {
            return Ok(None);
        };
        match cached {
            Some(cached) if cached.row == row => return Ok(Some(Arc::clone(cached))),
            // A cached server serves other clients, which this one must not take it away from.
            Some(_) => {}
            None => {
                let config = serde_json::from_str(&row.config).unwrap_or_default();
                if let Err(reason) = Admission::of_config(&config).admit(self.peer) {
                    _ = self.not_admitted.set((reason, row));
                    return Ok(None);
                }
            }
        }
        Ok(Some(Arc::new(self.factory.build(row, None).await?)))
    }
}

/// Looks up the servers of access tokens in the store.
pub(super) struct SignInLookup<'a> {
    pub(super) registry: &'a Registry,
    pub(super) factory: &'a ServerFactory,
}

impl TokenLookup<TokenHash, Server> for SignInLookup<'_> {
    async fn look_up(&self, hash: &TokenHash, cached: Option<&Arc<Server>>) -> Result<Option<Arc<Server>>, StoreError> {
        let Some(row) = self.registry.signed_in(hash).await? else { return Ok(None) };
        let is_same = |server: &&Arc<Server>| {
            server.row == row.access && server.signed_in.as_ref().is_some_and(|user| *user == row.signed_in)
        };
        Ok(Some(match cached.filter(is_same) {
            Some(cached) => Arc::clone(cached),
            None => Arc::new(self.factory.build(row.access, Some(row.signed_in)).await?),
        }))
    }
}

/// Looks up servers that ask for sign-in, and that admit a client.
pub(super) struct TargetLookup<'a> {
    pub(super) registry: &'a Registry,
    pub(super) peer: Option<IpAddr>,
}

impl TokenLookup<Uuid, SignInTarget> for TargetLookup<'_> {
    async fn look_up(
        &self,
        id: &Uuid,
        _cached: Option<&Arc<SignInTarget>>,
    ) -> Result<Option<Arc<SignInTarget>>, StoreError> {
        let target = self.registry.sign_in_target(*id).await?;
        Ok(target.filter(|target| target.config.admission.admit(self.peer).is_ok()).map(Arc::new))
    }
}

/// Looks up the principals of API tokens in the store.
pub(super) struct PrincipalLookup<'a>(pub(super) &'a Registry);

impl TokenLookup<TokenHash, Principal> for PrincipalLookup<'_> {
    async fn look_up(
        &self,
        hash: &TokenHash,
        _cached: Option<&Arc<Principal>>,
    ) -> Result<Option<Arc<Principal>>, StoreError> {
        Ok(self.0.principal_of_hash(hash).await?.map(Arc::new))
    }
}

impl TokenValue for Server {
    fn expires_at(&self) -> Option<Timestamp> {
        let token = self.signed_in.as_ref().map(|user| user.expires_at);
        [self.row.expires_at, token].into_iter().flatten().min()
    }

    fn objects(&self) -> impl Iterator<Item = Uuid> {
        let user = self.signed_in.iter();
        let user = user.flat_map(|user| [Some(user.connection_id), Some(user.user_id), user.client_id.parse().ok()]);
        [self.row.server_id, self.row.account_id].into_iter().chain(user.flatten())
    }
}

impl TokenValue for SignInTarget {
    fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }

    fn objects(&self) -> impl Iterator<Item = Uuid> {
        [self.id, self.account_id].into_iter()
    }
}

impl TokenValue for Principal {
    fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }

    fn objects(&self) -> impl Iterator<Item = Uuid> {
        self.token_id.into_iter()
    }
}
