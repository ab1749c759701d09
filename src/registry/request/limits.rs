//! Limits on values that depend on when a request arrives.

use jiff::Timestamp;

/// The shortest time between a request and the expiry that it sets, in seconds.
pub(super) const SHORTEST_LIFETIME: u32 = 60;

/// Limits on values that depend on when a request arrives.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The earliest expiry that is accepted.
    pub(super) earliest_expiry: Timestamp,
}

impl Limits {
    /// The limits for requests without an expiry.
    pub(crate) const NONE: Self = Self { earliest_expiry: Timestamp::MIN };

    /// The limits for a request that arrives at `now`.
    pub fn at(now: Timestamp) -> Self {
        // In whole seconds, so that an expiry that is written without a fraction is accepted.
        let earliest = Timestamp::from_second(now.as_second() + i64::from(SHORTEST_LIFETIME));
        Self { earliest_expiry: earliest.unwrap_or(Timestamp::MAX) }
    }
}
