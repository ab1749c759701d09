//! How often an address may show a wrong API token before it has to wait.
//!
//! The address is the peer's own, or what a trusted proxy says of it. Behind any other proxy all share the proxy's
//! address, and so the allowance. Once that is used up a right token is refused as well, or waiting would keep nobody
//! from guessing. Requests that are under way at that moment are not called back.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use moka::ops::compute::Op;
use moka::sync::Cache;

use crate::clock::Clock;

/// How many wrong tokens an address may show in one period: more than a person mistypes, and a script notices.
const ALLOWED: u32 = 20;
/// How long a period is, counted from the first wrong token.
const PERIOD: Duration = Duration::from_mins(1);
/// Of how many addresses the failures are remembered.
const ADDRESSES: u64 = 10_000;

/// The failures of one address.
#[derive(Clone, Copy, Debug)]
struct Failures {
    since: Duration,
    count: u32,
}

/// The failures of every address. Clones are the same.
#[derive(Clone, Debug)]
pub struct AuthThrottle {
    failures: Cache<IpAddr, Failures>,
    clock: Clock,
}

impl AuthThrottle {
    /// Nobody has failed yet.
    pub fn new(clock: Clock) -> Self {
        Self { failures: Cache::new(ADDRESSES), clock }
    }

    /// How long `peer` has to wait before it may try again, if it has to.
    pub fn wait(&self, peer: Option<IpAddr>) -> Option<Duration> {
        let Failures { since, count } = self.failures.get(&key(peer))?;
        let left = (since + PERIOD).saturating_sub(self.clock.monotonic());
        (count >= ALLOWED && !left.is_zero()).then_some(left)
    }

    /// Remembers that `peer` has shown a wrong token.
    pub fn failed(&self, peer: Option<IpAddr>) {
        let now = self.clock.monotonic();
        self.failures.entry(key(peer)).and_compute_with(|entry| {
            let before = entry.map(moka::Entry::into_value).filter(|failures| now < failures.since + PERIOD);
            let Failures { since, count } = before.unwrap_or(Failures { since: now, count: 0 });
            Op::Put(Failures { since, count: count.saturating_add(1) })
        });
    }
}

/// Whoever has one IPv6 address has its whole network of 64 bits.
fn key(peer: Option<IpAddr>) -> IpAddr {
    match peer.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED)).to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(address: &str) -> Option<IpAddr> {
        address.parse().ok()
    }

    #[test]
    fn an_address_waits_after_its_last_allowed_failure_and_no_other_does() {
        let throttle = AuthThrottle::new(Clock::system());
        let persistent = peer("192.0.2.1");
        for _ in 0..ALLOWED {
            assert_eq!(throttle.wait(persistent), None);
            throttle.failed(persistent);
        }
        assert!(throttle.wait(persistent).is_some_and(|wait| wait <= PERIOD));
        assert!(throttle.wait(peer("::ffff:192.0.2.1")).is_some(), "the same address");
        assert_eq!(throttle.wait(peer("192.0.2.2")), None);
    }

    #[test]
    fn the_addresses_of_one_network_are_one_guesser() {
        let throttle = AuthThrottle::new(Clock::system());
        for last in 0..ALLOWED {
            throttle.failed(peer(&format!("2001:db8:1:2::{last:x}")));
        }
        assert!(throttle.wait(peer("2001:db8:1:2:ffff::1")).is_some());
        assert_eq!(throttle.wait(peer("2001:db8:1:3::1")), None);
    }
}
