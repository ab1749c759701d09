//! Accounts at the API, their keys sealed.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;
use sqlx::{FromRow, Row as _};
use uuid::Uuid;

use super::row::{id, json, number, optional_json, optional_text, text, time, word, written};
use super::{Result, Store, StoreError};

/// One account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRow {
    /// Its identifier.
    pub id: Uuid,
    /// What people call it.
    pub name: String,
    /// The base URL's variables that are given.
    pub variables: BTreeMap<String, String>,
    /// What stands in place of the base URL, if anything does.
    pub base_url: Option<String>,
    /// Name of the master key that sealed the API key.
    pub key_id: String,
    /// The API key, sealed.
    pub sealed_key: String,
    /// Whether the API accepted the key when it was last used.
    pub status: Health,
    /// What the API last said of the rate limit.
    pub ratelimit: Option<RateLimitFacts>,
    /// Counts the changes that an operator makes.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When an operator last changed it.
    pub updated_at: Timestamp,
}

/// Whether an account's key works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// The API accepted the key, or was not asked yet.
    Active,
    /// The API refused the key: it wants a new one.
    NeedsReauth,
}

impl Health {
    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::NeedsReauth => "needs_reauth",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        [Self::Active, Self::NeedsReauth].into_iter().find(|health| health.name() == name)
    }
}

/// What the API said of the rate limit, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RateLimitFacts {
    /// Calls in a window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// Calls that were left in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remaining: Option<u64>,
    /// Seconds until it began anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reset: Option<u64>,
    /// When that was said.
    pub at: Timestamp,
}

impl FromRow<'_, AnyRow> for AccountRow {
    fn from_row(row: &AnyRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: id(row, "id")?,
            name: text(row, "name")?,
            variables: json(row, "variables")?,
            base_url: optional_text(row, "base_url")?,
            key_id: text(row, "key_id")?,
            sealed_key: text(row, "sealed_key")?,
            status: word(row, "status", Health::named)?,
            ratelimit: optional_json(row, "ratelimit")?,
            version: number(row, "version")?,
            created_at: time(row, "created_at")?,
            updated_at: time(row, "updated_at")?,
        })
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, variables, base_url, key_id, sealed_key, status, ratelimit, version, created_at, \
             updated_at FROM account ",
            $rest
        )
    };
}

impl Store {
    /// Adds an account. Fails with [`StoreError::Orphan`] if its master key is no longer in use.
    pub async fn add_account(&self, account: &AccountRow) -> Result<()> {
        sqlx::query(
            "INSERT INTO account (id, name, variables, base_url, key_id, sealed_key, status, ratelimit, version, \
             created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(account.id.to_string())
        .bind(account.name.as_str())
        .bind(written(&account.variables)?)
        .bind(account.base_url.clone())
        .bind(account.key_id.as_str())
        .bind(account.sealed_key.as_str())
        .bind(account.status.name())
        .bind(account.ratelimit.as_ref().map(written).transpose()?)
        .bind(account.version)
        .bind(account.created_at.as_millisecond())
        .bind(account.updated_at.as_millisecond())
        .execute(&self.writes)
        .await?;
        Ok(())
    }

    /// One account.
    pub async fn account(&self, id: Uuid) -> Result<Option<AccountRow>> {
        let query = sqlx::query_as(select!("WHERE id = $1")).bind(id.to_string());
        Ok(query.fetch_optional(&self.reads).await?)
    }

    /// At most `limit` accounts after `after`, oldest first.
    pub async fn accounts(&self, after: Option<Uuid>, limit: i64) -> Result<Vec<AccountRow>> {
        let query = sqlx::query_as(select!("WHERE id > $1 ORDER BY id LIMIT $2")).bind(start(after)).bind(limit);
        Ok(query.fetch_all(&self.reads).await?)
    }

    /// At most `limit` accounts of that name, oldest first.
    pub async fn accounts_named(&self, name: &str, limit: i64) -> Result<Vec<AccountRow>> {
        let query = sqlx::query_as(select!("WHERE name = $1 ORDER BY id LIMIT $2")).bind(name).bind(limit);
        Ok(query.fetch_all(&self.reads).await?)
    }

    /// At most `limit` accounts sealed with another key than `key_id`.
    pub async fn accounts_not_sealed_with(&self, key_id: &str, limit: i64) -> Result<Vec<AccountRow>> {
        let query = sqlx::query_as(select!("WHERE key_id <> $1 ORDER BY id LIMIT $2")).bind(key_id).bind(limit);
        Ok(query.fetch_all(&self.reads).await?)
    }

    /// Writes an operator's change of the account that was at version `before`. Says whether it still was.
    pub async fn change_account(&self, account: &AccountRow, before: i64) -> Result<bool> {
        let done = sqlx::query(
            "UPDATE account SET name = $1, variables = $2, base_url = $3, key_id = $4, sealed_key = $5, status = $6, \
             version = $7, updated_at = $8 WHERE id = $9 AND version = $10",
        )
        .bind(account.name.as_str())
        .bind(written(&account.variables)?)
        .bind(account.base_url.clone())
        .bind(account.key_id.as_str())
        .bind(account.sealed_key.as_str())
        .bind(account.status.name())
        .bind(account.version)
        .bind(account.updated_at.as_millisecond())
        .bind(account.id.to_string())
        .bind(before)
        .execute(&self.writes)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Seals an account's key anew, if it is still sealed as `before` has it. The account itself is unchanged by it.
    pub async fn reseal_account(&self, before: &AccountRow, key_id: &str, sealed_key: &str) -> Result<bool> {
        let done = sqlx::query("UPDATE account SET key_id = $1, sealed_key = $2 WHERE id = $3 AND sealed_key = $4")
            .bind(key_id)
            .bind(sealed_key)
            .bind(before.id.to_string())
            .bind(before.sealed_key.as_str())
            .execute(&self.writes)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Writes down whether an account's key works, as long as the account is at version `version`: what a call found
    /// out about a former key says nothing about the present one.
    pub async fn set_health(&self, account: Uuid, version: i64, status: Health) -> Result<bool> {
        let done = sqlx::query("UPDATE account SET status = $1 WHERE id = $2 AND version = $3 AND status <> $1")
            .bind(status.name())
            .bind(account.to_string())
            .bind(version)
            .execute(&self.writes)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Writes down what the API said of an account's rate limit.
    pub async fn set_ratelimit(&self, account: Uuid, facts: &RateLimitFacts) -> Result<()> {
        sqlx::query("UPDATE account SET ratelimit = $1 WHERE id = $2")
            .bind(written(facts)?)
            .bind(account.to_string())
            .execute(&self.writes)
            .await?;
        Ok(())
    }

    /// Removes an account with all its servers. Says how many these were, or `None` if there is no such account.
    pub async fn remove_account(&self, account: Uuid) -> Result<Option<u64>> {
        loop {
            match self.try_to_remove_account(account).await {
                // A server was added between the two steps; it goes as well.
                Err(StoreError::Orphan) => {}
                done => return done,
            }
        }
    }

    async fn try_to_remove_account(&self, account: Uuid) -> Result<Option<u64>> {
        let id = account.to_string();
        let mut transaction = self.begin().await?;
        let servers = sqlx::query("DELETE FROM server WHERE account_id = $1").bind(id.as_str());
        let servers = servers.execute(&mut *transaction).await?.rows_affected();
        let accounts = sqlx::query("DELETE FROM account WHERE id = $1").bind(id.as_str());
        let accounts = accounts.execute(&mut *transaction).await?.rows_affected();
        transaction.commit().await?;
        Ok((accounts == 1).then_some(servers))
    }

    /// How many accounts there are in each state of health.
    pub async fn health_counts(&self) -> Result<Vec<(Health, i64)>> {
        let rows = sqlx::query("SELECT status, COUNT(*) AS accounts FROM account GROUP BY status")
            .fetch_all(&self.reads)
            .await?;
        let counts = rows.iter().map(|row| Ok((word(row, "status", Health::named)?, row.try_get("accounts")?)));
        Ok(counts.collect::<sqlx::Result<_>>()?)
    }
}

/// What every identifier after `after` is greater than.
pub(super) fn start(after: Option<Uuid>) -> String {
    after.map(|id| id.to_string()).unwrap_or_default()
}
