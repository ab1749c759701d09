//! The connection pools: whom they trust, through which proxy they go, and what they never do by themselves.

use std::fs;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::redirect;
use reqwest::tls::Certificate;

use super::Options;

/// The name under which requests are sent.
const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// Why no client could be made.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The file with further certificates cannot be read.
    #[error("the CA file {path} cannot be read: {cause}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The file with further certificates holds none that can be used.
    #[error("the CA file {path} holds no usable certificate: it must be PEM, with BEGIN CERTIFICATE in it")]
    NoCertificate {
        /// The file.
        path: String,
    },
    /// The HTTP client could not be set up.
    #[error("the HTTP client cannot be set up: {0}")]
    SetUp(#[source] reqwest::Error),
}

/// The pools. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Connections {
    outside: Arc<Pool>,
    loopback: Arc<Pool>,
}

/// A pool that is made when it is first used: to read all certificates of a system takes longer than all else that is
/// done before the first answer, and a client that only lists tools needs none.
#[derive(Debug)]
struct Pool {
    setting: Setting,
    made: OnceLock<reqwest::Client>,
}

#[derive(Debug)]
struct Setting {
    options: Options,
    trusted: Vec<Certificate>,
    /// Whether a proxy may be on the way.
    by_proxy: bool,
}

impl Connections {
    /// New pools, with nothing in them yet.
    pub(super) fn new(options: &Options) -> Result<Self, ClientError> {
        // Fails only if the process has chosen a provider already, and then that one is used.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let trusted = match &options.ca_file {
            Some(path) => certificates(path)?,
            None => Vec::new(),
        };
        let pool = |by_proxy| {
            let setting = Setting { options: options.clone(), trusted: trusted.clone(), by_proxy };
            Arc::new(Pool { setting, made: OnceLock::new() })
        };
        // What is on this machine is never reached through a proxy: the proxy would look on its own machine, and
        // a key that is allowed to go unencrypted to loopback would go unencrypted through the network.
        let connections = Self { outside: pool(true), loopback: pool(false) };
        if options.ca_file.is_some() {
            // Whether its certificates can be used comes out here, and not at the first call.
            connections.towards(false)?;
        }
        Ok(connections)
    }

    /// The pool to reach a host with.
    pub(super) fn towards(&self, loopback: bool) -> Result<&reqwest::Client, ClientError> {
        let pool = if loopback { &self.loopback } else { &self.outside };
        match pool.made.get() {
            Some(client) => Ok(client),
            None => {
                let client = pool.setting.client()?;
                Ok(pool.made.get_or_init(|| client))
            }
        }
    }
}

impl Setting {
    fn client(&self) -> Result<reqwest::Client, ClientError> {
        match self.builder().tls_certs_merge(self.trusted.iter().cloned()).build() {
            Ok(client) => Ok(client),
            Err(_) if let Some(path) = &self.options.ca_file => {
                Err(ClientError::NoCertificate { path: path.display().to_string() })
            }
            // A machine without any certificates, such as an empty container, can still talk to itself.
            Err(error) => {
                let client = self.builder().tls_certs_only([]).build().map_err(ClientError::SetUp)?;
                tracing::warn!(
                    cause = std::error::Error::source(&error).map(tracing::field::display),
                    "no trusted certificates on this system: every https address will be refused until some are \
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
            .connect_timeout(self.options.connect_timeout)
            .pool_idle_timeout(self.options.idle_timeout)
            .tcp_nodelay(true);
        if self.by_proxy { builder } else { builder.no_proxy() }
    }
}

/// The host and port of the proxy through which `url` is reached, as the pools see it.
pub(super) fn proxy_for(url: &str) -> Option<String> {
    let found = Matcher::from_system().intercept(&url.parse().ok()?)?;
    // The rest of its address may hold a password.
    found.uri().authority().map(|authority| authority.as_str().rsplit('@').next().unwrap_or_default().to_owned())
}

fn certificates(path: &Path) -> Result<Vec<Certificate>, ClientError> {
    let shown = || path.display().to_string();
    let pem = fs::read(path).map_err(|cause| ClientError::Unreadable { path: shown(), cause })?;
    match Certificate::from_pem_bundle(&pem) {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(ClientError::NoCertificate { path: shown() }),
    }
}
