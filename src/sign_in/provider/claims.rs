//! The claims about a user: from the ID token, which is verified, and from the `UserInfo` endpoint where the ID token lacks them
//! (`OpenID` Connect Core, sections 3.1.3.7 and 5.3).

use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::core::{
    CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
};
use openidconnect::{
    AccessToken, AdditionalClaims, ClaimsVerificationError, EndUserName, IdToken, IdTokenVerifier, LocalizedClaim,
    Nonce, NonceVerifier, OAuth2TokenResponse as _, SignatureVerificationError, SubjectIdentifier, TokenResponse as _,
    UserInfoClaims, UserInfoError,
};
use serde::{Deserialize, Serialize};

use super::exchange::{ExchangeError, OidcClient, ProviderTokens, Providers};
use crate::registry::{ConfiguredProvider, ProviderClaims};
use crate::store::ProviderPreset;
use crate::upstream::BoundedRequestError;

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

/// The claims beside the standard ones.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(super) struct ExtraClaims {
    #[serde(default)]
    tid: Option<String>,
    #[serde(default)]
    oid: Option<String>,
    #[serde(default)]
    hd: Option<String>,
    #[serde(default)]
    groups: Option<Vec<String>>,
}

impl AdditionalClaims for ExtraClaims {}

pub(super) type SignedIdToken =
    IdToken<ExtraClaims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

impl Providers {
    /// Returns the claims in the tokens of a sign-in.
    pub(super) async fn claims(
        &self,
        provider: &ConfiguredProvider,
        tokens: &ProviderTokens,
        nonce: &Nonce,
    ) -> Result<ProviderClaims, ExchangeError> {
        let id_token = tokens.0.id_token().ok_or_else(|| ExchangeError::Invalid("it has no ID token".to_owned()))?;
        let claims = self.verified(provider, id_token, Some(nonce)).await?;
        self.complete(provider, tokens, claims).await
    }

    /// Returns the claims after a refresh. `known` are those before it: a provider need not repeat the ID token (section
    /// 12.2), but one that does must name the same user.
    pub(super) async fn renewed_claims(
        &self,
        provider: &ConfiguredProvider,
        tokens: &ProviderTokens,
        known: &ProviderClaims,
    ) -> Result<ProviderClaims, ExchangeError> {
        let Some(id_token) = tokens.0.id_token() else {
            let Some(info) = self.user_info(provider, tokens, &known.subject).await? else { return Ok(known.clone()) };
            let lasting = ProviderClaims { email: None, email_verified: None, groups: None, ..known.clone() };
            return Ok(lasting.completed_by(info));
        };
        // The provider has accepted the refresh token. A mistake in its ID token is no reason to end the sign-in at once.
        let claims = self.verified(provider, id_token, None).await.map_err(|error| match error {
            ExchangeError::Invalid(reason) | ExchangeError::Unavailable(reason) => ExchangeError::Unavailable(reason),
        })?;
        if claims.subject != known.subject {
            return Err(ExchangeError::Invalid("its ID token names another user".to_owned()));
        }
        let claims = self.complete(provider, tokens, claims).await?;
        let name = claims.name.clone().or_else(|| known.name.clone());
        Ok(ProviderClaims { name, ..claims })
    }

    /// Adds the claims that the ID token lacks.
    async fn complete(
        &self,
        provider: &ConfiguredProvider,
        tokens: &ProviderTokens,
        claims: ProviderClaims,
    ) -> Result<ProviderClaims, ExchangeError> {
        if claims.email.is_some() && claims.groups.is_some() {
            return Ok(claims);
        }
        match self.user_info(provider, tokens, &claims.subject).await? {
            Some(info) => Ok(claims.completed_by(info)),
            None => Ok(claims),
        }
    }

    /// Returns the claims at the `UserInfo` endpoint, if the provider has one that says more than its ID tokens. They must be
    /// about `subject` (section 5.3.2).
    async fn user_info(
        &self,
        provider: &ConfiguredProvider,
        tokens: &ProviderTokens,
        subject: &str,
    ) -> Result<Option<ProviderClaims>, ExchangeError> {
        // The ID tokens of Microsoft and Google hold every claim that these providers give.
        if matches!(provider.row.preset, ProviderPreset::MicrosoftEntra | ProviderPreset::Google) {
            return Ok(None);
        }
        let client = self.oidc_client(provider).await?;
        let access_token: AccessToken = tokens.0.access_token().clone();
        let subject = SubjectIdentifier::new(subject.to_owned());
        let Ok(request) = client.user_info(access_token, Some(subject)) else { return Ok(None) };
        let info: UserInfoClaims<ExtraClaims, CoreGenderClaim> =
            request.request_async(&self.client).await.map_err(user_info_error)?;
        Ok(Some(ProviderClaims {
            subject: info.subject().as_str().to_owned(),
            name: first(info.name()),
            email: info.email().map(|email| email.as_str().to_owned()),
            email_verified: info.email_verified(),
            ..of_extra(info.additional_claims())
        }))
    }

    /// Verifies an ID token: its signature, issuer, audience and times, and the nonce of a sign-in. A token that names an
    /// unknown key causes one more fetch of the keys, because providers rotate them.
    async fn verified(
        &self,
        provider: &ConfiguredProvider,
        id_token: &SignedIdToken,
        nonce: Option<&Nonce>,
    ) -> Result<ProviderClaims, ExchangeError> {
        let client = self.oidc_client(provider).await?;
        let verified = match self.verified_with(&client, id_token, nonce) {
            Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) => {
                self.forget(&provider.row.issuer);
                let client = self.oidc_client(provider).await?;
                self.verified_with(&client, id_token, nonce)
            }
            verified => verified,
        };
        verified.map_err(|error| ExchangeError::Invalid(error.to_string()))
    }

    fn verified_with(
        &self,
        client: &OidcClient,
        id_token: &SignedIdToken,
        nonce: Option<&Nonce>,
    ) -> Result<ProviderClaims, ClaimsVerificationError> {
        let now =
            DateTime::from_timestamp_millis(self.clock.now().as_millisecond()).unwrap_or(DateTime::<Utc>::MAX_UTC);
        let verifier: IdTokenVerifier<'_, CoreJsonWebKey> = client
            .id_token_verifier()
            .set_allowed_algs(SIGNATURES)
            .set_time_fn(move || now - SKEW)
            .set_issue_time_verifier_fn(move |issued_at| {
                if issued_at <= now + SKEW { Ok(()) } else { Err("it was issued in the future".to_owned()) }
            });
        let has_nonce = |found: Option<&Nonce>| nonce.map_or(Ok(()), |nonce| NonceVerifier::verify(nonce, found));
        let claims = id_token.claims(&verifier, has_nonce)?;
        Ok(ProviderClaims {
            subject: claims.subject().as_str().to_owned(),
            name: first(claims.name()),
            email: claims.email().map(|email| email.as_str().to_owned()),
            email_verified: claims.email_verified(),
            ..of_extra(claims.additional_claims())
        })
    }
}

/// The name without a language.
fn first(names: Option<&LocalizedClaim<EndUserName>>) -> Option<String> {
    names.and_then(|names| names.get(None)).map(|name| name.as_str().to_owned())
}

fn of_extra(extra: &ExtraClaims) -> ProviderClaims {
    let ExtraClaims { tid, oid, hd, groups } = extra.clone();
    ProviderClaims { tid, oid, hd, groups, ..ProviderClaims::default() }
}

/// Claims about another user are final. Everything else may pass.
fn user_info_error(error: UserInfoError<BoundedRequestError>) -> ExchangeError {
    match error {
        UserInfoError::ClaimsVerification(error) => ExchangeError::Invalid(format!("at UserInfo: {error}")),
        UserInfoError::Request(error) => ExchangeError::Unavailable(format!("at UserInfo: {error}")),
        UserInfoError::Response(status, ..) => {
            ExchangeError::Unavailable(format!("it responds with the status {status} at UserInfo"))
        }
        _ => ExchangeError::Unavailable("its response at UserInfo cannot be read".to_owned()),
    }
}
