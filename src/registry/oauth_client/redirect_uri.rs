//! Redirect URIs: which addresses a client may name for the return of its users, and which requests match one.

use std::fmt;

use serde_json::Value;
use tool_runtime::exact;
use tool_runtime::violation::{Violations, quoted};
use url::Url;
use utoipa::openapi::{RefOr, Schema, SchemaFormat};

use crate::address::has_loopback_host;
use crate::registry::request::{Limits, RequestValue, string_schema};

/// The longest redirect URI, in bytes.
const LONGEST: usize = 2000;

/// The schemes that browsers handle themselves. No program can own one of them.
const BROWSER_SCHEMES: [&str; 12] = [
    "about",
    "blob",
    "chrome",
    "data",
    "file",
    "filesystem",
    "ftp",
    "intent",
    "javascript",
    "vbscript",
    "view-source",
    "ws",
];

/// The kind of program that a redirect URI leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectKind {
    /// A website, which owns its https address.
    Website,
    /// A program on the user's machine, at a loopback address and any port (RFC 8252, section 7.3). Any program of that
    /// machine can listen there.
    Loopback,
    /// A program that has claimed a scheme (RFC 8252, section 7.1). Any program of that machine can claim it.
    PrivateScheme,
}

/// A redirect URI that a client may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectUri {
    text: String,
    url: Url,
    kind: RedirectKind,
}

/// A text is not a redirect URI that a client may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidRedirectUri(&'static str);

impl RedirectUri {
    /// Parses a redirect URI.
    ///
    /// # Errors
    /// Fails if the text is not an absolute URI without a fragment (RFC 6749, section 3.1.2), or if it leads to another
    /// machine without TLS or to something that the browser itself handles.
    pub fn parse(text: &str) -> Result<Self, InvalidRedirectUri> {
        if text.len() > LONGEST {
            return Err(InvalidRedirectUri("is too long"));
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(InvalidRedirectUri("has characters that a URI cannot have"));
        }
        let url = Url::parse(text).map_err(|_| InvalidRedirectUri("is not an absolute URI"))?;
        if url.fragment().is_some() {
            return Err(InvalidRedirectUri("has a fragment"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidRedirectUri("has a user name or password"));
        }
        let kind = match url.scheme() {
            "https" => RedirectKind::Website,
            "http" if has_loopback_host(&url) => RedirectKind::Loopback,
            "http" => return Err(InvalidRedirectUri("is http to another machine")),
            scheme if BROWSER_SCHEMES.contains(&scheme) => {
                return Err(InvalidRedirectUri("has a scheme that no program can own"));
            }
            _ => RedirectKind::PrivateScheme,
        };
        Ok(Self { text: text.to_owned(), url, kind })
    }

    /// Returns the redirect URI of a request that matches one of `registered`: the same text, except for the port of a
    /// loopback address (OAuth 2.1, section 2.3.1; RFC 8252, section 7.3).
    pub(crate) fn matching(registered: &[Self], requested: &str) -> Option<Self> {
        let requested = Self::parse(requested).ok()?;
        registered.iter().any(|registered| registered.matches(&requested)).then_some(requested)
    }

    fn matches(&self, requested: &Self) -> bool {
        match self.kind {
            RedirectKind::Loopback => {
                requested.kind == RedirectKind::Loopback && self.without_port() == requested.without_port()
            }
            RedirectKind::Website | RedirectKind::PrivateScheme => self.text == requested.text,
        }
    }

    fn without_port(&self) -> Url {
        let mut url = self.url.clone();
        // Only URLs without a host refuse a port, and loopback addresses have one.
        let _ = url.set_port(None);
        url
    }

    /// The text, as the client wrote it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The kind of program that it leads to.
    pub const fn kind(&self) -> RedirectKind {
        self.kind
    }

    /// The part that tells a person where it leads: the host, or the scheme of a program.
    pub(crate) fn destination(&self) -> String {
        match (self.kind, self.url.host_str()) {
            (RedirectKind::Website, Some(host)) => host.to_owned(),
            (RedirectKind::Loopback, Some(host)) => format!("this computer ({host})"),
            _ => format!("the program for {}: links on this computer", self.url.scheme()),
        }
    }

    /// Its source in a content security policy: the origin, or the scheme of a program.
    pub fn source(&self) -> String {
        match self.kind {
            RedirectKind::Website | RedirectKind::Loopback => self.url.origin().ascii_serialization(),
            RedirectKind::PrivateScheme => format!("{}:", self.url.scheme()),
        }
    }

    /// Returns the address with parameters added to its query.
    pub(crate) fn with_parameters(&self, parameters: &[(&str, &str)]) -> String {
        let mut url = self.url.clone();
        url.query_pairs_mut().extend_pairs(parameters);
        url.into()
    }
}

impl fmt::Display for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl RequestValue for RedirectUri {
    fn decode(value: Value, _: Limits) -> Result<Self, Violations> {
        let text = exact::name(value)?;
        Self::parse(&text).map_err(|InvalidRedirectUri(problem)| {
            let allowed = "https://app.example.com/callback, http://127.0.0.1/callback or com.example.app:/callback";
            Violations::new(format!("{} {problem}", quoted(&text)), allowed)
        })
    }

    fn value_schema() -> RefOr<Schema> {
        let format = SchemaFormat::Custom("uri".to_owned());
        RefOr::T(string_schema().format(Some(format)).min_length(Some(1)).max_length(Some(LONGEST)).build().into())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn matches(registered: &str, requested: &str) -> bool {
        RedirectUri::matching(&[RedirectUri::parse(registered).unwrap()], requested).is_some()
    }

    #[test]
    fn redirect_uris_lead_to_a_website_or_a_local_program() {
        for (text, kind) in [
            ("https://claude.ai/api/mcp/auth_callback", RedirectKind::Website),
            ("http://localhost/callback", RedirectKind::Loopback),
            ("http://127.0.0.1:3118/callback", RedirectKind::Loopback),
            ("http://[::1]/", RedirectKind::Loopback),
            ("http://[::ffff:127.0.0.1]/", RedirectKind::Loopback),
            ("cursor://anysphere.cursor-mcp/oauth/callback", RedirectKind::PrivateScheme),
            ("com.example.app:/callback", RedirectKind::PrivateScheme),
        ] {
            assert_eq!(RedirectUri::parse(text).unwrap().kind(), kind, "{text}");
        }
        for text in [
            "",
            "/callback",
            "claude.ai",
            "http://claude.ai/callback",
            "http://127.0.0.1.example.com/",
            "http://localhost.example.com/",
            "https://claude.ai/#fragment",
            "https://user@claude.ai/",
            "https://claude.ai/ä",
            "https://claude.ai/a b",
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
        ] {
            assert!(RedirectUri::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn only_the_port_of_a_loopback_address_may_differ() {
        for (registered, requested, expected) in [
            ("https://a.example/cb", "https://a.example/cb", true),
            ("https://a.example/cb", "https://a.example/cb/", false),
            ("https://a.example/cb", "https://a.example/cb?x=1", false),
            ("https://a.example/cb", "https://a.example:8443/cb", false),
            ("https://a.example/cb", "https://A.example/cb", false),
            ("https://a.example/cb", "https://a.example/x/../cb", false),
            ("http://localhost/callback", "http://localhost:49152/callback", true),
            ("http://127.0.0.1:1/callback", "http://127.0.0.1:2/callback", true),
            ("http://127.0.0.1/callback", "http://localhost/callback", false),
            ("http://127.0.0.1/callback", "http://127.0.0.1/other", false),
            ("http://127.0.0.1/callback", "https://127.0.0.1/callback", false),
            ("http://127.0.0.1/callback", "http://127.0.0.1/callback?x=1", false),
            ("app://x/cb", "app://x:1/cb", false),
        ] {
            assert_eq!(matches(registered, requested), expected, "{registered} {requested}");
        }
    }

    #[test]
    fn parameters_follow_those_of_the_address() {
        for (text, expected) in [
            ("https://a.example/cb", "https://a.example/cb?code=a%26b&state=%3D"),
            ("https://a.example/cb?x=1", "https://a.example/cb?x=1&code=a%26b&state=%3D"),
            ("app:/cb", "app:/cb?code=a%26b&state=%3D"),
        ] {
            let uri = RedirectUri::parse(text).unwrap();
            assert_eq!(uri.with_parameters(&[("code", "a&b"), ("state", "=")]), expected);
        }
    }
}
