//! Histograms of durations with fixed bounds, so that the histograms of several hours can be added up.
//!
//! Above one millisecond, four buckets cover each doubling of the duration. The middle of a bucket differs from any
//! duration in it by at most an eighth of that duration. Below a millisecond there is one bucket, and from 134 seconds on
//! another.

/// The number of buckets.
pub(super) const BUCKETS: usize = 1 + 4 * OCTAVES + 1;

const OCTAVES: usize = 17;
/// The lower bound of the second bucket: 2¹⁰ microseconds.
const FIRST_EXPONENT: usize = 10;

/// The number of durations in each bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Histogram(pub(super) [i64; BUCKETS]);

impl Default for Histogram {
    fn default() -> Self {
        Self([0; BUCKETS])
    }
}

impl Histogram {
    /// Adds durations of the same length in microseconds.
    pub(super) fn add(&mut self, duration_us: i64, count: i64) {
        for (bucket, counted) in self.0.iter_mut().enumerate() {
            if lower_bound(bucket) <= duration_us && upper_bound(bucket).is_none_or(|bound| duration_us < bound) {
                *counted += count;
            }
        }
    }

    /// Returns the duration in microseconds that this percentage of all durations does not exceed, within the error of the
    /// buckets. `longest_us` is the longest of all durations.
    pub(super) fn percentile(&self, percentage: i64, longest_us: i64) -> i64 {
        let total: i64 = self.0.iter().sum();
        let mut up_to = 0;
        let bucket = self.0.iter().position(|count| {
            up_to += count;
            up_to > 0 && up_to * 100 >= total * percentage
        });
        let middle = bucket.and_then(|bucket| Some(i64::midpoint(lower_bound(bucket), upper_bound(bucket)?)));
        middle.map_or(longest_us, |middle| middle.min(longest_us))
    }
}

/// The shortest duration in a bucket, in microseconds.
fn lower_bound(bucket: usize) -> i64 {
    let Some(quarter) = bucket.checked_sub(1) else { return 0 };
    let quarters = i64::try_from(4 + quarter % 4).expect("4 to 7 fit 64 bits");
    quarters << (FIRST_EXPONENT + quarter / 4 - 2)
}

/// The duration above all in a bucket, in microseconds. The last bucket has none.
fn upper_bound(bucket: usize) -> Option<i64> {
    (bucket + 1 < BUCKETS).then(|| lower_bound(bucket + 1))
}

/// Returns the columns of the table `call_summary` that hold a histogram, in the order of the buckets.
pub(super) fn columns() -> impl Iterator<Item = String> {
    (0..BUCKETS).map(|bucket| format!("us_{}", lower_bound(bucket)))
}

/// Returns the columns as computed from a row of the table `call_log`.
pub(super) fn columns_of_calls() -> impl Iterator<Item = String> {
    columns().enumerate().map(|(bucket, column)| {
        let from = format!("duration_us >= {}", lower_bound(bucket));
        let below = upper_bound(bucket).map(|bound| format!(" AND duration_us < {bound}")).unwrap_or_default();
        format!("CASE WHEN {from}{below} THEN calls ELSE 0 END AS {column}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_within_an_eighth() {
        // Every duration from a microsecond to ten minutes, in steps of about three per cent.
        let mut durations = vec![1_i64];
        while let Some(last) = durations.last().filter(|last| **last < 600_000_000) {
            durations.push(last + last / 30 + 1);
        }
        for &duration in &durations {
            let mut histogram = Histogram::default();
            histogram.add(duration, 3);
            let longest = duration.saturating_mul(2);
            let estimate = histogram.percentile(50, longest);
            let error = (estimate - duration).abs();
            let allowed = if duration >= 1 << 27 { longest - duration } else { (duration / 8).max(512) };
            assert!(error <= allowed, "{duration}: {estimate}");
            assert_eq!(histogram.percentile(95, duration), estimate.min(duration), "never above the longest");
        }
    }

    #[test]
    fn percentiles_of_many_durations_keep_their_order() {
        let mut histogram = Histogram::default();
        for milliseconds in 1..=1000 {
            histogram.add(milliseconds * 1000, 1);
        }
        let [p50, p95] = [50, 95].map(|percentage| histogram.percentile(percentage, 1_000_000));
        assert!((437_500..=562_500).contains(&p50) && (831_250..=1_000_000).contains(&p95), "{p50} {p95}");
    }

    #[test]
    fn a_migrated_store_has_the_same_buckets() {
        let migration = include_str!("../store/migrations/0003_call_summary.sql");
        let declared =
            migration.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| word.starts_with("us_"));
        let mut declared = declared.filter(|word| *word != "us_N");
        // The table has them, and the sums per day add them up.
        assert!(declared.by_ref().take(BUCKETS).eq(columns()) && declared.eq(columns()));
        for bucket in 1..BUCKETS {
            let below = upper_bound(bucket).map(|bound| format!(" AND duration_us < {bound}")).unwrap_or_default();
            let sum = format!("SUM(CASE WHEN duration_us >= {}{below} THEN 1 ELSE 0 END)", lower_bound(bucket));
            assert!(migration.contains(&sum), "{sum}");
        }
    }
}
