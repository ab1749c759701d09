//! The rules of a server that asks for sign-in: which users it admits.

use serde_json::Value;
use tool_runtime::violation::{Violations, quoted};
use tool_runtime::{decode, exact};
use utoipa::openapi::schema::ArrayBuilder;
use utoipa::openapi::{KnownFormat, RefOr, Schema, SchemaFormat};
use uuid::Uuid;

use super::request::{
    Component, FormRequest as _, Limits, Name, Nullable, RequestValue, add_component, reference, request, string_schema,
};

/// The most entries of one list.
const MOST_ENTRIES: usize = 200;

request! {
    /// The users whom a server with `auth: sign_in` admits. With none of `emails`, `domains` and `groups`, it admits every
    /// user who can sign in. With several, a user needs to be in one of them.
    struct SignInConfig as "SignInConfig" {
        /// The ID of the only identity provider whose users are admitted.
        provider: Nullable<Uuid>,
        /// E-mail addresses to admit. An address counts only if the provider has verified it.
        emails: Nullable<Entries<Email>>,
        /// Domains of e-mail addresses to admit, without their subdomains. An address counts only if the provider has verified
        /// it.
        domains: Nullable<Entries<Domain>>,
        /// Groups to admit, as the provider names them.
        groups: Nullable<Entries<Name>>,
    }
}

/// The facts about a user on which the rules depend.
#[derive(Clone, Copy, Debug)]
pub struct UserFacts<'u> {
    /// The e-mail address, if the issuer gave one.
    pub email: Option<&'u str>,
    /// True if the address counts.
    pub email_verified: bool,
    /// The groups.
    pub groups: &'u [String],
    /// The identity provider that admitted the user last; none for a user who signed in with an API token.
    pub provider: Option<Uuid>,
}

/// The rules of a server that asks for sign-in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignInRules {
    provider: Option<Uuid>,
    /// In lower case.
    emails: Vec<String>,
    /// In lower case.
    domains: Vec<String>,
    groups: Vec<String>,
}

impl SignInRules {
    /// The identity provider whose users alone are admitted, if there is one.
    pub const fn provider(&self) -> Option<Uuid> {
        self.provider
    }

    /// Returns whether the server admits a user.
    pub fn admit(&self, user: &UserFacts<'_>) -> bool {
        if self.provider.is_some() && self.provider != user.provider {
            return false;
        }
        if self.emails.is_empty() && self.domains.is_empty() && self.groups.is_empty() {
            return true;
        }
        let email = user.email.filter(|_| user.email_verified).map(str::to_lowercase);
        let domain = email.as_deref().and_then(|email| email.rsplit_once('@')).map(|(_, domain)| domain);
        email.as_ref().is_some_and(|email| self.emails.contains(email))
            || domain.is_some_and(|domain| self.domains.iter().any(|allowed| allowed == domain))
            || user.groups.iter().any(|group| self.groups.contains(group))
    }
}

impl RequestValue for SignInRules {
    fn decode(value: Value, limits: Limits) -> Result<Self, Violations> {
        let mut fields = SignInConfig::fields(exact::object(value)?);
        let config = SignInConfig::take(&mut fields, limits);
        let SignInConfig { provider, emails, domains, groups } = fields.finish(config)?;
        Ok(Self {
            provider: provider.0,
            emails: texts(emails, |Email(text)| text),
            domains: texts(domains, |Domain(text)| text),
            groups: texts(groups, |Name(text)| text),
        })
    }

    fn value_schema() -> RefOr<Schema> {
        reference::<SignInConfig>()
    }

    fn components(schemas: &mut Vec<Component>) {
        add_component::<SignInConfig>(schemas);
    }
}

fn texts<T>(entries: Nullable<Entries<T>>, text: impl Fn(T) -> String) -> Vec<String> {
    entries.0.map(|entries| entries.0.into_iter().map(text).collect()).unwrap_or_default()
}

/// A list of at least one and at most [`MOST_ENTRIES`] entries.
#[derive(Clone, Debug)]
struct Entries<T>(Vec<T>);

impl<T: RequestValue> RequestValue for Entries<T> {
    fn decode(value: Value, limits: Limits) -> Result<Self, Violations> {
        let entries = exact::list(|entry| T::decode(entry, limits))(value)?;
        let allowed = || format!("1 to {MOST_ENTRIES} entries; omit the key for no restriction");
        match entries.len() {
            0 => Err(Violations::new("is empty, which would admit no user", allowed())),
            1..=MOST_ENTRIES => Ok(Self(entries)),
            count => Err(Violations::new(format!("has {count} entries"), allowed())),
        }
    }

    fn value_schema() -> RefOr<Schema> {
        let list = ArrayBuilder::new().items(T::value_schema()).min_items(Some(1)).max_items(Some(MOST_ENTRIES));
        RefOr::T(list.build().into())
    }
}

/// An e-mail address, in lower case.
#[derive(Clone, Debug)]
struct Email(String);

impl RequestValue for Email {
    fn decode(value: Value, _: Limits) -> Result<Self, Violations> {
        decode::email(exact::name(value)?.into()).map(|email| Self(email.to_lowercase()))
    }

    fn value_schema() -> RefOr<Schema> {
        let format = SchemaFormat::KnownFormat(KnownFormat::Email);
        RefOr::T(string_schema().format(Some(format)).build().into())
    }
}

/// A domain of e-mail addresses, in lower case.
#[derive(Clone, Debug)]
struct Domain(String);

impl RequestValue for Domain {
    fn decode(value: Value, _: Limits) -> Result<Self, Violations> {
        let text = exact::name(value)?;
        // The decoder of addresses knows which domains they can have.
        let is_domain = text.contains('.') && decode::email(format!("a@{text}").into()).is_ok();
        if is_domain {
            return Ok(Self(text.to_lowercase()));
        }
        let allowed = "the part of an address after the @, such as example.com";
        Err(Violations::new(format!("{} is not a domain", quoted(&text)), allowed))
    }

    fn value_schema() -> RefOr<Schema> {
        RefOr::T(string_schema().min_length(Some(1)).build().into())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use serde_json::json;

    use super::*;

    fn rules(config: &Value) -> SignInRules {
        SignInRules::decode(config.clone(), Limits::NONE).unwrap()
    }

    fn user<'u>(email: &'u str, groups: &'u [String]) -> UserFacts<'u> {
        UserFacts { email: Some(email), email_verified: true, groups, provider: None }
    }

    #[test]
    fn rules_admit_exactly_whom_they_name() {
        let anna = user("Anna@Example.com", &[]);
        for (config, admitted) in [
            (json!({}), true),
            (json!({ "emails": ["anna@example.com"] }), true),
            (json!({ "emails": ["bob@example.com"] }), false),
            (json!({ "domains": ["EXAMPLE.com"] }), true),
            (json!({ "domains": ["ample.com"] }), false),
            (json!({ "domains": ["mail.example.com"] }), false),
            (json!({ "groups": ["support"] }), false),
            (json!({ "groups": ["support"], "domains": ["example.com"] }), true),
            (json!({ "provider": "01890a5d-ac96-774b-bcce-b302099a8057" }), false),
        ] {
            assert_eq!(rules(&config).admit(&anna), admitted, "{config}");
        }
        let groups = ["support".to_owned()];
        assert!(rules(&json!({ "groups": ["support"] })).admit(&user("x@example.org", &groups)));
    }

    #[test]
    fn an_unverified_address_admits_no_user() {
        let rules = rules(&json!({ "domains": ["example.com"], "emails": ["anna@example.com"] }));
        assert!(!rules.admit(&UserFacts { email_verified: false, ..user("anna@example.com", &[]) }));
        assert!(!rules.admit(&UserFacts { email: None, ..user("", &[]) }));
    }

    #[test]
    fn wrong_rules_are_refused_with_their_places() {
        let config = json!({
            "provider": "entra", "emails": ["anna"], "domains": ["@example.com", "localhost"], "groups": [], "tenants": [],
        });
        let violations = SignInRules::decode(config, Limits::NONE).unwrap_err();
        let places: Vec<_> = violations.iter().map(|violation| violation.argument.as_str()).collect();
        assert_eq!(places, ["provider", "emails[0]", "domains[0]", "domains[1]", "groups", "tenants"]);
        let many: Vec<_> = (0..=MOST_ENTRIES).map(|number| format!("group {number}")).collect();
        assert!(SignInRules::decode(json!({ "groups": many }), Limits::NONE).is_err());
    }
}
