//! Identity providers, and the sign-ins of their users.

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::audit::AuditRow;
use super::column::{column, lower_bound, read_column, to_json};
use super::connection::Store;
use super::error::Result;
use super::record::{insert, record, select};
use super::sealed_secret::SealedSecretRow;

record! {
    /// An identity provider.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct IdentityProviderRow {
        /// The identifier.
        pub id: Uuid,
        /// The name that users read.
        pub name: String,
        /// The kind of the provider.
        pub preset: ProviderPreset,
        /// The issuer, which is also the base of its discovery document.
        pub issuer: String,
        /// The identifier of this server at the provider.
        pub client_id: String,
        /// The tenants whose users may sign in. Empty means no restriction.
        pub allowed_tenants: Vec<String>,
        /// The domains whose users may sign in. Empty means no restriction.
        pub allowed_domains: Vec<String>,
        /// The groups whose users may sign in. Empty means no restriction.
        pub allowed_groups: Vec<String>,
        /// The name of the principal who created it.
        pub created_by: String,
        /// The name of the principal who last changed it.
        pub updated_by: String,
        /// The number of changes.
        pub version: i64,
        /// The time of creation.
        pub created_at: Timestamp,
        /// The time of the last change.
        pub updated_at: Timestamp,
    }
}

record! {
    /// The last sign-in of a user with a provider.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ProviderSignInRow {
        /// The user.
        pub user_id: Uuid,
        /// The provider.
        pub provider_id: Uuid,
        /// The time of the sign-in.
        pub signed_in_at: Timestamp,
        /// The last time at which the provider confirmed the user.
        pub confirmed_at: Timestamp,
        /// The time until which a node is asking the provider.
        pub lease_until: Timestamp,
        /// The claims at the last sign-in or confirmation, as JSON; `None` if they were not stored.
        pub claims: Option<String>,
    }
}

/// The facts that a provider states about a user at a confirmation.
#[derive(Clone, Copy, Debug)]
pub struct ConfirmedProfile<'p> {
    /// The identifier of the user.
    pub id: Uuid,
    /// The identifier of the user at the issuer.
    pub subject: &'p str,
    /// The name of the user, for people.
    pub name: &'p str,
    /// The e-mail address, if the issuer gave one.
    pub email: Option<&'p str>,
    /// True if the address counts in rules.
    pub email_verified: bool,
    /// The groups.
    pub groups: &'p [String],
    /// The claims, as JSON.
    pub claims: &'p str,
}

/// The kind of an identity provider, which determines its quirks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProviderPreset {
    /// Microsoft Entra ID.
    MicrosoftEntra,
    /// Google.
    Google,
    /// Okta.
    Okta,
    /// Keycloak.
    Keycloak,
    /// Any other provider.
    Other,
}

impl ProviderPreset {
    /// All presets.
    pub const ALL: [Self; 5] = [Self::MicrosoftEntra, Self::Google, Self::Okta, Self::Keycloak, Self::Other];

    /// The name of the preset in the admin API and in the store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MicrosoftEntra => "microsoft_entra",
            Self::Google => "google",
            Self::Okta => "okta",
            Self::Keycloak => "keycloak",
            Self::Other => "other",
        }
    }
}

column!(ProviderPreset as String, read: |name: String| ProviderPreset::ALL.into_iter().find(|preset| preset.name() == name), write: |preset: &ProviderPreset| preset.name().to_owned());

impl Store {
    /// Adds an identity provider with its secret, and ends the connections of users who signed in with an API token.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub async fn add_identity_provider(
        &self,
        provider: &IdentityProviderRow,
        secret: &SealedSecretRow,
        audit: &AuditRow,
    ) -> Result<()> {
        let mut transaction = self.begin().await?;
        insert("identity_provider", provider).execute(&mut *transaction).await?;
        insert("sealed_secret", secret).execute(&mut *transaction).await?;
        let end = "DELETE FROM connection WHERE user_id IN (SELECT id FROM users WHERE provider_id IS NULL)";
        sqlx::query(end).execute(&mut *transaction).await?;
        insert("audit", audit).execute(&mut *transaction).await?;
        self.commit(transaction).await
    }

    /// Returns the identity provider with that identifier.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available or a row is damaged.
    pub async fn identity_provider(&self, id: Uuid) -> Result<Option<IdentityProviderRow>> {
        let query = select::<IdentityProviderRow>("identity_provider", "WHERE id = $1").bind(id.to_string());
        Ok(query.fetch_optional(self.reads()).await?)
    }

    /// Returns at most `limit` identity providers after `after`, oldest first.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available or a row is damaged.
    pub async fn identity_providers(&self, after: Option<Uuid>, limit: i64) -> Result<Vec<IdentityProviderRow>> {
        let query = select::<IdentityProviderRow>("identity_provider", "WHERE id > $1 ORDER BY id LIMIT $2");
        Ok(query.bind(lower_bound(after)).bind(limit).fetch_all(self.reads()).await?)
    }

    /// Stores a change to a provider that is still at version `before`, and its secret if there is a new one. Returns whether
    /// the provider was.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub async fn change_identity_provider(
        &self,
        provider: &IdentityProviderRow,
        secret: Option<&SealedSecretRow>,
        before: i64,
        audit: &AuditRow,
    ) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let done = sqlx::query(
            "UPDATE identity_provider SET name = $1, client_id = $2, allowed_tenants = $3, allowed_domains = $4, \
             allowed_groups = $5, updated_by = $6, version = $7, updated_at = $8 WHERE id = $9 AND version = $10",
        )
        .bind(provider.name.as_str())
        .bind(provider.client_id.as_str())
        .bind(to_json(&provider.allowed_tenants))
        .bind(to_json(&provider.allowed_domains))
        .bind(to_json(&provider.allowed_groups))
        .bind(provider.updated_by.as_str())
        .bind(provider.version)
        .bind(provider.updated_at.as_millisecond())
        .bind(provider.id.to_string())
        .bind(before)
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() == 0 {
            transaction.rollback().await?;
            return Ok(false);
        }
        if let Some(secret) = secret {
            let delete = sqlx::query("DELETE FROM sealed_secret WHERE record = $1").bind(secret.record.clone());
            delete.execute(&mut *transaction).await?;
            insert("sealed_secret", secret).execute(&mut *transaction).await?;
        }
        insert("audit", audit).execute(&mut *transaction).await?;
        self.commit(transaction).await?;
        Ok(true)
    }

    /// Deletes a provider at version `version`, with its secret and the refresh tokens that it gave. Its users can no longer
    /// act. Returns whether it was deleted.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub async fn delete_identity_provider(&self, id: Uuid, version: i64, audit: &AuditRow) -> Result<bool> {
        let query = sqlx::query("DELETE FROM identity_provider WHERE id = $1 AND version = $2");
        Ok(self.audited(query.bind(id.to_string()).bind(version), audit).await? == 1)
    }

    /// Stores the sign-in of a user with a provider in place of the one before, with the provider's refresh token if it
    /// gave one.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available, or with [`StoreError::Orphan`](super::StoreError::Orphan) if the user or the
    /// provider was deleted meanwhile.
    pub async fn set_provider_sign_in(
        &self,
        sign_in: &ProviderSignInRow,
        record: &str,
        refresh_token: Option<&SealedSecretRow>,
    ) -> Result<()> {
        let mut transaction = self.begin().await?;
        let delete = sqlx::query("DELETE FROM provider_sign_in WHERE user_id = $1").bind(sign_in.user_id.to_string());
        delete.execute(&mut *transaction).await?;
        let delete = sqlx::query("DELETE FROM sealed_secret WHERE record = $1").bind(record);
        delete.execute(&mut *transaction).await?;
        insert("provider_sign_in", sign_in).execute(&mut *transaction).await?;
        if let Some(refresh_token) = refresh_token {
            insert("sealed_secret", refresh_token).execute(&mut *transaction).await?;
        }
        self.commit(transaction).await
    }

    /// Returns the last sign-in of a user with a provider.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available or a row is damaged.
    pub async fn provider_sign_in(&self, user: Uuid) -> Result<Option<ProviderSignInRow>> {
        let query = select::<ProviderSignInRow>("provider_sign_in", "WHERE user_id = $1").bind(user.to_string());
        Ok(query.fetch_optional(self.lookups()).await?)
    }

    /// Takes the lease to ask the provider about the user of `seen` until `until`, unless a request holds it at `now` or has
    /// confirmed the user since `seen` was read. Returns whether it was taken.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub async fn lease_provider_sign_in(
        &self,
        seen: &ProviderSignInRow,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool> {
        let query = "UPDATE provider_sign_in SET lease_until = $1 \
                     WHERE user_id = $2 AND lease_until <= $3 AND confirmed_at = $4";
        let query = sqlx::query(query).bind(until.as_millisecond()).bind(seen.user_id.to_string());
        let query = query.bind(now.as_millisecond()).bind(seen.confirmed_at.as_millisecond());
        Ok(query.execute(self.writes()).await?.rows_affected() == 1)
    }

    /// Gives the lease back.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub async fn end_provider_lease(&self, user: Uuid) -> Result<()> {
        let query = sqlx::query("UPDATE provider_sign_in SET lease_until = 0 WHERE user_id = $1");
        query.bind(user.to_string()).execute(self.writes()).await?;
        Ok(())
    }

    /// Stores what the provider says of a user at a confirmation, and gives the lease back. `user` has the new profile.
    /// Returns false if the identifier and the subject are not those of one user.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub async fn confirm_provider_sign_in(&self, user: &ConfirmedProfile<'_>, confirmed_at: Timestamp) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let done = sqlx::query(
            "UPDATE users SET name = $1, email = $2, email_verified = $3, group_names = $4 WHERE id = $5 AND subject = $6",
        )
        .bind(user.name)
        .bind(user.email)
        .bind(i64::from(user.email_verified))
        .bind(to_json(&user.groups))
        .bind(user.id.to_string())
        .bind(user.subject)
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() == 0 {
            transaction.rollback().await?;
            return Ok(false);
        }
        sqlx::query("UPDATE provider_sign_in SET lease_until = 0, confirmed_at = $1, claims = $2 WHERE user_id = $3")
            .bind(confirmed_at.as_millisecond())
            .bind(user.claims)
            .bind(user.id.to_string())
            .execute(&mut *transaction)
            .await?;
        self.commit(transaction).await?;
        Ok(true)
    }

    /// Deletes the sign-in of a user with a provider, the refresh token `record`, and the sessions and connections of the user.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub async fn end_provider_sign_in(&self, user: Uuid, record: &str, audit: &AuditRow) -> Result<()> {
        let mut transaction = self.begin().await?;
        insert("audit", audit).execute(&mut *transaction).await?;
        for (query, value) in [
            ("DELETE FROM provider_sign_in WHERE user_id = $1", user.to_string()),
            ("DELETE FROM browser_session WHERE user_id = $1", user.to_string()),
            ("DELETE FROM connection WHERE user_id = $1", user.to_string()),
            ("DELETE FROM sealed_secret WHERE record = $1", record.to_owned()),
        ] {
            sqlx::query(query).bind(value).execute(&mut *transaction).await?;
        }
        self.commit(transaction).await
    }

    /// Returns whether there is an identity provider.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub async fn has_identity_provider(&self) -> Result<bool> {
        let query = sqlx::query("SELECT COUNT(*) AS providers FROM identity_provider");
        Ok(read_column::<i64>(&query.fetch_one(self.lookups()).await?, "providers")? > 0)
    }
}
