//! Resolving host names to addresses to which a connection may be made.
//!
//! The check is made on the very addresses that are connected to. A check before the connection would resolve the name
//! twice, and the name server could give another address the second time.

use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::hosts::HostRefusal;

/// The addresses that a name may have.
pub(super) trait AddressRule: Clone + Send + Sync + 'static {
    /// Returns those of a name's addresses to which a connection may be made.
    ///
    /// # Errors
    ///
    /// If the name has none.
    fn admitted(&self, name: &str, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, HostRefusal>;
}

/// The system's resolver, without the addresses that a name must not have.
#[derive(Clone, Debug)]
pub(super) struct GuardedResolver<R>(pub(super) R);

impl<R: AddressRule> Resolve for GuardedResolver<R> {
    fn resolve(&self, name: Name) -> Resolving {
        let Self(rule) = self.clone();
        Box::pin(async move {
            // With port 0, the port of the URL is used.
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let admitted = rule.admitted(name.as_str(), found)?;
            Ok(Box::new(admitted.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use tool_runtime::api::ApiDef;

    use super::*;
    use crate::upstream::ApiHosts;

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
