//! What time it is, asked in one place so that a test can say it.
//!
//! Two readings, because they answer different questions. Whether something has expired is a matter of the calendar,
//! which may be set forwards and backwards. How old a cached answer is must not change when that happens.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;

/// A source of time.
pub trait Time: Send + Sync + 'static {
    /// The calendar's time.
    fn now(&self) -> Timestamp;

    /// The time since some moment that stays the same while the process runs. It never goes back.
    fn monotonic(&self) -> Duration;
}

/// A shared source of time.
#[derive(Clone)]
pub struct Clock(Arc<dyn Time>);

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self::of(System { start: Instant::now() })
    }

    /// A clock that reads from `time`.
    pub fn of(time: impl Time) -> Self {
        Self(Arc::new(time))
    }

    /// The calendar's time, in whole milliseconds: as precise as it is stored.
    pub fn now(&self) -> Timestamp {
        let now = self.0.now();
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    /// The time since a fixed moment.
    pub fn monotonic(&self) -> Duration {
        self.0.monotonic()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}

struct System {
    start: Instant,
}

impl Time for System {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }
}
