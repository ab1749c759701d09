//! Connections: which user let which client use which server, and the tokens that come from it.
//!
//! An authorization code is exchanged once for a connection with its first tokens. Each refresh token has one successor: a
//! refresh that is repeated, because its response was lost or because several requests of a client coincide, gets the same
//! one. A refresh token older than the last but one is a copy that someone kept, and revokes the connection (RFC 9700,
//! section 4.14.2).

mod admission;
mod pkce;
mod view;

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use uuid::Uuid;

pub use self::admission::{Admitted, SignInTarget};
pub use self::pkce::is_challenge;
pub use self::view::ConnectionView;
use super::audit::Audited;
use super::principal::Actor;
use super::state::Registry;
use crate::scope::Grant;
use crate::store::{
    AccessTokenRow, ActiveUserRow, AuditAction, AuditObject, AuthorizationCodeRow, ConnectionRow, RefreshTokenRow,
    StoreError, TokenLimits,
};
use crate::token::{self, TokenKind};

/// The lifetime of an access token, in seconds.
const ACCESS_SECONDS: u32 = 60 * 60;

/// The lifetime of a refresh token, and so of a connection that is not used.
const REFRESH_LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The lifetime of an authorization code.
const CODE_LIFETIME: SignedDuration = SignedDuration::from_secs(60);

/// The most connections of one user, client and server: the same program on several machines.
const MOST_CONNECTIONS: i64 = 20;

/// The tokens of a connection that are stored: more than a client that refreshes each hour gets until they expire.
const TOKEN_LIMITS: TokenLimits = TokenLimits { access: 200, refresh: 1000 };

/// An authorization that a user gave.
#[derive(Clone, Debug)]
pub struct Authorization<'a> {
    /// The user.
    pub user_id: Uuid,
    /// The server.
    pub server_id: Uuid,
    /// The identifier of the client.
    pub client_id: &'a str,
    /// The name of the client.
    pub client_name: &'a str,
    /// The address to which the code is sent.
    pub redirect_uri: &'a str,
    /// The scopes that the user granted.
    pub grant: Grant,
    /// True if the user need not be asked again.
    pub remembered: bool,
    /// The challenge of the client.
    pub code_challenge: &'a str,
}

/// An authorization code as a client presents it.
#[derive(Clone, Copy, Debug)]
pub struct PresentedCode<'a> {
    /// The code.
    pub code: &'a str,
    /// The client, which is authenticated if it has a secret.
    pub client_id: &'a str,
    /// The redirect URI, if the client repeats it.
    pub redirect_uri: Option<&'a str>,
    /// The verifier of its challenge.
    pub code_verifier: &'a str,
    /// The server for which the client wants a token, if it repeats it.
    pub server_id: Option<Uuid>,
}

/// A refresh token as a client presents it.
#[derive(Clone, Copy, Debug)]
pub struct PresentedRefreshToken<'a> {
    /// The token.
    pub token: &'a str,
    /// The client, which is authenticated if it has a secret.
    pub client_id: &'a str,
    /// The scopes that the client wants, if not all.
    pub grant: Option<Grant>,
    /// The server for which the client wants a token, if it repeats it.
    pub server_id: Option<Uuid>,
}

/// Tokens that were issued.
#[derive(Debug)]
pub struct IssuedTokens {
    /// The access token.
    pub access_token: SecretString,
    /// The seconds until it expires.
    pub expires_in: u32,
    /// The refresh token.
    pub refresh_token: SecretString,
    /// The scopes of the access token.
    pub grant: Grant,
}

/// The reason why no tokens were issued.
#[derive(Debug, thiserror::Error)]
pub enum TokenRefusal {
    /// The code or refresh token is not valid for this request (RFC 6749, section 5.2, `invalid_grant`).
    #[error("{0}")]
    InvalidGrant(&'static str),
    /// The client asks for a scope that the user did not grant.
    #[error("the scope exceeds what the user granted")]
    InvalidScope,
    /// The client asks for another server than the user let it use.
    #[error("the resource is not the one that the user let the client use")]
    InvalidTarget,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The response to a code or refresh token that is not valid, whatever the reason is.
const INVALID: TokenRefusal =
    TokenRefusal::InvalidGrant("The code or refresh token is unknown, expired, revoked, used, or another client's.");

impl Registry {
    /// Stores an authorization. Returns its code.
    ///
    /// # Errors
    /// Fails if the store fails.
    pub async fn authorize(&self, authorization: &Authorization<'_>) -> Result<SecretString, StoreError> {
        let code = token::mint(self.0.api.slug, TokenKind::Code);
        let now = self.0.clock.now();
        let row = AuthorizationCodeRow {
            code_hash: self.hash_of(TokenKind::Code, &code),
            user_id: authorization.user_id,
            server_id: authorization.server_id,
            client_id: authorization.client_id.to_owned(),
            client_name: authorization.client_name.to_owned(),
            redirect_uri: authorization.redirect_uri.to_owned(),
            scope: authorization.grant.to_string(),
            remembered: authorization.remembered,
            code_challenge: authorization.code_challenge.to_owned(),
            connection_id: None,
            expires_at: later(now, CODE_LIFETIME),
        };
        self.0.store.add_authorization_code(&row, now).await?;
        Ok(code)
    }

    /// Returns whether the user need not be asked to let a client use a server with these scopes.
    ///
    /// # Errors
    /// Fails if the store fails.
    pub(crate) async fn is_remembered(
        &self,
        user: Uuid,
        client: &str,
        server: Uuid,
        grant: Grant,
    ) -> Result<bool, StoreError> {
        let scopes = self.0.store.remembered_scopes(user, client, server, self.0.clock.now()).await?;
        Ok(scopes.iter().any(|scope| Grant::parse(scope).includes(grant)))
    }

    /// Exchanges an authorization code for tokens.
    ///
    /// # Errors
    /// Fails if the code is not valid for this client, or if the store fails. A code that was exchanged before revokes its
    /// connection (OAuth 2.1, section 4.1.3).
    pub(crate) async fn exchange_code(&self, presented: PresentedCode<'_>) -> Result<IssuedTokens, TokenRefusal> {
        let now = self.0.clock.now();
        let hash = self.hash(TokenKind::Code, presented.code);
        let code = self.0.store.authorization_code(hash.as_str()).await?;
        let code = code.filter(|code| hash.matches(&code.code_hash)).ok_or(INVALID)?;
        if let Some(connection) = code.connection_id {
            self.end_reused(connection).await?;
            return Err(INVALID);
        }
        if code.expires_at <= now
            || code.client_id != presented.client_id
            || presented.redirect_uri.is_some_and(|uri| uri != code.redirect_uri)
            || !pkce::verifies(presented.code_verifier, &code.code_challenge)
        {
            return Err(INVALID);
        }
        if presented.server_id.is_some_and(|server| server != code.server_id) {
            return Err(TokenRefusal::InvalidTarget);
        }
        let admitted = self.admitted(code.user_id, code.server_id).await?.ok_or(INVALID)?;
        let grant = Grant::parse(&code.scope).and(admitted.target.grantable);
        if grant.is_empty() {
            return Err(INVALID);
        }
        let expires_at = later(now, REFRESH_LIFETIME);
        let connection = ConnectionRow {
            id: Uuid::now_v7(),
            user_id: code.user_id,
            server_id: code.server_id,
            client_id: code.client_id,
            client_name: code.client_name,
            redirect_uri: code.redirect_uri,
            scope: code.scope,
            remembered: code.remembered,
            generation: 1,
            created_at: now,
            expires_at,
            last_used_at: Some(now),
        };
        let (access, access_token) = self.access_token(connection.id, grant, now);
        let refresh_token = token::mint(self.0.api.slug, TokenKind::Refresh);
        let refresh = RefreshTokenRow {
            token_hash: self.hash_of(TokenKind::Refresh, &refresh_token),
            connection_id: connection.id,
            generation: 1,
            expires_at,
        };
        let user = Actor { name: shown_name(&admitted.user).to_owned(), id: Some(connection.user_id), address: None };
        let name = view::connection_name(&connection.client_name, &admitted.target.name);
        let audited = Audited { object: AuditObject::Connection, id: Some(connection.id), name: Some(&name) };
        let created = self.event(&user, AuditAction::Created, audited, Vec::new());
        let store = &self.0.store;
        match store.exchange_code(hash.as_str(), &connection, &access, &refresh, MOST_CONNECTIONS, &created).await {
            Ok(true) => Ok(IssuedTokens { access_token, expires_in: ACCESS_SECONDS, refresh_token, grant }),
            Ok(false) => {
                // Another request was faster.
                let exchanged = self.0.store.authorization_code(hash.as_str()).await?;
                if let Some(connection) = exchanged.and_then(|code| code.connection_id) {
                    self.end_reused(connection).await?;
                }
                Err(INVALID)
            }
            Err(StoreError::Orphan) => Err(INVALID),
            Err(error) => Err(error.into()),
        }
    }

    /// Issues the tokens that follow a refresh token.
    ///
    /// # Errors
    /// Fails if the token is not valid for this client, or if the store fails. A token older than the last but one revokes
    /// its connection.
    pub async fn refresh(&self, presented: PresentedRefreshToken<'_>) -> Result<IssuedTokens, TokenRefusal> {
        let now = self.0.clock.now();
        let hash = self.hash(TokenKind::Refresh, presented.token);
        let found = self.0.store.refresh_token(hash.as_str(), now).await?;
        let (row, connection) = found.filter(|(row, _)| hash.matches(&row.token_hash)).ok_or(INVALID)?;
        if connection.client_id != presented.client_id {
            return Err(INVALID);
        }
        if row.generation < connection.generation - 1 {
            self.end_reused(connection.id).await?;
            return Err(INVALID);
        }
        if presented.server_id.is_some_and(|server| server != connection.server_id) {
            return Err(TokenRefusal::InvalidTarget);
        }
        let granted = Grant::parse(&connection.scope);
        if presented.grant.is_some_and(|wanted| wanted.is_empty() || !granted.includes(wanted)) {
            return Err(TokenRefusal::InvalidScope);
        }
        let Some(admitted) = self.admitted(connection.user_id, connection.server_id).await? else {
            // The rules no longer admit the user. They may do so again later, but not for this connection.
            if self.0.store.active_user(connection.user_id, now).await?.is_some() {
                self.end_connection(connection.id, &Actor::program("the rules of the server")).await?;
            }
            return Err(INVALID);
        };
        let grant = presented.grant.unwrap_or(granted).and(admitted.target.grantable);
        if grant.is_empty() {
            return Err(INVALID);
        }
        let (access, access_token) = self.access_token(connection.id, grant, now);
        let refresh_token =
            token::successor(self.0.api.slug, TokenKind::Refresh, self.0.keyring.hash_key(), presented.token);
        let next = RefreshTokenRow {
            token_hash: self.hash_of(TokenKind::Refresh, &refresh_token),
            connection_id: connection.id,
            generation: row.generation + 1,
            expires_at: later(now, REFRESH_LIFETIME),
        };
        match self.0.store.refresh_connection(&access, &next, now, TOKEN_LIMITS).await {
            Ok(()) => Ok(IssuedTokens { access_token, expires_in: ACCESS_SECONDS, refresh_token, grant }),
            Err(StoreError::Orphan) => Err(INVALID),
            Err(error) => Err(error.into()),
        }
    }

    /// Revokes a token of a client (RFC 7009): with a refresh token its whole connection, with an access token that token
    /// alone. A token that is unknown or another client's is ignored.
    ///
    /// # Errors
    /// Fails if the store fails.
    pub(crate) async fn revoke_oauth_token(&self, presented: &str, client_id: &str) -> Result<(), StoreError> {
        let now = self.0.clock.now();
        let refresh = self.hash(TokenKind::Refresh, presented);
        if let Some((_, connection)) = self.0.store.refresh_token(refresh.as_str(), now).await? {
            if connection.client_id == client_id {
                let by = Actor::program(connection.client_name);
                self.end_connection(connection.id, &by).await?;
            }
            return Ok(());
        }
        let access = self.hash(TokenKind::Access, presented);
        let connection = self.0.store.connection_of_access_token(access.as_str(), now).await?;
        if let Some(connection) = connection.filter(|connection| connection.client_id == client_id) {
            let _change = self.0.changes.begin(Some(connection.id));
            self.0.store.revoke_access_token(access.as_str()).await?;
        }
        Ok(())
    }

    /// Revokes a connection of which a code or token turned up a second time.
    async fn end_reused(&self, connection: Uuid) -> Result<(), StoreError> {
        tracing::warn!(%connection, "revoked a connection: a code or refresh token of it was used again");
        self.end_connection(connection, &Actor::program("reuse of a code or token")).await
    }

    async fn end_connection(&self, connection: Uuid, by: &Actor) -> Result<(), StoreError> {
        let _change = self.0.changes.begin(Some(connection));
        let audited = Audited { object: AuditObject::Connection, id: Some(connection), name: None };
        let revoked = self.event(by, AuditAction::Revoked, audited, Vec::new());
        self.0.store.revoke_connection(connection, &revoked).await?;
        Ok(())
    }

    fn access_token(&self, connection_id: Uuid, grant: Grant, now: Timestamp) -> (AccessTokenRow, SecretString) {
        let token = token::mint(self.0.api.slug, TokenKind::Access);
        let row = AccessTokenRow {
            token_hash: self.hash_of(TokenKind::Access, &token),
            connection_id,
            scope: grant.to_string(),
            expires_at: later(now, SignedDuration::from_secs(ACCESS_SECONDS.into())),
        };
        (row, token)
    }

    fn hash_of(&self, kind: TokenKind, token: &SecretString) -> String {
        self.0.keyring.hash_key().hash_secret(kind, token).as_str().to_owned()
    }
}

/// The text by which people know a user.
fn shown_name(user: &ActiveUserRow) -> &str {
    user.email.as_deref().unwrap_or(&user.name)
}

fn later(now: Timestamp, lifetime: SignedDuration) -> Timestamp {
    now.checked_add(lifetime).unwrap_or(Timestamp::MAX)
}
