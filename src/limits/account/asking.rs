//! Single calls that ask whether a limit was lifted, if the API does not say when that is.

use std::time::Duration;

/// The times at which calls ask, counted from the time since which the calls that are left only became fewer. A limit of
/// calls a minute was lifted by the first one.
const ASK_AT: [Duration; 3] = [Duration::from_mins(1), Duration::from_mins(5), Duration::from_mins(21)];

/// The time after which a limit counts as lifted: it is one of calls a minute or an hour.
const LONGEST: Duration = Duration::from_hours(1);

/// The calls that ask within an hour. They are set aside, beside the reserve.
#[derive(Debug)]
pub(super) struct Asking {
    /// The time since which the calls that are left only became fewer.
    since: Duration,
    /// The calls that may still ask within the hour.
    left: u64,
    /// The number of the times in [`ASK_AT`] that are over.
    over: usize,
}

impl Asking {
    /// The most calls that ask within an hour.
    pub(super) const MOST: u64 = ASK_AT.len() as u64;

    /// Lets `left` calls ask within the hour that began at `since`. The times before `now` are over: calls that were sent
    /// anyway would have noticed that the limit was lifted.
    pub(super) fn new(since: Duration, left: u64, now: Duration) -> Self {
        let over = ASK_AT.iter().filter(|at| since + **at < now).count();
        Self { since, left, over }
    }

    /// Returns the time until a call that costs `cost` may ask. One that costs more than is set aside waits for the end of
    /// the hour.
    pub(super) fn wait(&self, cost: u64, now: Duration) -> Duration {
        let next = ASK_AT.get(self.over).filter(|_| cost <= self.left).unwrap_or(&LONGEST);
        (self.since + *next).saturating_sub(now)
    }

    /// Notes that a call asks. The first one after the hour begins another hour with `left` more.
    pub(super) fn take(&mut self, cost: u64, now: Duration, left: u64) {
        if now >= self.since + LONGEST {
            *self = Self::new(now, left, now);
            return;
        }
        self.left = self.left.saturating_sub(cost);
        self.over = ASK_AT.iter().filter(|at| self.since + **at <= now).count();
    }
}
