//! Where an account's API is, and the key that opens it.
//!
//! All that may not happen with an address is settled here, once: a key never travels in the clear, and neither an
//! account's variables nor a call's arguments can lead a request to another host. The key is never shown.

use http::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};
use tool_runtime::api::{ApiDef, Auth, Variable};
use tool_runtime::request::Request;
use tool_runtime::text::shortened;
use url::{Host, Position, Url};

/// One account at the API.
#[derive(Clone, Debug)]
pub struct Account {
    base_url: Url,
    key: SecretString,
}

/// Why an account's address or key cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// The text is no URL with a host.
    #[error("the base URL is not a URL: write it as https://host/path")]
    NotAUrl,
    /// The key would be readable on its way.
    #[error("the base URL must start with https:// (http:// is for this machine only, as in http://127.0.0.1:9000)")]
    Insecure,
    /// The URL is the template of one.
    #[error("the base URL still has braces in it: write what belongs in their place")]
    Template,
    /// The URL has parts that a base cannot have.
    #[error("the base URL must have no user name, password, query (?…) or fragment (#…)")]
    Superfluous,
    /// There is no key.
    #[error("the API key is empty")]
    NoKey,
    /// The key cannot be a header's value.
    #[error("the API key contains a space, a line break or another character that no key has: copy it again")]
    BadKey,
    /// A variable of the base URL was not given.
    #[error("{name} is missing: {about} For example: {example}")]
    Missing {
        /// The variable.
        name: &'static str,
        /// What it is.
        about: &'static str,
        /// A value it could have.
        example: &'static str,
    },
    /// A variable's value could lead to another host.
    #[error("{name} cannot be {given:?}: {instead}")]
    NotALabel {
        /// The variable.
        name: &'static str,
        /// What was given, cut short.
        given: String,
        /// What to give.
        instead: String,
        /// A value it could have.
        example: &'static str,
    },
}

impl Account {
    /// The account at `base_url`, below which every path of the API lies, opened by `key`.
    pub fn new(base_url: &str, key: SecretString) -> Result<Self, AccountError> {
        let base_url = checked(base_url)?;
        match key.expose_secret() {
            "" => Err(AccountError::NoKey),
            text if text.bytes().all(|byte| byte.is_ascii_graphic()) => Ok(Self { base_url, key }),
            _ => Err(AccountError::BadKey),
        }
    }

    /// The address below which every path of the API lies.
    pub fn base_url(&self) -> &Url {
        &self.base_url
    }

    /// The host, with its port if that is unusual, for messages.
    pub fn host(&self) -> &str {
        &self.base_url[Position::BeforeHost..Position::AfterPort]
    }

    /// Whether the host is this machine.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.base_url)
    }

    /// The key, for what must keep it out of a text.
    pub(crate) fn key(&self) -> &SecretString {
        &self.key
    }

    /// The value of the header that carries the key, marked so that nothing prints it.
    pub(crate) fn authorization(&self, auth: Auth) -> Option<HeaderValue> {
        let mut value = HeaderValue::try_from(format!("{}{}", auth.prefix, self.key.expose_secret())).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// Where `request` goes: exactly the base URL with the request's target behind it, or nowhere.
    ///
    /// Only the path and the query are parsed; the host stays the account's. A URL that differs from its text has had
    /// its dots or backslashes resolved, and then it is no longer certain that it lies below the base.
    pub(crate) fn address(&self, request: &Request) -> Option<Url> {
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

/// The API's base URL with its variables filled in. Each value becomes one label of a host name, so that none can
/// change which host that is.
pub fn base_url<'a>(api: &ApiDef, value_of: impl Fn(&str) -> Option<&'a str>) -> Result<Url, AccountError> {
    /// How much of a wrong value is repeated, in characters.
    const SHOWN: usize = 40;
    let mut filled = api.base_url.to_owned();
    for Variable { name, about, example } in api.variables.iter().copied() {
        let value = value_of(name).map(str::trim).filter(|value| !value.is_empty());
        let Some(value) = value else {
            return Err(AccountError::Missing { name, about, example });
        };
        if !is_label(value) {
            let rule = || {
                format!(
                    "only letters, digits and hyphens, at most 63, and no hyphen at either end. For example: {example}"
                )
            };
            let instead = label_in(value, api.base_url, name).unwrap_or_else(rule);
            return Err(AccountError::NotALabel { name, given: shortened(value, SHOWN), instead, example });
        }
        filled = filled.replace(&format!("{{{name}}}"), &value.to_ascii_lowercase());
    }
    checked(&filled)
}

/// The API's base URL as it could be.
pub fn example_base_url(api: &ApiDef) -> String {
    api.variables
        .iter()
        .fold(api.base_url.to_owned(), |url, variable| url.replace(&format!("{{{}}}", variable.name), variable.example))
}

fn checked(text: &str) -> Result<Url, AccountError> {
    if text.contains(['{', '}']) {
        return Err(AccountError::Template);
    }
    let url = Url::parse(text.trim()).map_err(|_| AccountError::NotAUrl)?;
    if !url.has_host() {
        return Err(AccountError::NotAUrl);
    }
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        _ => return Err(AccountError::Insecure),
    }
    let bare =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    if bare { Ok(url) } else { Err(AccountError::Superfluous) }
}

/// What the examples and the files of clients have where a key belongs, if a text is that. Only its shape is told.
pub fn placeholder(key: &str) -> Option<&'static str> {
    match key {
        _ if key.starts_with("${") => Some("${...}"),
        _ if key.starts_with("YOUR_") => Some("YOUR_..."),
        _ if key.starts_with('<') && key.ends_with('>') => Some("<...>"),
        _ => None,
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.to_canonical().is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// What to give for the variable `name` of a base URL's `template`, if a whole host or URL of that kind was given.
fn label_in(given: &str, template: &str, name: &str) -> Option<String> {
    let host = |url: &str| {
        let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
        after_scheme.split(['/', ':']).next().unwrap_or_default().to_ascii_lowercase()
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
    (is_label(label) && !label.is_empty()).then(|| format!("give only `{label}`, what stands {place}"))
}

fn is_label(text: &str) -> bool {
    text.len() <= 63
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests;
