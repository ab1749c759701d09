//! Which hosts the server answers for, which web pages may talk to it, and which proxies are believed.
//!
//! A page can make its own name resolve to this server's address and then talk to it as if it were its own
//! (DNS rebinding). What gives it away is the name, which the browser puts in `Host` and `Origin`. Programs other
//! than browsers send no `Origin`, and may.

mod proxies;

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use http::header::{HOST, ORIGIN};
use http::request::Parts;
use http::uri::Authority;
use http::{HeaderMap, HeaderName, StatusCode};
use tool_runtime::violation::quoted;
use url::{Host, Url};

pub use self::proxies::NotAnAddress;
use self::proxies::Proxies;
use mcp_server::http::Problem;

/// The names that are let through. This machine's own always are.
#[derive(Clone, Debug, Default)]
pub struct HostGuard {
    hosts: BTreeSet<String>,
    /// Origins that may also read the answers.
    origins: BTreeSet<String>,
    /// The origin that the server itself has.
    own_origin: Option<String>,
    proxies: Proxies,
}

/// What was given as an origin is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no origin: it must be a scheme and a host, and a port if need be, such as https://app.example.com")]
pub struct NotAnOrigin(String);

impl HostGuard {
    /// Lets through this machine's own names only.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets through a host besides. A port after it is not looked at.
    pub fn host(mut self, host: &str) -> Self {
        self.hosts.insert(name(host).unwrap_or(host).to_ascii_lowercase());
        self
    }

    /// Lets through the host of the address at which the server is known to the outside.
    pub fn public_url(mut self, url: &Url) -> Self {
        self.own_origin = Some(url.origin().ascii_serialization());
        match url.host() {
            Some(host) => self.host(&host.to_string()),
            None => self,
        }
    }

    /// Lets through pages of that origin, and lets them read the answers.
    pub fn origin(mut self, origin: &str) -> Result<Self, NotAnOrigin> {
        let parsed = parsed_origin(origin).ok_or_else(|| NotAnOrigin(origin.to_owned()))?;
        self.origins.insert(parsed.origin().ascii_serialization());
        Ok(self)
    }

    /// Believes a proxy, or all of a network, what it says of where a request came from.
    pub fn proxy(mut self, address: &str) -> Result<Self, NotAnAddress> {
        self.proxies.add(address)?;
        Ok(self)
    }

    /// Where a request came from that `peer` handed over.
    pub(super) fn client(&self, peer: SocketAddr, headers: &HeaderMap) -> SocketAddr {
        self.proxies.client(peer, headers)
    }

    /// The origins whose pages may read the answers.
    pub fn allowed_origins(&self) -> impl Iterator<Item = &str> {
        self.origins.iter().map(String::as_str)
    }

    /// Whether a request may come in.
    pub(super) fn admits(&self, request: &Parts) -> Result<(), Problem> {
        let host = match request.uri.host() {
            Some(host) => Some(host),
            None => only(&request.headers, &HOST).and_then(name),
        };
        if !host.is_some_and(|host| self.knows_host(host)) {
            let problem = match host {
                Some(host) => format!(
                    "This server does not answer to the Host {}. If it should, start it with --public-url or \
                     --allowed-hosts.",
                    quoted(host)
                ),
                None if only(&request.headers, &HOST).is_some() => {
                    "The Host of a request must be a name or an address, with its port if need be.".to_owned()
                }
                None => "A request must name its Host, once.".to_owned(),
            };
            return Err(Problem::new(StatusCode::FORBIDDEN, problem));
        }
        if !request.headers.contains_key(ORIGIN)
            || only(&request.headers, &ORIGIN).is_some_and(|origin| self.knows_origin(origin))
        {
            return Ok(());
        }
        Err(Problem::new(
            StatusCode::FORBIDDEN,
            "Pages of that Origin may not talk to this server. If they should, start it with --allowed-origins.",
        ))
    }

    fn knows_host(&self, host: &str) -> bool {
        is_this_machine(host) || self.hosts.contains(&host.to_ascii_lowercase())
    }

    fn knows_origin(&self, origin: &str) -> bool {
        let Some(url) = parsed_origin(origin) else { return false };
        let local = match url.host() {
            Some(Host::Domain(name)) => is_this_machine(name),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        let origin = url.origin().ascii_serialization();
        local || self.own_origin.as_ref() == Some(&origin) || self.origins.contains(&origin)
    }
}

/// The one value of a header; `None` as well if there are several.
fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// The host of a host and port.
fn name(host: &str) -> Option<&str> {
    if host.contains('@') {
        return None;
    }
    // The port is the only thing that can stand after a colon outside brackets.
    host.parse::<Authority>().ok()?;
    let end = match host.rfind(']') {
        Some(bracket) => bracket + 1,
        None => host.find(':').unwrap_or(host.len()),
    };
    host.get(..end)
}

fn is_this_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        || host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .and_then(|host| host.parse::<Ipv6Addr>().ok())
            .is_some_and(|address| IpAddr::from(address).is_loopback())
}

fn parsed_origin(origin: &str) -> Option<Url> {
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
            .public_url(&"https://mcp.example.com/desk".parse().unwrap())
            .host("10.1.2.3:8365")
            .origin("https://app.example.com")
            .unwrap()
    }

    fn admits(headers: &[(&str, &str)]) -> bool {
        let request = headers.iter().fold(Request::new(()), |mut request, (name, value)| {
            request.headers_mut().append(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
            request
        });
        host_guard().admits(&request.into_parts().0).is_ok()
    }

    #[test]
    fn this_machine_and_the_public_host_are_known_whatever_the_port() {
        for host in
            ["localhost", "LOCALHOST:1", "127.0.0.1:8365", "[::1]", "[::1]:9", "mcp.example.com", "MCP.example.com:443"]
        {
            assert!(admits(&[("host", host)]), "{host}");
        }
        assert!(admits(&[("host", "10.1.2.3")]));
    }

    #[test]
    fn a_host_that_is_none_is_told_from_one_that_is_missing() {
        let refused = |headers: &[(&str, &str)]| {
            let request =
                headers.iter().fold(Request::builder(), |request, (name, value)| request.header(*name, *value));
            host_guard()
                .admits(&request.body(()).unwrap().into_parts().0)
                .map_err(|problem| format!("{problem:?}"))
                .unwrap_err()
        };
        assert!(refused(&[("host", "localhost:80:80")]).contains("must be a name or an address"));
        assert!(refused(&[]).contains("must name its Host, once"));
        assert!(refused(&[("host", "localhost"), ("host", "localhost")]).contains("must name its Host, once"));
    }

    #[test]
    fn any_other_host_is_foreign() {
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
            assert!(!admits(&[("host", host)]), "{host}");
        }
        assert!(!admits(&[]));
        assert!(!admits(&[("host", "localhost"), ("host", "evil.example")]));
    }

    #[test]
    fn an_origin_is_known_if_it_is_local_our_own_or_allowed() {
        for origin in ["http://localhost:3000", "http://127.0.0.1", "http://[::1]:5", "https://mcp.example.com"] {
            assert!(admits(&[("host", "localhost"), ("origin", origin)]), "{origin}");
        }
        assert!(admits(&[("host", "localhost"), ("origin", "https://app.example.com")]));
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
            assert!(!admits(&[("host", "localhost"), ("origin", origin)]), "{origin}");
        }
        assert!(!admits(&[("host", "localhost"), ("origin", "http://localhost"), ("origin", "http://localhost")]));
    }

    #[test]
    fn what_is_no_origin_cannot_be_allowed() {
        for origin in ["*", "app.example.com", "https://app.example.com/path", "null"] {
            assert!(HostGuard::new().origin(origin).is_err(), "{origin}");
        }
    }
}
