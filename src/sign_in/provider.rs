//! Signing in with an identity provider: the code flow of `OpenID` Connect, with PKCE, `state` and `nonce`.
//!
//! What the flow has to remember travels in a sealed cookie, so that any node can finish it and strangers cannot fill the
//! store. Only a flow that succeeds leaves a row there, so that it works once.

mod attempt;
mod claims;
mod exchange;

use std::time::Duration;

use axum::extract::{Path, Request, State};
use axum::response::Response;
use http::header::{HeaderMap, SET_COOKIE};
use http::{StatusCode, Uri};
use mcp_server::http::peer_address;
use openidconnect::Nonce;
use secrecy::SecretString;
use uuid::Uuid;

use self::attempt::Attempt;
use self::exchange::ExchangeError;
pub(super) use self::exchange::Providers;
use super::SignIn;
use super::cookie::{clear_attempt_cookie, session_cookie, set_attempt_cookie, set_session_cookie};
use super::form::FormFields;
use super::page::error_page;
use super::sign_in_page::{redirect, return_to, see_other_from};
use crate::registry::{
    Actor, Audited, ConfiguredProvider, Identity, NewSession, ProviderClaims, ProviderLease, RegistryError,
    SignInBrowser,
};
use crate::store::AuditObject;

/// The number of folders between the top and `/sign-in/callback/{id}`.
const CALLBACK_DEPTH: usize = 2;
const TITLE: &str = "Sign-in failed";
/// The interval at which a request checks whether another one has confirmed its user.
const PENDING_INTERVAL: Duration = Duration::from_millis(100);
/// The number of such checks: 20 seconds, the time limit of two requests to a provider.
const PENDING_CHECKS: u32 = 200;

/// The reason why a sign-in with a provider failed: the status and the text of the page.
struct Failure(StatusCode, String);

impl Failure {
    fn forbidden(message: impl Into<String>) -> Self {
        Self(StatusCode::FORBIDDEN, message.into())
    }

    fn again(problem: &str) -> Self {
        Self::forbidden(format!("{problem} Open the page that you want to use and sign in again."))
    }
}

impl From<RegistryError> for Failure {
    fn from(error: RegistryError) -> Self {
        tracing::warn!(%error, "failed to sign in a user of an identity provider");
        let message = "The server cannot read its store. Try again in a few seconds.";
        Self(StatusCode::SERVICE_UNAVAILABLE, message.to_owned())
    }
}

impl From<ExchangeError> for Failure {
    fn from(error: ExchangeError) -> Self {
        match error {
            ExchangeError::Invalid(reason) => {
                tracing::warn!(reason, "refused the response of an identity provider");
                Self::again("The identity provider's response is not valid.")
            }
            ExchangeError::Unavailable(reason) => {
                tracing::warn!(reason, "failed to reach an identity provider");
                let message = "The identity provider cannot be reached. Those who are signed in stay signed in; try again \
                               in a few minutes.";
                Self(StatusCode::SERVICE_UNAVAILABLE, message.to_owned())
            }
        }
    }
}

/// The state of a user whose provider was asked whether it still admits the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmation {
    /// The user may go on.
    Confirmed,
    /// The user has to sign in again: the provider refused, or has been unreachable for too long.
    SignInAgain,
}

impl SignIn {
    /// Asks the provider of a user whether it still knows the user, unless it was asked a moment ago. A user without a
    /// provider is confirmed.
    ///
    /// # Errors
    /// Fails if the store fails.
    pub async fn confirm(&self, user: Uuid, provider: Option<Uuid>) -> Result<Confirmation, RegistryError> {
        if provider.is_none() {
            return Ok(Confirmation::Confirmed);
        }
        let (provider, refresh_token, known, tolerated) = match self.confirmation_lease(user).await? {
            ProviderLease::Confirmed => return Ok(Confirmation::Confirmed),
            ProviderLease::SignInAgain | ProviderLease::Pending => return Ok(Confirmation::SignInAgain),
            ProviderLease::NoLongerAdmitted(refusal) => return self.end(user, &refusal.to_string()).await,
            ProviderLease::Ask { provider, refresh_token, known, tolerated } => {
                (provider, refresh_token, known, tolerated)
            }
        };
        let Some(provider) = self.registry.configured_provider(provider).await? else {
            return Ok(Confirmation::SignInAgain);
        };
        let renewed = match self.providers.refresh(&provider, refresh_token).await {
            Ok(tokens) => {
                // The one before is used up, whatever else the provider says.
                if let Some(next) = tokens.refresh_token() {
                    self.registry.replace_refresh_token(user, &next).await?;
                }
                self.providers.renewed_claims(&provider, &tokens, &known).await
            }
            Err(error) => Err(error),
        };
        match renewed {
            Ok(claims) => {
                if self.registry.confirm_provider_sign_in(user, &provider.row, claims).await? {
                    Ok(Confirmation::Confirmed)
                } else {
                    self.end(user, "the rules of the provider do not admit the user").await
                }
            }
            Err(ExchangeError::Unavailable(reason)) => {
                tracing::warn!(reason, %user, "failed to ask the identity provider about a user");
                self.registry.postpone_confirmation(user).await?;
                Ok(if tolerated { Confirmation::Confirmed } else { Confirmation::SignInAgain })
            }
            Err(ExchangeError::Invalid(reason)) => self.end(user, &reason).await,
        }
    }

    /// Ends the sign-in of a user whom the provider, or its rules here, no longer admit.
    async fn end(&self, user: Uuid, reason: &str) -> Result<Confirmation, RegistryError> {
        tracing::info!(%user, reason, "ended the sign-in of a user of an identity provider");
        self.registry.end_provider_sign_in(user).await?;
        Ok(Confirmation::SignInAgain)
    }

    /// Returns the next step to confirm a user, after another request that asks the provider has its response.
    async fn confirmation_lease(&self, user: Uuid) -> Result<ProviderLease, RegistryError> {
        for _ in 0..PENDING_CHECKS {
            match self.registry.begin_confirmation(user).await? {
                ProviderLease::Pending => tokio::time::sleep(PENDING_INTERVAL).await,
                step => return Ok(step),
            }
        }
        Ok(ProviderLease::Pending)
    }

    async fn provider(&self, id: &str) -> Result<ConfiguredProvider, Failure> {
        let unknown = || Failure(StatusCode::NOT_FOUND, "There is no such identity provider.".to_owned());
        let id = Uuid::try_parse(id).map_err(|_| unknown())?;
        self.registry.configured_provider(id).await?.ok_or_else(unknown)
    }

    fn failure(&self, depth: usize, Failure(status, message): Failure) -> Response {
        error_page(self.registry.api(), status, depth, TITLE, &message)
    }
}

/// Leads to the provider.
pub(super) async fn start(State(this): State<SignIn>, Path(id): Path<String>, uri: Uri) -> Response {
    let return_to = return_to(&FormFields::of_query(uri.query().unwrap_or_default()));
    let begin = async {
        let provider = this.provider(&id).await?;
        let attempt = Attempt::new(&this.registry, provider.row.id, return_to.as_str());
        let url = this.providers.authorization_url(&provider, &attempt).await?;
        let cookie = attempt.sealed(&this.registry)?;
        Ok::<_, Failure>((url, set_attempt_cookie(&this.registry, &cookie)))
    };
    match begin.await {
        Ok((url, cookie)) => redirect(url.as_str(), [cookie]),
        Err(failure) => this.failure(CALLBACK_DEPTH, failure),
    }
}

/// Receives the user from the provider.
pub(super) async fn callback(State(this): State<SignIn>, Path(id): Path<String>, request: Request) -> Response {
    let peer = peer_address(request.extensions());
    let (headers, query) = (request.headers(), FormFields::of_query(request.uri().query().unwrap_or_default()));
    let mut response = match this.finish(&id, headers, &query).await {
        Ok(Finished { provider, attempt, claims, identity, refresh_token }) => {
            let browser = SignInBrowser { cookie: session_cookie(&this.registry, headers), address: peer };
            let signed_in = async {
                let Some(session) = this.registry.sign_in(&identity, browser).await? else { return Ok(None) };
                this.registry.note_provider_sign_in(session.user.id, provider, claims, refresh_token).await?;
                Ok::<_, RegistryError>(Some(session))
            };
            match signed_in.await {
                Ok(Some(NewSession { cookie, .. })) => {
                    let cookie = set_session_cookie(&this.registry, &cookie);
                    see_other_from(CALLBACK_DEPTH, &attempt.return_to(), Some(cookie))
                }
                Ok(None) => {
                    let actor = Actor { address: peer, ..Actor::program(identity.email.unwrap_or(identity.name)) };
                    this.registry.record_denial(&actor, peer, Audited::only(AuditObject::AdminApi)).await;
                    this.failure(CALLBACK_DEPTH, Failure::forbidden("You are disabled here. Ask an admin."))
                }
                Err(error) => this.failure(CALLBACK_DEPTH, error.into()),
            }
        }
        Err(failure) => {
            this.registry.record_denial(&Actor::unknown(), peer, Audited::only(AuditObject::AdminApi)).await;
            this.failure(CALLBACK_DEPTH, failure)
        }
    };
    response.headers_mut().append(SET_COOKIE, clear_attempt_cookie(&this.registry));
    response
}

/// A sign-in that the provider has finished.
struct Finished {
    provider: Uuid,
    attempt: Attempt,
    claims: ProviderClaims,
    identity: Identity,
    refresh_token: Option<SecretString>,
}

impl SignIn {
    /// Checks the response of a provider, and returns the user.
    async fn finish(&self, id: &str, headers: &HeaderMap, query: &FormFields) -> Result<Finished, Failure> {
        let attempt = Attempt::of_request(&self.registry, headers);
        let attempt =
            attempt.ok_or_else(|| Failure::again("This sign-in has expired, or began in another browser."))?;
        let provider = self.provider(id).await?;
        // The address differs from provider to provider, so that one cannot respond in place of another (RFC 9700, 4.4.2.2).
        let issuer = query.value("iss");
        let is_other = provider.row.id != attempt.provider() || !(issuer.is_empty() || issuer == provider.row.issuer);
        if is_other || !attempt.has_state(query.value("state")) {
            return Err(Failure::again(
                "The response came from another party, or this sign-in was replaced by a later one.",
            ));
        }
        if !query.value("error").is_empty() {
            let error: String = query.value("error").chars().filter(char::is_ascii_graphic).take(60).collect();
            return Err(Failure::again(&format!("The identity provider did not sign you in ({error}).")));
        }
        if !attempt.use_once(&self.registry).await? {
            return Err(Failure::again("This sign-in was used before."));
        }
        let tokens = self.providers.redeem(&provider, &attempt, query.value("code")).await?;
        let nonce = Nonce::new(attempt.nonce().to_owned());
        let claims = self.providers.claims(&provider, &tokens, &nonce).await?;
        let identity = provider.row.identify(claims.clone());
        let identity = identity.map_err(|refusal| Failure::forbidden(refusal.to_string()))?;
        let refresh_token = tokens.refresh_token();
        Ok(Finished { provider: provider.row.id, attempt, claims, identity, refresh_token })
    }
}
