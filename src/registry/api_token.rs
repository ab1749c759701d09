//! API tokens: credentials for the admin API, and second factors for servers.

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde_json::{Map, Value};
use tool_runtime::exact;
use tool_runtime::violation::Violations;
use utoipa::openapi::{RefOr, Schema};
use uuid::Uuid;

use super::audit::Audited;
use super::error::{RegistryError, Result};
use super::page::{ListQuery, Page};
use super::principal::Actor;
use super::request::{
    Component, Expiry, FormRequest as _, Limits, Name, Nullable, RequestValue, add_component, reference, request,
};
use super::revision::{Precondition, Revised, Revision};
use super::state::Registry;
use crate::store::{ApiTokenRow, AuditAction, AuditObject, TokenRole};
use crate::token::{self, TokenKind};

request! {
    /// An API token to create.
    pub struct NewApiToken as "NewApiTokenRequest" {
        /// A name for people. Names need not be unique.
        name: Name,
        /// The role of the token.
        role: TokenRole,
        /// The time at which the token expires, at least 60 seconds from now. If omitted, it does not expire.
        expires_at: Nullable<Expiry>,
    }
}

/// An API token, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = ApiToken)]
pub struct ApiTokenView {
    /// The ID of the token.
    pub id: Uuid,
    /// The name of the token, for people.
    pub name: String,
    /// The role of the token.
    pub role: TokenRole,
    /// The time at which the token expires, or `null` if it does not.
    #[schema(required)]
    pub expires_at: Option<Timestamp>,
    /// The name of the API token, or of the program, that created the token.
    pub created_by: String,
    /// The name of the API token, or of the program, that changed the token last: its creator, because no field of a token can
    /// be edited.
    pub updated_by: String,
    /// The time at which the token was created.
    pub created_at: Timestamp,
    /// The time at which the token was last changed: that of its creation.
    pub updated_at: Timestamp,
    /// The time of the last request with the token, or `null` if there was none.
    #[schema(required)]
    pub last_used_at: Option<Timestamp>,
    /// The state of the token. It never changes, because no field of a token can be edited.
    #[serde(skip)]
    #[schema(ignore)]
    pub revision: Revision,
}

impl Revised for ApiTokenView {
    const KIND: &'static str = "API token";

    fn revision(&self) -> &Revision {
        &self.revision
    }
}

/// An API token that was just created, with its secret.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = NewApiToken)]
pub struct CreatedApiToken {
    /// The token, without its secret.
    #[serde(flatten)]
    pub view: ApiTokenView,
    /// The secret to send as `Authorization: Bearer`. It is returned only here.
    pub token: String,
}

impl Revised for CreatedApiToken {
    const KIND: &'static str = ApiTokenView::KIND;

    fn revision(&self) -> &Revision {
        &self.view.revision
    }
}

impl Registry {
    /// Creates an API token from a [`NewApiToken`] request.
    ///
    /// # Errors
    /// Fails with every violation in `given`, or if the store fails.
    pub async fn create_api_token(&self, given: Map<String, Value>, by: &Actor) -> Result<CreatedApiToken> {
        let NewApiToken { name, role, expires_at } = NewApiToken::read(given, self.limits())?;
        let token = token::mint(self.0.api.slug, TokenKind::Api);
        self.store_api_token(name.0, role, expires_at.0.map(|expiry| expiry.0), &token, by).await
    }

    pub(super) async fn store_api_token(
        &self,
        name: String,
        role: TokenRole,
        expires_at: Option<Timestamp>,
        token: &SecretString,
        by: &Actor,
    ) -> Result<CreatedApiToken> {
        let row = ApiTokenRow {
            id: Uuid::now_v7(),
            name,
            role,
            token_hash: self.0.keyring.hash_key().hash_secret(TokenKind::Api, token).as_str().to_owned(),
            expires_at,
            created_by: by.name.clone(),
            created_at: self.0.clock.now(),
            last_used_at: None,
        };
        let created = self.event(by, AuditAction::Created, audited(&row), Vec::new());
        self.0.store.add_api_token(&row, &created).await?;
        Ok(CreatedApiToken { view: view_of_row(row), token: token.expose_secret().to_owned() })
    }

    /// Returns a page of API tokens, oldest first, for a [`ListQuery`].
    ///
    /// # Errors
    /// Fails with every violation in `query`, or if the store fails.
    pub async fn api_tokens(&self, query: Map<String, Value>) -> Result<Page<ApiTokenView>> {
        let ListQuery { page } = ListQuery::read(query, self.limits())?;
        let rows = self.0.store.api_tokens(page.after, page.rows(), self.0.clock.now()).await?;
        Ok(page.page(rows, |row| row.id, view_of_row))
    }

    /// Revokes an API token. It is refused from then on.
    ///
    /// # Errors
    /// Fails if there is no such token, if the token has another revision than `expected`, or if the store fails.
    pub async fn revoke_api_token(&self, id: Uuid, expected: &Precondition, by: &Actor) -> Result<()> {
        const UNKNOWN: RegistryError = RegistryError::NotFound(ApiTokenView::KIND);
        let _change = self.0.changes.begin(Some(id));
        // A token never changes, so that nothing can come between this and its revocation.
        let row = self.0.store.api_token_by_id(id, self.0.clock.now()).await?.ok_or(UNKNOWN)?;
        expected.check(&view_of_row(row.clone()))?;
        let revoked = self.event(by, AuditAction::Revoked, audited(&row), Vec::new());
        if !self.0.store.revoke_api_token(id, &revoked).await? {
            return Err(UNKNOWN);
        }
        Ok(())
    }
}

impl RequestValue for TokenRole {
    fn decode(value: Value, _: Limits) -> std::result::Result<Self, Violations> {
        exact::one_of(&Self::ALL.map(|role| (role.name(), role)))(value)
    }

    fn value_schema() -> RefOr<Schema> {
        reference::<Self>()
    }

    fn components(schemas: &mut Vec<Component>) {
        add_component::<Self>(schemas);
    }
}

fn audited(row: &ApiTokenRow) -> Audited<'_> {
    Audited::new(AuditObject::ApiToken, row.id, &row.name)
}

fn view_of_row(row: ApiTokenRow) -> ApiTokenView {
    ApiTokenView {
        revision: Revision::new(1, row.created_at),
        id: row.id,
        name: row.name,
        role: row.role,
        expires_at: row.expires_at,
        updated_by: row.created_by.clone(),
        created_by: row.created_by,
        created_at: row.created_at,
        updated_at: row.created_at,
        last_used_at: row.last_used_at,
    }
}
