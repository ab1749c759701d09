//! Whose word counts when a header says where a request came from: that of proxies that were named, and nobody else's.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use http::HeaderMap;
use ipnet::IpNet;

/// Each proxy adds at the end whom it was asked by. More than these are not believed.
const MOST_HOPS: usize = 16;
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Addresses of proxies.
#[derive(Clone, Debug, Default)]
pub(super) struct Proxies(Vec<IpNet>);

/// What was given as a proxy is neither an address nor a network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no address: it must be an IP address such as 10.0.0.7, or a network such as 10.0.0.0/24")]
pub struct NotAnAddress(pub(super) String);

impl Proxies {
    pub(super) fn add(&mut self, given: &str) -> Result<(), NotAnAddress> {
        let network = IpAddr::from_str(given).map(IpNet::from).or_else(|_| IpNet::from_str(given));
        self.0.push(network.map_err(|_| NotAnAddress(given.to_owned()))?);
        Ok(())
    }

    fn has(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address.to_canonical()))
    }

    /// Who sent a request that `peer` handed over: the last in the list whom no proxy of ours is. What stands before
    /// that is what a stranger says.
    pub(super) fn client(&self, peer: SocketAddr, headers: &HeaderMap) -> SocketAddr {
        let mut client = peer;
        let lists: Vec<_> = headers.get_all(FORWARDED_FOR).iter().filter_map(|list| list.to_str().ok()).collect();
        let hops = lists.iter().rev().flat_map(|list| list.rsplit(','));
        for hop in hops.take(MOST_HOPS) {
            match address(hop.trim()) {
                Some(before) if self.has(client.ip()) => client = SocketAddr::new(before, peer.port()),
                _ => break,
            }
        }
        client
    }
}

/// The address that a proxy names. Some add the port, and then put an IPv6 address into brackets.
fn address(hop: &str) -> Option<IpAddr> {
    let bare = hop.strip_prefix('[').and_then(|hop| hop.strip_suffix(']')).unwrap_or(hop);
    bare.parse().ok().or_else(|| Some(hop.parse::<SocketAddr>().ok()?.ip()))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use http::HeaderValue;

    use super::*;

    fn client(proxies: &[&str], peer: &str, lists: &[&'static str]) -> String {
        let mut trusted = Proxies::default();
        for proxy in proxies {
            trusted.add(proxy).unwrap();
        }
        let mut headers = HeaderMap::new();
        for list in lists {
            headers.append(FORWARDED_FOR, HeaderValue::from_static(list));
        }
        trusted.client(SocketAddr::new(peer.parse().unwrap(), 1), &headers).ip().to_string()
    }

    #[test]
    fn a_stranger_cannot_say_who_it_is() {
        assert_eq!(client(&[], "192.0.2.1", &["10.0.0.1"]), "192.0.2.1");
        assert_eq!(client(&["10.0.0.0/8"], "192.0.2.1", &["10.0.0.1"]), "192.0.2.1");
    }

    #[test]
    fn a_proxy_says_who_asked_it_and_no_more_is_believed() {
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
    fn a_list_without_end_is_not_read_to_its_end() {
        let list = Box::leak(format!("198.51.100.7{}", ", 10.0.0.1".repeat(100_000)).into_boxed_str());
        assert_eq!(client(&["10.0.0.0/8"], "10.1.2.3", &[list]), "10.0.0.1");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for given in ["proxy.example.com", "10.0.0.0/33", ""] {
            assert_eq!(Proxies::default().add(given), Err(NotAnAddress(given.to_owned())));
        }
    }
}
