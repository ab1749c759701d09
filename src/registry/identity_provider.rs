//! Identity providers: where users sign in, and which of their users may.

mod confirmation;
mod rules;
mod values;

use jiff::Timestamp;
use secrecy::SecretString;
use serde::Serialize;
use serde_json::{Map, Value};
use tool_runtime::violation::Violations;
use uuid::Uuid;

pub use self::confirmation::ProviderLease;
pub use self::rules::{ProviderClaims, Refusal};
use self::values::{AllowedList, Issuer, ShortText};
use super::audit::Audited;
use super::error::{RegistryError, Result};
use super::page::{ListQuery, Page};
use super::principal::Actor;
use super::request::{FormRequest as _, Name, request};
use super::revision::{Precondition, Revised, Revision};
use super::state::Registry;
use crate::address::has_loopback_host;
use crate::seal::keyring::Sealed;
use crate::store::{AuditAction, AuditObject, IdentityProviderRow, ProviderPreset, SealedSecretRow};

/// The issuer of Google.
const GOOGLE: &str = "https://accounts.google.com";
/// The most identity providers.
const MOST_PROVIDERS: i64 = 20;

request! {
    /// An identity provider to configure.
    pub struct NewIdentityProvider as "NewIdentityProviderRequest" {
        /// The name that users read on the sign-in page.
        name: Name,
        /// The kind of the provider. `other` is any other provider of the protocol.
        preset: ProviderPreset,
        /// The issuer of the provider, from which its settings are discovered. It can be omitted for Google.
        issuer: Option<Issuer>,
        /// The ID of this server at the provider.
        client_id: ShortText,
        /// The secret of this server at the provider. It is never returned.
        client_secret: ShortText,
        /// The IDs of the Microsoft Entra ID tenants whose users may sign in. If omitted, that of the issuer.
        allowed_tenants: Option<AllowedList>,
        /// The domains whose users may sign in: of a verified e-mail address, or the hosted domain at Google. If omitted,
        /// any.
        allowed_domains: Option<AllowedList>,
        /// The groups whose users may sign in, as the provider names them in the claim `groups`. If omitted, any.
        allowed_groups: Option<AllowedList>,
    }
}

request! {
    /// A change to an identity provider. Omitted fields keep their value.
    pub struct IdentityProviderChange as "IdentityProviderChangeRequest" {
        /// The name that users read on the sign-in page.
        name: Option<Name>,
        /// The ID of this server at the provider.
        client_id: Option<ShortText>,
        /// A new secret of this server at the provider.
        client_secret: Option<ShortText>,
        /// The IDs of the Microsoft Entra ID tenants whose users may sign in. An empty list allows all.
        allowed_tenants: Option<AllowedList>,
        /// The domains whose users may sign in. An empty list allows all.
        allowed_domains: Option<AllowedList>,
        /// The groups whose users may sign in. An empty list allows all.
        allowed_groups: Option<AllowedList>,
    }
}

/// An identity provider, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = IdentityProvider)]
pub struct IdentityProviderView {
    /// The ID of the provider.
    pub id: Uuid,
    /// The name that users read on the sign-in page.
    pub name: String,
    /// The kind of the provider.
    pub preset: ProviderPreset,
    /// The issuer of the provider.
    pub issuer: String,
    /// The ID of this server at the provider.
    pub client_id: String,
    /// The redirect URI to register at the provider, exactly as it is.
    pub redirect_uri: String,
    /// The tenants whose users may sign in. Empty means no restriction.
    pub allowed_tenants: Vec<String>,
    /// The domains whose users may sign in. Empty means no restriction.
    pub allowed_domains: Vec<String>,
    /// The groups whose users may sign in. Empty means no restriction.
    pub allowed_groups: Vec<String>,
    /// The name of the principal who created the provider.
    pub created_by: String,
    /// The name of the principal who last changed the provider.
    pub updated_by: String,
    /// The time of creation.
    pub created_at: Timestamp,
    /// The time of the last change.
    pub updated_at: Timestamp,
    /// The state of the editable fields.
    #[serde(skip)]
    #[schema(ignore)]
    pub revision: Revision,
}

impl Revised for IdentityProviderView {
    const KIND: &'static str = "identity provider";

    fn revision(&self) -> &Revision {
        &self.revision
    }
}

/// An identity provider with its secret, for the code flow.
#[derive(Clone, Debug)]
pub struct ConfiguredProvider {
    /// The stored fields.
    pub row: IdentityProviderRow,
    /// The secret of this server at the provider.
    pub client_secret: SecretString,
    /// The address to which the provider sends users back.
    pub redirect_uri: String,
}

impl Registry {
    /// Configures an identity provider from a [`NewIdentityProvider`] request. From then on, API tokens no longer sign users
    /// in to servers.
    ///
    /// # Errors
    /// Fails with every violation in `given`, or if the store fails.
    pub async fn create_identity_provider(
        &self,
        given: Map<String, Value>,
        by: &Actor,
    ) -> Result<IdentityProviderView> {
        let request = NewIdentityProvider::read(given, self.limits())?;
        let issuer = self.checked_issuer(request.issuer, request.preset)?;
        if i64::try_from(self.0.store.identity_providers(None, MOST_PROVIDERS).await?.len()) == Ok(MOST_PROVIDERS) {
            let problem = format!("there are {MOST_PROVIDERS} identity providers");
            return Err(Violations::new(problem, "delete one first").under_key("name").into());
        }
        let now = self.0.clock.now();
        let row = IdentityProviderRow {
            id: Uuid::now_v7(),
            name: request.name.0,
            preset: request.preset,
            issuer,
            client_id: request.client_id.0,
            allowed_tenants: request.allowed_tenants.map_or_else(Vec::new, |list| list.0),
            allowed_domains: request.allowed_domains.map_or_else(Vec::new, |list| lower_case(list.0)),
            allowed_groups: request.allowed_groups.map_or_else(Vec::new, |list| list.0),
            created_by: by.name.clone(),
            updated_by: by.name.clone(),
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let secret = self.sealed_client_secret(row.id, request.client_secret)?;
        let created = self.event(by, AuditAction::Created, audited(&row), Vec::new());
        let _change = self.0.changes.begin(Some(row.id));
        self.0.store.add_identity_provider(&row, &secret, &created).await?;
        Ok(self.provider_view(row))
    }

    /// Returns a page of identity providers, oldest first, for a [`ListQuery`].
    ///
    /// # Errors
    /// Fails with every violation in `query`, or if the store fails.
    pub async fn identity_providers(&self, query: Map<String, Value>) -> Result<Page<IdentityProviderView>> {
        let ListQuery { page } = ListQuery::read(query, self.limits())?;
        let rows = self.0.store.identity_providers(page.after, page.rows()).await?;
        Ok(page.page(rows, |row| row.id, |row| self.provider_view(row)))
    }

    /// Returns the identity provider `id`.
    ///
    /// # Errors
    /// Fails if there is no such provider, or if the store fails.
    pub async fn identity_provider(&self, id: Uuid) -> Result<IdentityProviderView> {
        Ok(self.provider_view(self.provider_row(id).await?))
    }

    /// Updates an identity provider with an [`IdentityProviderChange`] request. Its rules take effect at the next sign-in
    /// and at the next refresh of each user.
    ///
    /// # Errors
    /// Fails with every violation in `given`, if there is no such provider, if the provider has another revision than
    /// `expected`, or if the store fails.
    pub async fn update_identity_provider(
        &self,
        id: Uuid,
        given: Map<String, Value>,
        by: &Actor,
        expected: &Precondition,
    ) -> Result<IdentityProviderView> {
        let change = IdentityProviderChange::read(given, self.limits())?;
        let IdentityProviderChange { name, client_id, client_secret, allowed_tenants, allowed_domains, allowed_groups } =
            change;
        let secret = client_secret.map(|secret| self.sealed_client_secret(id, secret)).transpose()?;
        loop {
            let before = self.provider_row(id).await?;
            expected.check(&self.provider_view(before.clone()))?;
            let list = |list: &Option<AllowedList>, before: &[String]| {
                list.as_ref().map_or_else(|| before.to_vec(), |list| list.0.clone())
            };
            let mut row = IdentityProviderRow {
                name: name.as_ref().map_or_else(|| before.name.clone(), |name| name.0.clone()),
                client_id: client_id.as_ref().map_or_else(|| before.client_id.clone(), |id| id.0.clone()),
                allowed_tenants: list(&allowed_tenants, &before.allowed_tenants),
                allowed_domains: lower_case(list(&allowed_domains, &before.allowed_domains)),
                allowed_groups: list(&allowed_groups, &before.allowed_groups),
                ..before.clone()
            };
            if row == before && secret.is_none() {
                return Ok(self.provider_view(before));
            }
            (row.updated_by, row.version, row.updated_at) = (by.name.clone(), before.version + 1, self.0.clock.now());
            let fields = changed_fields(&row, &before, secret.is_some());
            let updated = self.event(by, AuditAction::Updated, audited(&row), fields);
            let _change = self.0.changes.begin(Some(id));
            // If another change came first, this one is applied on top of it.
            if self.0.store.change_identity_provider(&row, secret.as_ref(), before.version, &updated).await? {
                return Ok(self.provider_view(row));
            }
        }
    }

    /// Deletes an identity provider. Its users are signed out, and their connections end.
    ///
    /// # Errors
    /// Fails if there is no such provider, if the provider has another revision than `expected`, or if the store fails.
    pub async fn delete_identity_provider(&self, id: Uuid, by: &Actor, expected: &Precondition) -> Result<()> {
        loop {
            let before = self.provider_row(id).await?;
            expected.check(&self.provider_view(before.clone()))?;
            let deleted = self.event(by, AuditAction::Deleted, audited(&before), Vec::new());
            let _change = self.0.changes.begin(Some(id));
            if self.0.store.delete_identity_provider(id, before.version, &deleted).await? {
                return Ok(());
            }
        }
    }

    /// Returns the identity provider `id` with its secret, if there is one.
    ///
    /// # Errors
    /// Fails if the store fails, or if the secret does not open.
    pub async fn configured_provider(&self, id: Uuid) -> Result<Option<ConfiguredProvider>> {
        let Some(row) = self.0.store.identity_provider(id).await? else { return Ok(None) };
        let record = client_secret_record(id);
        let Some(secret) = self.0.store.secret(&record).await? else { return Ok(None) };
        let sealed = Sealed { key_id: secret.key_id, text: secret.sealed };
        let client_secret = self.0.keyring.open_secret(&record, &sealed).await?;
        Ok(Some(ConfiguredProvider { redirect_uri: self.redirect_uri(id), row, client_secret }))
    }

    /// Returns the identity providers with which users can sign in, oldest first.
    ///
    /// # Errors
    /// Fails if the store fails.
    pub(crate) async fn sign_in_providers(&self) -> Result<Vec<IdentityProviderView>> {
        let rows = self.0.store.identity_providers(None, MOST_PROVIDERS).await?;
        Ok(rows.into_iter().map(|row| self.provider_view(row)).collect())
    }

    async fn provider_row(&self, id: Uuid) -> Result<IdentityProviderRow> {
        let row = self.0.store.identity_provider(id).await?;
        row.ok_or(RegistryError::NotFound(IdentityProviderView::KIND))
    }

    fn sealed_client_secret(&self, id: Uuid, secret: ShortText) -> Result<SealedSecretRow> {
        let record = client_secret_record(id);
        let sealed = self.0.keyring.seal_secret(&record, &secret.0.into())?;
        Ok(SealedSecretRow { record, key_id: sealed.key_id, sealed: sealed.text, provider_id: Some(id), user_id: None })
    }

    /// The text of the issuer. Plain http is for providers and servers on one machine.
    fn checked_issuer(&self, given: Option<Issuer>, preset: ProviderPreset) -> Result<String> {
        let Some(issuer) = given else {
            return match preset {
                ProviderPreset::Google => Ok(GOOGLE.to_owned()),
                _ => Err(Violations::new("is missing", "the issuer of the provider").under_key("issuer").into()),
            };
        };
        if issuer.url.scheme() == "http" && !(has_loopback_host(&issuer.url) && self.has_loopback_url()) {
            return Err(Violations::new("must begin with https://", "an https URL").under_key("issuer").into());
        }
        Ok(issuer.text)
    }

    fn redirect_uri(&self, id: Uuid) -> String {
        format!("{}/sign-in/callback/{id}", self.public_url())
    }

    fn provider_view(&self, row: IdentityProviderRow) -> IdentityProviderView {
        IdentityProviderView {
            revision: Revision::new(row.version, row.updated_at),
            redirect_uri: self.redirect_uri(row.id),
            id: row.id,
            name: row.name,
            preset: row.preset,
            issuer: row.issuer,
            client_id: row.client_id,
            allowed_tenants: row.allowed_tenants,
            allowed_domains: row.allowed_domains,
            allowed_groups: row.allowed_groups,
            created_by: row.created_by,
            updated_by: row.updated_by,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// The name of the record in which a provider's secret is sealed.
fn client_secret_record(id: Uuid) -> String {
    format!("client secret of identity provider {id}")
}

fn lower_case(texts: Vec<String>) -> Vec<String> {
    texts.into_iter().map(|text| text.to_lowercase()).collect()
}

fn audited(row: &IdentityProviderRow) -> Audited<'_> {
    Audited::new(AuditObject::IdentityProvider, row.id, &row.name)
}

/// The names of the fields that an update changed.
fn changed_fields(row: &IdentityProviderRow, before: &IdentityProviderRow, has_new_secret: bool) -> Vec<String> {
    let fields = [
        ("name", row.name != before.name),
        ("client_id", row.client_id != before.client_id),
        ("client_secret", has_new_secret),
        ("allowed_tenants", row.allowed_tenants != before.allowed_tenants),
        ("allowed_domains", row.allowed_domains != before.allowed_domains),
        ("allowed_groups", row.allowed_groups != before.allowed_groups),
    ];
    fields.into_iter().filter(|(_, changed)| *changed).map(|(name, _)| name.to_owned()).collect()
}
