//! The address of an account at the API: the variables that the spec's base URL has, or a whole base URL instead.

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde_json::{Value, json};
use tool_runtime::arguments::Arguments;
use tool_runtime::exact;
use tool_runtime::violation::{Violation, Violations};
use url::Url;
use utoipa::openapi::RefOr;

use super::api_key::ApiKey;
use crate::registry::request::{Change, Component, Limits, Property, RequestField, nullable, string_schema};
use crate::tools::API;
use crate::upstream::{self, Account, AccountError, ApiHosts};

/// The name of the field for a whole base URL.
const BASE_URL: &str = "base_url";

/// The address of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Address {
    /// The values of the variables that were given.
    pub(super) variables: BTreeMap<String, String>,
    /// The base URL that replaces the spec's.
    pub(super) base_url: Option<String>,
}

/// A change of an address, field by field.
#[derive(Clone, Debug)]
pub(super) struct AddressChange {
    variables: Vec<(&'static str, Change<String>)>,
    base_url: Change<String>,
}

impl Address {
    /// Its base URL.
    pub(super) fn url(&self) -> Result<String, AccountError> {
        url_from_parts(&self.variables, self.base_url.as_deref())
    }

    /// The account at this address, which was checked.
    pub(super) fn into_account(self, key: ApiKey) -> Account {
        account_from_parts(&self.variables, self.base_url.as_deref(), key.0).expect("a request checks address and key")
    }

    /// The origin of its base URL, to which its key is bound.
    pub(super) fn origin(&self) -> Option<String> {
        account_origin(&self.variables, self.base_url.as_deref()).ok()
    }

    /// Records a violation if no key may be sent to its host.
    pub(super) fn check_host(&self, hosts: &ApiHosts, fields: &mut Arguments) {
        let Some(refusal) = self.parsed_url().and_then(|url| hosts.check(&url).err()) else { return };
        if !fields.is_violated(BASE_URL) {
            let allowed = format!("{}, or a host that {} lists", example_of_base_url(), ApiHosts::FLAG);
            fields.add_violation(BASE_URL, format!("is refused: {refusal}. {}", refusal.advice()), Some(allowed));
        }
    }

    /// Its base URL, or `None` if its parts make none.
    pub(super) fn parsed_url(&self) -> Option<Url> {
        Url::parse(&self.url().ok()?).ok()
    }

    /// True if requests to `other` go to the origin of this address, or nowhere: then a key for this address may be sent.
    pub(super) fn has_origin_of(&self, other: &Self) -> bool {
        other.origin().is_none_or(|other| self.origin() == Some(other))
    }

    /// Records a violation if a variable is invalid, or if one is missing and no base URL replaces them.
    pub(super) fn check(&self, fields: &mut Arguments) {
        let Err(error) = filled_base_url(&self.variables) else { return };
        // A base URL makes variables optional, even if it was refused itself.
        let is_optional = self.base_url.is_some() || fields.is_violated(BASE_URL);
        let Described { field, problem, allowed } = described(&error);
        let is_needed = !is_optional || !matches!(error, AccountError::Missing { .. });
        if is_needed && !fields.is_violated(field) {
            fields.add_violation(field, problem, allowed);
        }
    }
}

impl AddressChange {
    /// Applies the change to the `present` address.
    pub(super) fn apply_to(self, mut present: Address) -> Address {
        for (name, change) in self.variables {
            let value = change.apply_to(present.variables.remove(name));
            present.variables.extend(value.map(|value| (name.to_owned(), value)));
        }
        Address { base_url: self.base_url.apply_to(present.base_url), ..present }
    }
}

impl RequestField for AddressChange {
    fn names(_: &'static str) -> Vec<&'static str> {
        API.variables.iter().map(|variable| variable.name).chain([BASE_URL]).collect()
    }

    fn properties(_: &'static str, about: &str) -> Vec<Property> {
        let base_url = RefOr::T(string_schema().build().into());
        let base_url = Property::new(BASE_URL, false, nullable(base_url), about);
        variable_properties(false).chain([base_url]).collect()
    }

    fn components(_: &mut Vec<Component>) {}

    fn take(fields: &mut Arguments, _: &'static str, _: Limits) -> Option<Self> {
        let variables = API.variables.iter();
        let variables = variables.map(|variable| (variable.name, Change::taken(fields, variable.name, exact::name)));
        let variables = variables.collect();
        Some(Self { variables, base_url: Change::taken(fields, BASE_URL, decode_base_url) })
    }
}

impl RequestField for Address {
    fn names(name: &'static str) -> Vec<&'static str> {
        AddressChange::names(name)
    }

    fn properties(name: &'static str, about: &str) -> Vec<Property> {
        AddressChange::properties(name, about)
    }

    fn components(schemas: &mut Vec<Component>) {
        AddressChange::components(schemas);
    }

    fn take(fields: &mut Arguments, name: &'static str, limits: Limits) -> Option<Self> {
        let address = AddressChange::take(fields, name, limits)?.apply_to(Self::default());
        address.check(fields);
        Some(address)
    }
}

/// The properties of the variables that the API's base URL has.
pub fn variable_properties(required: bool) -> impl Iterator<Item = Property> {
    API.variables.iter().map(move |variable| {
        let schema = string_schema().examples([json!(variable.example)]);
        Property::new(variable.name, required, nullable(RefOr::T(schema.build().into())), variable.about)
    })
}

/// Returns the account whose address has these parts.
///
/// # Errors
/// Fails if a variable is missing or invalid, if the base URL is invalid, or if `key` cannot be an API key.
pub fn account_from_parts(
    variables: &BTreeMap<String, String>,
    base_url: Option<&str>,
    key: SecretString,
) -> Result<Account, AccountError> {
    Account::new(&url_from_parts(variables, base_url)?, key)
}

/// Returns the origin of the account whose address has these parts, such as `https://acme.example.com`.
///
/// # Errors
/// Fails if a variable is missing or invalid, or if the base URL is invalid.
pub fn account_origin(variables: &BTreeMap<String, String>, base_url: Option<&str>) -> Result<String, AccountError> {
    let url = Url::parse(&url_from_parts(variables, base_url)?).map_err(|_| AccountError::NotAUrl)?;
    Ok(url.origin().ascii_serialization())
}

fn url_from_parts(variables: &BTreeMap<String, String>, base_url: Option<&str>) -> Result<String, AccountError> {
    match base_url {
        Some(base_url) => Ok(base_url.trim_end_matches('/').to_owned()),
        None => Ok(filled_base_url(variables)?.to_string()),
    }
}

/// The base URL of the spec with its variables filled in.
fn filled_base_url(variables: &BTreeMap<String, String>) -> Result<Url, AccountError> {
    upstream::base_url(&API, |name| variables.get(name).map(String::as_str))
}

/// Decodes a base URL to the form in which requests use it, so that what is shown is what is used.
fn decode_base_url(value: Value) -> Result<String, Violations> {
    match Account::new(&exact::name(value)?, SecretString::from("key")) {
        Ok(account) => Ok(account.base_url().as_str().trim_end_matches('/').to_owned()),
        Err(error) => Err(Violations::new(error.to_string(), example_of_base_url())),
    }
}

fn example_of_base_url() -> String {
    format!("such as {}", upstream::example_base_url(&API))
}

/// A violation of a field of an address.
struct Described<'a> {
    field: &'a str,
    problem: String,
    allowed: Option<String>,
}

/// The violation of an account whose stored fields no longer make an address.
pub(super) fn violations_of(error: &AccountError) -> Violations {
    let Described { field, problem, allowed } = described(error);
    let mut violations = Violations::default();
    violations.add(Violation { argument: field.to_owned(), problem, allowed });
    violations
}

fn described(error: &AccountError) -> Described<'_> {
    match error {
        AccountError::Missing { name, about, example } => Described {
            field: name,
            problem: format!("is required and missing. {about}"),
            allowed: Some(format!("such as {example}")),
        },
        // The value is not repeated: it may be a whole host.
        AccountError::NotALabel { name, instead, .. } => {
            Described { field: name, problem: format!("is not valid: {instead}"), allowed: None }
        }
        _ => Described { field: BASE_URL, problem: error.to_string(), allowed: Some(example_of_base_url()) },
    }
}
