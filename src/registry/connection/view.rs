//! Connections as an operator sees them.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::registry::audit::Audited;
use crate::registry::error::{RegistryError, Result};
use crate::registry::oauth_client::RedirectUri;
use crate::registry::page::{ListQuery, Page};
use crate::registry::principal::Actor;
use crate::registry::request::FormRequest as _;
use crate::registry::revision::{Precondition, Revised, Revision};
use crate::registry::state::Registry;
use crate::store::{AuditAction, AuditObject, NamedConnection};

/// A connection: a user let a client use a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = Connection)]
pub struct ConnectionView {
    /// The ID of the connection.
    pub id: Uuid,
    /// The ID of the user.
    pub user_id: Uuid,
    /// The name of the user.
    pub user_name: String,
    /// The e-mail address of the user, or `null` if it is not known.
    #[schema(required)]
    pub user_email: Option<String>,
    /// The ID of the client, or the URL of its metadata document.
    pub client_id: String,
    /// The name that the client gives itself.
    pub client_name: String,
    /// The place to which the user returned after sign-in: a host, or a program of the user's computer.
    pub client_destination: String,
    /// The ID of the account that the server's tools act on.
    pub integrated_account_id: Uuid,
    /// The ID of the server.
    pub server_id: Uuid,
    /// The name of the server.
    pub server_name: String,
    /// The scopes that the user granted, separated by spaces: `read`, `write`, or both.
    pub scope: String,
    /// The time at which the connection was made.
    pub created_at: Timestamp,
    /// The time at which the connection expires, unless the client uses it before.
    pub expires_at: Timestamp,
    /// The time of the last use, or `null` if there was none.
    #[schema(required)]
    pub last_used_at: Option<Timestamp>,
    /// The state of the connection. It never changes, because no field of a connection can be edited.
    #[serde(skip)]
    #[schema(ignore)]
    pub revision: Revision,
}

impl Revised for ConnectionView {
    const KIND: &'static str = "connection";

    fn revision(&self) -> &Revision {
        &self.revision
    }
}

impl Registry {
    /// Returns a page of connections, oldest first, for a [`ListQuery`].
    ///
    /// # Errors
    /// Fails with every violation in `query`, or if the store fails.
    pub async fn connections(&self, query: Map<String, Value>) -> Result<Page<ConnectionView>> {
        self.connections_of(None, query).await
    }

    /// Returns a page of connections, oldest first, for a [`ListQuery`]: of one user, or of all.
    pub(in crate::registry) async fn connections_of(
        &self,
        user: Option<Uuid>,
        query: Map<String, Value>,
    ) -> Result<Page<ConnectionView>> {
        let ListQuery { page } = ListQuery::read(query, self.limits())?;
        let rows = self.0.store.connections(user, page.after, page.rows(), self.0.clock.now()).await?;
        Ok(page.page(rows, |connection| connection.row.id, view_of_row))
    }

    /// Revokes a connection. Its tokens are refused from then on.
    ///
    /// # Errors
    /// Fails if there is no such connection, if it has another revision than `expected`, or if the store fails.
    pub async fn revoke_connection(&self, id: Uuid, expected: &Precondition, by: &Actor) -> Result<()> {
        const UNKNOWN: RegistryError = RegistryError::NotFound(ConnectionView::KIND);
        let _change = self.0.changes.begin(Some(id));
        // No field of a connection can be edited, so that nothing can come between the check and the end.
        let connection = self.0.store.connection(id, self.0.clock.now()).await?.ok_or(UNKNOWN)?;
        let name = connection_name(&connection.row.client_name, &connection.server_name);
        expected.check(&view_of_row(connection))?;
        let audited = Audited { object: AuditObject::Connection, id: Some(id), name: Some(&name) };
        let revoked = self.event(by, AuditAction::Revoked, audited, Vec::new());
        if self.0.store.revoke_connection(id, &revoked).await? { Ok(()) } else { Err(UNKNOWN) }
    }
}

/// The name of a connection in the audit log.
pub(super) fn connection_name(client: &str, server: &str) -> String {
    format!("{client} → {server}")
}

fn view_of_row(connection: NamedConnection) -> ConnectionView {
    let NamedConnection { row, user_name, user_email, server_name, account_id } = connection;
    ConnectionView {
        revision: Revision::new(1, row.created_at),
        id: row.id,
        user_id: row.user_id,
        user_name,
        user_email,
        client_id: row.client_id,
        client_name: row.client_name,
        client_destination: RedirectUri::parse(&row.redirect_uri).map_or(row.redirect_uri, |uri| uri.destination()),
        integrated_account_id: account_id,
        server_id: row.server_id,
        server_name,
        scope: row.scope,
        created_at: row.created_at,
        expires_at: row.expires_at,
        last_used_at: row.last_used_at,
    }
}
