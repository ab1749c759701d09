//! The own access of users: the servers that are open to them, their connections and their calls.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::call_log::CallView;
use super::connection::{ConnectionView, SignInTarget};
use super::error::{RegistryError, Result};
use super::page::{ListQuery, Page};
use super::principal::Actor;
use super::request::FormRequest as _;
use super::revision::{Precondition, Revised as _};
use super::state::Registry;
use super::user::ActiveUser;
use crate::call_log::CallFilter;
use crate::tools::TOOLS;

/// The number of servers that are read at a time, to find those that admit a user.
const BATCH: i64 = 200;

/// A server that is open to a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = OpenServer)]
pub struct OpenServerView {
    /// The ID of the server.
    pub id: Uuid,
    /// The name of the server.
    pub name: String,
    /// The URL to give to an AI client. It contains no secret.
    pub url: String,
    /// The scopes that the user can grant, separated by spaces: `read`, `write`, or both.
    pub scope: String,
    /// The number of tools that the server allows.
    pub tool_count: usize,
    /// The time at which the server expires, or `null` if it does not.
    #[schema(required)]
    pub expires_at: Option<Timestamp>,
}

impl Registry {
    /// Returns a page of the servers that are open to a user, oldest first, for a [`ListQuery`]: those that admit the user and
    /// are not paused.
    ///
    /// # Errors
    /// Fails with every violation in `query`, or if the store fails.
    pub async fn open_servers(&self, user: &ActiveUser, query: Map<String, Value>) -> Result<Page<OpenServerView>> {
        let ListQuery { page } = ListQuery::read(query, self.limits())?;
        let mut open = Vec::new();
        let mut after = page.after;
        let mut is_last = !self.signs_in_to_servers(user.provider_id).await?;
        while !is_last && i64::try_from(open.len()).is_ok_and(|count| count < page.rows()) {
            let targets = self.sign_in_targets(after, BATCH).await?;
            is_last = i64::try_from(targets.len()).is_ok_and(|count| count < BATCH);
            after = targets.last().map(|(id, _)| *id);
            let targets = targets.into_iter().filter_map(|(_, target)| target);
            open.extend(targets.filter(|target| target.is_open() && target.rules().admit(&user.facts())));
        }
        open.truncate(usize::try_from(page.rows()).unwrap_or(usize::MAX));
        Ok(page.page(open, |target| target.id, |target| self.open_server_view(target)))
    }

    /// Returns a page of the connections of a user, oldest first, for a [`ListQuery`].
    ///
    /// # Errors
    /// Fails with every violation in `query`, or if the store fails.
    pub async fn own_connections(&self, user: &ActiveUser, query: Map<String, Value>) -> Result<Page<ConnectionView>> {
        self.connections_of(Some(user.id), query).await
    }

    /// Revokes a connection of a user.
    ///
    /// # Errors
    /// Fails if the user has no such connection, if it has another revision than `expected`, or if the store fails.
    pub async fn revoke_own_connection(
        &self,
        user: &ActiveUser,
        id: Uuid,
        expected: &Precondition,
        by: &Actor,
    ) -> Result<()> {
        let connection = self.0.store.connection(id, self.0.clock.now()).await?;
        // The connection of another user answers as one that does not exist.
        if connection.is_none_or(|connection| connection.row.user_id != user.id) {
            return Err(RegistryError::NotFound(ConnectionView::KIND));
        }
        self.revoke_connection(id, expected, by).await
    }

    /// Returns a page of the calls of a user, latest first, for a [`ListQuery`].
    ///
    /// # Errors
    /// Fails with every violation in `query`, or if the store fails.
    pub async fn own_calls(&self, user: &ActiveUser, query: Map<String, Value>) -> Result<Page<CallView>> {
        let ListQuery { page } = ListQuery::read(query, self.limits())?;
        self.calls_of(CallFilter { user_id: Some(user.id), before: page.after, ..CallFilter::default() }, &page).await
    }

    fn open_server_view(&self, target: SignInTarget) -> OpenServerView {
        OpenServerView {
            url: self.mcp_url(&target.id.to_string()),
            scope: target.grantable.to_string(),
            tool_count: target.config.scope.tools(TOOLS).len(),
            id: target.id,
            name: target.name,
            expires_at: target.expires_at,
        }
    }
}
