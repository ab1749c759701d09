//! The values of identity providers in requests.

use serde_json::Value;
use tool_runtime::exact;
use tool_runtime::violation::{Violations, quoted};
use url::Url;
use utoipa::openapi::schema::ArrayBuilder;
use utoipa::openapi::{RefOr, Schema};

use crate::registry::request::{Component, Limits, RequestValue, add_component, reference, string_schema};
use crate::store::ProviderPreset;

/// The longest text, in characters.
const LONGEST_TEXT: usize = 500;
/// The most entries of a list.
const MOST_ENTRIES: usize = 200;
/// The host of Microsoft Entra ID.
const ENTRA_HOST: &str = "login.microsoftonline.com";
/// The tenants of Microsoft Entra ID that stand for all tenants.
const SHARED_TENANTS: [&str; 3] = ["common", "organizations", "consumers"];

/// A list of tenants, domains or groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AllowedList(pub(super) Vec<String>);

impl RequestValue for AllowedList {
    fn decode(value: Value, _: Limits) -> Result<Self, Violations> {
        let allowed = || format!("a list of at most {MOST_ENTRIES} texts");
        let Value::Array(entries) = value else { return Err(Violations::new("is not a list", allowed())) };
        if entries.len() > MOST_ENTRIES {
            return Err(Violations::new(format!("has {} entries", entries.len()), allowed()));
        }
        let mut texts = Vec::new();
        for entry in entries {
            let text = short_text(entry)?;
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        Ok(Self(texts))
    }

    fn value_schema() -> RefOr<Schema> {
        let entry = string_schema().min_length(Some(1)).max_length(Some(LONGEST_TEXT));
        RefOr::T(Schema::Array(ArrayBuilder::new().items(entry).max_items(Some(MOST_ENTRIES)).build()))
    }
}

/// The URL of an issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Issuer {
    /// The URL exactly as it was given, because providers compare texts.
    pub(super) text: String,
    pub(super) url: Url,
}

impl RequestValue for Issuer {
    fn decode(value: Value, _: Limits) -> Result<Self, Violations> {
        const ALLOWED: &str = "the issuer of the provider, such as https://login.example.com";
        let text = short_text(value)?;
        let wrong = |problem: &str| Violations::new(problem.to_owned(), ALLOWED);
        let url = Url::parse(&text).map_err(|_| wrong("is not a URL"))?;
        let is_plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        if !["https", "http"].contains(&url.scheme()) || !is_plain || url.password().is_some() {
            return Err(wrong("is not an https URL without a query, a fragment and a password"));
        }
        let tenant = url.path_segments().and_then(|mut segments| segments.next()).unwrap_or_default();
        if url.host_str() == Some(ENTRA_HOST) && SHARED_TENANTS.contains(&tenant) {
            let problem = format!("admits the users of every tenant with {}", quoted(tenant));
            let allowed = format!("the ID of your tenant: https://{ENTRA_HOST}/TENANT_ID/v2.0");
            return Err(Violations::new(problem, allowed));
        }
        Ok(Self { text, url })
    }

    fn value_schema() -> RefOr<Schema> {
        RefOr::T(string_schema().min_length(Some(1)).max_length(Some(LONGEST_TEXT)).build().into())
    }
}

/// A short text: a client ID or a secret.
#[derive(Clone)]
pub(super) struct ShortText(pub(super) String);

impl std::fmt::Debug for ShortText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ShortText(…)")
    }
}

impl RequestValue for ShortText {
    fn decode(value: Value, _: Limits) -> Result<Self, Violations> {
        short_text(value).map(Self)
    }

    fn value_schema() -> RefOr<Schema> {
        RefOr::T(string_schema().min_length(Some(1)).max_length(Some(LONGEST_TEXT)).build().into())
    }
}

fn short_text(value: Value) -> Result<String, Violations> {
    let text = exact::name(value)?;
    match text.chars().count() {
        ..=LONGEST_TEXT => Ok(text),
        length => {
            Err(Violations::new(format!("has {length} characters"), format!("at most {LONGEST_TEXT} characters")))
        }
    }
}

impl RequestValue for ProviderPreset {
    fn decode(value: Value, _: Limits) -> Result<Self, Violations> {
        exact::one_of(&Self::ALL.map(|preset| (preset.name(), preset)))(value)
    }

    fn value_schema() -> RefOr<Schema> {
        reference::<Self>()
    }

    fn components(schemas: &mut Vec<Component>) {
        add_component::<Self>(schemas);
    }
}
