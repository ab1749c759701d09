//! The exchange with a provider: discovery, the authorization URL, the code for an ID token, and refresh tokens.
//!
//! Discovery documents and keys are cached for a few minutes. An ID token that names an unknown key causes one more fetch,
//! because providers rotate their keys.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::BoxFuture;
use moka::sync::Cache;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreRevocableToken,
    CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, AsyncHttpClient, AuthorizationCode, ClaimsVerificationError, Client, ClientId, ClientSecret,
    CsrfToken, DiscoveryError, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest,
    HttpResponse, IdToken, IdTokenFields, IssuerUrl, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError, Scope, SignatureVerificationError,
    StandardErrorResponse, StandardTokenResponse, TokenResponse as _,
};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::attempt::Attempt;
use crate::clock::Clock;
use crate::registry::{ConfiguredProvider, Identity, ProviderClaims, Refusal};
use crate::store::ProviderPreset;
use crate::upstream::{BoundedClient, BoundedRequestError};

/// The age at which a discovery document and the keys are fetched again.
const CACHED: Duration = Duration::from_mins(10);
/// The number of providers whose documents are cached.
const MOST_CACHED: u64 = 50;
/// The difference between the clocks of this server and of a provider that is accepted.
const SKEW: TimeDelta = TimeDelta::seconds(60);
/// The signatures that prove that the provider made an ID token. A signature with the client secret does not.
const SIGNATURES: [CoreJwsSigningAlgorithm; 8] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

impl AdditionalClaims for ProviderClaims {}

type Fields = IdTokenFields<
    ProviderClaims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type Tokens = StandardTokenResponse<Fields, CoreTokenType>;
type SignedIdToken =
    IdToken<ProviderClaims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
type ErrorResponse = StandardErrorResponse<CoreErrorResponseType>;
type TokenError = RequestTokenError<BoundedRequestError, ErrorResponse>;
type OidcClient = Client<
    ProviderClaims,
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
    /// The provider's user may not sign in here.
    Refused(Refusal),
    /// The response is not valid, or the provider refused the code or the refresh token.
    Invalid(String),
    /// The provider cannot be reached, or is not set up.
    Unavailable(String),
}

/// The HTTP client in the form that `openidconnect` expects.
#[derive(Clone, Debug)]
struct HttpClient(BoundedClient);

impl<'c> AsyncHttpClient<'c> for HttpClient {
    type Error = BoundedRequestError;
    type Future = BoxFuture<'c, Result<HttpResponse, BoundedRequestError>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.0.send(request))
    }
}

/// The exchange with all providers. Clones share their cache.
#[derive(Clone, Debug)]
pub(in crate::sign_in) struct Providers {
    client: HttpClient,
    clock: Clock,
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

    /// Exchanges a code for the user and the provider's refresh token.
    pub(super) async fn redeem(
        &self,
        provider: &ConfiguredProvider,
        attempt: &Attempt,
        code: &str,
    ) -> Result<(Identity, Option<SecretString>), ExchangeError> {
        let client = self.oidc_client(provider).await?;
        let request = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|error| ExchangeError::Unavailable(error.to_string()))?
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier().to_owned()));
        let tokens = request.request_async(&self.client).await.map_err(token_error)?;
        let id_token = tokens.id_token().ok_or_else(|| ExchangeError::Invalid("it has no ID token".to_owned()))?;
        let claims = match self.verified(&client, id_token, attempt) {
            Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) => {
                self.metadata.invalidate(&provider.row.issuer);
                let client = self.oidc_client(provider).await?;
                self.verified(&client, id_token, attempt)
            }
            verified => verified,
        };
        let claims = claims.map_err(|error| ExchangeError::Invalid(error.to_string()))?;
        let identity = provider.row.identify(claims).map_err(ExchangeError::Refused)?;
        Ok((identity, tokens.refresh_token().map(|token| token.secret().to_owned().into())))
    }

    /// Uses the provider's refresh token, and returns the one that takes its place if there is one.
    pub(super) async fn refresh(
        &self,
        provider: &ConfiguredProvider,
        refresh_token: SecretString,
    ) -> Result<Option<SecretString>, ExchangeError> {
        let client = self.oidc_client(provider).await?;
        let token = RefreshToken::new(refresh_token.expose_secret().to_owned());
        let request =
            client.exchange_refresh_token(&token).map_err(|error| ExchangeError::Unavailable(error.to_string()))?;
        let tokens = request.request_async(&self.client).await.map_err(token_error)?;
        Ok(tokens.refresh_token().map(|token| token.secret().to_owned().into()))
    }

    /// Verifies an ID token: its signature, issuer, audience, nonce and times.
    fn verified(
        &self,
        client: &OidcClient,
        id_token: &SignedIdToken,
        attempt: &Attempt,
    ) -> Result<ProviderClaims, ClaimsVerificationError> {
        let now =
            DateTime::from_timestamp_millis(self.clock.now().as_millisecond()).unwrap_or(DateTime::<Utc>::MAX_UTC);
        let verifier = client
            .id_token_verifier()
            .set_allowed_algs(SIGNATURES)
            .set_time_fn(move || now - SKEW)
            .set_issue_time_verifier_fn(move |issued_at| {
                if issued_at <= now + SKEW { Ok(()) } else { Err("it was issued in the future".to_owned()) }
            });
        let claims = id_token.claims(&verifier, &Nonce::new(attempt.nonce().to_owned()))?;
        let text = |text: &str| text.to_owned();
        let name = claims.name().and_then(|names| names.get(None));
        Ok(ProviderClaims {
            subject: text(claims.subject().as_str()),
            name: name.map(|name| text(name.as_str())),
            email: claims.email().map(|email| text(email.as_str())),
            email_verified: claims.email_verified().unwrap_or(false),
            ..claims.additional_claims().clone()
        })
    }

    async fn oidc_client(&self, provider: &ConfiguredProvider) -> Result<OidcClient, ExchangeError> {
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
