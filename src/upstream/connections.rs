//! The connection pools: trusted certificates, proxies, and no automatic retries or redirects.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::redirect;
use reqwest::tls::Certificate;

use super::ca_file::{self, CaFileProblem};
use super::options::UpstreamOptions;
use super::resolver::GuardedResolver;

/// The `User-Agent` of every request.
pub(super) const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// The reason why the upstream client could not be set up.
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

/// The connection pools. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Connections {
    remote: Arc<Pool>,
    loopback: Arc<Pool>,
}

/// A pool that is created at its first use.
///
/// Loading the system's certificates takes longer than everything else before the first MCP response, for which
/// `benches/process.rs` allows 10 ms, and an MCP client that only lists tools needs no pool.
#[derive(Debug)]
struct Pool {
    settings: PoolSettings,
    client: OnceLock<reqwest::Client>,
}

#[derive(Debug)]
struct PoolSettings {
    options: UpstreamOptions,
    certificates: Vec<Certificate>,
    uses_proxy: bool,
}

impl Connections {
    /// Creates the pools without connecting to anything.
    ///
    /// # Errors
    ///
    /// If the CA file cannot be used.
    pub(super) fn new(options: &UpstreamOptions) -> Result<Self, UpstreamSetupError> {
        // An error only means that the process has already installed a provider, which is used then.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let certificates = match &options.ca_file {
            Some(path) => read_certificates(path)?,
            None => Vec::new(),
        };
        let pool = |uses_proxy| {
            let settings = PoolSettings { options: options.clone(), certificates: certificates.clone(), uses_proxy };
            Arc::new(Pool { settings, client: OnceLock::new() })
        };
        // Loopback addresses are never reached through a proxy: it would connect to its own machine, and a key that may
        // be sent unencrypted to loopback would be sent unencrypted through the network.
        Ok(Self { remote: pool(true), loopback: pool(false) })
    }

    /// Returns the pool for loopback or for remote hosts.
    pub(super) fn towards(&self, loopback: bool) -> Result<&reqwest::Client, UpstreamSetupError> {
        let pool = if loopback { &self.loopback } else { &self.remote };
        match pool.client.get() {
            Some(client) => Ok(client),
            None => {
                let client = pool.settings.build_client()?;
                Ok(pool.client.get_or_init(|| client))
            }
        }
    }
}

impl PoolSettings {
    fn build_client(&self) -> Result<reqwest::Client, UpstreamSetupError> {
        let certificates = || self.certificates.iter().cloned();
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
            .referer(false)
            .dns_resolver(Arc::new(GuardedResolver(self.options.hosts.clone())))
            .connect_timeout(self.options.connect_timeout)
            .pool_idle_timeout(self.options.idle_timeout)
            .tcp_nodelay(true);
        if self.uses_proxy { builder } else { builder.no_proxy() }
    }
}

/// Returns the host and port of the proxy by which the pools reach `url`.
pub(super) fn proxy_for(url: &str) -> Option<String> {
    let found = Matcher::from_system().intercept(&url.parse().ok()?)?;
    // The part before the `@` may contain a password.
    let authority = found.uri().authority()?.as_str();
    Some(authority.rsplit_once('@').map_or(authority, |(_, host)| host).to_owned())
}

fn read_certificates(path: &Path) -> Result<Vec<Certificate>, UpstreamSetupError> {
    let certificates = ca_file::read_certificates(path)
        .map_err(|problem| UpstreamSetupError::CaFile { path: path.display().to_string(), problem })?;
    let certificates = certificates.iter().map(|certificate| Certificate::from_der(certificate));
    certificates.collect::<Result<_, _>>().map_err(UpstreamSetupError::SetUp)
}
