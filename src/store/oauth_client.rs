//! Clients of the authorization server that have a row: registered by an operator, or by themselves.

use jiff::Timestamp;
use serde::Serialize;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::audit::AuditRow;
use super::column::{column, from_json, lower_bound, to_json};
use super::connection::Store;
use super::error::Result;
use super::record::{insert, record, select};

record! {
    /// A client of the authorization server.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct OauthClientRow {
        /// The identifier, which is the client's `client_id`.
        pub id: Uuid,
        /// The name that an operator or the client gave it.
        pub name: String,
        /// The way in which it was registered.
        pub registration: ClientRegistration,
        /// The addresses to which its users return.
        pub redirect_uris: RedirectUris,
        /// The keyed hash of its secret, if it has one.
        pub secret_hash: Option<String>,
        /// The only server that it may use, if it is bound to one.
        pub server_id: Option<Uuid>,
        /// The name of the principal who created it.
        pub created_by: String,
        /// The time of creation.
        pub created_at: Timestamp,
        /// The time at which a user last let it use a server.
        pub last_used_at: Option<Timestamp>,
    }
}

/// The redirect URIs of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectUris(pub Vec<String>);

column!(RedirectUris as String, read: |json: String| from_json(&json).map(RedirectUris), write: |uris: &RedirectUris| to_json(&uris.0));

/// The way in which a client was registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClientRegistration {
    /// By an operator.
    Manual,
    /// By itself (RFC 7591).
    Dynamic,
}

impl ClientRegistration {
    const ALL: [Self; 2] = [Self::Manual, Self::Dynamic];

    const fn name(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Dynamic => "dynamic",
        }
    }
}

column!(ClientRegistration as String, read: |name: String| ClientRegistration::ALL.into_iter().find(|way| way.name() == name), write: |way: &ClientRegistration| way.name().to_owned());

impl Store {
    /// Adds a client.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available, or with [`StoreError::Orphan`](super::StoreError::Orphan) if the server that
    /// it is bound to does not exist.
    pub(crate) async fn add_oauth_client(&self, client: &OauthClientRow, audit: &AuditRow) -> Result<()> {
        self.audited(insert("oauth_client", client), audit).await?;
        Ok(())
    }

    /// Adds a client that registered itself, and deletes the oldest unused ones beyond `most`.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub(crate) async fn add_dynamic_client(&self, client: &OauthClientRow, most: i64) -> Result<()> {
        let mut transaction = self.begin().await?;
        insert("oauth_client", client).execute(&mut *transaction).await?;
        // The newest client beyond the limit, and all older ones: identifiers increase with time.
        let excess = "DELETE FROM oauth_client WHERE registration = $1 AND last_used_at IS NULL AND id <= \
                      (SELECT id FROM oauth_client WHERE registration = $1 AND last_used_at IS NULL \
                      ORDER BY id DESC LIMIT 1 OFFSET $2)";
        let excess = sqlx::query(excess).bind(ClientRegistration::Dynamic.name()).bind(most);
        excess.execute(&mut *transaction).await?;
        self.commit(transaction).await
    }

    /// Returns the client with that identifier.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available or a row is damaged.
    pub async fn oauth_client(&self, id: Uuid) -> Result<Option<OauthClientRow>> {
        let query = select::<OauthClientRow>("oauth_client", "WHERE id = $1").bind(id.to_string());
        Ok(query.fetch_optional(self.reads()).await?)
    }

    /// Returns at most `limit` clients after `after`, oldest first.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available or a row is damaged.
    pub async fn oauth_clients(&self, after: Option<Uuid>, limit: i64) -> Result<Vec<OauthClientRow>> {
        let query = select::<OauthClientRow>("oauth_client", "WHERE id > $1 ORDER BY id LIMIT $2");
        Ok(query.bind(lower_bound(after)).bind(limit).fetch_all(self.reads()).await?)
    }

    /// Deletes a client, its connections and its codes. Returns whether it existed.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub async fn delete_oauth_client(&self, id: Uuid, audit: &AuditRow) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let delete = |table: &str| {
            let column = if table == "oauth_client" { "id" } else { "client_id" };
            sqlx::query(AssertSqlSafe(format!("DELETE FROM {table} WHERE {column} = $1"))).bind(id.to_string())
        };
        if delete("oauth_client").execute(&mut *transaction).await?.rows_affected() == 0 {
            transaction.rollback().await?;
            return Ok(false);
        }
        for table in ["connection", "authorization_code"] {
            delete(table).execute(&mut *transaction).await?;
        }
        insert("audit", audit).execute(&mut *transaction).await?;
        self.commit(transaction).await?;
        Ok(true)
    }

    /// Deletes the clients that registered themselves, were last used before `before`, and have no connection left.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub(crate) async fn purge_dynamic_clients(&self, before: Timestamp) -> Result<u64> {
        let query = "DELETE FROM oauth_client WHERE registration = $1 AND last_used_at < $2 AND NOT EXISTS \
                     (SELECT 1 FROM connection WHERE connection.client_id = oauth_client.id)";
        let query = sqlx::query(query).bind(ClientRegistration::Dynamic.name()).bind(before.as_millisecond());
        Ok(query.execute(self.writes()).await?.rows_affected())
    }
}
