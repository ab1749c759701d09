//! Connections of clients: which user let which client use which server.

use jiff::Timestamp;
use uuid::Uuid;

use super::audit::AuditRow;
use super::column::{lower_bound, read_column};
use super::connection::Store;
use super::error::Result;
use super::record::{Record as _, record};

record! {
    /// A connection. All tokens that come from one authorization belong to one connection.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ConnectionRow {
        /// The identifier.
        pub id: Uuid,
        /// The user.
        pub user_id: Uuid,
        /// The server.
        pub server_id: Uuid,
        /// The identifier of the client.
        pub client_id: String,
        /// The name of the client.
        pub client_name: String,
        /// The address to which the user returned.
        pub redirect_uri: String,
        /// The scopes that the user granted.
        pub scope: String,
        /// True if the user need not be asked again.
        pub remembered: bool,
        /// The number of refresh tokens so far.
        pub generation: i64,
        /// The time of creation.
        pub created_at: Timestamp,
        /// The time at which it expires unless it is refreshed before.
        pub expires_at: Timestamp,
        /// The time of the last use.
        pub last_used_at: Option<Timestamp>,
    }
}

/// A connection with the names that people know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedConnection {
    /// The connection.
    pub row: ConnectionRow,
    /// The name of the user.
    pub user_name: String,
    /// The e-mail address of the user, if the issuer gave one.
    pub user_email: Option<String>,
    /// The name of the server.
    pub server_name: String,
    /// The account of the server.
    pub account_id: Uuid,
}

impl Store {
    /// Returns the connection with that identifier, unless it has expired by `now`.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available or a row is damaged.
    pub async fn connection(&self, id: Uuid, now: Timestamp) -> Result<Option<NamedConnection>> {
        let query = named_connections("connection.id = $1 AND connection.expires_at > $2");
        let row = query.bind(id.to_string()).bind(now.as_millisecond()).fetch_optional(self.reads()).await?;
        Ok(row.map(|row| named(&row)).transpose()?)
    }

    /// Returns at most `limit` connections after `after` that have not expired by `now`, oldest first; those of `user`
    /// only, if one is given.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available or a row is damaged.
    pub async fn connections(
        &self,
        user: Option<Uuid>,
        after: Option<Uuid>,
        limit: i64,
        now: Timestamp,
    ) -> Result<Vec<NamedConnection>> {
        let query = named_connections(
            "connection.id > $1 AND connection.expires_at > $2 AND connection.user_id = COALESCE($4, connection.user_id) \
             ORDER BY connection.id LIMIT $3",
        );
        let query = query.bind(lower_bound(after)).bind(now.as_millisecond()).bind(limit);
        let rows = query.bind(user.map(|user| user.to_string())).fetch_all(self.reads()).await?;
        Ok(rows.iter().map(named).collect::<sqlx::Result<_>>()?)
    }

    /// Returns the scopes of the connections for which a user let a client use a server and need not be asked again.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available or a row is damaged.
    pub(crate) async fn remembered_scopes(
        &self,
        user: Uuid,
        client: &str,
        server: Uuid,
        now: Timestamp,
    ) -> Result<Vec<String>> {
        let query = "SELECT scope FROM connection WHERE user_id = $1 AND client_id = $2 AND server_id = $3 \
                     AND remembered = 1 AND expires_at > $4";
        let query = sqlx::query(query).bind(user.to_string()).bind(client).bind(server.to_string());
        let rows = query.bind(now.as_millisecond()).fetch_all(self.reads()).await?;
        Ok(rows.iter().map(|row| read_column(row, "scope")).collect::<sqlx::Result<_>>()?)
    }

    /// Revokes a connection by deleting it, and with it its tokens. Returns whether it existed.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub async fn revoke_connection(&self, id: Uuid, audit: &AuditRow) -> Result<bool> {
        let query = sqlx::query("DELETE FROM connection WHERE id = $1").bind(id.to_string());
        Ok(self.audited(query, audit).await? == 1)
    }

    /// Deletes all connections that have expired by `now`. Returns their number.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub(crate) async fn purge_expired_connections(&self, now: Timestamp) -> Result<u64> {
        let query = sqlx::query("DELETE FROM connection WHERE expires_at <= $1").bind(now.as_millisecond());
        Ok(query.execute(self.writes()).await?.rows_affected())
    }
}

/// A query for connections that satisfy a condition.
fn named_connections(condition: &str) -> super::column::Statement {
    let columns: Vec<_> =
        ConnectionRow::COLUMNS.iter().map(|column| format!("connection.{column} AS {column}")).collect();
    sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT {}, users.name AS user_name, users.email AS user_email, server.name AS server_name, \
         server.account_id AS account_id \
         FROM connection JOIN users ON users.id = connection.user_id JOIN server ON server.id = connection.server_id \
         WHERE {condition}",
        columns.join(", ")
    )))
}

fn named(row: &sqlx::any::AnyRow) -> sqlx::Result<NamedConnection> {
    Ok(NamedConnection {
        row: <ConnectionRow as sqlx::FromRow<_>>::from_row(row)?,
        user_name: read_column(row, "user_name")?,
        user_email: read_column(row, "user_email")?,
        server_name: read_column(row, "server_name")?,
        account_id: read_column(row, "account_id")?,
    })
}
