//! An HTTP client that is created at its first use, and what all clients have in common: trusted certificates, and no
//! automatic retries or redirects.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use reqwest::redirect;
use reqwest::tls::Certificate;

use super::ca_file::{self, CaFileProblem};

/// The `User-Agent` of every request.
const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// The reason why an HTTP client could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum UpstreamSetupError {
    /// The CA file cannot be used.
    #[error("the CA file {path} {problem}")]
    CaFile {
        /// The file.
        path: String,
        /// The problem with it.
        problem: CaFileProblem,
    },
    /// The HTTP client could not be set up.
    #[error("the HTTP client cannot be set up: {0}")]
    SetUp(#[source] reqwest::Error),
}

/// The certificates that are trusted in addition to the system's. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct TrustedCertificates(Arc<[Certificate]>);

impl TrustedCertificates {
    /// Reads a PEM file with certificates.
    ///
    /// # Errors
    ///
    /// If the file cannot be used.
    pub(super) fn read(path: &Path) -> Result<Self, UpstreamSetupError> {
        let certificates = ca_file::read_certificates(path)
            .map_err(|problem| UpstreamSetupError::CaFile { path: path.display().to_string(), problem })?;
        let certificates = certificates.iter().map(|certificate| Certificate::from_der(certificate));
        certificates.collect::<Result<_, _>>().map(Self).map_err(UpstreamSetupError::SetUp)
    }
}

/// A client that is created at its first use.
///
/// Loading the system's certificates takes longer than everything else before the first MCP response, for which
/// `benches/process.rs` allows 10 ms, and an MCP client that only lists tools needs no client.
pub(super) struct LazyClient {
    certificates: TrustedCertificates,
    configure: Box<dyn Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync>,
    client: OnceLock<reqwest::Client>,
}

impl LazyClient {
    /// A client with the settings that `configure` adds.
    pub(super) fn new(
        certificates: TrustedCertificates,
        configure: impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync + 'static,
    ) -> Self {
        Self { certificates, configure: Box::new(configure), client: OnceLock::new() }
    }

    /// Returns the client.
    ///
    /// # Errors
    ///
    /// If it cannot be set up.
    pub(super) fn get(&self) -> Result<&reqwest::Client, UpstreamSetupError> {
        match self.client.get() {
            Some(client) => Ok(client),
            None => {
                let client = self.build()?;
                Ok(self.client.get_or_init(|| client))
            }
        }
    }

    fn build(&self) -> Result<reqwest::Client, UpstreamSetupError> {
        // An error only means that the process has already installed a provider, which is used then.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let certificates = || self.certificates.0.iter().cloned();
        match self.builder().tls_certs_merge(certificates()).build() {
            Ok(client) => Ok(client),
            // A machine without certificates, such as an empty container, can still reach loopback addresses.
            Err(error) => {
                let client =
                    self.builder().tls_certs_only(certificates()).build().map_err(UpstreamSetupError::SetUp)?;
                tracing::warn!(
                    cause = std::error::Error::source(&error).map(tracing::field::display),
                    "found no trusted certificates on this system; https addresses cannot be reached until some are \
                     installed (package ca-certificates) or a CA file is given"
                );
                Ok(client)
            }
        }
    }

    fn builder(&self) -> reqwest::ClientBuilder {
        let builder = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false);
        (self.configure)(builder)
    }
}

impl fmt::Debug for LazyClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LazyClient").field("client", &self.client).finish_non_exhaustive()
    }
}
