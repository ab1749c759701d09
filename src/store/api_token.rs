//! API tokens: they authorise the admin API, and a second factor at servers that require one.

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::audit::AuditRow;
use super::column::{column, lower_bound};
use super::connection::Store;
use super::error::Result;
use super::record::{insert, record, select};

record! {
    /// An API token.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ApiTokenRow {
        /// The identifier.
        pub id: Uuid,
        /// The name that an operator gave it.
        pub name: String,
        /// The rights of its principal.
        pub role: TokenRole,
        /// The keyed hash of the token.
        pub token_hash: String,
        /// The expiry time, if any.
        pub expires_at: Option<Timestamp>,
        /// The name of the principal who created it.
        pub created_by: String,
        /// The time of creation.
        pub created_at: Timestamp,
        /// The time of the last request with it.
        pub last_used_at: Option<Timestamp>,
    }
}

/// The rights of an API token's principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenRole {
    /// All operations of the admin API, and all rights of a caller.
    Admin,
    /// The second factor of servers that require one, and the metrics.
    Caller,
}

impl TokenRole {
    /// All roles.
    pub const ALL: [Self; 2] = [Self::Admin, Self::Caller];

    /// The name of the role in the admin API and in the store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Caller => "caller",
        }
    }

    /// Returns the role of that name, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

column!(TokenRole as String, read: |name: String| TokenRole::named(&name), write: |role: &TokenRole| role.name().to_owned());

impl Store {
    /// Adds an API token.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available, or with [`StoreError::Duplicate`](super::StoreError::Duplicate) if
    /// its hash exists already.
    pub async fn add_api_token(&self, token: &ApiTokenRow, audit: &AuditRow) -> Result<()> {
        self.audited(insert("api_token", token), audit).await?;
        Ok(())
    }

    /// Returns the API token with that hash, unless it has expired by `now`.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available or a row is damaged.
    pub async fn api_token(&self, token_hash: &str, now: Timestamp) -> Result<Option<ApiTokenRow>> {
        let query = select::<ApiTokenRow>("api_token", "WHERE token_hash = $1 AND COALESCE(expires_at, $3) > $2");
        let query = query.bind(token_hash).bind(now.as_millisecond()).bind(i64::MAX);
        Ok(query.fetch_optional(self.lookups()).await?)
    }

    /// Returns the API token with that identifier, unless it has expired by `now`.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available or a row is damaged.
    pub(crate) async fn api_token_by_id(&self, id: Uuid, now: Timestamp) -> Result<Option<ApiTokenRow>> {
        let query = select::<ApiTokenRow>("api_token", "WHERE id = $1 AND COALESCE(expires_at, $3) > $2");
        let query = query.bind(id.to_string()).bind(now.as_millisecond()).bind(i64::MAX);
        Ok(query.fetch_optional(self.reads()).await?)
    }

    /// Returns at most `limit` API tokens after `after` that have not expired by `now`, oldest first.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available or a row is damaged.
    pub async fn api_tokens(&self, after: Option<Uuid>, limit: i64, now: Timestamp) -> Result<Vec<ApiTokenRow>> {
        let query =
            select::<ApiTokenRow>("api_token", "WHERE id > $1 AND COALESCE(expires_at, $4) > $3 ORDER BY id LIMIT $2");
        let query = query.bind(lower_bound(after)).bind(limit).bind(now.as_millisecond()).bind(i64::MAX);
        Ok(query.fetch_all(self.reads()).await?)
    }

    /// Revokes an API token by deleting it. Returns whether it existed.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub async fn revoke_api_token(&self, id: Uuid, audit: &AuditRow) -> Result<bool> {
        let query = sqlx::query("DELETE FROM api_token WHERE id = $1").bind(id.to_string());
        Ok(self.audited(query, audit).await? == 1)
    }

    /// Deletes all API tokens that have expired by `now`. Returns their number.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub async fn purge_expired_api_tokens(&self, now: Timestamp) -> Result<u64> {
        let query = sqlx::query("DELETE FROM api_token WHERE expires_at <= $1").bind(now.as_millisecond());
        Ok(query.execute(self.writes()).await?.rows_affected())
    }
}
