//! Requests to addresses outside the API, with a limit on length and time: the documents of clients, and identity providers.
//!
//! An [`OutsideRule`] says which addresses are used. The address that is connected to is the one that is checked. Every
//! request is sent once, without redirects, retries and cookies.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use url::{Host, Url};

use super::connections::proxy_for;
use super::hosts::HostRefusal;
use super::lazy_client::{LazyClient, TrustedCertificates};
use super::resolver::{AddressRule, GuardedResolver};
use crate::address::{has_loopback_host, is_loopback, is_public};

/// The time in which a whole response has to arrive.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// A client for small responses from outside the API. Clones share their connections.
#[derive(Clone, Debug)]
pub struct BoundedClient {
    client: Arc<LazyClient>,
    rule: OutsideRule,
    /// The longest body of a response, in bytes.
    longest: usize,
}

/// The addresses that a client may use.
#[derive(Clone, Copy, Debug)]
struct OutsideRule {
    /// A stranger chooses the address. It must be public, so that no stranger can make this server read what only its own
    /// network can reach.
    only_public: bool,
    /// This machine may be used, without TLS.
    allows_loopback: bool,
}

/// The reason why there is no response.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BoundedRequestError {
    /// The request would be sent unencrypted.
    #[error("the address {0} is not https")]
    Insecure(String),
    /// The address is not public, and must be.
    #[error("the address {0} is not public")]
    NotPublic(String),
    /// The response is longer than the limit.
    #[error("the response is longer than {0} bytes")]
    TooLong(usize),
    /// The response did not arrive in time.
    #[error("there was no response within {} seconds", TIME_LIMIT.as_secs())]
    TooSlow,
    /// There is no response. The cause may describe this server's network.
    #[error("the address cannot be reached: {0}")]
    Unreachable(String),
}

impl BoundedClient {
    /// A client for the documents of clients, whose addresses strangers choose. It uses no proxy, which would resolve the
    /// names itself. With `allows_loopback`, it also reads documents from this machine, without TLS.
    pub fn for_documents(certificates: TrustedCertificates, allows_loopback: bool) -> Self {
        const LONGEST: usize = 5 * 1024;
        let rule = OutsideRule { only_public: true, allows_loopback };
        Self::new(certificates, rule, false, LONGEST)
    }

    /// A client for identity providers, whose addresses an admin chooses, so that they may be private. It uses the system's
    /// proxy. With `allows_loopback`, it also uses a provider on this machine, without TLS and never through a proxy.
    pub fn for_providers(certificates: TrustedCertificates, allows_loopback: bool) -> Self {
        const LONGEST: usize = 512 * 1024;
        let rule = OutsideRule { only_public: false, allows_loopback };
        Self::new(certificates, rule, !allows_loopback, LONGEST)
    }

    fn new(certificates: TrustedCertificates, rule: OutsideRule, uses_proxy: bool, longest: usize) -> Self {
        let client = LazyClient::new(certificates, move |builder| {
            let builder = builder.dns_resolver(Arc::new(GuardedResolver(rule)));
            if uses_proxy { builder } else { builder.no_proxy() }
        });
        Self { client: Arc::new(client), rule, longest }
    }

    /// Returns true if the client can reach the Internet. A network that is reached through a proxy does not let this server
    /// check addresses.
    pub(crate) fn is_usable(&self) -> bool {
        !self.rule.only_public || self.rule.allows_loopback || proxy_for("https://example.com/").is_none()
    }

    /// Sends a request, and returns the whole response. The body of a response whose status is not 2xx is cut at the limit.
    ///
    /// # Errors
    ///
    /// If the address may not be used, or if there is no response within the limits.
    pub async fn send(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, BoundedRequestError> {
        let unreachable = |error: reqwest::Error| BoundedRequestError::Unreachable(error.without_url().to_string());
        let (head, body) = request.into_parts();
        let url = head.uri.to_string();
        let url = Url::parse(&url).map_err(|_| BoundedRequestError::Insecure(url))?;
        self.rule.check(&url)?;
        let exchange = async {
            let client = self.client.get().map_err(|error| {
                tracing::error!(%error, "failed to set up an HTTP client");
                BoundedRequestError::Unreachable(error.to_string())
            })?;
            let request = client.request(head.method, url).headers(head.headers).body(body);
            let mut response = request.send().await.map_err(unreachable)?;
            let mut received = Vec::new();
            while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
                if received.len() + chunk.len() > self.longest {
                    if response.status().is_success() {
                        return Err(BoundedRequestError::TooLong(self.longest));
                    }
                    break;
                }
                received.extend_from_slice(&chunk);
            }
            let mut whole = http::Response::new(received);
            *whole.status_mut() = response.status();
            *whole.headers_mut() = std::mem::take(response.headers_mut());
            Ok(whole)
        };
        tokio::time::timeout(TIME_LIMIT, exchange).await.map_err(|_| BoundedRequestError::TooSlow)?
    }
}

impl OutsideRule {
    /// Checks the scheme, and an address that needs no resolution. The resolver checks the others.
    fn check(self, url: &Url) -> Result<(), BoundedRequestError> {
        let is_encrypted = url.scheme() == "https";
        let is_own = url.scheme() == "http" && self.allows_loopback && has_loopback_host(url);
        let address = match url.host() {
            _ if !(is_encrypted || is_own) => return Err(BoundedRequestError::Insecure(url.to_string())),
            Some(Host::Ipv4(address)) => IpAddr::from(address),
            Some(Host::Ipv6(address)) => IpAddr::from(address),
            Some(Host::Domain(_)) | None => return Ok(()),
        };
        if self.admits(address) { Ok(()) } else { Err(BoundedRequestError::NotPublic(url.to_string())) }
    }

    fn admits(self, address: IpAddr) -> bool {
        !self.only_public || is_public(address) || (self.allows_loopback && is_loopback(address))
    }
}

impl AddressRule for OutsideRule {
    /// A name with one address that is not admitted is refused as a whole: it is not a public site.
    fn admitted(&self, name: &str, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, HostRefusal> {
        let is_localhost = name.eq_ignore_ascii_case("localhost");
        for address in found.iter().map(SocketAddr::ip) {
            // Plain HTTP is allowed at this machine.
            if is_localhost && !is_loopback(address) {
                return Err(HostRefusal::NotLoopback { address });
            }
            if !self.admits(address) {
                return Err(HostRefusal::NotPublic { host: name.to_owned(), address });
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests;
