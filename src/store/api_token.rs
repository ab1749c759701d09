//! API tokens: they authorise the admin API, and a second factor at servers that require one.

use jiff::Timestamp;
use serde::Serialize;
use sqlx::FromRow;
use sqlx::any::AnyRow;
use uuid::Uuid;

use super::column::{column, lower_bound, read};
use super::connection::Store;
use super::error::Result;

/// An API token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiTokenRow {
    /// The identifier.
    pub id: Uuid,
    /// The name that an operator gave it.
    pub name: String,
    /// The rights of its principal.
    pub role: Role,
    /// The keyed hash of the token.
    pub token_hash: String,
    /// The expiry time, if any.
    pub expires_at: Option<Timestamp>,
    /// The name of the principal who created it.
    pub created_by: String,
    /// The time of creation.
    pub created_at: Timestamp,
}

/// The rights of an API token's principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// All operations of the admin API, and all rights of a caller.
    Admin,
    /// The second factor of servers that require one, and the metrics.
    Caller,
}

impl Role {
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

column!(Role as String, read: |name: String| Role::named(&name), write: |role: &Role| role.name().to_owned());

impl FromRow<'_, AnyRow> for ApiTokenRow {
    fn from_row(row: &AnyRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: read(row, "id")?,
            name: read(row, "name")?,
            role: read(row, "role")?,
            token_hash: read(row, "token_hash")?,
            expires_at: read(row, "expires_at")?,
            created_by: read(row, "created_by")?,
            created_at: read(row, "created_at")?,
        })
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT id, name, role, token_hash, expires_at, created_by, created_at FROM api_token ", $rest)
    };
}

impl Store {
    /// Adds an API token.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available, or with [`StoreError::Duplicate`](super::StoreError::Duplicate) if
    /// its hash exists already.
    pub async fn add_api_token(&self, token: &ApiTokenRow) -> Result<()> {
        sqlx::query(
            "INSERT INTO api_token (id, name, role, token_hash, expires_at, created_by, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(token.id.to_string())
        .bind(token.name.as_str())
        .bind(token.role.name())
        .bind(token.token_hash.as_str())
        .bind(token.expires_at.map(Timestamp::as_millisecond))
        .bind(token.created_by.as_str())
        .bind(token.created_at.as_millisecond())
        .execute(self.writes())
        .await?;
        Ok(())
    }

    /// Returns the API token with that hash, unless it has expired by `now`.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available or a row is damaged.
    pub async fn api_token(&self, token_hash: &str, now: Timestamp) -> Result<Option<ApiTokenRow>> {
        let query = sqlx::query_as(select!("WHERE token_hash = $1 AND COALESCE(expires_at, $3) > $2"));
        let query = query.bind(token_hash).bind(now.as_millisecond()).bind(i64::MAX);
        Ok(query.fetch_optional(self.reads()).await?)
    }

    /// Returns at most `limit` API tokens after `after` that have not expired by `now`, oldest first.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available or a row is damaged.
    pub async fn api_tokens(&self, after: Option<Uuid>, limit: i64, now: Timestamp) -> Result<Vec<ApiTokenRow>> {
        let query = sqlx::query_as(select!("WHERE id > $1 AND COALESCE(expires_at, $4) > $3 ORDER BY id LIMIT $2"));
        let query = query.bind(lower_bound(after)).bind(limit).bind(now.as_millisecond()).bind(i64::MAX);
        Ok(query.fetch_all(self.reads()).await?)
    }

    /// Revokes an API token by deleting it. Returns whether it existed.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub async fn revoke_api_token(&self, id: Uuid) -> Result<bool> {
        let query = sqlx::query("DELETE FROM api_token WHERE id = $1").bind(id.to_string());
        Ok(query.execute(self.writes()).await?.rows_affected() == 1)
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
