//! Admission: whether a user may use a server that asks for sign-in.

use jiff::Timestamp;
use url::Url;
use uuid::Uuid;

use super::PresentedRefreshToken;
use crate::registry::config::{CheckedConfig, ServerAuth, check_config};
use crate::registry::sign_in::{SignInRules, UserFacts};
use crate::registry::state::Registry;
use crate::scope::Grant;
use crate::store::{ActiveUserRow, SignInRow, SignInTargetRow, StoreError, Used};
use crate::token::{TokenHash, TokenKind};
use crate::tools::TOOLS;

/// A server that asks for sign-in.
#[derive(Clone, Debug)]
pub struct SignInTarget {
    /// The identifier of the server.
    pub id: Uuid,
    /// The account for which its tools act.
    pub account_id: Uuid,
    /// The name of the server.
    pub name: String,
    /// The expiry time, if any.
    pub expires_at: Option<Timestamp>,
    /// The configuration.
    pub config: CheckedConfig,
    /// The scopes that access tokens of the server can have.
    pub grantable: Grant,
}

/// A user whom a server admits.
#[derive(Clone, Debug)]
pub struct Admitted {
    /// The user.
    pub user: ActiveUserRow,
    /// The server.
    pub target: SignInTarget,
}

impl SignInTarget {
    /// The rules of the server.
    pub fn rules(&self) -> SignInRules {
        match &self.config.auth {
            ServerAuth::SignIn(rules) => rules.clone(),
            ServerAuth::Url | ServerAuth::ApiToken => SignInRules::default(),
        }
    }

    /// Returns whether users can connect clients to the server: it is not paused, and has tools.
    pub fn is_open(&self) -> bool {
        !self.config.admission.is_paused() && !self.grantable.is_empty()
    }

    fn of_row(row: SignInTargetRow) -> Result<Self, StoreError> {
        let damaged = || StoreError::Damaged("server configuration (update the server)".to_owned());
        let config = serde_json::from_str(&row.config).map_err(|_| damaged())?;
        let config = check_config(config).map_err(|_| damaged())?;
        let SignInTargetRow { id, account_id, name, expires_at, .. } = row;
        let grantable = config.scope.grantable(TOOLS);
        Ok(Self { id, account_id, name, expires_at, config, grantable })
    }
}

impl Registry {
    /// Returns the server with that identifier, if it is live and asks for sign-in.
    ///
    /// # Errors
    /// Fails if the store cannot be read or the row is damaged.
    pub(crate) async fn sign_in_target(&self, id: Uuid) -> Result<Option<SignInTarget>, StoreError> {
        let row = self.0.store.sign_in_target(id, self.0.clock.now()).await?;
        row.map(SignInTarget::of_row).transpose()
    }

    /// Returns at most `limit` live servers that ask for sign-in after `after`, oldest first, by their identifiers. A server
    /// whose configuration cannot be read is `None`: it admits no user.
    ///
    /// # Errors
    /// Fails if the store cannot be read.
    pub(in crate::registry) async fn sign_in_targets(
        &self,
        after: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<(Uuid, Option<SignInTarget>)>, StoreError> {
        let rows = self.0.store.sign_in_targets(after, limit, self.0.clock.now()).await?;
        Ok(rows.into_iter().map(|row| (row.id, SignInTarget::of_row(row).ok())).collect())
    }

    /// Returns whether users of that identity provider can sign in to servers. An API token, which is no provider, signs users
    /// in only while no identity provider is configured.
    ///
    /// # Errors
    /// Fails if the store cannot be read.
    pub(in crate::registry) async fn signs_in_to_servers(&self, provider: Option<Uuid>) -> Result<bool, StoreError> {
        Ok(provider.is_some() || !self.0.store.has_identity_provider().await?)
    }

    /// Returns the server and the user of an access token, if the token is live, the user may act, and the server admits the
    /// user. Notes that the connection was used.
    ///
    /// # Errors
    /// Fails if the store cannot be read or a row is damaged.
    pub async fn signed_in(&self, hash: &TokenHash) -> Result<Option<SignInRow>, StoreError> {
        let now = self.0.clock.now();
        let Some(row) = self.0.store.sign_in(hash.as_str(), now).await? else { return Ok(None) };
        let auth = serde_json::from_str(&row.access.config).ok().and_then(|config| check_config(config).ok());
        let Some(ServerAuth::SignIn(rules)) = auth.map(|config| config.auth) else {
            return Err(StoreError::Damaged("server configuration (update the server)".to_owned()));
        };
        let user = &row.signed_in;
        let facts = UserFacts {
            email: user.email.as_deref(),
            email_verified: user.email_verified,
            groups: &user.groups,
            provider: user.provider_id,
        };
        if !rules.admit(&facts) {
            return Ok(None);
        }
        self.0.store.note_use(Used::Connection, user.connection_id, now);
        Ok(Some(row))
    }

    /// Returns the user of a refresh token of this client, if the token is stored and the user may act.
    ///
    /// # Errors
    /// Fails if the store cannot be read or a row is damaged.
    pub(crate) async fn user_of_refresh_token(
        &self,
        presented: PresentedRefreshToken<'_>,
    ) -> Result<Option<ActiveUserRow>, StoreError> {
        let (hash, now) = (self.hash(TokenKind::Refresh, presented.token), self.0.clock.now());
        let found = self.0.store.refresh_token(hash.as_str(), now).await?;
        let found = found
            .filter(|(row, connection)| hash.matches(&row.token_hash) && connection.client_id == presented.client_id);
        let Some((_, connection)) = found else { return Ok(None) };
        self.0.store.active_user(connection.user_id, now).await
    }

    /// Returns the user and the server, if the user may act and the server admits the user.
    ///
    /// # Errors
    /// Fails if the store cannot be read or a row is damaged.
    pub async fn admitted(&self, user: Uuid, server: Uuid) -> Result<Option<Admitted>, StoreError> {
        let Some(target) = self.sign_in_target(server).await? else { return Ok(None) };
        let Some(user) = self.0.store.active_user(user, self.0.clock.now()).await? else { return Ok(None) };
        if !self.signs_in_to_servers(user.provider_id).await? {
            return Ok(None);
        }
        let is_admitted = target.rules().admit(&facts(&user));
        Ok(is_admitted.then_some(Admitted { user, target }))
    }

    /// The identifier of the server that a resource indicator names (RFC 8707), if it can be one of this registry.
    pub(crate) fn server_of_resource(&self, resource: &str) -> Option<Uuid> {
        let given = Url::parse(resource).ok().filter(|url| url.query().is_none() && url.fragment().is_none())?;
        let path = given.path().strip_suffix('/').unwrap_or(given.path());
        let id = Uuid::try_parse(path.rsplit('/').next()?).ok()?;
        let own = Url::parse(&self.mcp_url(&id.to_string())).ok()?;
        (own.origin() == given.origin() && own.path() == path).then_some(id)
    }
}

fn facts(user: &ActiveUserRow) -> UserFacts<'_> {
    UserFacts {
        email: user.email.as_deref(),
        email_verified: user.email_verified,
        groups: &user.group_names,
        provider: user.provider_id,
    }
}
