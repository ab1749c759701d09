//! The unit by which clients are counted: an IPv4 address, or a /64 network of IPv6 addresses, all of which one client can
//! use.

use std::net::{IpAddr, Ipv6Addr};

/// Returns the unit that an address belongs to.
pub(crate) fn client_network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 @ IpAddr::V4(_) => v4,
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
