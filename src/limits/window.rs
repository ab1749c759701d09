//! The sliding hour: usage in buckets of five minutes. Pure: the time is an argument.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::usage::{Counted, Usage};

/// The length of a bucket, in seconds.
const BUCKET_SECONDS: i64 = 300;

/// The number of buckets of an hour, the one that has begun included.
const BUCKETS: i64 = 12;

/// Returns the bucket of a time: every node counts a call in the same one.
pub(super) fn bucket_at(now: Timestamp) -> i64 {
    now.as_second().div_euclid(BUCKET_SECONDS)
}

/// Returns the oldest bucket of the hour that ends at a time.
pub(crate) fn oldest_bucket(now: Timestamp) -> i64 {
    bucket_at(now) - BUCKETS + 1
}

/// Usage by bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Window(BTreeMap<i64, Usage>);

impl Window {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn add(&mut self, bucket: i64, usage: Usage) {
        *self.0.entry(bucket).or_default() += usage;
    }

    pub(super) fn add_all(&mut self, other: &Self) {
        for (bucket, usage) in other.iter() {
            self.add(bucket, usage);
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (i64, Usage)> {
        self.0.iter().map(|(bucket, usage)| (*bucket, *usage))
    }

    /// The usage in all buckets.
    pub(super) fn total(&self) -> Usage {
        self.iter().fold(Usage::default(), |mut total, (_, usage)| {
            total += usage;
            total
        })
    }

    /// The usage in the hour that ends at `now`. A bucket in the future counts as well: another node's clock may be ahead,
    /// and the calendar may have been set back.
    pub(super) fn used(&self, now: Timestamp) -> Usage {
        self.within_hour(now).fold(Usage::default(), |mut used, (_, usage)| {
            used += usage;
            used
        })
    }

    /// The time until there is room for `cost` within `limit`, zero if there is room now, or `None` if there never is.
    pub(super) fn wait(&self, now: Timestamp, counted: Counted, cost: i64, limit: i64) -> Option<Duration> {
        let mut used = self.used(now).of(counted);
        if used + cost <= limit {
            return Some(Duration::ZERO);
        }
        for (bucket, usage) in self.within_hour(now) {
            used -= usage.of(counted);
            if used + cost <= limit {
                let end = (bucket + BUCKETS) * BUCKET_SECONDS;
                return Some(Duration::from_secs((end - now.as_second()).max(1).unsigned_abs()));
            }
        }
        None
    }

    fn within_hour(&self, now: Timestamp) -> impl Iterator<Item = (i64, Usage)> {
        self.0.range(oldest_bucket(now)..=bucket_at(now) + BUCKETS).map(|(bucket, usage)| (*bucket, *usage))
    }
}

impl FromIterator<(i64, Usage)> for Window {
    fn from_iter<I: IntoIterator<Item = (i64, Usage)>>(buckets: I) -> Self {
        let mut window = Self::default();
        buckets.into_iter().for_each(|(bucket, usage)| window.add(bucket, usage));
        window
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    /// A time that many minutes after the beginning of a bucket.
    fn minute(minute: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(400_000) + SignedDuration::from_mins(minute)
    }

    fn window(calls: &[(i64, u32)]) -> Window {
        calls.iter().map(|(at, cost)| (bucket_at(minute(*at)), Usage::new(*cost, false))).collect()
    }

    #[test]
    fn a_call_counts_for_the_hour_of_its_bucket() {
        let window = window(&[(2, 3)]);
        for (at, used) in [(2, 3), (4, 3), (5, 3), (59, 3), (60, 0), (200, 0)] {
            assert_eq!(window.used(minute(at)).calls, used, "{at}");
        }
    }

    #[test]
    fn the_wait_ends_when_enough_buckets_have_left() {
        let window = window(&[(0, 2), (10, 5), (30, 3)]);
        let wait = |cost, limit| window.wait(minute(40), Counted::Calls, cost, limit).map(|wait| wait.as_secs() / 60);
        assert_eq!(wait(1, 11), Some(0));
        assert_eq!(wait(2, 11), Some(20));
        assert_eq!(wait(3, 11), Some(20));
        assert_eq!(wait(4, 11), Some(30));
        assert_eq!(wait(11, 11), Some(50));
        assert_eq!(wait(12, 11), None);
        assert_eq!(window.wait(minute(40), Counted::Writes, 5, 5), Some(Duration::ZERO));
    }

    #[test]
    fn a_calendar_that_was_set_back_frees_nothing() {
        let window = window(&[(0, 2)]);
        assert_eq!(window.used(minute(-30)).calls, 2);
        assert_eq!(window.used(minute(-3_000)).calls, 0, "a clock that was wrong by days does not block for days");
    }

    #[test]
    fn corrections_are_subtracted() {
        let mut window = window(&[(0, 2)]);
        window.add(bucket_at(minute(0)), -Usage::new(2, false));
        assert_eq!(window.used(minute(0)), Usage::default());
    }
}
