//! The reserve of an account: the last calls of the API's rate limit are held for checks by administrators, which tell why
//! an account does not work.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Clock;

/// The time for which calls are held back if the API does not say when its limit is lifted. It doubles while the limit
/// stays nearly used up.
const FIRST_HOLD: Duration = Duration::from_mins(1);

/// The longest of these times.
const LONGEST_HOLD: Duration = Duration::from_mins(16);

/// The API's rate limit for one account, as it was last reported.
#[derive(Debug)]
pub struct AccountReserve {
    clock: Clock,
    /// The last report, if it left only the reserve.
    low: Mutex<Option<Low>>,
}

#[derive(Clone, Copy, Debug)]
struct Low {
    limit: u64,
    remaining: u64,
    /// The time until which calls are held back, by the monotonic clock.
    until: Duration,
    hold: Duration,
}

/// A call that would take from the reserve. It was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reserved {
    /// The calls that the API allows in its window.
    pub limit: u64,
    /// The calls that are left of them.
    pub remaining: u64,
    /// The time after which to call again.
    pub wait: Duration,
}

impl AccountReserve {
    /// A reserve of an account of which nothing is known.
    pub fn new(clock: Clock) -> Self {
        Self { clock, low: Mutex::default() }
    }

    /// Records a report of the API. A report without a limit or a remainder says nothing.
    pub fn record(&self, limit: Option<u64>, remaining: Option<u64>, reset: Option<u64>) {
        let (Some(limit), Some(remaining)) = (limit, remaining) else { return };
        let mut low = self.low.lock().unwrap_or_else(PoisonError::into_inner);
        let before = low.take();
        // With nothing left there is nothing to hold, and the API itself says when to call again.
        if remaining > reserve(limit) || remaining == 0 {
            return;
        }
        let hold = before.map_or(FIRST_HOLD, |low| (low.hold * 2).min(LONGEST_HOLD));
        let wait = reset.map_or(hold, Duration::from_secs);
        *low = Some(Low { limit, remaining, until: self.clock.monotonic() + wait, hold });
    }

    /// Allows a call, unless only the reserve is left.
    ///
    /// # Errors
    ///
    /// If only the reserve is left.
    pub fn admit(&self) -> Result<(), Reserved> {
        let low = *self.low.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.monotonic();
        match low {
            Some(Low { limit, remaining, until, .. }) if now < until => {
                Err(Reserved { limit, remaining, wait: until.saturating_sub(now) })
            }
            _ => Ok(()),
        }
    }
}

/// The calls that are held: a twentieth of the limit, from 1 to 5.
fn reserve(limit: u64) -> u64 {
    (limit / 20).clamp(1, 5)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::sync::Arc;

    use jiff::Timestamp;

    use super::*;
    use crate::clock::TimeSource;

    #[derive(Clone, Default)]
    struct SetClock(Arc<Mutex<Duration>>);

    impl TimeSource for SetClock {
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }

        fn monotonic(&self) -> Duration {
            *self.0.lock().unwrap()
        }
    }

    #[test]
    fn the_last_calls_are_held_until_the_reset() {
        let clock = SetClock::default();
        let reserve = AccountReserve::new(Clock::new(clock.clone()));
        assert_eq!(reserve.admit(), Ok(()));
        reserve.record(Some(100), Some(6), Some(600));
        assert_eq!(reserve.admit(), Ok(()));
        reserve.record(Some(100), Some(5), Some(600));
        let reserved = |wait| Err(Reserved { limit: 100, remaining: 5, wait: Duration::from_secs(wait) });
        assert_eq!(reserve.admit(), reserved(600));
        reserve.record(None, Some(5), None);
        *clock.0.lock().unwrap() = Duration::from_secs(599);
        assert_eq!(reserve.admit(), reserved(1));
        *clock.0.lock().unwrap() = Duration::from_mins(10);
        assert_eq!(reserve.admit(), Ok(()));
        reserve.record(Some(100), Some(0), Some(600));
        assert_eq!(reserve.admit(), Ok(()), "the API answers with its facts");
    }

    #[test]
    fn without_a_reset_one_call_asks_again_after_longer_and_longer() {
        let clock = SetClock::default();
        let reserve = AccountReserve::new(Clock::new(clock.clone()));
        for minutes in [1, 2, 4, 8, 16, 16] {
            reserve.record(Some(50), Some(2), None);
            assert_eq!(reserve.admit().unwrap_err().wait, Duration::from_mins(minutes));
            *clock.0.lock().unwrap() += Duration::from_mins(minutes);
            assert_eq!(reserve.admit(), Ok(()));
        }
        reserve.record(Some(50), Some(50), None);
        reserve.record(Some(50), Some(1), None);
        assert_eq!(reserve.admit().unwrap_err().wait, Duration::from_mins(1));
    }
}
