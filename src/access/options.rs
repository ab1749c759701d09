//! The settings of an access resolver.

use std::time::Duration;

/// The settings of an access resolver.
#[derive(Clone, Debug)]
pub struct AccessOptions {
    /// The number of servers, and of API tokens, whose lookups are cached.
    pub cache_capacity: u64,
    /// The age at which a cached lookup is revalidated, and the time between two lookups while the store is unavailable.
    pub revalidate_after: Duration,
    /// The time for which a token still works after the store last confirmed it, if the store is unavailable. Zero: never.
    pub outage_grace: Duration,
    /// The time that a lookup may take.
    pub lookup_timeout: Duration,
    /// The number of requests to one server that may be in flight.
    pub requests_per_server: usize,
    /// The number of requests for one account that may be in flight.
    pub requests_per_account: usize,
    /// The number of bytes that may be held for the clients of one server.
    pub bytes_per_server: u64,
    /// The number of bytes that may be held for the clients of one account.
    pub bytes_per_account: u64,
    /// The number of bytes that may be held for all clients.
    pub bytes_in_total: u64,
    /// The number of bytes, among them, of replies that are held for accounts that allow it.
    pub bytes_of_kept_replies: u64,
}

impl Default for AccessOptions {
    fn default() -> Self {
        Self {
            cache_capacity: 10_000,
            revalidate_after: Duration::from_millis(500),
            outage_grace: Duration::from_mins(5),
            lookup_timeout: Duration::from_secs(1),
            requests_per_server: 256,
            requests_per_account: 512,
            // A call reserves the longest reply, 10 MB, until its reply is known: four calls of a server can wait for the
            // API at a time, and further ones take turns.
            bytes_per_server: 45_000_000,
            bytes_per_account: 90_000_000,
            bytes_in_total: 400_000_000,
            bytes_of_kept_replies: 40_000_000,
        }
    }
}
