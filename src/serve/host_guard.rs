//! The allowlist of hosts, origins and trusted proxies.
//!
//! It protects against DNS rebinding: a web page can make its own host name resolve to this server's address and then
//! call the server as its own origin. The attack is visible in the `Host` and `Origin` headers that the browser sends.
//! Clients other than browsers send no `Origin` and are not restricted by it.
//!
//! Source: MCP specification 2025-11-25, Transports, Security Warning: servers must validate the `Origin` header.

mod proxies;

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use http::header::{HOST, ORIGIN};
use http::request::Parts;
use http::uri::Authority;
use http::{HeaderMap, HeaderName, StatusCode};
use mcp_server::http::Problem;
use tool_runtime::violation::quoted;
use url::{Host, Url};

pub use self::proxies::InvalidProxy;
use self::proxies::TrustedProxies;
use crate::address::{has_loopback_host, is_loopback, is_loopback_host};
use crate::token;

/// The allowlist. The loopback names of this machine are always allowed.
#[derive(Clone, Debug, Default)]
pub struct HostGuard {
    hosts: BTreeSet<String>,
    /// Origins whose web pages may read responses.
    origins: BTreeSet<String>,
    /// Origin of the server's public URL.
    own_origin: Option<String>,
    proxies: TrustedProxies,
}

/// An allowed origin that is not an origin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an origin: expected a scheme, a host and an optional port, such as https://app.example.com")]
pub struct InvalidOrigin(String);

impl HostGuard {
    /// Returns an allowlist with the loopback names of this machine only.
    pub fn new() -> Self {
        Self::default()
    }

    /// Allows a host. A port after it is ignored.
    pub(crate) fn allow_host(mut self, host: &str) -> Self {
        self.hosts.insert(host_without_port(host).unwrap_or(host).to_ascii_lowercase());
        self
    }

    /// Allows the host of the server's public URL, and web pages of its origin.
    pub fn with_public_url(mut self, url: &Url) -> Self {
        self.own_origin = Some(url.origin().ascii_serialization());
        match url.host() {
            Some(host) => self.allow_host(&host.to_string()),
            None => self,
        }
    }

    /// Allows web pages of an origin to call the server and read its responses.
    ///
    /// # Errors
    ///
    /// Fails if the text is not an origin, that is, a scheme, a host and an optional port.
    pub fn allow_origin(mut self, origin: &str) -> Result<Self, InvalidOrigin> {
        let parsed = parse_origin(origin).ok_or_else(|| InvalidOrigin(origin.to_owned()))?;
        self.origins.insert(parsed.origin().ascii_serialization());
        Ok(self)
    }

    /// Trusts the `X-Forwarded-For` header of a proxy, or of all proxies in a network.
    ///
    /// # Errors
    ///
    /// Fails if the text is neither an IP address nor a network in CIDR notation.
    pub fn trust_proxy(mut self, address: &str) -> Result<Self, InvalidProxy> {
        self.proxies.add(address)?;
        Ok(self)
    }

    /// Returns the address of the client whose request arrived from `peer`.
    pub(super) fn client_address(&self, peer: SocketAddr, headers: &HeaderMap) -> SocketAddr {
        self.proxies.client_address(peer, headers)
    }

    /// Returns whether connections from `address` are exempt from the limit of an address: it is this machine's, or a
    /// trusted proxy's, which carries the requests of many clients.
    pub(super) fn is_exempt(&self, address: IpAddr) -> bool {
        is_loopback(address) || self.proxies.contains(address)
    }

    /// Checks the `Host` and `Origin` of a request.
    pub(super) fn check(&self, request: &Parts) -> Result<(), Problem> {
        self.check_host(request)?;
        self.check_origin(request)
    }

    /// Checks the `Host` of a request.
    pub(super) fn check_host(&self, request: &Parts) -> Result<(), Problem> {
        let host = match request.uri.host() {
            Some(host) => Some(host),
            None => single_header(&request.headers, &HOST).and_then(host_without_port),
        };
        if !host.is_some_and(|host| self.allows_host(host)) {
            let problem = match host {
                Some(host) => format!(
                    "The Host {} is not allowed. To allow it, start the server with --public-url or --allowed-hosts.",
                    quoted(&token::redacted(host))
                ),
                None if single_header(&request.headers, &HOST).is_some() => {
                    "The Host header must be a name or an IP address, with an optional port.".to_owned()
                }
                None => "The request must have exactly one Host header.".to_owned(),
            };
            return Err(Problem::new(StatusCode::FORBIDDEN, problem));
        }
        Ok(())
    }

    fn check_origin(&self, request: &Parts) -> Result<(), Problem> {
        if !request.headers.contains_key(ORIGIN)
            || single_header(&request.headers, &ORIGIN).is_some_and(|origin| self.allows_origin(origin))
        {
            return Ok(());
        }
        let problem = "This Origin is not allowed. To allow it, start the server with --allowed-origins.";
        Err(Problem::new(StatusCode::FORBIDDEN, problem))
    }

    fn allows_host(&self, host: &str) -> bool {
        Host::parse(host).is_ok_and(|host| is_loopback_host(&host)) || self.hosts.contains(&host.to_ascii_lowercase())
    }

    /// Returns whether web pages of an origin may call the server and read its responses: those of this machine, of the
    /// server's public URL, and the allowed ones.
    pub(crate) fn allows_origin(&self, origin: &str) -> bool {
        let Some(url) = parse_origin(origin) else { return false };
        let origin = url.origin().ascii_serialization();
        has_loopback_host(&url) || self.own_origin.as_ref() == Some(&origin) || self.origins.contains(&origin)
    }
}

/// Returns the value of a header that occurs exactly once.
fn single_header<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// Returns the host of a host with an optional port.
fn host_without_port(host: &str) -> Option<&str> {
    if host.contains('@') {
        return None;
    }
    // In a valid authority without user info, a colon outside brackets starts the port.
    host.parse::<Authority>().ok()?;
    let end = match host.rfind(']') {
        Some(bracket) => bracket + 1,
        None => host.find(':').unwrap_or(host.len()),
    };
    host.get(..end)
}

fn parse_origin(origin: &str) -> Option<Url> {
    let url = Url::parse(origin).ok()?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    (bare && url.has_host() && url.origin().is_tuple()).then_some(url)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use http::Request;

    use super::*;

    fn host_guard() -> HostGuard {
        HostGuard::new()
            .with_public_url(&"https://mcp.example.com/desk".parse().unwrap())
            .allow_host("10.1.2.3:8365")
            .allow_origin("https://app.example.com")
            .unwrap()
    }

    fn is_allowed(headers: &[(&str, &str)]) -> bool {
        let request = headers.iter().fold(Request::new(()), |mut request, (name, value)| {
            request.headers_mut().append(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
            request
        });
        host_guard().check(&request.into_parts().0).is_ok()
    }

    #[test]
    fn loopback_and_public_hosts_are_allowed_on_any_port() {
        for host in [
            "localhost",
            "LOCALHOST:1",
            "127.0.0.1:8365",
            "[::1]",
            "[::1]:9",
            "[::ffff:127.0.0.1]:9",
            "mcp.example.com",
            "MCP.example.com:443",
        ] {
            assert!(is_allowed(&[("host", host)]), "{host}");
        }
        assert!(is_allowed(&[("host", "10.1.2.3")]));
    }

    #[test]
    fn invalid_and_missing_hosts_have_different_messages() {
        let refused = |headers: &[(&str, &str)]| {
            let request =
                headers.iter().fold(Request::builder(), |request, (name, value)| request.header(*name, *value));
            host_guard()
                .check(&request.body(()).unwrap().into_parts().0)
                .map_err(|problem| format!("{problem:?}"))
                .unwrap_err()
        };
        assert!(refused(&[("host", "localhost:80:80")]).contains("must be a name or an IP address"));
        assert!(refused(&[]).contains("exactly one Host header"));
        assert!(refused(&[("host", "localhost"), ("host", "localhost")]).contains("exactly one Host header"));
    }

    #[test]
    fn other_hosts_are_refused() {
        for host in [
            "evil.example.com",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "evil.example@localhost",
            "localhost@evil.example",
            "example.com",
            "10.1.2.4",
            "[::2]",
            "",
            "localhost:80:80",
        ] {
            assert!(!is_allowed(&[("host", host)]), "{host}");
        }
        assert!(!is_allowed(&[]));
        assert!(!is_allowed(&[("host", "localhost"), ("host", "evil.example")]));
    }

    #[test]
    fn loopback_public_and_allowed_origins_are_accepted() {
        for origin in ["http://localhost:3000", "http://127.0.0.1", "http://[::1]:5", "https://mcp.example.com"] {
            assert!(is_allowed(&[("host", "localhost"), ("origin", origin)]), "{origin}");
        }
        assert!(is_allowed(&[("host", "localhost"), ("origin", "https://app.example.com")]));
        for origin in [
            "null",
            "",
            "https://evil.example.com",
            "http://app.example.com",
            "https://app.example.com:8443",
            "http://mcp.example.com",
            "http://localhost.evil.example",
            "file:///tmp/x.html",
            "https://app.example.com/x",
        ] {
            assert!(!is_allowed(&[("host", "localhost"), ("origin", origin)]), "{origin}");
        }
        assert!(!is_allowed(&[("host", "localhost"), ("origin", "http://localhost"), ("origin", "http://localhost")]));
    }

    #[test]
    fn invalid_origins_cannot_be_allowed() {
        for origin in ["*", "app.example.com", "https://app.example.com/path", "null"] {
            assert!(HostGuard::new().allow_origin(origin).is_err(), "{origin}");
        }
    }
}
