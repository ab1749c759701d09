//! Authenticated callers: the principals of API tokens.

use jiff::Timestamp;
use uuid::Uuid;

use super::state::Registry;
use crate::store::{StoreError, TokenRole};
use crate::token::{TokenHash, TokenKind};

/// The name of a person or program that creates something, as `created_by` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActorName(pub String);

/// The principal of a live API token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The identifier of its API token; `None` for the admin token in the settings.
    pub token_id: Option<Uuid>,
    /// Its name.
    pub actor: ActorName,
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
    pub async fn principal_of_hash(&self, hash: &TokenHash) -> Result<Option<Principal>, StoreError> {
        // Every token is looked up in the store, so that response times reveal nothing about a token.
        let token = self.0.store.api_token(hash.as_str(), self.0.clock.now()).await?;
        if self.0.settings_admin.as_ref().is_some_and(|admin| admin.matches(hash.as_str())) {
            let actor = ActorName("admin token in the settings".to_owned());
            return Ok(Some(Principal { token_id: None, actor, role: TokenRole::Admin, expires_at: None }));
        }
        let token = token.filter(|token| hash.matches(&token.token_hash));
        Ok(token.map(|token| Principal {
            token_id: Some(token.id),
            actor: ActorName(token.name),
            role: token.role,
            expires_at: token.expires_at,
        }))
    }
}
