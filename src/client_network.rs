//! The addresses of clients: the unit by which clients are counted, and lists of networks.

use std::net::{IpAddr, Ipv6Addr};

use ipnet::IpNet;

/// Returns the unit by which clients are counted: an IPv4 address, or a /64 network of IPv6 addresses, all of which one client
/// can use.
pub(crate) fn client_network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// A list of IP addresses and networks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Networks(Vec<IpNet>);

impl Networks {
    /// Adds an address such as `10.0.0.7`, or a network such as `10.0.0.0/24`. Returns false if `given` is neither.
    #[must_use]
    pub(crate) fn add(&mut self, given: &str) -> bool {
        let network = given.parse::<IpAddr>().map(IpNet::from).ok().or_else(|| given.parse().ok());
        self.0.extend(network);
        network.is_some()
    }

    /// Returns whether an address is in one of the networks.
    pub(crate) fn contain(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn ipv6_addresses_are_counted_by_network() {
        for (address, network) in [
            ("192.0.2.1", "192.0.2.1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
            ("::1", "::"),
        ] {
            let [address, network] = [address, network].map(|text| text.parse().unwrap());
            assert_eq!(client_network(address), network);
        }
    }
}
