//! The exchange with a provider: discovery, the authorization URL, the code for tokens, and refresh tokens.
//!
//! Discovery documents and keys are cached for a few minutes.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use moka::sync::Cache;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreRevocableToken,
    CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AsyncHttpClient, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken, DiscoveryError,
    EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IdTokenFields,
    IssuerUrl, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken,
    RequestTokenError, Scope, StandardErrorResponse, StandardTokenResponse,
};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::attempt::Attempt;
use super::claims::ExtraClaims;
use crate::clock::Clock;
use crate::registry::ConfiguredProvider;
use crate::store::ProviderPreset;
use crate::upstream::{BoundedClient, BoundedRequestError};

/// The age at which a discovery document and the keys are fetched again.
const CACHED: Duration = Duration::from_mins(10);
/// The number of providers whose documents are cached.
const MOST_CACHED: u64 = 50;
type Fields = IdTokenFields<
    ExtraClaims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
pub(super) type Tokens = StandardTokenResponse<Fields, CoreTokenType>;
type ErrorResponse = StandardErrorResponse<CoreErrorResponseType>;
type TokenError = RequestTokenError<BoundedRequestError, ErrorResponse>;
pub(super) type OidcClient = Client<
    ExtraClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    ErrorResponse,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// The reason why a provider did not sign a user in, or did not confirm one.
#[derive(Debug)]
pub(super) enum ExchangeError {
    /// The response is not valid, or the provider refused the code or the refresh token.
    Invalid(String),
    /// The provider cannot be reached, or is not set up.
    Unavailable(String),
}

/// The HTTP client in the form that `openidconnect` expects.
#[derive(Clone, Debug)]
pub(super) struct HttpClient(BoundedClient);

impl<'c> AsyncHttpClient<'c> for HttpClient {
    type Error = BoundedRequestError;
    type Future = BoxFuture<'c, Result<HttpResponse, BoundedRequestError>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.0.send(request))
    }
}

/// The tokens that a provider gave for a code or a refresh token.
#[derive(Debug)]
pub(super) struct ProviderTokens(pub(super) Tokens);

impl ProviderTokens {
    /// The refresh token, if there is one.
    pub(super) fn refresh_token(&self) -> Option<SecretString> {
        self.0.refresh_token().map(|token| token.secret().to_owned().into())
    }
}

/// The exchange with all providers. Clones share their cache.
#[derive(Clone, Debug)]
pub(in crate::sign_in) struct Providers {
    pub(super) client: HttpClient,
    pub(super) clock: Clock,
    metadata: Cache<String, Arc<CoreProviderMetadata>>,
}

impl Providers {
    pub(in crate::sign_in) fn new(client: BoundedClient, clock: Clock) -> Self {
        Self {
            client: HttpClient(client),
            clock,
            metadata: Cache::builder().max_capacity(MOST_CACHED).time_to_live(CACHED).build(),
        }
    }

    /// Returns the address to which a user goes to sign in.
    pub(super) async fn authorization_url(
        &self,
        provider: &ConfiguredProvider,
        attempt: &Attempt,
    ) -> Result<Url, ExchangeError> {
        let client = self.oidc_client(provider).await?;
        let verifier = PkceCodeVerifier::new(attempt.verifier().to_owned());
        let (state, nonce) = (attempt.state().to_owned(), attempt.nonce().to_owned());
        let request = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, || CsrfToken::new(state), || Nonce::new(nonce))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .add_extra_param("response_mode", "query")
            .add_scopes(scopes(provider).into_iter().map(|scope| Scope::new(scope.to_owned())));
        // Google gives a refresh token only if it is asked in its own way, and once per consent.
        let request = match provider.row.preset {
            ProviderPreset::Google => {
                request.add_extra_param("access_type", "offline").add_extra_param("prompt", "consent select_account")
            }
            // A provider of OpenID Connect may ignore offline access without consent (Core, section 11).
            ProviderPreset::Other => request.add_extra_param("prompt", "consent"),
            ProviderPreset::MicrosoftEntra | ProviderPreset::Okta | ProviderPreset::Keycloak => request,
        };
        Ok(request.url().0)
    }

    /// Exchanges a code for tokens.
    pub(super) async fn redeem(
        &self,
        provider: &ConfiguredProvider,
        attempt: &Attempt,
        code: &str,
    ) -> Result<ProviderTokens, ExchangeError> {
        let client = self.oidc_client(provider).await?;
        let request = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|error| ExchangeError::Unavailable(error.to_string()))?
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier().to_owned()));
        request.request_async(&self.client).await.map(ProviderTokens).map_err(token_error)
    }

    /// Exchanges a refresh token for tokens.
    pub(super) async fn refresh(
        &self,
        provider: &ConfiguredProvider,
        refresh_token: SecretString,
    ) -> Result<ProviderTokens, ExchangeError> {
        let client = self.oidc_client(provider).await?;
        let token = RefreshToken::new(refresh_token.expose_secret().to_owned());
        let request =
            client.exchange_refresh_token(&token).map_err(|error| ExchangeError::Unavailable(error.to_string()))?;
        request.request_async(&self.client).await.map(ProviderTokens).map_err(token_error)
    }

    /// Forgets the discovery document and the keys of an issuer.
    pub(super) fn forget(&self, issuer: &str) {
        self.metadata.invalidate(issuer);
    }

    pub(super) async fn oidc_client(&self, provider: &ConfiguredProvider) -> Result<OidcClient, ExchangeError> {
        let metadata = self.discover(&provider.row.issuer).await?;
        let secret = ClientSecret::new(provider.client_secret.expose_secret().to_owned());
        let client_id = ClientId::new(provider.row.client_id.clone());
        let redirect = RedirectUrl::new(provider.redirect_uri.clone());
        let redirect = redirect.map_err(|error| ExchangeError::Unavailable(error.to_string()))?;
        Ok(Client::from_provider_metadata((*metadata).clone(), client_id, Some(secret)).set_redirect_uri(redirect))
    }

    async fn discover(&self, issuer: &str) -> Result<Arc<CoreProviderMetadata>, ExchangeError> {
        if let Some(metadata) = self.metadata.get(issuer) {
            return Ok(metadata);
        }
        let url = IssuerUrl::new(issuer.to_owned()).map_err(|error| ExchangeError::Unavailable(error.to_string()))?;
        let found = CoreProviderMetadata::discover_async(url, &self.client).await;
        let found = Arc::new(found.map_err(|error| ExchangeError::Unavailable(discovery_problem(&error)))?);
        self.metadata.insert(issuer.to_owned(), Arc::clone(&found));
        Ok(found)
    }
}

/// The scopes to ask for. Not every provider knows `offline_access`, and Okta gives groups only on request.
fn scopes(provider: &ConfiguredProvider) -> Vec<&'static str> {
    let mut scopes = vec!["profile", "email"];
    if provider.row.preset != ProviderPreset::Google {
        scopes.push("offline_access");
    }
    if provider.row.preset == ProviderPreset::Okta && !provider.row.allowed_groups.is_empty() {
        scopes.push("groups");
    }
    scopes
}

fn discovery_problem(error: &DiscoveryError<BoundedRequestError>) -> String {
    match error {
        DiscoveryError::Request(error) => error.to_string(),
        error => error.to_string(),
    }
}

/// A refusal of the token endpoint is final. Everything else may pass: the provider, or its configuration here, is broken.
fn token_error(error: TokenError) -> ExchangeError {
    match error {
        RequestTokenError::ServerResponse(response) if *response.error() == CoreErrorResponseType::InvalidGrant => {
            ExchangeError::Invalid("it refused the grant".to_owned())
        }
        RequestTokenError::ServerResponse(response) => {
            ExchangeError::Unavailable(format!("it responds with the error {}", response.error()))
        }
        RequestTokenError::Request(error) => ExchangeError::Unavailable(error.to_string()),
        RequestTokenError::Parse(..) => ExchangeError::Unavailable("its response cannot be read".to_owned()),
        RequestTokenError::Other(_) => ExchangeError::Unavailable("its response is not one of the protocol".to_owned()),
    }
}
