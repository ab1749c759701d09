//! The rate at which the calls of one server are recorded one by one. Further calls are counted, and recorded together.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::record::CallRecord;

/// The outcome in a record of several calls.
const SEVERAL: &str = "not_logged";

/// The rates of all servers that were called lately.
#[derive(Debug)]
pub(super) struct ServerRates {
    /// The number of records per second and server.
    limit: u32,
    servers: Mutex<HashMap<Uuid, ServerRate>>,
}

/// The calls of one server.
#[derive(Debug, Default)]
struct ServerRate {
    /// The second of the last call.
    second: u64,
    /// The number of records in that second.
    records: u32,
    /// The calls that are not recorded one by one.
    excess: Option<Excess>,
}

#[derive(Debug)]
struct Excess {
    /// The second of the first of these calls.
    second: u64,
    account_id: Option<Uuid>,
    /// The time of the last of these calls.
    at: Timestamp,
    calls: i64,
    total_us: i64,
    lowest_remaining: Option<i64>,
}

impl ServerRates {
    pub(super) fn new(limit: u32) -> Self {
        Self { limit, servers: Mutex::default() }
    }

    /// Returns the record if its server may add one at this time. Counts the call otherwise.
    pub(super) fn admit(&self, record: CallRecord, monotonic: Duration) -> Option<CallRecord> {
        let Some(server) = record.server_id else { return Some(record) };
        let second = monotonic.as_secs();
        let mut servers = self.servers();
        let rate = servers.entry(server).or_default();
        if rate.second != second {
            (rate.second, rate.records) = (second, 0);
        }
        if rate.records < self.limit {
            rate.records += 1;
            return Some(record);
        }
        rate.count(&record, second);
        None
    }

    /// Counts a call that was admitted and then found no room.
    pub(super) fn count(&self, record: &CallRecord, monotonic: Duration) {
        if let Some(server) = record.server_id {
            self.servers().entry(server).or_default().count(record, monotonic.as_secs());
        }
    }

    /// Takes one record for each server whose calls were counted: in an earlier second, or at any time if `all`.
    pub(super) fn take(&self, monotonic: Duration, all: bool) -> Vec<CallRecord> {
        let now = monotonic.as_secs();
        let mut taken = Vec::new();
        self.servers().retain(|server, rate| {
            if let Some(excess) = rate.excess.take_if(|excess| all || excess.second < now) {
                taken.push(excess.record(*server));
            }
            rate.second == now || rate.excess.is_some()
        });
        taken
    }

    fn servers(&self) -> MutexGuard<'_, HashMap<Uuid, ServerRate>> {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ServerRate {
    fn count(&mut self, record: &CallRecord, second: u64) {
        let excess = self.excess.get_or_insert(Excess {
            second,
            account_id: record.account_id,
            at: record.at,
            calls: 0,
            total_us: 0,
            lowest_remaining: None,
        });
        excess.at = record.at;
        excess.calls += 1;
        excess.total_us += record.duration_us;
        excess.lowest_remaining = [excess.lowest_remaining, record.remaining].into_iter().flatten().min();
    }
}

impl Excess {
    fn record(self, server: Uuid) -> CallRecord {
        CallRecord {
            account_id: self.account_id,
            server_id: Some(server),
            calls: self.calls,
            duration_us: self.total_us / self.calls,
            remaining: self.lowest_remaining,
            ..CallRecord::new(self.at, Cow::Borrowed(SEVERAL))
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn call(server: Uuid, duration_us: i64) -> CallRecord {
        CallRecord { server_id: Some(server), duration_us, ..CallRecord::new(Timestamp::UNIX_EPOCH, "ok") }
    }

    #[test]
    fn calls_beyond_the_rate_are_counted_per_server() {
        let rates = ServerRates::new(2);
        let [busy, quiet] = [Uuid::from_u128(1), Uuid::from_u128(2)];
        let at = Duration::from_secs(7);
        let admitted = (0..10).filter(|duration| rates.admit(call(busy, *duration), at).is_some()).count();
        assert_eq!(admitted, 2);
        assert!(rates.admit(call(quiet, 1), at).is_some());
        assert!(rates.take(at, false).is_empty(), "the second is not over");
        let taken = rates.take(at + Duration::from_secs(1), false);
        let several = taken.first().filter(|_| taken.len() == 1).unwrap();
        assert_eq!((several.calls, several.duration_us, &*several.status), (8, 5, SEVERAL));
        assert_eq!(several.server_id, Some(busy));
        assert!(rates.admit(call(busy, 1), at + Duration::from_secs(1)).is_some(), "a new second");
    }

    #[test]
    fn servers_that_are_not_called_are_forgotten() {
        let rates = ServerRates::new(1);
        for server in 0..1000 {
            assert!(rates.admit(call(Uuid::from_u128(server), 1), Duration::ZERO).is_some());
        }
        rates.take(Duration::from_secs(1), false);
        assert!(rates.servers().is_empty());
    }
}
