//! Times in buckets: days, weeks and months.

use jiff::ToSpan as _;
use jiff::civil::Date;

/// The length of the periods that times are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bucket {
    /// A day.
    Day,
    /// A week from Monday to Sunday (ISO 8601).
    Week,
    /// A month.
    Month,
}

impl Bucket {
    /// All lengths, in the order in which a schema lists them.
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    /// Returns the name in arguments and results.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// Returns the label of the period that a time belongs to: its day, the Monday of its week, or its month. The time
    /// begins with `yyyy-mm-dd`. Its zone, if it has one, is not looked at.
    pub(super) fn label(self, time: &str) -> Option<String> {
        let (day, rest) = time.split_at_checked("yyyy-mm-dd".len())?;
        let ends = rest.chars().next().is_none_or(|c| !c.is_ascii_digit());
        let is_plain = day.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let day: Date = day.parse().ok().filter(|_| ends && is_plain)?;
        Some(match self {
            Self::Day => day.to_string(),
            Self::Week => {
                let monday = day.checked_sub(i64::from(day.weekday().to_monday_zero_offset()).days()).ok()?;
                monday.to_string()
            }
            Self::Month => format!("{:04}-{:02}", day.year(), day.month()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_belong_to_days_weeks_and_months() {
        let labels = |time| Bucket::ALL.map(|bucket| bucket.label(time));
        let expected = |labels: [&str; 3]| labels.map(|label| Some(label.to_owned()));
        assert_eq!(labels("2026-11-30 18:28:47"), expected(["2026-11-30", "2026-11-30", "2026-11"]));
        assert_eq!(labels("2026-11-29T23:59:59+02:00"), expected(["2026-11-29", "2026-11-23", "2026-11"]));
        assert_eq!(labels("2027-01-01"), expected(["2027-01-01", "2026-12-28", "2027-01"]), "a week across the year");
        assert_eq!(labels("0000-01-02"), expected(["0000-01-02", "-000001-12-27", "0000-01"]));
    }

    #[test]
    fn other_texts_belong_to_no_period() {
        for text in ["", "2026-11", "2026-02-30", "30.11.2026", "2026-11-301", "tomorrow", "2026/11/30", "٢٠٢٦-١١-٣٠"]
        {
            assert_eq!(Bucket::ALL.map(|bucket| bucket.label(text)), [None, None, None], "{text}");
        }
    }
}
