//! The lookup of a server's token: the server and its account, in one query.

use jiff::Timestamp;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::account::Health;
use super::connection::Store;
use super::error::Result;
use super::record::record;

record! {
    /// A server and its account, read in one query so that they are consistent.
    #[derive(Clone, Debug, PartialEq)]
    pub struct AccessRow {
        /// The identifier of the server.
        pub server_id: Uuid,
        /// The keyed hash of the token: the server's, or one that it replaced and that still works.
        pub token_hash: String,
        /// The server's scope and other settings, as JSON.
        pub config: String,
        /// The expiry time of the server or of the replaced token, whichever is earlier.
        pub expires_at: Option<Timestamp>,
        /// The number of changes to the server.
        pub server_version: i64,
        /// The identifier of the account.
        pub account_id: Uuid,
        /// The values of the base URL's variables, as JSON.
        pub variables: String,
        /// The URL that replaces the base URL, if any.
        pub base_url: Option<String>,
        /// The name of the master key that sealed the account's API key.
        pub key_id: String,
        /// The account's sealed API key.
        pub sealed_key: String,
        /// The state of that key.
        pub status: Health,
        /// The age in seconds up to which replies are used again.
        pub cache_seconds: u32,
        /// The number of changes to the account.
        pub account_version: i64,
    }
}

/// The columns of an [`AccessRow`] in a query that joins servers and accounts, without those of the token.
pub(super) const ACCESS_COLUMNS: &str = "server.id AS server_id, server.config AS config, server.version AS server_version, \
                                         account.id AS account_id, account.variables AS variables, \
                                         account.base_url AS base_url, account.key_id AS key_id, \
                                         account.sealed_key AS sealed_key, account.status AS status, \
                                         account.cache_seconds AS cache_seconds, account.version AS account_version";

impl Store {
    /// Returns the server whose token has that hash, with its account, unless it has expired by `now`. A token that was replaced
    /// is found until it expires.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available or a row is damaged.
    pub async fn access(&self, token_hash: &str, now: Timestamp) -> Result<Option<AccessRow>> {
        let query = sqlx::query_as(AssertSqlSafe(format!(
            "SELECT {ACCESS_COLUMNS}, server.token_hash AS token_hash, server.expires_at AS expires_at \
             FROM server JOIN account ON account.id = server.account_id \
             WHERE server.token_hash = $1 AND COALESCE(server.expires_at, $3) > $2 \
             UNION ALL \
             SELECT {ACCESS_COLUMNS}, replaced_token.token_hash, \
             CASE WHEN server.expires_at < replaced_token.expires_at THEN server.expires_at \
             ELSE replaced_token.expires_at END \
             FROM replaced_token JOIN server ON server.id = replaced_token.server_id \
             JOIN account ON account.id = server.account_id \
             WHERE replaced_token.token_hash = $1 AND replaced_token.expires_at > $2 \
             AND COALESCE(server.expires_at, $3) > $2"
        )));
        let query = query.bind(token_hash).bind(now.as_millisecond()).bind(i64::MAX);
        Ok(query.fetch_optional(self.lookups()).await?)
    }
}
