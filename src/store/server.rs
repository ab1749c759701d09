//! Scoped servers: their scope, and the hashes of their tokens.

use jiff::Timestamp;
use serde_json::{Map, Value};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::audit::AuditRow;
use super::column::{column, from_json, lower_bound, read_column, to_json};
use super::connection::Store;
use super::error::Result;
use super::record::{insert, record, select};
use super::url::Engine;

record! {
    /// A scoped server.
    #[derive(Clone, Debug, PartialEq)]
    pub struct ServerRow {
        /// The identifier.
        pub id: Uuid,
        /// The account for which its tools act.
        pub account_id: Uuid,
        /// The name that an operator gave it.
        pub name: String,
        /// The keyed hash of its token.
        pub token_hash: String,
        /// Its scope and other settings.
        pub config: Map<String, Value>,
        /// The expiry time, if any.
        pub expires_at: Option<Timestamp>,
        /// The name of the principal who created it.
        pub created_by: String,
        /// The name of the principal who changed it last.
        pub updated_by: String,
        /// The number of changes, from 1.
        pub version: i64,
        /// The time of creation.
        pub created_at: Timestamp,
        /// The time of the last change.
        pub updated_at: Timestamp,
        /// The time of the last tool call through it.
        pub last_used_at: Option<Timestamp>,
    }
}

column!(Map<String, Value> as String, read: |text: String| from_json(&text), write: to_json);

impl Store {
    /// Adds a server.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available, or with [`StoreError::Orphan`](super::StoreError::Orphan) if
    /// the account does not exist.
    pub async fn add_server(&self, server: &ServerRow, audit: &AuditRow) -> Result<()> {
        self.audited(insert("server", server), audit).await?;
        Ok(())
    }

    /// Returns a server of an account, unless it has expired by `now`.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available or a row is damaged.
    pub async fn server(&self, account: Uuid, id: Uuid, now: Timestamp) -> Result<Option<ServerRow>> {
        let query =
            select::<ServerRow>("server", "WHERE id = $1 AND account_id = $2 AND COALESCE(expires_at, $4) > $3");
        let query = query.bind(id.to_string()).bind(account.to_string()).bind(now.as_millisecond()).bind(i64::MAX);
        Ok(query.fetch_optional(self.reads()).await?)
    }

    /// Returns at most `limit` servers of an account after `after` that have not expired by `now`, oldest first.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available or a row is damaged.
    pub async fn servers(
        &self,
        account: Uuid,
        after: Option<Uuid>,
        limit: i64,
        now: Timestamp,
    ) -> Result<Vec<ServerRow>> {
        let query = select::<ServerRow>(
            "server",
            "WHERE account_id = $1 AND id > $2 AND COALESCE(expires_at, $5) > $4 ORDER BY id LIMIT $3",
        );
        let query = query.bind(account.to_string()).bind(lower_bound(after)).bind(limit);
        Ok(query.bind(now.as_millisecond()).bind(i64::MAX).fetch_all(self.reads()).await?)
    }

    /// Stores a change to the server if it is still at version `before`. Returns whether it was.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub async fn change_server(&self, server: &ServerRow, before: i64, audit: &AuditRow) -> Result<bool> {
        let change = sqlx::query(
            "UPDATE server SET name = $1, config = $2, expires_at = $3, version = $4, updated_at = $5, \
             updated_by = $6 WHERE id = $7 AND account_id = $8 AND version = $9",
        )
        .bind(server.name.as_str())
        .bind(to_json(&server.config))
        .bind(server.expires_at.map(Timestamp::as_millisecond))
        .bind(server.version)
        .bind(server.updated_at.as_millisecond())
        .bind(server.updated_by.as_str())
        .bind(server.id.to_string())
        .bind(server.account_id.to_string())
        .bind(before);
        Ok(self.audited(change, audit).await? == 1)
    }

    /// Replaces the token of a server of an account. With `old_expires_at`, the token before it and those that it replaced
    /// earlier work until then at most; without it, they end. Returns whether the server exists.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub(crate) async fn replace_token(
        &self,
        account: Uuid,
        id: Uuid,
        token_hash: &str,
        old_expires_at: Option<Timestamp>,
        audit: &AuditRow,
    ) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let lock = match self.engine() {
            Engine::Sqlite => "",
            Engine::Postgres => " FOR UPDATE",
        };
        let (id, account) = (id.to_string(), account.to_string());
        let old = format!("SELECT token_hash FROM server WHERE id = $1 AND account_id = $2{lock}");
        let old = sqlx::query(AssertSqlSafe(old)).bind(id.as_str()).bind(account);
        let Some(old) = old.fetch_optional(&mut *transaction).await? else {
            transaction.rollback().await?;
            return Ok(false);
        };
        if let Some(expires_at) = old_expires_at.map(Timestamp::as_millisecond) {
            let earlier = "UPDATE replaced_token SET expires_at = $1 WHERE server_id = $2 AND expires_at > $1";
            sqlx::query(earlier).bind(expires_at).bind(id.as_str()).execute(&mut *transaction).await?;
            let old: String = read_column(&old, "token_hash")?;
            let add = "INSERT INTO replaced_token (token_hash, server_id, expires_at) VALUES ($1, $2, $3)";
            let add = sqlx::query(add).bind(old).bind(id.as_str()).bind(expires_at);
            add.execute(&mut *transaction).await?;
        } else {
            let earlier = sqlx::query("DELETE FROM replaced_token WHERE server_id = $1").bind(id.as_str());
            earlier.execute(&mut *transaction).await?;
        }
        let replace = sqlx::query("UPDATE server SET token_hash = $1 WHERE id = $2").bind(token_hash).bind(id.as_str());
        replace.execute(&mut *transaction).await?;
        insert("audit", audit).execute(&mut *transaction).await?;
        self.commit(transaction).await?;
        Ok(true)
    }

    /// Deletes the hashes of replaced tokens that have expired by `now`. Returns their number.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub(crate) async fn purge_replaced_tokens(&self, now: Timestamp) -> Result<u64> {
        let query = sqlx::query("DELETE FROM replaced_token WHERE expires_at <= $1").bind(now.as_millisecond());
        Ok(query.execute(self.writes()).await?.rows_affected())
    }

    /// Revokes a server of an account by deleting it, if it is at version `version` or no version is given. Returns
    /// whether it was deleted.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub async fn revoke_server(&self, account: Uuid, id: Uuid, version: Option<i64>, audit: &AuditRow) -> Result<bool> {
        let query =
            sqlx::query("DELETE FROM server WHERE id = $1 AND account_id = $2 AND version = COALESCE($3, version)");
        let query = query.bind(id.to_string()).bind(account.to_string()).bind(version);
        Ok(self.audited(query, audit).await? == 1)
    }

    /// Deletes all servers that have expired by `now`. Returns their number.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub async fn purge_expired_servers(&self, now: Timestamp) -> Result<u64> {
        let query = sqlx::query("DELETE FROM server WHERE expires_at <= $1").bind(now.as_millisecond());
        Ok(query.execute(self.writes()).await?.rows_affected())
    }
}
