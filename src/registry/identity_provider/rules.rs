//! The rules by which users of a provider may sign in, and their identity: a pure function of the provider's rules and of the
//! claims that the provider gave.

use serde::{Deserialize, Serialize};

use crate::registry::user::Identity;
use crate::store::{IdentityProviderRow, ProviderPreset, UserRole};

/// The most groups of a user that count.
const MOST_GROUPS: usize = 500;
/// The longest text of a claim that counts, in characters.
const LONGEST_TEXT: usize = 300;

/// The claims about a user, from a verified ID token and from the `UserInfo` endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct ProviderClaims {
    /// The subject.
    pub subject: String,
    /// The name of the user.
    pub name: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// True if the provider has verified the e-mail address, false if it has not; `None` if it does not say.
    pub email_verified: Option<bool>,
    /// The tenant of Microsoft Entra ID.
    pub tid: Option<String>,
    /// The user's identifier in that tenant, which is the same for all applications.
    pub oid: Option<String>,
    /// The hosted domain of Google.
    pub hd: Option<String>,
    /// The groups.
    pub groups: Option<Vec<String>>,
}

impl ProviderClaims {
    /// Adds the claims that these lack. The tenant and the hosted domain count in ID tokens only.
    #[must_use]
    pub fn completed_by(self, other: Self) -> Self {
        let (email, email_verified) = match self.email {
            // What another document says of another address does not count for this one.
            Some(email) if other.email.as_ref() == Some(&email) => {
                (Some(email), self.email_verified.or(other.email_verified))
            }
            Some(email) => (Some(email), self.email_verified),
            None => (other.email, other.email_verified),
        };
        let (name, groups) = (self.name.or(other.name), self.groups.or(other.groups));
        Self { name, email, email_verified, groups, ..self }
    }

    /// The claims within the limits of what is stored.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        self.email = self.email.filter(|email| email.chars().count() <= LONGEST_TEXT);
        self.name = self.name.map(|name| name.chars().take(LONGEST_TEXT).collect());
        if let Some(groups) = &mut self.groups {
            groups.retain(|group| group.chars().count() <= LONGEST_TEXT);
            groups.truncate(MOST_GROUPS);
        }
        self
    }
}

/// The reason why a provider's user may not sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The user belongs to another tenant.
    #[error("Your account belongs to a tenant that may not sign in here.")]
    Tenant,
    /// The user's domain is not among the allowed ones.
    #[error("Your account belongs to a domain that may not sign in here, or its e-mail address is not verified.")]
    Domain,
    /// The user is in none of the allowed groups.
    #[error("Your account is in none of the groups that may sign in here.")]
    Group,
    /// The provider did not name the groups of the user, although they are needed.
    #[error(
        "The identity provider did not say in which groups you are. Ask an admin to assign the groups to the \
         application and to add them to the ID token."
    )]
    GroupsMissing,
    /// The ID token lacks what identifies a user of this provider.
    #[error("The identity provider did not say who you are: its ID token lacks a claim.")]
    Unidentified,
}

impl IdentityProviderRow {
    /// Returns the user whom the claims identify, if the user may sign in.
    ///
    /// # Errors
    /// Fails with the first rule that the user does not meet.
    pub fn identify(&self, claims: ProviderClaims) -> Result<Identity, Refusal> {
        let claims = claims.bounded();
        let is_entra = self.preset == ProviderPreset::MicrosoftEntra;
        // At Microsoft Entra ID the subject differs from application to application. An e-mail address proves nothing.
        let subject = if is_entra { claims.oid.clone().ok_or(Refusal::Unidentified)? } else { claims.subject.clone() };
        let is_pinned_tenant = is_entra && self.is_of_tenant(&claims)?;
        let hosted = claims.hd.as_deref().filter(|_| self.preset == ProviderPreset::Google).map(str::to_lowercase);
        let email = claims.email;
        let domain = email.as_deref().and_then(|email| email.rsplit_once('@')).map(|(_, domain)| domain.to_lowercase());
        let is_hosted = hosted.is_some() && hosted == domain;
        let email_verified = email.is_some() && (claims.email_verified == Some(true) || is_pinned_tenant || is_hosted);
        let counted = if self.preset == ProviderPreset::Google { hosted } else { domain.filter(|_| email_verified) };
        if !self.allowed_domains.is_empty() && !counted.is_some_and(|domain| self.allowed_domains.contains(&domain)) {
            return Err(Refusal::Domain);
        }
        if !self.allowed_groups.is_empty() {
            let groups = claims.groups.as_ref().ok_or(Refusal::GroupsMissing)?;
            if !groups.iter().any(|group| self.allowed_groups.contains(group)) {
                return Err(Refusal::Group);
            }
        }
        let groups = claims.groups.unwrap_or_default();
        let name = claims.name.or_else(|| email.clone()).unwrap_or_else(|| subject.clone());
        Ok(Identity {
            issuer: self.issuer.clone(),
            subject,
            name: name.chars().take(LONGEST_TEXT).collect(),
            email,
            email_verified,
            groups,
            first_role: UserRole::Member,
            provider_id: Some(self.id),
            api_token_id: None,
        })
    }

    /// Checks the tenant of a user of Microsoft Entra ID: it is that of the issuer, and an allowed one.
    fn is_of_tenant(&self, claims: &ProviderClaims) -> Result<bool, Refusal> {
        let tenant = claims.tid.as_deref().ok_or(Refusal::Tenant)?;
        let is_of_issuer = self.issuer.split('/').any(|segment| segment.eq_ignore_ascii_case(tenant));
        let mut allowed = self.allowed_tenants.iter();
        let is_allowed = self.allowed_tenants.is_empty() || allowed.any(|allowed| allowed.eq_ignore_ascii_case(tenant));
        if is_of_issuer && is_allowed { Ok(true) } else { Err(Refusal::Tenant) }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;

    const TENANT: &str = "11111111-2222-3333-4444-555555555555";

    fn provider(preset: ProviderPreset) -> IdentityProviderRow {
        IdentityProviderRow {
            id: Uuid::nil(),
            name: "Company".to_owned(),
            preset,
            issuer: format!("https://login.example.com/{TENANT}/v2.0"),
            client_id: "client".to_owned(),
            allowed_tenants: Vec::new(),
            allowed_domains: Vec::new(),
            allowed_groups: Vec::new(),
            created_by: String::new(),
            updated_by: String::new(),
            version: 1,
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn claims() -> ProviderClaims {
        ProviderClaims {
            subject: "sub".to_owned(),
            email: Some("Kim@Example.com".to_owned()),
            ..ProviderClaims::default()
        }
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn a_user_of_entra_is_the_object_of_the_pinned_tenant() {
        let entra = provider(ProviderPreset::MicrosoftEntra);
        let known = ProviderClaims { oid: Some("oid".to_owned()), tid: Some(TENANT.to_owned()), ..claims() };
        let identity = entra.identify(known.clone()).expect("the tenant is that of the issuer");
        assert_eq!((identity.subject.as_str(), identity.email_verified), ("oid", true));
        let elsewhere = ProviderClaims { tid: Some(Uuid::nil().to_string()), ..known.clone() };
        assert_eq!(entra.identify(elsewhere), Err(Refusal::Tenant));
        assert_eq!(entra.identify(ProviderClaims { tid: None, ..known.clone() }), Err(Refusal::Tenant));
        assert_eq!(entra.identify(ProviderClaims { oid: None, ..known.clone() }), Err(Refusal::Unidentified));
        let other = IdentityProviderRow { allowed_tenants: texts(&["other"]), ..entra };
        assert_eq!(other.identify(known), Err(Refusal::Tenant));
    }

    #[test]
    fn an_address_counts_only_if_the_provider_vouches_for_it() {
        let rules = texts(&["example.com"]);
        let other = IdentityProviderRow { allowed_domains: rules.clone(), ..provider(ProviderPreset::Other) };
        assert_eq!(other.identify(claims()), Err(Refusal::Domain));
        assert!(other.identify(ProviderClaims { email_verified: Some(true), ..claims() }).is_ok());
        // At Google only the hosted domain says that the company owns the account.
        let google = IdentityProviderRow { allowed_domains: rules, ..provider(ProviderPreset::Google) };
        assert_eq!(google.identify(ProviderClaims { email_verified: Some(true), ..claims() }), Err(Refusal::Domain));
        let hosted = ProviderClaims { hd: Some("example.com".to_owned()), ..claims() };
        assert!(google.identify(hosted.clone()).is_ok_and(|identity| identity.email_verified));
        // The claim means something at Google only.
        assert_eq!(other.identify(hosted), Err(Refusal::Domain));
    }

    #[test]
    fn other_claims_complete_those_that_are_missing() {
        let info = ProviderClaims {
            email: Some("kim@example.com".to_owned()),
            email_verified: Some(true),
            groups: Some(texts(&["support"])),
            tid: Some(TENANT.to_owned()),
            ..ProviderClaims::default()
        };
        let with = |email: Option<&str>, email_verified| {
            let token = ProviderClaims { email: email.map(str::to_owned), email_verified, ..ProviderClaims::default() };
            token.completed_by(info.clone())
        };
        let completed = with(None, None);
        assert_eq!((completed.email, completed.email_verified), (info.email.clone(), Some(true)));
        assert_eq!((completed.groups, completed.tid), (info.groups.clone(), None));
        assert_eq!(with(Some("kim@example.com"), None).email_verified, Some(true));
        assert_eq!(with(Some("kim@example.com"), Some(false)).email_verified, Some(false));
        assert_eq!(with(Some("other@example.com"), None).email_verified, None, "of another address");
    }

    #[test]
    fn groups_must_be_named_and_match() {
        let other = IdentityProviderRow { allowed_groups: texts(&["support"]), ..provider(ProviderPreset::Other) };
        assert_eq!(other.identify(claims()), Err(Refusal::GroupsMissing));
        let with = |groups| ProviderClaims { groups: Some(texts(groups)), ..claims() };
        assert_eq!(other.identify(with(&["sales"])), Err(Refusal::Group));
        assert!(other.identify(with(&["sales", "support"])).is_ok());
    }
}
