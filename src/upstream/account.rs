//! An account: the address of its API, and its key.
//!
//! The rules for addresses are enforced here: a key is never sent unencrypted through a network, and neither an account's
//! variables nor a call's arguments can send a request to another host. The key is never printed.

mod not_a_key;

use bytes::Bytes;
use http::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};
use tool_runtime::api::{ApiDef, Auth, Variable};
use tool_runtime::request::Request;
use tool_runtime::text::shortened;
use url::{Position, Url};
use zeroize::Zeroizing;

pub use self::not_a_key::NotAKey;
use crate::address::has_loopback_host;

/// An account at the API.
#[derive(Clone, Debug)]
pub struct Account {
    base_url: Url,
    key: SecretString,
}

/// The reason why an account's address or key is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// The text is not a URL with a host.
    #[error("the base URL is not a URL: write it as https://host/path")]
    NotAUrl,
    /// The key would be sent unencrypted.
    #[error(
        "the base URL must start with https:// (http:// is allowed for this machine only, as in http://127.0.0.1:9000)"
    )]
    Insecure,
    /// The URL still contains placeholders.
    #[error("the base URL still contains {{placeholders}}: replace them with their values")]
    Placeholders,
    /// The URL has parts that a base URL cannot have.
    #[error("the base URL must have no user name, password, query (?…) or fragment (#…)")]
    Superfluous,
    /// The key is empty.
    #[error("the API key is empty")]
    NoKey,
    /// The key cannot be the value of a header.
    #[error("the API key contains a space, a line break or another character that no key contains: copy it again")]
    BadKey,
    /// A variable of the base URL was not given.
    #[error("{name} is missing: {about} For example: {example}")]
    Missing {
        /// The variable.
        name: &'static str,
        /// Its explanation.
        about: &'static str,
        /// A possible value.
        example: &'static str,
    },
    /// A variable's value could change the host.
    #[error("{name} cannot be {given:?}: {instead}")]
    NotALabel {
        /// The variable.
        name: &'static str,
        /// The value that was given, shortened.
        given: String,
        /// The value to give instead.
        instead: String,
        /// A possible value.
        example: &'static str,
    },
}

impl Account {
    /// Creates the account at `base_url`, to which every path of the API is relative.
    ///
    /// # Errors
    ///
    /// If the URL is not https (or http to a loopback address) with a host and a path only, or if the key is empty or
    /// contains characters other than visible ASCII.
    pub fn new(base_url: &str, key: SecretString) -> Result<Self, AccountError> {
        let base_url = checked(base_url)?;
        match key.expose_secret() {
            "" => Err(AccountError::NoKey),
            text if text.bytes().all(|byte| byte.is_ascii_graphic()) => Ok(Self { base_url, key }),
            _ => Err(AccountError::BadKey),
        }
    }

    /// Returns the URL to which every path of the API is relative.
    pub fn base_url(&self) -> &Url {
        &self.base_url
    }

    /// Returns the host for messages, with its port unless that is the default one.
    pub fn host(&self) -> &str {
        &self.base_url[Position::BeforeHost..Position::AfterPort]
    }

    /// Returns the host and the port, for metrics.
    pub(crate) fn host_and_port(&self) -> (&str, u16) {
        let host = self.base_url.host_str().expect("a base URL has a host");
        let port = self.base_url.port_or_known_default().expect("http and https have default ports");
        (host, port)
    }

    /// Returns whether the host is a loopback address.
    pub(crate) fn is_loopback(&self) -> bool {
        has_loopback_host(&self.base_url)
    }

    /// Returns the key, so that it can be removed from texts.
    pub(crate) fn key(&self) -> &SecretString {
        &self.key
    }

    /// Returns the value of the header that carries the key, marked as sensitive so that it is not printed.
    pub(crate) fn authorization(&self, auth: Auth) -> Option<HeaderValue> {
        let text = Zeroizing::new(format!("{}{}", auth.prefix, self.key.expose_secret()).into_bytes());
        // The bytes are wiped when the last copy of the header is dropped.
        let mut value = HeaderValue::from_maybe_shared(Bytes::from_owner(text)).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// Returns the URL of `request`: the base URL followed by the request's target. Returns `None` if parsing would change
    /// that text.
    ///
    /// The host is not parsed again, so it stays the account's. A URL that differs from its text had dots or backslashes
    /// resolved, and may no longer be below the base URL.
    pub(crate) fn url_of(&self, request: &Request) -> Option<Url> {
        let target = request.target();
        let mut text = self.base_url.as_str().trim_end_matches('/').to_owned();
        let host_ends = self.base_url[..Position::BeforePath].len();
        text.push_str(&target);
        let (path, query) = match text.get(host_ends..)?.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (text.get(host_ends..)?, None),
        };
        let mut url = self.base_url.clone();
        url.set_path(path);
        url.set_query(query);
        (target.starts_with('/') && url.as_str() == text).then_some(url)
    }
}

/// Returns the API's base URL with its variables filled in. Each value is one label of a host name, so that none can
/// change the rest of the host.
///
/// # Errors
///
/// If a variable is missing or is not a host-name label, or if the resulting URL cannot be a base URL.
pub fn base_url<'a>(api: &ApiDef, value_of: impl Fn(&str) -> Option<&'a str>) -> Result<Url, AccountError> {
    /// The maximum length of a wrong value in the message, in characters.
    const MAX_SHOWN: usize = 40;
    let mut filled = api.base_url.to_owned();
    for Variable { name, about, example } in api.variables.iter().copied() {
        let value = value_of(name).map(str::trim).filter(|value| !value.is_empty());
        let Some(value) = value else {
            return Err(AccountError::Missing { name, about, example });
        };
        if !is_label(value) {
            let rule = || {
                format!(
                    "use only letters, digits and hyphens, at most 63, without a hyphen at either end. For example: {example}"
                )
            };
            let instead = label_in(value, api.base_url, name).unwrap_or_else(rule);
            return Err(AccountError::NotALabel { name, given: shortened(value, MAX_SHOWN), instead, example });
        }
        filled = filled.replace(&format!("{{{name}}}"), &value.to_ascii_lowercase());
    }
    checked(&filled)
}

/// Returns the API's base URL with the example of each variable.
pub fn example_base_url(api: &ApiDef) -> String {
    api.variables
        .iter()
        .fold(api.base_url.to_owned(), |url, variable| url.replace(&format!("{{{}}}", variable.name), variable.example))
}

fn checked(text: &str) -> Result<Url, AccountError> {
    if text.contains(['{', '}']) {
        return Err(AccountError::Placeholders);
    }
    let url = Url::parse(text.trim()).map_err(|_| AccountError::NotAUrl)?;
    if !url.has_host() {
        return Err(AccountError::NotAUrl);
    }
    match url.scheme() {
        "https" => {}
        "http" if has_loopback_host(&url) => {}
        _ => return Err(AccountError::Insecure),
    }
    let bare =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    if bare { Ok(url) } else { Err(AccountError::Superfluous) }
}

/// Returns advice for the variable `name` of a base URL's `template`, if a whole host or URL of that form was given.
fn label_in(given: &str, template: &str, name: &str) -> Option<String> {
    let host = |url: &str| {
        let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
        after_scheme.split_once(['/', ':']).map_or(after_scheme, |(host, _)| host).to_ascii_lowercase()
    };
    let whole = host(template);
    let (before, after) = whole.split_once(&format!("{{{}}}", name.to_ascii_lowercase()))?;
    let given = host(given);
    let label = given.strip_prefix(before)?.strip_suffix(after)?;
    let place = match (before, after) {
        ("", after) => format!("before {after}"),
        (before, "") => format!("after {before}"),
        (before, after) => format!("between {before} and {after}"),
    };
    (is_label(label) && !label.is_empty()).then(|| format!("give only `{label}`, the part {place}"))
}

pub(super) fn is_label(text: &str) -> bool {
    text.len() <= 63
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests;
