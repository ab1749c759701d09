//! Authenticated callers: the principals of API tokens.

use std::net::IpAddr;

use jiff::Timestamp;
use uuid::Uuid;

use super::state::Registry;
use crate::store::{StoreError, TokenRole, Used};
use crate::token::{TokenHash, TokenKind};

/// A person or program that changes something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The name, as `created_by` and the audit log show it.
    pub name: String,
    /// The identifier of the API token or user, if it is one.
    pub id: Option<Uuid>,
    /// The address from which it acts, if it acts over the network.
    pub address: Option<IpAddr>,
}

impl Actor {
    /// A program, or a part of this one.
    pub fn program(name: impl Into<String>) -> Self {
        Self { name: name.into(), id: None, address: None }
    }

    /// A client that has not said who it is, or whose credentials are wrong.
    pub fn unknown() -> Self {
        Self::program("unknown")
    }
}

/// The principal of a live API token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The identifier of its API token; `None` for the admin token in the settings.
    pub token_id: Option<Uuid>,
    /// The actor of its changes.
    pub actor: Actor,
    /// Its role.
    pub role: TokenRole,
    /// The time at which its token expires.
    pub expires_at: Option<Timestamp>,
}

impl Registry {
    /// Returns the principal of `token`, if it is a live API token.
    ///
    /// # Errors
    /// Fails if the store cannot be read.
    pub async fn principal(&self, token: &str) -> Result<Option<Principal>, StoreError> {
        self.principal_of_hash(&self.hash(TokenKind::Api, token)).await
    }

    /// Returns the principal of the live API token with this hash.
    ///
    /// # Errors
    /// Fails if the store cannot be read.
    pub(crate) async fn principal_of_hash(&self, hash: &TokenHash) -> Result<Option<Principal>, StoreError> {
        // Every token is looked up in the store, so that response times reveal nothing about a token.
        let now = self.0.clock.now();
        let token = self.0.store.api_token(hash.as_str(), now).await?;
        if self.0.settings_admin.as_ref().is_some_and(|admin| admin.matches(hash.as_str())) {
            let actor = Actor::program("admin token in the settings");
            return Ok(Some(Principal { token_id: None, actor, role: TokenRole::Admin, expires_at: None }));
        }
        let Some(token) = token.filter(|token| hash.matches(&token.token_hash)) else { return Ok(None) };
        self.0.store.note_use(Used::ApiToken, token.id, now);
        Ok(Some(Principal {
            token_id: Some(token.id),
            actor: Actor { name: token.name, id: Some(token.id), address: None },
            role: token.role,
            expires_at: token.expires_at,
        }))
    }
}
