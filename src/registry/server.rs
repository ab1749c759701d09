//! Scoped servers: who may call what for an account, by a token that is shown once.

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde_json::{Map, Value};
use tool_runtime::api::ApiDef;
use uuid::Uuid;

use super::config::{self, Checked};
use super::form::{Change, Form};
use super::page::{List, Page};
use super::{Actor, Refusal, Registry, Result};
use crate::service;
use crate::store::{ServerRow, StoreError};
use crate::token::{self, TokenKind};
use crate::tools::TOOLS;

/// A server, without its token.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
#[schema(as = Server)]
pub struct ServerView {
    /// Its identifier.
    pub id: Uuid,
    /// What people call it.
    pub name: String,
    /// The account that its tools act for.
    pub integrated_account_id: Uuid,
    /// What it is limited to.
    #[schema(value_type = config::ServerConfig)]
    pub config: Map<String, Value>,
    /// How many tools its callers may use.
    pub tool_count: usize,
    /// When it ends.
    #[schema(required)]
    pub expires_at: Option<Timestamp>,
    /// Who made it.
    pub created_by: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When a tool was last called through it.
    #[schema(required)]
    pub last_used_at: Option<Timestamp>,
}

/// A new server, with what is shown only once.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct NewServer {
    /// The server.
    #[serde(flatten)]
    pub server: ServerView,
    /// Its token.
    pub token: String,
    /// Where clients find it: whoever knows this address may use it.
    pub url: String,
}

/// What a configuration would list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Preview {
    /// The tools, in the order of the list.
    pub tools: Vec<PreviewedTool>,
    /// Length of the whole list as a client reads it.
    pub bytes: usize,
}

/// A tool that would be listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PreviewedTool {
    /// Its name.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// The kind of its operation.
    pub class: &'static str,
    /// What it belongs to.
    pub tags: &'static [&'static str],
    /// Length of its entry.
    pub bytes: usize,
}

/// A checked form for a server.
struct Given {
    name: Option<String>,
    config: Option<Map<String, Value>>,
    expires_at: Change<Timestamp>,
}

impl Registry {
    /// Makes a server for an account of what a person wrote.
    pub async fn add_server(&self, account: Uuid, given: Map<String, Value>, by: &Actor) -> Result<NewServer> {
        let (name, checked, expires_at) = self.new_server(account, given).await?;
        let token = token::mint(self.0.api.slug, TokenKind::Server);
        let now = self.0.clock.now();
        let row = ServerRow {
            id: Uuid::now_v7(),
            account_id: account,
            name,
            token_hash: self.0.keyring.hash_key().hash_secret(TokenKind::Server, &token).as_str().to_owned(),
            config: checked.given,
            expires_at,
            created_by: by.0.clone(),
            version: 1,
            created_at: now,
            updated_at: now,
            last_used_at: None,
        };
        match self.0.store.add_server(&row).await {
            Ok(()) => {}
            Err(StoreError::Orphan) => return Err(Refusal::NotFound("account")),
            Err(error) => return Err(error.into()),
        }
        self.changed();
        Ok(self.shown_once(row, &token))
    }

    /// The tools that a server would list, of what a person wrote. Nothing is stored.
    pub async fn preview_server(&self, account: Uuid, given: Map<String, Value>) -> Result<Preview> {
        let (_, checked, _) = self.new_server(account, given).await?;
        let left: Vec<_> = checked.scope.tools(TOOLS).into_iter().map(|tool| tool.def).collect();
        let exposed = service::exposed_tools(&left, checked.exposure, false);
        let mut bytes = "{\"tools\":[]}".len() + exposed.len().saturating_sub(1);
        let mut tools = Vec::new();
        for tool in exposed {
            let length = tool.bytes();
            bytes += length;
            let (name, title) = (tool.entry.name, tool.entry.title.unwrap_or_default());
            tools.push(PreviewedTool { name, title, class: tool.method.name(), tags: tool.tags, bytes: length });
        }
        Ok(Preview { tools, bytes })
    }

    /// One server of an account.
    pub async fn server(&self, account: Uuid, id: Uuid) -> Result<ServerView> {
        let row = self.0.store.server(account, id, self.0.clock.now()).await?;
        row.map(|row| view(self.0.api, row)).ok_or(Refusal::NotFound("server"))
    }

    /// A page of an account's servers, oldest first.
    pub async fn servers(&self, account: Uuid, query: Map<String, Value>) -> Result<List<ServerView>> {
        let mut form = Form::new(query);
        let page = Page::asked(&mut form);
        form.finish()?;
        self.0.store.account(account).await?.ok_or(Refusal::NotFound("account"))?;
        let rows = self.0.store.servers(account, page.after, page.rows(), self.0.clock.now()).await?;
        Ok(page.of(rows, |row| row.id, |row| view(self.0.api, row)))
    }

    /// Changes a server: what is given is changed; its configuration is merged key by key, `null` removes a key.
    pub async fn change_server(&self, account: Uuid, id: Uuid, given: Map<String, Value>) -> Result<ServerView> {
        loop {
            let now = self.0.clock.now();
            let before = self.0.store.server(account, id, now).await?.ok_or(Refusal::NotFound("server"))?;
            let mut form = Form::new(given.clone());
            let change = read(&mut form, now);
            let mut config = before.config.clone();
            for (key, value) in change.config.unwrap_or_default() {
                // What is not known here is left in, for the check to find; but what is stored can be removed.
                if !value.is_null() || config.shift_remove(&key).is_none() {
                    config.insert(key, value);
                }
            }
            let checked = collected(self.check(config), form)?;
            let row = ServerRow {
                name: change.name.unwrap_or_else(|| before.name.clone()),
                config: checked.given,
                expires_at: change.expires_at.of(before.expires_at),
                version: before.version + 1,
                updated_at: now,
                ..before.clone()
            };
            // If somebody else changed it meanwhile, the change is made on top of that.
            if self.0.store.change_server(&row, before.version).await? {
                self.changed();
                return Ok(view(self.0.api, row));
            }
        }
    }

    /// Removes a server. Its token opens nothing from then on.
    pub async fn remove_server(&self, account: Uuid, id: Uuid) -> Result<()> {
        if !self.0.store.revoke_server(account, id).await? {
            return Err(Refusal::NotFound("server"));
        }
        self.changed();
        Ok(())
    }

    async fn new_server(
        &self,
        account: Uuid,
        given: Map<String, Value>,
    ) -> Result<(String, Checked, Option<Timestamp>)> {
        self.0.store.account(account).await?.ok_or(Refusal::NotFound("account"))?;
        let mut form = Form::new(given);
        let given = read(&mut form, self.0.clock.now());
        let name = form.require("name", given.name);
        let checked = collected(self.check(given.config.unwrap_or_default()), form)?;
        Ok((name.unwrap_or_default(), checked, given.expires_at.given()))
    }

    fn check(&self, config: Map<String, Value>) -> Result<Checked> {
        config::checked(self.0.api, config)
    }

    fn shown_once(&self, row: ServerRow, token: &SecretString) -> NewServer {
        let token = token.expose_secret().to_owned();
        let url = format!("{}/mcp/{token}", self.0.public_url);
        NewServer { server: view(self.0.api, row), token, url }
    }
}

/// The configuration if all is well, or else everything that is wrong with it and with the rest of the form.
fn collected(checked: Result<Checked>, form: Form) -> Result<Checked> {
    match checked {
        Ok(checked) => form.finish_with(Ok(checked)),
        Err(Refusal::Invalid(violations)) => form.finish_with(Err(violations)),
        Err(other) => Err(other),
    }
}

fn read(form: &mut Form, now: Timestamp) -> Given {
    let name = form.name("name");
    let config = match form.raw("config") {
        None => None,
        Some(Value::Object(config)) => Some(config),
        Some(_) => {
            form.violate("config", "must be an object; to remove one of its keys, set that key to null", None);
            None
        }
    };
    Given { name, config, expires_at: form.end("expires_at", now) }
}

fn view(api: &'static ApiDef, row: ServerRow) -> ServerView {
    // A tool that was taken out of the API since then may have left a scope with nothing.
    let tool_count = config::checked(api, row.config.clone()).map_or(0, |checked| checked.scope.tools(TOOLS).len());
    ServerView {
        tool_count,
        id: row.id,
        name: row.name,
        integrated_account_id: row.account_id,
        config: row.config,
        expires_at: row.expires_at,
        created_by: row.created_by,
        created_at: row.created_at,
        updated_at: row.updated_at,
        last_used_at: row.last_used_at,
    }
}
