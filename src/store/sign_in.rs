//! Servers that ask for sign-in: the lookup of an access token, and of the server that a client wants to use.
//!
//! A server that asks for sign-in has no token. Its identifier takes the place of the token's hash, which no hash equals.

use jiff::Timestamp;
use uuid::Uuid;

use super::access::{ACCESS_COLUMNS, AccessRow};
use super::column::{from_json, invalid_value, lower_bound, read_column};
use super::connection::Store;
use super::error::Result;
use super::record::record;

/// A server, its account, and the connection of the access token that was presented.
#[derive(Clone, Debug)]
pub struct SignInRow {
    /// The server and its account.
    pub access: AccessRow,
    /// The connection and its user.
    pub signed_in: SignedInUser,
}

/// A user who let a client use a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedInUser {
    /// The connection.
    pub connection_id: Uuid,
    /// The identifier of the client.
    pub client_id: String,
    /// The scopes of the access token.
    pub scope: String,
    /// The expiry time of the access token, and of the API token that the user signed in with, whichever is first.
    pub expires_at: Timestamp,
    /// The user.
    pub user_id: Uuid,
    /// The e-mail address, if the issuer gave one.
    pub email: Option<String>,
    /// True if the e-mail address counts in rules.
    pub email_verified: bool,
    /// The groups of the user.
    pub groups: Vec<String>,
    /// The identity provider that admitted the user last.
    pub provider_id: Option<Uuid>,
}

record! {
    /// A server that asks for sign-in, without its account.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SignInTargetRow {
        /// The identifier of the server.
        pub id: Uuid,
        /// The account for which its tools act.
        pub account_id: Uuid,
        /// The name of the server.
        pub name: String,
        /// The server's scope and other settings, as JSON.
        pub config: String,
        /// The server's expiry time, if any.
        pub expires_at: Option<Timestamp>,
    }
}

impl Store {
    /// Returns the server for which an access token with that hash was issued, unless the token, the server or the user's
    /// own API token has expired by `now`, or the user may not act.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available or a row is damaged.
    pub async fn sign_in(&self, token_hash: &str, now: Timestamp) -> Result<Option<SignInRow>> {
        let query = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT {ACCESS_COLUMNS}, server.token_hash AS token_hash, server.expires_at AS expires_at, \
             connection.id AS connection_id, \
             connection.client_id AS client_id, \
             access_token.scope AS scope, access_token.expires_at AS access_expires_at, active_user.id AS user_id, \
             active_user.email AS email, active_user.email_verified AS email_verified, \
             active_user.group_names AS group_names, active_user.provider_id AS provider_id, \
             active_user.token_expires_at AS token_expires_at \
             FROM access_token JOIN connection ON connection.id = access_token.connection_id \
             JOIN active_user ON active_user.id = connection.user_id \
             JOIN server ON server.id = connection.server_id JOIN account ON account.id = server.account_id \
             WHERE access_token.token_hash = $1 AND access_token.expires_at > $2 \
             AND COALESCE(server.expires_at, $3) > $2 AND COALESCE(active_user.token_expires_at, $3) > $2 \
             AND (active_user.provider_id IS NOT NULL OR NOT EXISTS (SELECT 1 FROM identity_provider))"
        )));
        let query = query.bind(token_hash.to_owned()).bind(now.as_millisecond()).bind(i64::MAX);
        let Some(row) = query.fetch_optional(self.lookups()).await? else { return Ok(None) };
        let expires_at: Timestamp = read_column(&row, "access_expires_at")?;
        let token_expires_at: Option<Timestamp> = read_column(&row, "token_expires_at")?;
        let groups: String = read_column(&row, "group_names")?;
        let signed_in = SignedInUser {
            connection_id: read_column(&row, "connection_id")?,
            client_id: read_column(&row, "client_id")?,
            scope: read_column(&row, "scope")?,
            expires_at: token_expires_at.map_or(expires_at, |token| token.min(expires_at)),
            user_id: read_column(&row, "user_id")?,
            email: read_column(&row, "email")?,
            email_verified: read_column(&row, "email_verified")?,
            groups: from_json(&groups).ok_or_else(|| invalid_value("group_names"))?,
            provider_id: read_column(&row, "provider_id")?,
        };
        let access = <AccessRow as sqlx::FromRow<_>>::from_row(&row)?;
        Ok(Some(SignInRow { access, signed_in }))
    }

    /// Returns the server with that identifier if it asks for sign-in, unless it has expired by `now`.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available or a row is damaged.
    pub(crate) async fn sign_in_target(&self, id: Uuid, now: Timestamp) -> Result<Option<SignInTargetRow>> {
        let query = "SELECT id, account_id, name, config, expires_at FROM server \
                     WHERE id = $1 AND token_hash = id AND COALESCE(expires_at, $3) > $2";
        let query = sqlx::query_as(query).bind(id.to_string()).bind(now.as_millisecond()).bind(i64::MAX);
        Ok(query.fetch_optional(self.lookups()).await?)
    }

    /// Returns at most `limit` servers after `after` that ask for sign-in and have not expired by `now`, oldest first.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available or a row is damaged.
    pub async fn sign_in_targets(
        &self,
        after: Option<Uuid>,
        limit: i64,
        now: Timestamp,
    ) -> Result<Vec<SignInTargetRow>> {
        let query = "SELECT id, account_id, name, config, expires_at FROM server \
                     WHERE id > $1 AND token_hash = id AND COALESCE(expires_at, $3) > $2 ORDER BY id LIMIT $4";
        let query =
            sqlx::query_as(query).bind(lower_bound(after)).bind(now.as_millisecond()).bind(i64::MAX).bind(limit);
        Ok(query.fetch_all(self.reads()).await?)
    }

    /// Returns whether any server asks for sign-in.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub(crate) async fn has_sign_in_servers(&self, now: Timestamp) -> Result<bool> {
        let query = "SELECT id FROM server WHERE token_hash = id AND COALESCE(expires_at, $2) > $1 LIMIT 1";
        let query = sqlx::query(query).bind(now.as_millisecond()).bind(i64::MAX);
        Ok(query.fetch_optional(self.lookups()).await?.is_some())
    }
}
