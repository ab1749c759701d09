//! The clock: the only place that reads the time, so that tests can replace it.
//!
//! There are two readings. Expiry is a matter of the calendar, which an operator can set forwards and backwards. The age
//! of a cached value must not change when that happens, so it uses a monotonic reading.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;

/// A source of time.
pub trait TimeSource: Send + Sync + 'static {
    /// Returns the calendar time.
    fn now(&self) -> Timestamp;

    /// Returns the time since a moment that stays the same while the process runs. It never decreases.
    fn monotonic(&self) -> Duration;
}

/// A shared source of time.
#[derive(Clone)]
pub struct Clock(Arc<dyn TimeSource>);

impl Clock {
    /// The clock of this machine.
    pub fn system() -> Self {
        Self::new(SystemClock { start: Instant::now() })
    }

    /// A clock that reads `source`.
    pub fn new(source: impl TimeSource) -> Self {
        Self(Arc::new(source))
    }

    /// Returns the calendar time in whole milliseconds, the precision of the store.
    pub fn now(&self) -> Timestamp {
        whole_milliseconds(self.0.now())
    }

    /// Returns the time since a fixed moment. It never decreases.
    pub fn monotonic(&self) -> Duration {
        self.0.monotonic()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}

fn whole_milliseconds(time: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond()).expect("the milliseconds of a timestamp are in its range")
}

struct SystemClock {
    start: Instant,
}

impl TimeSource for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }
}
