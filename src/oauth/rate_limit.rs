//! A limit on the requests that cause work, by the address that sends them.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use moka::ops::compute::{CompResult, Op};
use moka::sync::Cache;

use crate::client_network::client_network;
use crate::clock::Clock;

/// The number of addresses that are remembered.
const ADDRESSES: u64 = 10_000;

/// A number of requests per address and period, which begins with the first request.
pub(super) struct RateLimit {
    allowed: u32,
    period: Duration,
    counts: Cache<IpAddr, Count>,
    clock: Clock,
}

#[derive(Clone, Copy)]
struct Count {
    since: Duration,
    requests: u32,
}

impl RateLimit {
    pub(super) fn new(allowed: u32, period: Duration, clock: Clock) -> Self {
        Self { allowed, period, counts: Cache::new(ADDRESSES), clock }
    }

    /// Counts a request of `peer`. Fails with the time to wait if `peer` has no request left.
    pub(super) fn admit(&self, peer: Option<IpAddr>) -> Result<(), Duration> {
        let now = self.clock.monotonic();
        let address = client_network(peer.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED)));
        let mut wait = Duration::ZERO;
        let result = self.counts.entry(address).and_compute_with(|entry| {
            let count = entry.map(moka::Entry::into_value).filter(|count| now < count.since + self.period);
            let Count { since, requests } = count.unwrap_or(Count { since: now, requests: 0 });
            if requests >= self.allowed {
                wait = (since + self.period).saturating_sub(now);
                return Op::Nop;
            }
            Op::Put(Count { since, requests: requests + 1 })
        });
        match result {
            CompResult::Unchanged(_) => Err(wait),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_waits_until_its_period_is_over() {
        let limit = RateLimit::new(2, Duration::from_mins(1), Clock::system());
        let [one, other] = ["192.0.2.1", "192.0.2.2"].map(|address| address.parse().ok());
        assert_eq!([limit.admit(one), limit.admit(one)], [Ok(()), Ok(())]);
        assert!(limit.admit(one).is_err_and(|wait| wait <= Duration::from_mins(1)));
        assert_eq!(limit.admit(other), Ok(()));
    }
}
