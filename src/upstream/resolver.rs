//! Resolving host names to addresses to which a connection may be made.
//!
//! The check is made on the very addresses that are connected to. A check before the connection would resolve the name
//! twice, and the name server could give another address the second time.

use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::hosts::ApiHosts;

/// The system's resolver, without the addresses that a host must not have.
#[derive(Clone, Debug)]
pub(super) struct GuardedResolver(pub(super) ApiHosts);

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let Self(hosts) = self.clone();
        Box::pin(async move {
            // With port 0, the port of the URL is used.
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let admitted = hosts.admitted(name.as_str(), found, |address: SocketAddr| address.ip())?;
            Ok(Box::new(admitted.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use tool_runtime::api::ApiDef;

    use super::*;
    use crate::upstream::HostRefusal;

    /// An API whose hosts are addresses of this machine, which are not public.
    static API: ApiDef = ApiDef { base_url: "https://{host}.0.0.1", ..crate::tools::API };

    #[tokio::test]
    async fn the_addresses_of_a_name_are_checked() {
        let resolver = GuardedResolver(ApiHosts::default());
        let found: Vec<_> = resolver.resolve("localhost".parse().unwrap()).await.unwrap().collect();
        assert!(!found.is_empty() && found.iter().all(|address| address.ip().is_loopback()), "{found:?}");
        let resolver = GuardedResolver(ApiHosts::of_api(&API));
        let Err(error) = resolver.resolve("127.0.0.1".parse().unwrap()).await else { unreachable!() };
        assert!(error.is::<HostRefusal>(), "{error}");
    }
}
