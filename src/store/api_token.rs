//! API tokens: who may use the admin API, and who may pass a server's second factor.

use jiff::Timestamp;
use serde::Serialize;
use sqlx::FromRow;
use sqlx::any::AnyRow;
use uuid::Uuid;

use super::account::start;
use super::row::{id, optional_time, text, time, word};
use super::{Result, Store};

/// One API token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiTokenRow {
    /// Its identifier.
    pub id: Uuid,
    /// What people call it.
    pub name: String,
    /// What its principal may do.
    pub role: Role,
    /// Hash of the token.
    pub token_hash: String,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// Who made it.
    pub created_by: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What the principal of an API token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything in the admin API, and whatever a caller may.
    Admin,
    /// Pass a server's second factor, and read the metrics.
    Caller,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Admin, Self::Caller];

    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Caller => "caller",
        }
    }

    /// The role of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

impl FromRow<'_, AnyRow> for ApiTokenRow {
    fn from_row(row: &AnyRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: id(row, "id")?,
            name: text(row, "name")?,
            role: word(row, "role", Role::named)?,
            token_hash: text(row, "token_hash")?,
            expires_at: optional_time(row, "expires_at")?,
            created_by: text(row, "created_by")?,
            created_at: time(row, "created_at")?,
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
        .execute(&self.writes)
        .await?;
        Ok(())
    }

    /// The API token with that hash, unless it has ended by `now`.
    pub async fn api_token(&self, token_hash: &str, now: Timestamp) -> Result<Option<ApiTokenRow>> {
        let query = sqlx::query_as(select!("WHERE token_hash = $1 AND COALESCE(expires_at, $3) > $2"));
        let query = query.bind(token_hash).bind(now.as_millisecond()).bind(i64::MAX);
        Ok(query.fetch_optional(&self.reads).await?)
    }

    /// At most `limit` API tokens after `after` that have not ended by `now`, oldest first.
    pub async fn api_tokens(&self, after: Option<Uuid>, limit: i64, now: Timestamp) -> Result<Vec<ApiTokenRow>> {
        let query = sqlx::query_as(select!("WHERE id > $1 AND COALESCE(expires_at, $4) > $3 ORDER BY id LIMIT $2"));
        let query = query.bind(start(after)).bind(limit).bind(now.as_millisecond()).bind(i64::MAX);
        Ok(query.fetch_all(&self.reads).await?)
    }

    /// Removes an API token. Says whether there was one.
    pub async fn remove_api_token(&self, id: Uuid) -> Result<bool> {
        let query = sqlx::query("DELETE FROM api_token WHERE id = $1").bind(id.to_string());
        Ok(query.execute(&self.writes).await?.rows_affected() == 1)
    }

    /// Removes all API tokens that have ended by `now`. Says how many.
    pub async fn purge_api_tokens(&self, now: Timestamp) -> Result<u64> {
        let query = sqlx::query("DELETE FROM api_token WHERE expires_at <= $1").bind(now.as_millisecond());
        Ok(query.execute(&self.writes).await?.rows_affected())
    }
}
