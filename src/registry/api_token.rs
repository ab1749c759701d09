//! API tokens: keys to the admin API, and second factors for servers.

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::form::Form;
use super::page::{List, Page};
use super::{Actor, Refusal, Registry, Result};
use crate::store::{ApiTokenRow, Role};
use crate::token::{self, TokenKind};

/// An API token, without what its principal shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = ApiToken)]
pub struct ApiTokenView {
    /// Its identifier.
    pub id: Uuid,
    /// What people call it.
    pub name: String,
    /// What its principal may do.
    pub role: Role,
    /// When it ends.
    #[schema(required)]
    pub expires_at: Option<Timestamp>,
    /// Who made it.
    pub created_by: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A new API token, with what is shown only once.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct NewApiToken {
    /// About the token.
    #[serde(flatten)]
    pub about: ApiTokenView,
    /// The token.
    pub token: String,
}

impl Registry {
    /// Makes an API token of what a person wrote.
    pub async fn add_api_token(&self, given: Map<String, Value>, by: &Actor) -> Result<NewApiToken> {
        let mut form = Form::new(given);
        let name = form.required_name("name");
        let role = form.word("role", &Role::ALL.map(|role| (role.name(), role)));
        let role = form.require("role", role);
        let expires_at = form.end("expires_at", self.0.clock.now()).given();
        form.finish()?;
        let (name, role) = (name.unwrap_or_default(), role.unwrap_or(Role::Caller));
        let token = token::mint(self.0.api.slug, TokenKind::Api);
        self.store_api_token(name, role, expires_at, &token, by).await
    }

    pub(super) async fn store_api_token(
        &self,
        name: String,
        role: Role,
        expires_at: Option<Timestamp>,
        token: &SecretString,
        by: &Actor,
    ) -> Result<NewApiToken> {
        let row = ApiTokenRow {
            id: Uuid::now_v7(),
            name,
            role,
            token_hash: self.0.keyring.hash_key().hash_secret(TokenKind::Api, token).as_str().to_owned(),
            expires_at,
            created_by: by.0.clone(),
            created_at: self.0.clock.now(),
        };
        self.0.store.add_api_token(&row).await?;
        self.changed();
        Ok(NewApiToken { about: view(row), token: token.expose_secret().to_owned() })
    }

    /// A page of API tokens, oldest first.
    pub async fn api_tokens(&self, query: Map<String, Value>) -> Result<List<ApiTokenView>> {
        let mut form = Form::new(query);
        let page = Page::asked(&mut form);
        form.finish()?;
        let rows = self.0.store.api_tokens(page.after, page.rows(), self.0.clock.now()).await?;
        Ok(page.of(rows, |row| row.id, view))
    }

    /// Removes an API token. It opens nothing from then on.
    pub async fn remove_api_token(&self, id: Uuid) -> Result<()> {
        if !self.0.store.revoke_api_token(id).await? {
            return Err(Refusal::NotFound("API token"));
        }
        self.changed();
        Ok(())
    }
}

fn view(row: ApiTokenRow) -> ApiTokenView {
    ApiTokenView {
        id: row.id,
        name: row.name,
        role: row.role,
        expires_at: row.expires_at,
        created_by: row.created_by,
        created_at: row.created_at,
    }
}
