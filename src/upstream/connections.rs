//! The connection pools to the API, with and without the system's proxy.

use std::sync::Arc;

use hyper_util::client::proxy::matcher::Matcher;

use super::lazy_client::{LazyClient, TrustedCertificates, UpstreamSetupError};
use super::options::UpstreamOptions;
use super::resolver::GuardedResolver;

/// The connection pools. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Connections {
    remote: Arc<LazyClient>,
    loopback: Arc<LazyClient>,
}

impl Connections {
    /// Creates the pools without connecting to anything.
    pub(super) fn new(options: &UpstreamOptions, certificates: &TrustedCertificates) -> Self {
        let pool = |uses_proxy: bool| {
            let options = options.clone();
            Arc::new(LazyClient::new(certificates.clone(), move |builder| {
                let builder = builder
                    .dns_resolver(Arc::new(GuardedResolver(options.hosts.clone())))
                    .connect_timeout(options.connect_timeout)
                    .pool_idle_timeout(options.idle_timeout)
                    .tcp_nodelay(true);
                if uses_proxy { builder } else { builder.no_proxy() }
            }))
        };
        // Loopback addresses are never reached through a proxy: it would connect to its own machine, and a key that may
        // be sent unencrypted to loopback would be sent unencrypted through the network.
        Self { remote: pool(true), loopback: pool(false) }
    }

    /// Returns the pool for loopback or for remote hosts.
    pub(super) fn towards(&self, loopback: bool) -> Result<&reqwest::Client, UpstreamSetupError> {
        if loopback { self.loopback.get() } else { self.remote.get() }
    }
}

/// Returns the host and port of the proxy by which the pools reach `url`.
pub(super) fn proxy_for(url: &str) -> Option<String> {
    let found = Matcher::from_system().intercept(&url.parse().ok()?)?;
    // The part before the `@` may contain a password.
    let authority = found.uri().authority()?.as_str();
    Some(authority.rsplit_once('@').map_or(authority, |(_, host)| host).to_owned())
}
