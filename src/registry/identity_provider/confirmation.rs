//! Confirmation that the provider of a user still admits the user. The provider's refresh token is stored sealed, and used by
//! one node at a time.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use uuid::Uuid;

use super::rules::{ProviderClaims, Refusal};
use crate::registry::audit::Audited;
use crate::registry::error::Result;
use crate::registry::principal::Actor;
use crate::registry::state::Registry;
use crate::seal::keyring::Sealed;
use crate::store::{
    AuditAction, AuditObject, ConfirmedProfile, IdentityProviderRow, ProviderSignInRow, SealedSecretRow,
};

/// The time for which a confirmation is not repeated, so that parallel refreshes cause one.
const CONFIRMED: SignedDuration = SignedDuration::from_mins(1);
/// The time for which a provider may be unreachable.
const UNREACHABLE: SignedDuration = SignedDuration::from_hours(24);
/// The time after which a user of a provider without refresh tokens signs in again.
const WITHOUT_TOKEN: SignedDuration = SignedDuration::from_hours(12);
/// The principal who ends the sign-ins of users that a provider no longer admits.
const IDENTITY_PROVIDER: &str = "identity provider";
/// The time for which one node asks the provider.
const LEASE: Duration = Duration::from_secs(30);

/// The next step to confirm a user.
#[derive(Debug)]
pub enum ProviderLease {
    /// The user counts as confirmed.
    Confirmed,
    /// The user has to sign in again.
    SignInAgain,
    /// The rules of the provider no longer admit the user.
    NoLongerAdmitted(Refusal),
    /// Another request is asking the provider, and the user is not confirmed before it has the response.
    Pending,
    /// This node asks the provider, with this refresh token.
    Ask {
        /// The provider.
        provider: Uuid,
        /// The refresh token that the provider gave.
        refresh_token: SecretString,
        /// The claims at the last sign-in or confirmation.
        known: Box<ProviderClaims>,
        /// True if the user may stay signed in should the provider be unreachable.
        tolerated: bool,
    },
}

impl Registry {
    /// Stores the sign-in of a user with a provider, and the refresh token that it gave.
    ///
    /// # Errors
    /// Fails if the store fails.
    pub async fn note_provider_sign_in(
        &self,
        user: Uuid,
        provider: Uuid,
        claims: ProviderClaims,
        refresh_token: Option<SecretString>,
    ) -> Result<()> {
        let now = self.0.clock.now();
        let row = ProviderSignInRow {
            user_id: user,
            provider_id: provider,
            signed_in_at: now,
            confirmed_at: now,
            lease_until: Timestamp::UNIX_EPOCH,
            claims: Some(to_json(&claims.bounded())),
        };
        let sealed = refresh_token.map(|token| self.sealed_refresh_token(user, &token)).transpose()?;
        Ok(self.0.store.set_provider_sign_in(&row, &refresh_token_record(user), sealed.as_ref()).await?)
    }

    /// Returns the next step to confirm a user of a provider. The present rules are applied to the last known claims at once,
    /// whether or not the provider is asked again.
    ///
    /// # Errors
    /// Fails if the store fails, or if the refresh token does not open.
    pub async fn begin_confirmation(&self, user: Uuid) -> Result<ProviderLease> {
        let now = self.0.clock.now();
        let Some(row) = self.0.store.provider_sign_in(user).await? else { return Ok(ProviderLease::SignInAgain) };
        let known = row.claims.as_deref().and_then(|claims| serde_json::from_str::<ProviderClaims>(claims).ok());
        let provider = self.0.store.identity_provider(row.provider_id).await?;
        let (Some(known), Some(provider)) = (known, provider) else { return Ok(ProviderLease::SignInAgain) };
        if let Err(refusal) = provider.identify(known.clone()) {
            return Ok(ProviderLease::NoLongerAdmitted(refusal));
        }
        if now.duration_since(row.confirmed_at) < CONFIRMED {
            return Ok(ProviderLease::Confirmed);
        }
        let record = refresh_token_record(user);
        let Some(secret) = self.0.store.secret(&record).await? else {
            let is_recent = now.duration_since(row.signed_in_at) < WITHOUT_TOKEN;
            return Ok(if is_recent { ProviderLease::Confirmed } else { ProviderLease::SignInAgain });
        };
        let tolerated = now.duration_since(row.confirmed_at) < UNREACHABLE;
        if !self.0.store.lease_provider_sign_in(&row, now, now + LEASE).await? {
            // Another request is asking the provider, or has just asked it.
            return Ok(if tolerated { ProviderLease::Confirmed } else { ProviderLease::Pending });
        }
        // The holder of the lease before may have stored another token since.
        let secret = self.0.store.secret(&record).await?.unwrap_or(secret);
        let sealed = Sealed { key_id: secret.key_id, text: secret.sealed };
        let refresh_token = self.0.keyring.open_secret(&record, &sealed).await?;
        Ok(ProviderLease::Ask { provider: row.provider_id, refresh_token, known: Box::new(known), tolerated })
    }

    /// Stores the refresh token that takes the place of the one before.
    ///
    /// # Errors
    /// Fails if the store fails.
    pub async fn replace_refresh_token(&self, user: Uuid, refresh_token: &SecretString) -> Result<()> {
        Ok(self.0.store.set_secret(&self.sealed_refresh_token(user, refresh_token)?).await?)
    }

    /// Stores that a provider confirmed a user with these claims. Returns false if its rules do not admit the user, or if the
    /// claims are another user's.
    ///
    /// # Errors
    /// Fails if the store fails.
    pub async fn confirm_provider_sign_in(
        &self,
        user: Uuid,
        provider: &IdentityProviderRow,
        claims: ProviderClaims,
    ) -> Result<bool> {
        let claims = claims.bounded();
        let Ok(identity) = provider.identify(claims.clone()) else { return Ok(false) };
        let profile = ConfirmedProfile {
            id: user,
            subject: &identity.subject,
            name: &identity.name,
            email: identity.email.as_deref(),
            email_verified: identity.email_verified,
            groups: &identity.groups,
            claims: &to_json(&claims),
        };
        let _change = self.0.changes.begin(Some(user));
        Ok(self.0.store.confirm_provider_sign_in(&profile, self.0.clock.now()).await?)
    }

    /// Stores that the provider could not be asked.
    ///
    /// # Errors
    /// Fails if the store fails.
    pub async fn postpone_confirmation(&self, user: Uuid) -> Result<()> {
        Ok(self.0.store.end_provider_lease(user).await?)
    }

    /// Stores that the provider no longer admits a user, whose sessions and connections end.
    ///
    /// # Errors
    /// Fails if the store fails.
    pub async fn end_provider_sign_in(&self, user: Uuid) -> Result<()> {
        let row = self.0.store.user(user).await?;
        let name = row.as_ref().map(|user| user.email.as_deref().unwrap_or(&user.name));
        let audited = Audited { object: AuditObject::User, id: Some(user), name };
        let revoked = self.event(&Actor::program(IDENTITY_PROVIDER), AuditAction::Revoked, audited, Vec::new());
        let _change = self.0.changes.begin(Some(user));
        Ok(self.0.store.end_provider_sign_in(user, &refresh_token_record(user), &revoked).await?)
    }

    fn sealed_refresh_token(&self, user: Uuid, token: &SecretString) -> Result<SealedSecretRow> {
        let record = refresh_token_record(user);
        let sealed = self.0.keyring.seal_secret(&record, token)?;
        Ok(SealedSecretRow {
            record,
            key_id: sealed.key_id,
            sealed: sealed.text,
            provider_id: None,
            user_id: Some(user),
        })
    }
}

/// The name of the record in which the refresh token for a user is sealed.
fn refresh_token_record(user: Uuid) -> String {
    format!("refresh token of user {user}")
}

fn to_json(claims: &ProviderClaims) -> String {
    serde_json::to_string(claims).expect("claims are a struct of texts")
}
