//! Requests to identity providers: their discovery documents, keys and tokens.
//!
//! An administrator chooses the provider, so that its address may be private. Every request is sent once, without redirects
//! and cookies, and the response has a limit on length and time.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::redirect;
use reqwest::tls::Certificate;
use url::Host;

use super::ca_file;
use super::connections::USER_AGENT;

/// The longest response, in bytes.
const LONGEST: usize = 512 * 1024;
/// The time in which a response has to arrive.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// A client for identity providers. Clones share their connections.
#[derive(Clone, Debug)]
pub struct ProviderClient(Arc<Settings>);

#[derive(Debug)]
struct Settings {
    ca_file: Option<PathBuf>,
    allows_loopback: bool,
    client: OnceLock<reqwest::Client>,
}

/// The reason why there is no response.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderRequestError {
    /// The address may not be used.
    #[error("its address {0} is not https")]
    Refused(String),
    /// The response is longer than the limit.
    #[error("its response is longer than {LONGEST} bytes")]
    TooLong,
    /// The response did not arrive in time.
    #[error("it did not respond within {} seconds", TIME_LIMIT.as_secs())]
    TooSlow,
    /// There is no response.
    #[error("it cannot be reached: {0}")]
    Unreachable(String),
}

impl ProviderClient {
    /// A client that trusts the system's certificates and those in `ca_file`, and uses the system's proxy. With
    /// `allows_loopback`, a provider on this machine is reached without TLS.
    pub fn new(ca_file: Option<PathBuf>, allows_loopback: bool) -> Self {
        Self(Arc::new(Settings { ca_file, allows_loopback, client: OnceLock::new() }))
    }

    /// Sends a request, and returns the whole response.
    ///
    /// # Errors
    ///
    /// If the address may not be used, or if there is no response within the limits.
    pub async fn send(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, ProviderRequestError> {
        let unreachable = |error: reqwest::Error| ProviderRequestError::Unreachable(error.without_url().to_string());
        let (head, body) = request.into_parts();
        let url = head.uri.to_string().parse::<url::Url>();
        let url = url.map_err(|_| ProviderRequestError::Refused(head.uri.to_string()))?;
        if !self.0.allows(&url) {
            return Err(ProviderRequestError::Refused(url.to_string()));
        }
        let exchange = async {
            let request = self.0.client()?.request(head.method, url).headers(head.headers).body(body);
            let mut response = request.send().await.map_err(unreachable)?;
            let mut received = Vec::new();
            while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
                if received.len() + chunk.len() > LONGEST {
                    return Err(ProviderRequestError::TooLong);
                }
                received.extend_from_slice(&chunk);
            }
            let mut whole = http::Response::new(received);
            *whole.status_mut() = response.status();
            *whole.headers_mut() = std::mem::take(response.headers_mut());
            Ok(whole)
        };
        tokio::time::timeout(TIME_LIMIT, exchange).await.map_err(|_| ProviderRequestError::TooSlow)?
    }
}

impl Settings {
    fn allows(&self, url: &url::Url) -> bool {
        let is_loopback = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => return false,
        };
        url.scheme() == "https" || (url.scheme() == "http" && is_loopback && self.allows_loopback)
    }

    fn client(&self) -> Result<&reqwest::Client, ProviderRequestError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = self.build().map_err(ProviderRequestError::Unreachable)?;
        Ok(self.client.get_or_init(|| client))
    }

    fn build(&self) -> Result<reqwest::Client, String> {
        let certificates = match &self.ca_file {
            Some(path) => ca_file::read_certificates(path).map_err(|problem| problem.to_string())?,
            None => Vec::new(),
        };
        let certificates = certificates.iter().map(|certificate| Certificate::from_der(certificate));
        let certificates = certificates.collect::<Result<Vec<_>, _>>().map_err(|error| error.to_string())?;
        let builder = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .tls_certs_merge(certificates);
        // A provider on this machine is never reached through a proxy.
        let builder = if self.allows_loopback { builder.no_proxy() } else { builder };
        builder.build().map_err(|error| error.to_string())
    }
}
