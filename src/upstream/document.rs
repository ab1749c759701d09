//! Fetching a small public document whose address a stranger chose.
//!
//! The address must be public, so that a client cannot make this server read what only its own network can reach. The
//! address that is connected to is the one that is checked. There is no redirect, no proxy (which would resolve the name by
//! itself), no retry, and a limit on length and time.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect;
use url::{Host, Url};

use super::ca_file;
use super::connections::{USER_AGENT, proxy_for};
use super::hosts::is_public;

/// The longest document, in bytes.
const LONGEST: usize = 5 * 1024;

/// The time in which the document has to arrive.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// A client for small public documents. Clones share their connections.
#[derive(Clone, Debug)]
pub struct DocumentClient(Arc<Settings>);

#[derive(Debug)]
struct Settings {
    ca_file: Option<PathBuf>,
    allows_loopback: bool,
    client: OnceLock<reqwest::Client>,
}

/// The reason why a document was not fetched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// The address is not one that may be fetched.
    #[error("its address is not https, or not public")]
    Refused,
    /// The document is longer than the limit.
    #[error("it is longer than {LONGEST} bytes")]
    TooLong,
    /// The document did not arrive in time.
    #[error("it did not arrive within {} seconds", TIME_LIMIT.as_secs())]
    TooSlow,
    /// The response has another status than 200.
    #[error("its address answers with the status {0}")]
    Status(u16),
    /// There is no response.
    #[error("its address cannot be reached")]
    Unreachable,
}

impl DocumentClient {
    /// A client that trusts the system's certificates and those in `ca_file`. With `allows_loopback`, it also fetches
    /// documents from this machine, without TLS.
    pub fn new(ca_file: Option<PathBuf>, allows_loopback: bool) -> Self {
        Self(Arc::new(Settings { ca_file, allows_loopback, client: OnceLock::new() }))
    }

    /// Returns true if documents can be fetched: a network that is reached through a proxy does not let this server check the
    /// address.
    pub fn is_usable(&self) -> bool {
        self.0.allows_loopback || proxy_for("https://example.com/").is_none()
    }

    /// Fetches the document at `url`.
    ///
    /// # Errors
    ///
    /// If the address may not be fetched, or if there is no document within the limits.
    pub async fn get(&self, url: &Url) -> Result<Vec<u8>, DocumentError> {
        self.0.check(url)?;
        let client = self.0.client()?;
        let fetch = async {
            let response = client.get(url.clone()).header("accept", "application/json").send().await;
            let mut response = response.map_err(|error| {
                tracing::info!(host = url.host_str(), error = %error.without_url(), "failed to fetch a document");
                DocumentError::Unreachable
            })?;
            if response.status() != 200 {
                return Err(DocumentError::Status(response.status().as_u16()));
            }
            let mut body = Vec::new();
            while let Some(chunk) = response.chunk().await.map_err(|_| DocumentError::Unreachable)? {
                if body.len() + chunk.len() > LONGEST {
                    return Err(DocumentError::TooLong);
                }
                body.extend_from_slice(&chunk);
            }
            Ok(body)
        };
        tokio::time::timeout(TIME_LIMIT, fetch).await.map_err(|_| DocumentError::TooSlow)?
    }
}

impl Settings {
    /// Checks the scheme, and an address that needs no resolution. The resolver checks the others.
    fn check(&self, url: &Url) -> Result<(), DocumentError> {
        let address = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::from(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::from(address)),
            Some(Host::Domain(_)) => None,
            None => return Err(DocumentError::Refused),
        };
        let is_loopback =
            address.is_some_and(|address| address.to_canonical().is_loopback()) || url.host_str() == Some("localhost");
        let is_admitted = address.is_none_or(|address| self.admits(address));
        match url.scheme() {
            "https" if is_admitted => Ok(()),
            "http" if self.allows_loopback && is_loopback => Ok(()),
            _ => Err(DocumentError::Refused),
        }
    }

    fn admits(&self, address: IpAddr) -> bool {
        is_public(address) || (self.allows_loopback && address.to_canonical().is_loopback())
    }

    fn client(&self) -> Result<&reqwest::Client, DocumentError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = self.build().map_err(|error| {
            tracing::error!(error, "failed to set up the HTTP client for documents");
            DocumentError::Unreachable
        })?;
        Ok(self.client.get_or_init(|| client))
    }

    fn build(&self) -> Result<reqwest::Client, String> {
        let certificates = match &self.ca_file {
            Some(path) => ca_file::read_certificates(path).map_err(|problem| problem.to_string())?,
            None => Vec::new(),
        };
        let certificates = certificates.iter().map(|certificate| reqwest::tls::Certificate::from_der(certificate));
        let certificates = certificates.collect::<Result<Vec<_>, _>>().map_err(|error| error.to_string())?;
        let resolver = PublicResolver { allows_loopback: self.allows_loopback };
        reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .dns_resolver(Arc::new(resolver))
            .tls_certs_merge(certificates)
            .build()
            .map_err(|error| error.to_string())
    }
}

/// The system's resolver, without the addresses that are not public.
#[derive(Clone, Copy, Debug)]
struct PublicResolver {
    allows_loopback: bool,
}

impl Resolve for PublicResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let Self { allows_loopback } = *self;
        Box::pin(async move {
            // With port 0, the port of the URL is used.
            let found: Vec<_> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let admits = |address: &SocketAddr| {
                is_public(address.ip()) || (allows_loopback && address.ip().to_canonical().is_loopback())
            };
            // A name with one address that is not public is refused as a whole: it is not a public site.
            if found.is_empty() || !found.iter().all(admits) {
                return Err(DocumentError::Refused.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    async fn get(url: &str, allows_loopback: bool) -> DocumentError {
        let _ = rustls::crypto::ring::default_provider().install_default();
        DocumentClient::new(None, allows_loopback).get(&url.parse().unwrap()).await.unwrap_err()
    }

    #[tokio::test]
    async fn addresses_that_are_not_public_are_refused() {
        for url in [
            "http://example.com/client.json",
            "https://127.0.0.1/client.json",
            "https://[::1]/client.json",
            "https://10.0.0.1/client.json",
            "https://169.254.169.254/latest/meta-data",
            "https://[::ffff:10.0.0.1]/client.json",
            "https://2130706433/client.json",
            "http://localhost/client.json",
            "file:///etc/passwd",
        ] {
            assert_eq!(get(url, false).await, DocumentError::Refused, "{url}");
        }
        // The name is checked when it is resolved.
        assert_eq!(get("https://localhost/client.json", false).await, DocumentError::Unreachable);
        for url in ["http://10.0.0.1/client.json", "https://10.0.0.1/client.json", "http://example.com/client.json"] {
            assert_eq!(get(url, true).await, DocumentError::Refused, "{url}");
        }
    }
}
