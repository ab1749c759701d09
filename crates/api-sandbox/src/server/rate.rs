//! The rate limit: a budget of calls that is full again when its window ends.

use std::time::{Duration, Instant};

/// A budget of calls.
#[derive(Debug)]
pub(super) struct Budget {
    calls: u32,
    window: Duration,
    left: u32,
    ends: Option<Instant>,
}

impl Budget {
    pub(super) fn new(calls: u32, window: Duration) -> Self {
        Self { calls, window, left: calls, ends: None }
    }

    /// The calls of one window.
    pub(super) fn calls(&self) -> u32 {
        self.calls
    }

    /// The calls that remain in this window.
    pub(super) fn left(&self, now: Instant) -> u32 {
        if self.ends.is_some_and(|ends| now >= ends) { self.calls } else { self.left }
    }

    /// Takes `cost` calls. The error is the number of seconds after which the budget is full again.
    pub(super) fn take(&mut self, cost: u32, now: Instant) -> Result<(), u64> {
        self.left = self.left(now);
        let ends = self.ends.filter(|ends| now < *ends).unwrap_or(now + self.window);
        self.ends = Some(ends);
        match self.left.checked_sub(cost) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(ends.duration_since(now).as_millis().div_ceil(1_000).try_into().unwrap_or(u64::MAX)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spent_budget_is_full_again_after_its_window() {
        let start = Instant::now();
        let mut budget = Budget::new(6, Duration::from_mins(1));
        assert_eq!(budget.take(5, start), Ok(()));
        assert_eq!(budget.left(start), 1);
        assert_eq!(budget.take(5, start + Duration::from_secs(20)), Err(40));
        assert_eq!(budget.take(1, start + Duration::from_secs(20)), Ok(()));
        assert_eq!(budget.take(1, start + Duration::from_millis(59_001)), Err(1));
        assert_eq!(budget.left(start + Duration::from_mins(1)), 6);
        assert_eq!(budget.take(5, start + Duration::from_mins(1)), Ok(()));
    }
}
