//! Confirmation that the provider of a user still admits the user. The provider's refresh token is stored sealed, and used by
//! one node at a time.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use uuid::Uuid;

use crate::registry::error::Result;
use crate::registry::state::Registry;
use crate::seal::keyring::Sealed;
use crate::store::{ProviderSignInRow, SealedSecretRow};

/// The time for which a confirmation is not repeated, so that parallel refreshes cause one.
const CONFIRMED: SignedDuration = SignedDuration::from_mins(1);
/// The time for which a provider may be unreachable.
const UNREACHABLE: SignedDuration = SignedDuration::from_hours(24);
/// The time after which a user of a provider without refresh tokens signs in again.
const WITHOUT_TOKEN: SignedDuration = SignedDuration::from_hours(12);
/// The time for which one node asks the provider.
const LEASE: Duration = Duration::from_secs(30);

/// The next step to confirm a user.
#[derive(Debug)]
pub enum ProviderLease {
    /// The user counts as confirmed.
    Confirmed,
    /// The user has to sign in again.
    SignInAgain,
    /// This node asks the provider, with this refresh token.
    Ask {
        /// The provider.
        provider: Uuid,
        /// The refresh token that the provider gave.
        refresh_token: SecretString,
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
        refresh_token: Option<SecretString>,
    ) -> Result<()> {
        let now = self.0.clock.now();
        let row = ProviderSignInRow {
            user_id: user,
            provider_id: provider,
            signed_in_at: now,
            confirmed_at: now,
            lease_until: Timestamp::UNIX_EPOCH,
        };
        let sealed = refresh_token.map(|token| self.sealed_refresh_token(user, &token)).transpose()?;
        Ok(self.0.store.set_provider_sign_in(&row, &refresh_token_record(user), sealed.as_ref()).await?)
    }

    /// Returns the next step to confirm a user of a provider.
    ///
    /// # Errors
    /// Fails if the store fails, or if the refresh token does not open.
    pub async fn begin_confirmation(&self, user: Uuid) -> Result<ProviderLease> {
        let now = self.0.clock.now();
        let Some(row) = self.0.store.provider_sign_in(user).await? else { return Ok(ProviderLease::SignInAgain) };
        if now.duration_since(row.confirmed_at) < CONFIRMED {
            return Ok(ProviderLease::Confirmed);
        }
        let record = refresh_token_record(user);
        let Some(secret) = self.0.store.secret(&record).await? else {
            let is_recent = now.duration_since(row.signed_in_at) < WITHOUT_TOKEN;
            return Ok(if is_recent { ProviderLease::Confirmed } else { ProviderLease::SignInAgain });
        };
        let tolerated = now.duration_since(row.confirmed_at) < UNREACHABLE;
        if !self.0.store.lease_provider_sign_in(user, now, now + LEASE).await? {
            // Another request is asking the provider.
            return Ok(if tolerated { ProviderLease::Confirmed } else { ProviderLease::SignInAgain });
        }
        // The holder of the lease before may have stored another token since.
        let secret = self.0.store.secret(&record).await?.unwrap_or(secret);
        let sealed = Sealed { key_id: secret.key_id, text: secret.sealed };
        let refresh_token = self.0.keyring.open_secret(&record, &sealed).await?;
        Ok(ProviderLease::Ask { provider: row.provider_id, refresh_token, tolerated })
    }

    /// Stores that the provider confirmed a user, and the refresh token that takes the place of the one before.
    ///
    /// # Errors
    /// Fails if the store fails.
    pub async fn confirm_provider_sign_in(&self, user: Uuid, refresh_token: Option<SecretString>) -> Result<()> {
        if let Some(token) = refresh_token {
            self.0.store.set_secret(&self.sealed_refresh_token(user, &token)?).await?;
        }
        Ok(self.0.store.end_provider_lease(user, Some(self.0.clock.now())).await?)
    }

    /// Stores that the provider could not be asked.
    ///
    /// # Errors
    /// Fails if the store fails.
    pub async fn postpone_confirmation(&self, user: Uuid) -> Result<()> {
        Ok(self.0.store.end_provider_lease(user, None).await?)
    }

    /// Stores that the provider no longer admits a user, whose sessions end.
    ///
    /// # Errors
    /// Fails if the store fails.
    pub async fn end_provider_sign_in(&self, user: Uuid) -> Result<()> {
        let _change = self.0.changes.begin(Some(user));
        Ok(self.0.store.end_provider_sign_in(user, &refresh_token_record(user)).await?)
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
