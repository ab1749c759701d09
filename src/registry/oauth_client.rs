//! Clients of the authorization server: the programs in which users sign in to servers.

mod redirect_uri;

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde_json::{Map, Value};
use tool_runtime::exact;
use tool_runtime::violation::Violations;
use utoipa::openapi::schema::ArrayBuilder;
use utoipa::openapi::{RefOr, Schema};
use uuid::Uuid;

pub use self::redirect_uri::{InvalidRedirectUri, RedirectKind, RedirectUri};
use super::audit::Audited;
use super::error::{RegistryError, Result};
use super::page::{ListQuery, Page};
use super::principal::Actor;
use super::request::{FormRequest as _, Limits, Name, Nullable, RequestValue, request};
use super::revision::{Precondition, Revised, Revision};
use super::state::Registry;
use crate::store::{AuditAction, AuditObject, ClientRegistration, OauthClientRow, RedirectUris, StoreError};
use crate::token::{self, TokenKind};

/// The most redirect URIs of a client.
pub const MOST_REDIRECT_URIS: usize = 20;

/// The most clients that registered themselves and that no user has used. The oldest are deleted first.
const MOST_UNUSED_CLIENTS: i64 = 10_000;

request! {
    /// A client of the authorization server to register.
    pub struct NewOauthClient as "NewOauthClientRequest" {
        /// A name for people. Users see it when they let the client use a server.
        name: Name,
        /// The addresses to which users return after they have signed in, from 1 to 20. A request must name one of them exactly,
        /// except for the port of a loopback address.
        redirect_uris: UriList,
        /// True if the client can keep a secret, as a program on a server can.
        confidential: bool,
        /// The ID of the only server that the client may use. Such a client may omit the parameter `resource`.
        server_id: Nullable<Uuid>,
    }
}

/// A client of the authorization server, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = OauthClient)]
pub struct OauthClientView {
    /// The ID of the client, which it sends as `client_id`.
    pub id: Uuid,
    /// The name of the client, for people.
    pub name: String,
    /// The way in which the client was registered.
    pub registration: ClientRegistration,
    /// The addresses to which users return.
    pub redirect_uris: Vec<String>,
    /// True if the client has a secret.
    pub confidential: bool,
    /// The ID of the only server that the client may use, or `null` if it may use all.
    #[schema(required)]
    pub server_id: Option<Uuid>,
    /// The name of the API token, or of the program, that registered the client.
    pub created_by: String,
    /// The time at which the client was registered.
    pub created_at: Timestamp,
    /// The time at which a user last let the client use a server, or `null` if none did.
    #[schema(required)]
    pub last_used_at: Option<Timestamp>,
    /// The state of the client. It never changes, because no field of a client can be edited.
    #[serde(skip)]
    #[schema(ignore)]
    pub revision: Revision,
}

impl Revised for OauthClientView {
    const KIND: &'static str = "OAuth client";

    fn revision(&self) -> &Revision {
        &self.revision
    }
}

/// A client of the authorization server that was just registered, with its secret.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = NewOauthClient)]
pub struct CreatedOauthClient {
    /// The client, without its secret.
    #[serde(flatten)]
    pub view: OauthClientView,
    /// The secret of a confidential client, which it sends to get tokens. It is returned only here.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub client_secret: Option<String>,
}

impl Revised for CreatedOauthClient {
    const KIND: &'static str = OauthClientView::KIND;

    fn revision(&self) -> &Revision {
        &self.view.revision
    }
}

/// A client that registers itself (RFC 7591).
#[derive(Clone, Debug)]
pub struct DynamicClient {
    /// The name that it gives itself.
    pub name: String,
    /// The addresses to which users return.
    pub redirect_uris: Vec<RedirectUri>,
    /// True if it wants a secret.
    pub confidential: bool,
}

impl Registry {
    /// Registers a client from a [`NewOauthClient`] request.
    ///
    /// # Errors
    /// Fails with every violation in `given`, if its server does not exist or does not ask for sign-in, or if the store
    /// fails.
    pub async fn create_oauth_client(&self, given: Map<String, Value>, by: &Actor) -> Result<CreatedOauthClient> {
        let NewOauthClient { name, redirect_uris, confidential, server_id } =
            NewOauthClient::read(given, self.limits())?;
        if let Some(server) = server_id.0
            && self.0.store.sign_in_target(server, self.0.clock.now()).await?.is_none()
        {
            let problem = "is not the ID of a server that asks for sign-in";
            return Err(Violations::new(problem, "a server with `auth: sign_in`").under_key("server_id").into());
        }
        let (row, secret) = self.client_row(ClientRegistration::Manual, name.0, &redirect_uris.0, confidential, by);
        let row = OauthClientRow { server_id: server_id.0, ..row };
        let created = self.event(by, AuditAction::Created, audited(&row), Vec::new());
        match self.0.store.add_oauth_client(&row, &created).await {
            Ok(()) => Ok(CreatedOauthClient {
                view: view_of_row(row),
                client_secret: secret.map(|secret| secret.expose_secret().to_owned()),
            }),
            Err(StoreError::Orphan) => Err(RegistryError::NotFound("server")),
            Err(error) => Err(error.into()),
        }
    }

    /// Registers a client that asks for it itself. Returns its row and its secret, if it wants one.
    ///
    /// # Errors
    /// Fails if the store fails.
    pub(crate) async fn register_client(
        &self,
        client: DynamicClient,
    ) -> Result<(OauthClientRow, Option<SecretString>)> {
        let DynamicClient { name, redirect_uris, confidential } = client;
        let by = Actor::program("the client itself");
        let (row, secret) = self.client_row(ClientRegistration::Dynamic, name, &redirect_uris, confidential, &by);
        self.0.store.add_dynamic_client(&row, MOST_UNUSED_CLIENTS).await?;
        Ok((row, secret))
    }

    fn client_row(
        &self,
        registration: ClientRegistration,
        name: String,
        redirect_uris: &[RedirectUri],
        confidential: bool,
        by: &Actor,
    ) -> (OauthClientRow, Option<SecretString>) {
        let secret = confidential.then(|| token::mint(self.0.api.slug, TokenKind::ClientSecret));
        let hash = |secret: &SecretString| self.0.keyring.hash_key().hash_secret(TokenKind::ClientSecret, secret);
        let row = OauthClientRow {
            id: Uuid::now_v7(),
            name,
            registration,
            redirect_uris: RedirectUris(redirect_uris.iter().map(ToString::to_string).collect()),
            secret_hash: secret.as_ref().map(|secret| hash(secret).as_str().to_owned()),
            server_id: None,
            created_by: by.name.clone(),
            created_at: self.0.clock.now(),
            last_used_at: None,
        };
        (row, secret)
    }

    /// Returns a page of clients, oldest first, for a [`ListQuery`].
    ///
    /// # Errors
    /// Fails with every violation in `query`, or if the store fails.
    pub async fn oauth_clients(&self, query: Map<String, Value>) -> Result<Page<OauthClientView>> {
        let ListQuery { page } = ListQuery::read(query, self.limits())?;
        let rows = self.0.store.oauth_clients(page.after, page.rows()).await?;
        Ok(page.page(rows, |row| row.id, view_of_row))
    }

    /// Deletes a client and revokes its connections.
    ///
    /// # Errors
    /// Fails if there is no such client, if the client has another revision than `expected`, or if the store fails.
    pub async fn delete_oauth_client(&self, id: Uuid, expected: &Precondition, by: &Actor) -> Result<()> {
        const UNKNOWN: RegistryError = RegistryError::NotFound(OauthClientView::KIND);
        let _change = self.0.changes.begin(Some(id));
        // A client never changes, so that nothing can come between the check and its deletion.
        let row = self.0.store.oauth_client(id).await?.ok_or(UNKNOWN)?;
        expected.check(&view_of_row(row.clone()))?;
        let deleted = self.event(by, AuditAction::Deleted, audited(&row), Vec::new());
        if self.0.store.delete_oauth_client(id, &deleted).await? { Ok(()) } else { Err(UNKNOWN) }
    }

    /// Returns whether a text is the secret of a client.
    pub(crate) fn is_secret_of(&self, client: &OauthClientRow, presented: &str) -> bool {
        let hash = self.hash(TokenKind::ClientSecret, presented);
        client.secret_hash.as_ref().is_some_and(|stored| hash.matches(stored))
    }
}

/// The redirect URIs of a client.
#[derive(Clone, Debug)]
struct UriList(Vec<RedirectUri>);

impl RequestValue for UriList {
    fn decode(value: Value, limits: Limits) -> std::result::Result<Self, Violations> {
        let uris = exact::list(|uri| RedirectUri::decode(uri, limits))(value)?;
        match uris.len() {
            1..=MOST_REDIRECT_URIS => Ok(Self(uris)),
            count => Err(Violations::new(format!("has {count} entries"), format!("1 to {MOST_REDIRECT_URIS} entries"))),
        }
    }

    fn value_schema() -> RefOr<Schema> {
        let list = ArrayBuilder::new().items(RedirectUri::value_schema());
        RefOr::T(list.min_items(Some(1)).max_items(Some(MOST_REDIRECT_URIS)).build().into())
    }
}

fn audited(row: &OauthClientRow) -> Audited<'_> {
    Audited { object: AuditObject::OauthClient, id: Some(row.id), name: Some(&row.name) }
}

fn view_of_row(row: OauthClientRow) -> OauthClientView {
    OauthClientView {
        revision: Revision::new(1, row.created_at),
        id: row.id,
        name: row.name,
        registration: row.registration,
        redirect_uris: row.redirect_uris.0,
        confidential: row.secret_hash.is_some(),
        server_id: row.server_id,
        created_by: row.created_by,
        created_at: row.created_at,
        last_used_at: row.last_used_at,
    }
}
