//! Trusted proxies, and the client address that their `X-Forwarded-For` headers report.

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;

use crate::client_network::Networks;

/// Limit of evaluated `X-Forwarded-For` entries. Each proxy appends the address of its own client.
const MAX_HOPS: usize = 16;
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Addresses and networks of the proxies that are trusted.
#[derive(Clone, Debug, Default)]
pub(super) struct TrustedProxies(Networks);

/// A trusted proxy that is neither an IP address nor a network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a proxy: expected an IP address such as 10.0.0.7, or a network such as 10.0.0.0/24")]
pub struct InvalidProxy(pub(super) String);

impl TrustedProxies {
    pub(super) fn add(&mut self, given: &str) -> Result<(), InvalidProxy> {
        if self.0.add(given) { Ok(()) } else { Err(InvalidProxy(given.to_owned())) }
    }

    /// Returns whether an address is a trusted proxy's.
    pub(super) fn contains(&self, address: IpAddr) -> bool {
        self.0.contain(address)
    }

    /// Returns the address of the client whose request arrived from `peer`: the last `X-Forwarded-For` entry that is not
    /// a trusted proxy. Entries before it are ignored, because the client may have forged them.
    pub(super) fn client_address(&self, peer: SocketAddr, headers: &HeaderMap) -> SocketAddr {
        let mut client = peer;
        let lists: Vec<_> = headers.get_all(FORWARDED_FOR).iter().filter_map(|list| list.to_str().ok()).collect();
        let hops = lists.iter().rev().flat_map(|list| list.rsplit(','));
        for hop in hops.take(MAX_HOPS) {
            match hop_address(hop.trim()) {
                Some(before) if self.contains(client.ip()) => client = SocketAddr::new(before, peer.port()),
                _ => break,
            }
        }
        client
    }
}

/// Parses one entry. Some proxies append the port, and then put an IPv6 address into brackets.
fn hop_address(hop: &str) -> Option<IpAddr> {
    let bare = hop.strip_prefix('[').and_then(|hop| hop.strip_suffix(']')).unwrap_or(hop);
    bare.parse().ok().or_else(|| Some(hop.parse::<SocketAddr>().ok()?.ip()))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use http::HeaderValue;

    use super::*;

    fn client(proxies: &[&str], peer: &str, lists: &[&'static str]) -> String {
        let mut trusted = TrustedProxies::default();
        for proxy in proxies {
            trusted.add(proxy).unwrap();
        }
        let mut headers = HeaderMap::new();
        for list in lists {
            headers.append(FORWARDED_FOR, HeaderValue::from_static(list));
        }
        trusted.client_address(SocketAddr::new(peer.parse().unwrap(), 1), &headers).ip().to_string()
    }

    #[test]
    fn untrusted_peers_cannot_choose_their_address() {
        assert_eq!(client(&[], "192.0.2.1", &["10.0.0.1"]), "192.0.2.1");
        assert_eq!(client(&["10.0.0.0/8"], "192.0.2.1", &["10.0.0.1"]), "192.0.2.1");
    }

    #[test]
    fn only_entries_of_trusted_proxies_are_believed() {
        let proxies = &["10.0.0.0/8", "::1"];
        assert_eq!(client(proxies, "10.1.2.3", &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(client(proxies, "::ffff:10.1.2.3", &["203.0.113.9, 198.51.100.7"]), "198.51.100.7");
        assert_eq!(client(proxies, "::1", &["203.0.113.9", "198.51.100.7 , 10.9.9.9"]), "198.51.100.7");
        assert_eq!(client(proxies, "10.1.2.3", &[]), "10.1.2.3");
        for (written, meant) in [
            ("198.51.100.7:4711", "198.51.100.7"),
            ("[2001:db8::7]:4711", "2001:db8::7"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("2001:db8::7", "2001:db8::7"),
        ] {
            assert_eq!(client(proxies, "10.1.2.3", &[written]), meant);
        }
        assert_eq!(client(proxies, "10.1.2.3", &["198.51.100.7, nonsense"]), "10.1.2.3");
    }

    #[test]
    fn very_long_lists_are_not_read_to_their_end() {
        let list = Box::leak(format!("198.51.100.7{}", ", 10.0.0.1".repeat(100_000)).into_boxed_str());
        assert_eq!(client(&["10.0.0.0/8"], "10.1.2.3", &[list]), "10.0.0.1");
    }

    #[test]
    fn invalid_proxies_are_refused() {
        for given in ["proxy.example.com", "10.0.0.0/33", ""] {
            assert_eq!(TrustedProxies::default().add(given), Err(InvalidProxy(given.to_owned())));
        }
    }
}
