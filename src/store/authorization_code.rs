//! Authorization codes: each can be exchanged once, for the tokens of a new connection.

use jiff::Timestamp;
use uuid::Uuid;

use super::audit::AuditRow;
use super::client_connection::ConnectionRow;
use super::connection::Store;
use super::error::Result;
use super::oauth_token::{AccessTokenRow, RefreshTokenRow};
use super::record::{insert, record, select};

record! {
    /// An authorization code: a user let a client use a server.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct AuthorizationCodeRow {
        /// The keyed hash of the code.
        pub code_hash: String,
        /// The user.
        pub user_id: Uuid,
        /// The server.
        pub server_id: Uuid,
        /// The identifier of the client.
        pub client_id: String,
        /// The name of the client.
        pub client_name: String,
        /// The address to which the code was sent.
        pub redirect_uri: String,
        /// The scopes that the user granted.
        pub scope: String,
        /// True if the user need not be asked again.
        pub remembered: bool,
        /// The challenge whose verifier the client knows (RFC 7636).
        pub code_challenge: String,
        /// The connection that the code was exchanged for.
        pub connection_id: Option<Uuid>,
        /// The expiry time.
        pub expires_at: Timestamp,
    }
}

impl Store {
    /// Adds a code, and records that its client was used.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available, or with [`StoreError::Orphan`](super::StoreError::Orphan) if the user or the
    /// server was deleted meanwhile.
    pub(crate) async fn add_authorization_code(&self, code: &AuthorizationCodeRow, now: Timestamp) -> Result<()> {
        let mut transaction = self.begin().await?;
        insert("authorization_code", code).execute(&mut *transaction).await?;
        let used = sqlx::query("UPDATE oauth_client SET last_used_at = $1 WHERE id = $2");
        used.bind(now.as_millisecond()).bind(code.client_id.as_str()).execute(&mut *transaction).await?;
        self.commit(transaction).await
    }

    /// Returns the code with that hash, also if it has expired or was exchanged.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available or a row is damaged.
    pub async fn authorization_code(&self, code_hash: &str) -> Result<Option<AuthorizationCodeRow>> {
        let query = select::<AuthorizationCodeRow>("authorization_code", "WHERE code_hash = $1").bind(code_hash);
        Ok(query.fetch_optional(self.reads()).await?)
    }

    /// Exchanges a code for a connection with its first tokens, and revokes the connections of the same user, client and
    /// server beyond `most`, least recently used first. Returns false if the code was exchanged before: of several nodes
    /// that try at the same time, exactly one succeeds.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available, or with [`StoreError::Orphan`](super::StoreError::Orphan) if the user or the
    /// server was deleted meanwhile.
    pub(crate) async fn exchange_code(
        &self,
        code_hash: &str,
        connection: &ConnectionRow,
        access: &AccessTokenRow,
        refresh: &RefreshTokenRow,
        most: i64,
        audit: &AuditRow,
    ) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let claim = "UPDATE authorization_code SET connection_id = $1 WHERE code_hash = $2 AND connection_id IS NULL";
        let claim = sqlx::query(claim).bind(connection.id.to_string()).bind(code_hash);
        if claim.execute(&mut *transaction).await?.rows_affected() == 0 {
            transaction.rollback().await?;
            return Ok(false);
        }
        insert("connection", connection).execute(&mut *transaction).await?;
        insert("access_token", access).execute(&mut *transaction).await?;
        insert("refresh_token", refresh).execute(&mut *transaction).await?;
        let excess = "DELETE FROM connection WHERE user_id = $1 AND client_id = $2 AND server_id = $3 AND id NOT IN \
                      (SELECT id FROM connection WHERE user_id = $1 AND client_id = $2 AND server_id = $3 \
                      ORDER BY COALESCE(last_used_at, created_at) DESC, id DESC LIMIT $4)";
        let excess = sqlx::query(excess).bind(connection.user_id.to_string()).bind(connection.client_id.as_str());
        excess.bind(connection.server_id.to_string()).bind(most).execute(&mut *transaction).await?;
        insert("audit", audit).execute(&mut *transaction).await?;
        self.commit(transaction).await?;
        Ok(true)
    }

    /// Deletes all codes that have expired by `now`. Returns their number.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub(crate) async fn purge_authorization_codes(&self, now: Timestamp) -> Result<u64> {
        let query = sqlx::query("DELETE FROM authorization_code WHERE expires_at <= $1").bind(now.as_millisecond());
        Ok(query.execute(self.writes()).await?.rows_affected())
    }
}
