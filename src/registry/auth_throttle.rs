//! Throttling of failed logins: each address may send a limited number of invalid API tokens a minute.
//!
//! The address is that of the connection, or the one that a trusted proxy reports. All clients behind any other proxy
//! share its address and its allowance. Beyond the limit, every login from the address is delayed, and invalid tokens are
//! answered with the time to wait. Valid tokens are accepted nevertheless, so that an attacker does not lock out the others
//! at its address. The delay makes guessing slow: together with the limit of connections, an address has at most a few
//! hundred attempts a second, far too few to find a token of 256 random bits.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use moka::ops::compute::Op;
use moka::sync::Cache;

use crate::client_network::client_network;
use crate::clock::Clock;

/// The failures that an address may have in one period: more than a person mistypes, and too few for a script.
const ALLOWED: u32 = 20;
/// The length of a period, which begins with the first failure.
const PERIOD: Duration = Duration::from_mins(1);
/// The delay of each login beyond that.
const DELAY: Duration = Duration::from_secs(1);
/// The number of addresses whose failures are remembered.
const ADDRESSES: u64 = 10_000;

/// The failed logins of one address.
#[derive(Clone, Copy, Debug)]
struct Failures {
    since: Duration,
    count: u32,
}

/// The failed logins of all addresses. Clones share their state.
#[derive(Clone, Debug)]
pub struct AuthThrottle {
    failures: Cache<IpAddr, Failures>,
    clock: Clock,
}

impl AuthThrottle {
    /// A throttle that remembers no failure.
    pub fn new(clock: Clock) -> Self {
        Self { failures: Cache::new(ADDRESSES), clock }
    }

    /// Delays a login of `peer` if it has failed too often.
    pub async fn delay(&self, peer: Option<IpAddr>) {
        if self.wait(peer).is_some() {
            tokio::time::sleep(DELAY).await;
        }
    }

    /// Counts a failed login of `peer`. Returns the time that `peer` should wait, if it had failed too often before.
    pub(crate) fn count_failure(&self, peer: Option<IpAddr>) -> Option<Duration> {
        let wait = self.wait(peer);
        self.add_failure(peer);
        wait
    }

    /// The time until the failures of `peer` are forgotten, if it has no failure left until then.
    fn wait(&self, peer: Option<IpAddr>) -> Option<Duration> {
        let Failures { since, count } = self.failures.get(&network(peer))?;
        let remaining = (since + PERIOD).saturating_sub(self.clock.monotonic());
        (count >= ALLOWED && !remaining.is_zero()).then_some(remaining)
    }

    fn add_failure(&self, peer: Option<IpAddr>) {
        let now = self.clock.monotonic();
        self.failures.entry(network(peer)).and_compute_with(|entry| {
            let current = entry.map(moka::Entry::into_value).filter(|failures| now < failures.since + PERIOD);
            let Failures { since, count } = current.unwrap_or(Failures { since: now, count: 0 });
            Op::Put(Failures { since, count: count.saturating_add(1) })
        });
    }
}

/// The unit that failures are counted by.
fn network(peer: Option<IpAddr>) -> IpAddr {
    client_network(peer.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(address: &str) -> Option<IpAddr> {
        address.parse().ok()
    }

    #[test]
    fn address_waits_after_its_last_allowed_failure() {
        let throttle = AuthThrottle::new(Clock::system());
        let failing = peer("192.0.2.1");
        for _ in 0..ALLOWED {
            assert_eq!(throttle.count_failure(failing), None);
        }
        assert!(throttle.count_failure(failing).is_some_and(|wait| wait <= PERIOD));
        assert!(throttle.wait(peer("::ffff:192.0.2.1")).is_some(), "the same address");
        assert_eq!(throttle.wait(peer("192.0.2.2")), None);
    }

    #[test]
    fn ipv6_addresses_of_one_network_share_an_allowance() {
        let throttle = AuthThrottle::new(Clock::system());
        for last in 0..ALLOWED {
            throttle.count_failure(peer(&format!("2001:db8:1:2::{last:x}")));
        }
        assert!(throttle.wait(peer("2001:db8:1:2:ffff::1")).is_some());
        assert_eq!(throttle.wait(peer("2001:db8:1:3::1")), None);
    }
}
