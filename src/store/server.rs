//! Scoped servers: what each is limited to, and what lets a token in.

use jiff::Timestamp;
use serde_json::{Map, Value};
use sqlx::FromRow;
use sqlx::any::AnyRow;
use uuid::Uuid;

use super::account::start;
use super::row::{id, json, number, optional_text, optional_time, text, time, word, written};
use super::{Health, Result, Store};

/// One scoped server.
#[derive(Clone, Debug, PartialEq)]
pub struct ServerRow {
    /// Its identifier.
    pub id: Uuid,
    /// The account that its tools act for.
    pub account_id: Uuid,
    /// What people call it.
    pub name: String,
    /// Hash of its token.
    pub token_hash: String,
    /// What it is limited to.
    pub config: Map<String, Value>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// Who made it.
    pub created_by: String,
    /// Counts the changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When a tool was last called through it.
    pub last_used_at: Option<Timestamp>,
}

impl FromRow<'_, AnyRow> for ServerRow {
    fn from_row(row: &AnyRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: id(row, "id")?,
            account_id: id(row, "account_id")?,
            name: text(row, "name")?,
            token_hash: text(row, "token_hash")?,
            config: json(row, "config")?,
            expires_at: optional_time(row, "expires_at")?,
            created_by: text(row, "created_by")?,
            version: number(row, "version")?,
            created_at: time(row, "created_at")?,
            updated_at: time(row, "updated_at")?,
            last_used_at: optional_time(row, "last_used_at")?,
        })
    }
}

/// All that a server's token opens, read at once so that it fits together.
#[derive(Clone, Debug, PartialEq)]
pub struct Admission {
    /// The server.
    pub server_id: Uuid,
    /// Hash of its token.
    pub token_hash: String,
    /// What it is limited to, as the store has it.
    pub config: String,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// How often it has been changed.
    pub server_version: i64,
    /// Its account.
    pub account_id: Uuid,
    /// The account's base URL variables, as the store has them.
    pub variables: String,
    /// What stands in place of the account's base URL.
    pub base_url: Option<String>,
    /// Name of the master key that sealed the account's key.
    pub key_id: String,
    /// The account's key, sealed.
    pub sealed_key: String,
    /// Whether that key works.
    pub status: Health,
    /// How often the account has been changed.
    pub account_version: i64,
}

impl FromRow<'_, AnyRow> for Admission {
    fn from_row(row: &AnyRow) -> sqlx::Result<Self> {
        Ok(Self {
            server_id: id(row, "server_id")?,
            token_hash: text(row, "token_hash")?,
            config: text(row, "config")?,
            expires_at: optional_time(row, "expires_at")?,
            server_version: number(row, "server_version")?,
            account_id: id(row, "account_id")?,
            variables: text(row, "variables")?,
            base_url: optional_text(row, "base_url")?,
            key_id: text(row, "key_id")?,
            sealed_key: text(row, "sealed_key")?,
            status: word(row, "status", Health::named)?,
            account_version: number(row, "account_version")?,
        })
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, account_id, name, token_hash, config, expires_at, created_by, version, created_at, \
             updated_at, last_used_at FROM server ",
            $rest
        )
    };
}

impl Store {
    /// Adds a server. Fails with [`Orphan`](super::StoreError::Orphan) if there is no such account.
    pub async fn add_server(&self, server: &ServerRow) -> Result<()> {
        sqlx::query(
            "INSERT INTO server (id, account_id, name, token_hash, config, expires_at, created_by, version, \
             created_at, updated_at, last_used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(server.id.to_string())
        .bind(server.account_id.to_string())
        .bind(server.name.as_str())
        .bind(server.token_hash.as_str())
        .bind(written(&server.config)?)
        .bind(server.expires_at.map(Timestamp::as_millisecond))
        .bind(server.created_by.as_str())
        .bind(server.version)
        .bind(server.created_at.as_millisecond())
        .bind(server.updated_at.as_millisecond())
        .bind(server.last_used_at.map(Timestamp::as_millisecond))
        .execute(&self.writes)
        .await?;
        Ok(())
    }

    /// One server of an account, unless it has ended by `now`.
    pub async fn server(&self, account: Uuid, id: Uuid, now: Timestamp) -> Result<Option<ServerRow>> {
        let query = sqlx::query_as(select!("WHERE id = $1 AND account_id = $2 AND COALESCE(expires_at, $4) > $3"));
        let query = query.bind(id.to_string()).bind(account.to_string()).bind(now.as_millisecond()).bind(i64::MAX);
        Ok(query.fetch_optional(&self.reads).await?)
    }

    /// At most `limit` servers of an account after `after` that have not ended by `now`, oldest first.
    pub async fn servers(
        &self,
        account: Uuid,
        after: Option<Uuid>,
        limit: i64,
        now: Timestamp,
    ) -> Result<Vec<ServerRow>> {
        let query = sqlx::query_as(select!(
            "WHERE account_id = $1 AND id > $2 AND COALESCE(expires_at, $5) > $4 ORDER BY id LIMIT $3"
        ));
        let query = query.bind(account.to_string()).bind(start(after)).bind(limit);
        Ok(query.bind(now.as_millisecond()).bind(i64::MAX).fetch_all(&self.reads).await?)
    }

    /// Writes a change of the server that was at version `before`. Says whether it still was.
    pub async fn change_server(&self, server: &ServerRow, before: i64) -> Result<bool> {
        let done = sqlx::query(
            "UPDATE server SET name = $1, config = $2, expires_at = $3, version = $4, updated_at = $5 \
             WHERE id = $6 AND account_id = $7 AND version = $8",
        )
        .bind(server.name.as_str())
        .bind(written(&server.config)?)
        .bind(server.expires_at.map(Timestamp::as_millisecond))
        .bind(server.version)
        .bind(server.updated_at.as_millisecond())
        .bind(server.id.to_string())
        .bind(server.account_id.to_string())
        .bind(before)
        .execute(&self.writes)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Removes a server of an account. Says whether there was one.
    pub async fn remove_server(&self, account: Uuid, id: Uuid) -> Result<bool> {
        let query = sqlx::query("DELETE FROM server WHERE id = $1 AND account_id = $2");
        let done = query.bind(id.to_string()).bind(account.to_string()).execute(&self.writes).await?;
        Ok(done.rows_affected() == 1)
    }

    /// What the token with that hash opens, unless it has ended by `now`.
    pub async fn admission(&self, token_hash: &str, now: Timestamp) -> Result<Option<Admission>> {
        let query = sqlx::query_as(
            "SELECT server.id AS server_id, server.token_hash, server.config, server.expires_at, \
             server.version AS server_version, account.id AS account_id, account.variables, account.base_url, \
             account.key_id, account.sealed_key, account.status, account.version AS account_version \
             FROM server JOIN account ON account.id = server.account_id \
             WHERE server.token_hash = $1 AND COALESCE(server.expires_at, $3) > $2",
        );
        let query = query.bind(token_hash).bind(now.as_millisecond()).bind(i64::MAX);
        Ok(query.fetch_optional(&self.reads).await?)
    }

    /// Writes down when servers were last used; an earlier time than the known one changes nothing.
    pub async fn set_last_used(&self, uses: &[(Uuid, Timestamp)]) -> Result<()> {
        let mut transaction = self.begin().await?;
        for (server, at) in uses {
            sqlx::query("UPDATE server SET last_used_at = $1 WHERE id = $2 AND COALESCE(last_used_at, 0) < $1")
                .bind(at.as_millisecond())
                .bind(server.to_string())
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Removes all servers that have ended by `now`. Says how many.
    pub async fn purge_servers(&self, now: Timestamp) -> Result<u64> {
        let query = sqlx::query("DELETE FROM server WHERE expires_at <= $1").bind(now.as_millisecond());
        Ok(query.execute(&self.writes).await?.rows_affected())
    }
}
