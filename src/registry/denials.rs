//! The denials that are recorded: they cost their sender nothing, so that without a limit any client could fill the audit
//! log.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use moka::ops::compute::{CompResult, Op};
use moka::sync::Cache;

use crate::client_network::client_network;

/// The denials that are recorded in one day, UTC.
pub(super) const PER_DAY: i64 = 10_000;
/// The number of addresses that this node remembers. The store knows the others.
const ADDRESSES: u64 = 10_000;
const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// The denials that this node has recorded. It asks the store only about addresses that it has not seen in this minute.
#[derive(Debug)]
pub(super) struct Denials {
    /// The minute of the last denial, by address.
    minutes: Cache<IpAddr, i64>,
    /// The last day on which no more are recorded.
    ended_day: AtomicI64,
}

/// A denial that this node has not recorded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Denial {
    /// The address, or the network of IPv6 addresses.
    pub(super) address: IpAddr,
    minute: i64,
    /// The start of the day.
    pub(super) day: Timestamp,
}

impl Denial {
    /// The address and the minute. The store accepts each once.
    pub(super) fn key(&self) -> String {
        format!("{} {}", self.address, self.minute)
    }
}

impl Denials {
    pub(super) fn new() -> Self {
        Self { minutes: Cache::new(ADDRESSES), ended_day: AtomicI64::new(i64::MIN) }
    }

    /// Returns the denial of `peer` at `now`, if it may be the first of its address and minute.
    pub(super) fn admit(&self, peer: Option<IpAddr>, now: Timestamp) -> Option<Denial> {
        let at = now.as_millisecond();
        let (minute, day) = (at.div_euclid(MINUTE), at.div_euclid(DAY) * DAY);
        if self.ended_day.load(Ordering::Relaxed) == day {
            return None;
        }
        let address = client_network(peer.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED)));
        let seen = self.minutes.entry(address).and_compute_with(|entry| match entry {
            Some(entry) if entry.value() == &minute => Op::Nop,
            _ => Op::Put(minute),
        });
        let is_first = !matches!(seen, CompResult::Unchanged(_));
        let day = Timestamp::from_millisecond(day).expect("the start of a day that exists");
        is_first.then_some(Denial { address, minute, day })
    }

    /// Admits no more denials of a day.
    pub(super) fn end_day(&self, day: Timestamp) {
        self.ended_day.store(day.as_millisecond(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn at(time: &str) -> Timestamp {
        time.parse().unwrap()
    }

    #[test]
    fn an_address_has_one_denial_per_minute() {
        let denials = Denials::new();
        let peer = "192.0.2.1".parse().ok();
        let first = denials.admit(peer, at("2027-01-15T08:00:00Z")).unwrap();
        assert_eq!(first.day, at("2027-01-15T00:00:00Z"));
        assert!(denials.admit(peer, at("2027-01-15T08:00:59Z")).is_none());
        assert!(denials.admit("192.0.2.2".parse().ok(), at("2027-01-15T08:00:59Z")).is_some());
        let next = denials.admit(peer, at("2027-01-15T08:01:00Z")).unwrap();
        assert_ne!(first.key(), next.key());
    }

    #[test]
    fn a_full_day_ends_at_midnight() {
        let denials = Denials::new();
        let full = denials.admit(None, at("2027-01-15T08:00:00Z")).unwrap();
        denials.end_day(full.day);
        assert!(denials.admit("192.0.2.2".parse().ok(), at("2027-01-15T23:59:59Z")).is_none());
        assert!(denials.admit("192.0.2.2".parse().ok(), at("2027-01-16T00:00:00Z")).is_some());
    }
}
