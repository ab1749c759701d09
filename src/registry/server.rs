//! Scoped servers: the tools of an account that a client may call with a token, which is shown once.

mod preview;
mod sign_in;
mod used_calls;

use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

pub use self::preview::{PreviewedTool, ServerPreview};
pub use self::used_calls::UsedCalls;
use super::audit::Audited;
use super::config::{CheckedConfig, ServerConfig, check_config, merge_config};
use super::error::{RegistryError, Result};
use super::page::{ListQuery, Page};
use super::principal::Actor;
use super::request::{Change, Expiry, FormRequest as _, Name, Nullable, WholeNumber, request};
use super::revision::{Precondition, Revised, Revision};
use super::state::Registry;
use crate::store::{AuditAction, AuditObject, ServerRow, StoreError};
use crate::token::{self, TokenKind};
use crate::tools::TOOLS;

request! {
    /// A server to create.
    pub struct NewServer as "NewServerRequest" {
        /// A name for people. Names need not be unique.
        name: Name,
        /// The restrictions of the server. If omitted, it has none.
        config: Option<CheckedConfig>,
        /// The time at which the server expires, at least 60 seconds from now. If omitted, it does not expire.
        expires_at: Nullable<Expiry>,
    }
}

request! {
    /// The fields of a server to change. Omitted fields keep their values.
    pub struct ServerChange as "ServerChange" {
        /// A name for people.
        name: Option<Name>,
        /// The keys of the configuration to change. Omitted keys keep their values, and `null` removes a key.
        config: Option<CheckedConfig>,
        /// The time at which the server expires, at least 60 seconds from now. Pass `null` to remove the expiry.
        expires_at: Change<Expiry>,
    }
}

request! {
    /// The way in which the URL of a server is replaced.
    pub struct RotateUrl as "RotateUrlRequest" {
        /// The time in seconds for which the old URL still works, from 0 to 86400. URLs that were replaced earlier end then as
        /// well. The default, 0, ends them at once.
        overlap_seconds: Option<WholeNumber<0, 86_400>>,
    }
}

/// A server, without its token.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
#[schema(as = Server)]
pub struct ServerView {
    /// The ID of the server.
    pub id: Uuid,
    /// The name of the server, for people.
    pub name: String,
    /// The ID of the account that the server's tools act on.
    pub integrated_account_id: Uuid,
    /// The URL of the server, if it asks for sign-in. The URL of any other server includes its token, and is returned only by
    /// the request that creates it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub url: Option<String>,
    /// The restrictions of the server.
    #[schema(value_type = ServerConfig)]
    pub config: Map<String, Value>,
    /// The number of tools that the configuration allows.
    pub tool_count: usize,
    /// The time at which the server expires, or `null` if it does not.
    #[schema(required)]
    pub expires_at: Option<Timestamp>,
    /// The name of the API token, or of the program, that created the server.
    pub created_by: String,
    /// The name of the API token, user or program that last changed the server. `unknown` if it was not recorded.
    pub updated_by: String,
    /// The time at which the server was created.
    pub created_at: Timestamp,
    /// The time at which the server was last changed.
    pub updated_at: Timestamp,
    /// The time of the last tool call through the server, or `null` if there was none.
    #[schema(required)]
    pub last_used_at: Option<Timestamp>,
    /// The calls that the server has sent in the last hour, up to about a second ago. Omitted if they are not limited.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub used_last_hour: Option<UsedCalls>,
    /// The state of the name, the configuration and the expiry.
    #[serde(skip)]
    #[schema(ignore)]
    pub revision: Revision,
}

impl Revised for ServerView {
    const KIND: &'static str = "server";

    fn revision(&self) -> &Revision {
        &self.revision
    }
}

/// A server that was just created, with its URL and, unless it asks for sign-in, its token.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = NewServer)]
pub struct CreatedServer {
    /// The server with its URL. Unless the server asks for sign-in, the URL includes the token, and anyone who knows it can
    /// use the server.
    #[serde(flatten)]
    pub view: ServerView,
    /// The token of the server. It is returned only here, and omitted if the server asks for sign-in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub token: Option<String>,
}

impl Revised for CreatedServer {
    const KIND: &'static str = ServerView::KIND;

    fn revision(&self) -> &Revision {
        &self.view.revision
    }
}

/// A server with a new URL.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = RotatedServer)]
pub struct RotatedServer {
    /// The server, with its new token.
    #[serde(flatten)]
    pub server: CreatedServer,
    /// The time until which the old URL works, or `null` if it has ended.
    #[schema(required)]
    pub old_url_expires_at: Option<Timestamp>,
}

impl Revised for RotatedServer {
    const KIND: &'static str = ServerView::KIND;

    fn revision(&self) -> &Revision {
        self.server.revision()
    }
}

impl Registry {
    /// Creates a server for an account from a [`NewServer`] request.
    ///
    /// # Errors
    /// Fails with every violation in `given`, if there is no such account, or if the store fails.
    pub async fn create_server(&self, account: Uuid, given: Map<String, Value>, by: &Actor) -> Result<CreatedServer> {
        let (NewServer { name, expires_at, .. }, config) = self.read_new_server(account, given).await?;
        let id = Uuid::now_v7();
        let token = (!config.auth.is_sign_in()).then(|| token::mint(self.0.api.slug, TokenKind::Server));
        let now = self.0.clock.now();
        let row = ServerRow {
            id,
            account_id: account,
            name: name.0,
            // A server that asks for sign-in has no token. No hash equals an identifier.
            token_hash: token.as_ref().map_or_else(
                || id.to_string(),
                |token| self.0.keyring.hash_key().hash_secret(TokenKind::Server, token).as_str().to_owned(),
            ),
            config: config.given,
            expires_at: expires_at.0.map(|expiry| expiry.0),
            created_by: by.name.clone(),
            updated_by: by.name.clone(),
            version: 1,
            created_at: now,
            updated_at: now,
            last_used_at: None,
        };
        let created = self.event(by, AuditAction::Created, audited(&row), Vec::new());
        match self.0.store.add_server(&row, &created).await {
            Ok(()) => {}
            Err(StoreError::Orphan) => return Err(RegistryError::NotFound("account")),
            Err(error) => return Err(error.into()),
        }
        Ok(self.created_server(row, token.as_ref()))
    }

    /// Returns the tools that a server from a [`NewServer`] request would list, without storing it.
    ///
    /// # Errors
    /// Fails with every violation in `given`, if there is no such account, or if the store fails.
    pub async fn preview_server(&self, account: Uuid, given: Map<String, Value>) -> Result<ServerPreview> {
        let (_, config) = self.read_new_server(account, given).await?;
        Ok(preview::preview_of_config(&config))
    }

    /// Returns the server `id` of an account.
    ///
    /// # Errors
    /// Fails if the account has no such server, or if the store fails.
    pub async fn server(&self, account: Uuid, id: Uuid) -> Result<ServerView> {
        self.with_used_calls(self.view_of_row(self.server_row(account, id, self.0.clock.now()).await?)).await
    }

    /// Returns a page of an account's servers, oldest first, for a [`ListQuery`].
    ///
    /// # Errors
    /// Fails with every violation in `query`, if there is no such account, or if the store fails.
    pub async fn servers(&self, account: Uuid, query: Map<String, Value>) -> Result<Page<ServerView>> {
        let ListQuery { page } = ListQuery::read(query, self.limits())?;
        self.account_row(account).await?;
        let rows = self.0.store.servers(account, page.after, page.rows(), self.0.clock.now()).await?;
        let mut page = page.page(rows, |row| row.id, |row| self.view_of_row(row));
        self.set_used_calls(account, &mut page.result).await?;
        Ok(page)
    }

    /// Updates a server with a [`ServerChange`] request. Its `config` is merged into the stored one key by key.
    ///
    /// # Errors
    /// Fails with every violation in `given` and in the merged configuration, if the account has no such server, if the
    /// server has another revision than `expected`, or if the store fails.
    pub async fn update_server(
        &self,
        account: Uuid,
        id: Uuid,
        given: Map<String, Value>,
        expected: &Precondition,
        by: &Actor,
    ) -> Result<ServerView> {
        loop {
            let now = self.0.clock.now();
            let before = self.server_row(account, id, now).await?;
            expected.check(&self.view_of_row(before.clone()))?;
            let given = with_merged_config(given.clone(), &before.config);
            let ServerChange { name, config, expires_at } = ServerChange::read(given, self.limits())?;
            if let Some(config) = &config {
                sign_in::refuse_switch(config, &before.config)?;
                self.check_provider(config).await?;
            }
            let row = ServerRow {
                name: name.map_or_else(|| before.name.clone(), |name| name.0),
                config: config.map_or_else(|| before.config.clone(), |config| config.given),
                expires_at: expires_at.apply_to(before.expires_at.map(Expiry)).map(|expiry| expiry.0),
                ..before.clone()
            };
            if row == before {
                return self.with_used_calls(self.view_of_row(before)).await;
            }
            let row = ServerRow { version: before.version + 1, updated_at: now, updated_by: by.name.clone(), ..row };
            let updated = self.event(by, AuditAction::Updated, audited(&row), changed_fields(&row, &before));
            let _change = self.0.changes.begin(changes_access(&row, &before).then_some(id));
            // If another change came first, this one is applied on top of it.
            if self.0.store.change_server(&row, before.version, &updated).await? {
                return self.with_used_calls(self.view_of_row(row)).await;
            }
        }
    }

    /// Replaces the URL of a server for a [`RotateUrl`] request. The old one works until the overlap is over.
    ///
    /// # Errors
    /// Fails with every violation in `given`, if the account has no such server or it asks for sign-in, or if the store fails.
    pub async fn rotate_url(
        &self,
        account: Uuid,
        id: Uuid,
        given: Map<String, Value>,
        by: &Actor,
    ) -> Result<RotatedServer> {
        let RotateUrl { overlap_seconds } = RotateUrl::read(given, self.limits())?;
        let overlap = overlap_seconds.map(|seconds| seconds.0).filter(|seconds| *seconds > 0);
        // Before the store is asked, so that this node serves the old URL no longer whatever the store answers.
        let _change = self.0.changes.begin(Some(id));
        let now = self.0.clock.now();
        let row = self.server_row(account, id, now).await?;
        sign_in::refuse_rotation(&row)?;
        let ends = overlap.map(|seconds| now + SignedDuration::from_secs(seconds.into()));
        let token = token::mint(self.0.api.slug, TokenKind::Server);
        let hash = self.0.keyring.hash_key().hash_secret(TokenKind::Server, &token);
        let rotated = self.event(by, AuditAction::Rotated, audited(&row), vec!["url".to_owned()]);
        if !self.0.store.replace_token(account, id, hash.as_str(), ends, &rotated).await? {
            return Err(RegistryError::NotFound(ServerView::KIND));
        }
        let old_url_expires_at = ends.map(|ends| row.expires_at.map_or(ends, |expiry| expiry.min(ends)));
        let mut server = self.created_server(row, Some(&token));
        server.view = self.with_used_calls(server.view).await?;
        Ok(RotatedServer { server, old_url_expires_at })
    }

    /// Revokes a server. Its token is refused from then on.
    ///
    /// # Errors
    /// Fails if the account has no such server, if the server has another revision than `expected`, or if the store fails.
    pub async fn revoke_server(&self, account: Uuid, id: Uuid, expected: &Precondition, by: &Actor) -> Result<()> {
        loop {
            // Before the store is asked, so that this node serves the server no longer whatever the store answers.
            let _change = self.0.changes.begin(Some(id));
            let row = self.server_row(account, id, self.0.clock.now()).await?;
            let version = expected.is_some().then_some(row.version);
            expected.check(&self.view_of_row(row.clone()))?;
            let revoked = self.event(by, AuditAction::Revoked, audited(&row), Vec::new());
            if self.0.store.revoke_server(account, id, version, &revoked).await? {
                return Ok(());
            }
            // Without a version, the server does not exist. With one, another change came first: check that one.
            if version.is_none() {
                return Err(RegistryError::NotFound(ServerView::KIND));
            }
        }
    }

    async fn read_new_server(&self, account: Uuid, given: Map<String, Value>) -> Result<(NewServer, CheckedConfig)> {
        self.account_row(account).await?;
        let mut request = NewServer::read(given, self.limits())?;
        let config = match request.config.take() {
            Some(config) => config,
            None => check_config(Map::new())?,
        };
        self.check_provider(&config).await?;
        Ok((request, config))
    }

    /// The stored server `id` of an account, unless it expired by `now`.
    async fn server_row(&self, account: Uuid, id: Uuid, now: Timestamp) -> Result<ServerRow> {
        self.0.store.server(account, id, now).await?.ok_or(RegistryError::NotFound(ServerView::KIND))
    }

    fn created_server(&self, row: ServerRow, token: Option<&SecretString>) -> CreatedServer {
        let token = token.map(|token| token.expose_secret().to_owned());
        let view = self.view_of_row(row);
        let url = view.url.or_else(|| token.as_ref().map(|token| self.mcp_url(token)));
        CreatedServer { view: ServerView { url, ..view }, token }
    }

    /// The URL of the server whose token or, if it asks for sign-in, whose identifier is `name`.
    pub(crate) fn mcp_url(&self, name: &str) -> String {
        format!("{}/mcp/{name}", self.0.public_url)
    }

    fn view_of_row(&self, row: ServerRow) -> ServerView {
        // An upgrade that removed a tool may have left a configuration that allows none.
        let checked = check_config(row.config.clone()).ok();
        let tool_count = checked.as_ref().map_or(0, |config| config.scope.tools(TOOLS).len());
        let used_last_hour = used_calls::is_limited(&row.config).then(UsedCalls::default);
        ServerView {
            revision: Revision::new(row.version, row.updated_at),
            tool_count,
            url: (row.token_hash == row.id.to_string()).then(|| self.mcp_url(&row.token_hash)),
            id: row.id,
            name: row.name,
            integrated_account_id: row.account_id,
            config: row.config,
            expires_at: row.expires_at,
            created_by: row.created_by,
            updated_by: row.updated_by,
            created_at: row.created_at,
            updated_at: row.updated_at,
            last_used_at: row.last_used_at,
            used_last_hour,
        }
    }
}

fn audited(row: &ServerRow) -> Audited<'_> {
    Audited::new(AuditObject::Server, row.id, &row.name)
}

/// The names of the fields that an update changed.
fn changed_fields(server: &ServerRow, before: &ServerRow) -> Vec<String> {
    let fields = [("name", server.name != before.name), ("expires_at", server.expires_at != before.expires_at)];
    let fields = fields.into_iter().filter(|(_, changed)| *changed).map(|(name, _)| name.to_owned());
    let keys = server.config.keys().chain(before.config.keys().filter(|key| !server.config.contains_key(*key)));
    let keys = keys.filter(|key| server.config.get(*key) != before.config.get(*key));
    fields.chain(keys.map(|key| format!("config.{key}"))).collect()
}

/// Returns whether the server's token gives another access than before.
fn changes_access(server: &ServerRow, before: &ServerRow) -> bool {
    server.config != before.config || server.expires_at != before.expires_at
}

/// The request `given`, with the stored configuration in place of the changes to it. A `config` that is not an object
/// stays as it is, to be refused.
fn with_merged_config(mut given: Map<String, Value>, stored: &Map<String, Value>) -> Map<String, Value> {
    let config = given.entry("config").or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(config) = config {
        let change = std::mem::replace(config, stored.clone());
        merge_config(config, change);
    }
    given
}
