//! Tokens of connections: access tokens, and the refresh tokens that follow each other.

use jiff::Timestamp;
use uuid::Uuid;

use super::client_connection::ConnectionRow;
use super::column::read_column;
use super::connection::Store;
use super::error::Result;
use super::record::{Record as _, insert, record};

record! {
    /// An access token.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct AccessTokenRow {
        /// The keyed hash of the token.
        pub token_hash: String,
        /// The connection.
        pub connection_id: Uuid,
        /// The scopes of the token.
        pub scope: String,
        /// The expiry time.
        pub expires_at: Timestamp,
    }
}

record! {
    /// A refresh token.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RefreshTokenRow {
        /// The keyed hash of the token.
        pub token_hash: String,
        /// The connection.
        pub connection_id: Uuid,
        /// The number of the token among those of its connection, from 1.
        pub generation: i64,
        /// The expiry time.
        pub expires_at: Timestamp,
    }
}

/// The numbers of tokens of a connection that are stored.
#[derive(Clone, Copy, Debug)]
pub struct TokenLimits {
    /// The access tokens, newest first.
    pub access: i64,
    /// The refresh tokens, newest first. Older ones are unknown instead of used.
    pub refresh: i64,
}

impl Store {
    /// Returns the refresh token with that hash and its connection, unless it has expired by `now`.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available or a row is damaged.
    pub async fn refresh_token(
        &self,
        token_hash: &str,
        now: Timestamp,
    ) -> Result<Option<(RefreshTokenRow, ConnectionRow)>> {
        let Some(row) = self.token_of_connection("refresh_token", token_hash, now).await? else { return Ok(None) };
        let connection = <ConnectionRow as sqlx::FromRow<_>>::from_row(&row)?;
        let token = RefreshTokenRow {
            token_hash: token_hash.to_owned(),
            connection_id: connection.id,
            generation: read_column(&row, "token_generation")?,
            expires_at: read_column(&row, "token_expires_at")?,
        };
        Ok(Some((token, connection)))
    }

    /// Returns the connection of the access token with that hash, unless the token has expired by `now`.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available or a row is damaged.
    pub(crate) async fn connection_of_access_token(
        &self,
        token_hash: &str,
        now: Timestamp,
    ) -> Result<Option<ConnectionRow>> {
        let row = self.token_of_connection("access_token", token_hash, now).await?;
        Ok(row.map(|row| <ConnectionRow as sqlx::FromRow<_>>::from_row(&row)).transpose()?)
    }

    async fn token_of_connection(
        &self,
        table: &'static str,
        token_hash: &str,
        now: Timestamp,
    ) -> Result<Option<sqlx::any::AnyRow>> {
        let columns: Vec<_> =
            ConnectionRow::COLUMNS.iter().map(|column| format!("connection.{column} AS {column}")).collect();
        let generation = if table == "refresh_token" { "token.generation AS token_generation, " } else { "" };
        let query = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT {generation}token.expires_at AS token_expires_at, {} \
             FROM {table} token JOIN connection ON connection.id = token.connection_id \
             WHERE token.token_hash = $1 AND token.expires_at > $2 AND connection.expires_at > $2",
            columns.join(", ")
        )));
        Ok(query.bind(token_hash.to_owned()).bind(now.as_millisecond()).fetch_optional(self.reads()).await?)
    }

    /// Adds an access token to a connection and its next refresh token, unless that exists already. Forgets the tokens of
    /// the connection beyond `limits`.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available, or with [`StoreError::Orphan`](super::StoreError::Orphan) if the connection
    /// was revoked meanwhile.
    pub(crate) async fn refresh_connection(
        &self,
        access: &AccessTokenRow,
        next: &RefreshTokenRow,
        now: Timestamp,
        limits: TokenLimits,
    ) -> Result<()> {
        let id = next.connection_id.to_string();
        let mut transaction = self.begin().await?;
        // Locks the row, so that refreshes of one connection follow each other.
        let advance = "UPDATE connection SET last_used_at = $1, expires_at = $2, \
                       generation = CASE WHEN generation < $3 THEN $3 ELSE generation END WHERE id = $4";
        let advance = sqlx::query(advance).bind(now.as_millisecond()).bind(next.expires_at.as_millisecond());
        advance.bind(next.generation).bind(id.as_str()).execute(&mut *transaction).await?;
        let columns = RefreshTokenRow::COLUMNS.join(", ");
        let insert_next = sqlx::query(sqlx::AssertSqlSafe(format!(
            "INSERT INTO refresh_token ({columns}) VALUES ($1, $2, $3, $4) ON CONFLICT (token_hash) DO NOTHING"
        )));
        next.bind(insert_next).execute(&mut *transaction).await?;
        insert("access_token", access).execute(&mut *transaction).await?;
        let excess = "DELETE FROM access_token WHERE connection_id = $1 AND token_hash NOT IN (SELECT token_hash FROM \
                      access_token WHERE connection_id = $1 ORDER BY expires_at DESC, token_hash LIMIT $2)";
        sqlx::query(excess).bind(id.as_str()).bind(limits.access).execute(&mut *transaction).await?;
        let old = "DELETE FROM refresh_token WHERE connection_id = $1 AND generation <= $2";
        let old = sqlx::query(old).bind(id.as_str()).bind(next.generation - limits.refresh);
        old.execute(&mut *transaction).await?;
        self.commit(transaction).await
    }

    /// Revokes an access token. Returns whether it existed.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub(crate) async fn revoke_access_token(&self, token_hash: &str) -> Result<bool> {
        let query = sqlx::query("DELETE FROM access_token WHERE token_hash = $1").bind(token_hash.to_owned());
        Ok(query.execute(self.writes()).await?.rows_affected() == 1)
    }

    /// Deletes all tokens that have expired by `now`. Returns their number.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub(crate) async fn purge_expired_oauth_tokens(&self, now: Timestamp) -> Result<u64> {
        let mut purged = 0;
        for statement in
            ["DELETE FROM access_token WHERE expires_at <= $1", "DELETE FROM refresh_token WHERE expires_at <= $1"]
        {
            purged += sqlx::query(statement).bind(now.as_millisecond()).execute(self.writes()).await?.rows_affected();
        }
        Ok(purged)
    }
}
