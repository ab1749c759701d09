//! The time in a sandbox, and times relative to it: `-2d 09:14`, `+35m`.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};

const TIMESTAMP: &str = "%Y-%m-%d %H:%M:%S";
const DATE: &str = "%Y-%m-%d";

/// Formats a timestamp: `2026-01-31 09:14:00`.
pub(crate) fn timestamp(at: DateTime) -> String {
    at.strftime(TIMESTAMP).to_string()
}

/// Parses what [`timestamp`] formats, and nothing else.
pub(crate) fn parse_timestamp(text: &str) -> Option<DateTime> {
    DateTime::strptime(TIMESTAMP, text).ok().filter(|at| timestamp(*at) == text)
}

/// Formats a day: `2026-01-31`.
pub(crate) fn date(at: DateTime) -> String {
    at.strftime(DATE).to_string()
}

/// Returns whether [`date`] could have formatted this.
pub(crate) fn is_date(text: &str) -> bool {
    Date::strptime(DATE, text).is_ok_and(|day| day.strftime(DATE).to_string() == text)
}

/// An offset from a time, with an optional time of day for the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shift {
    distance: SignedDuration,
    at: Option<Time>,
}

impl Shift {
    /// Parses `-2d 09:14` or `+3h 20m`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let sign = match text.chars().next()? {
            '+' => 1,
            '-' => -1,
            _ => return None,
        };
        let mut shift = Self { distance: SignedDuration::ZERO, at: None };
        for word in text.get(1..)?.split_whitespace() {
            if let Some((hour, minute)) = word.split_once(':') {
                shift.at = Some(Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()?);
                continue;
            }
            let (amount, unit) = word.split_at_checked(word.len() - 1)?;
            let seconds = match unit {
                "d" => 86_400,
                "h" => 3_600,
                "m" => 60,
                "s" => 1,
                _ => return None,
            };
            let seconds = amount.parse::<i64>().ok()?.checked_mul(seconds * sign)?;
            shift.distance = shift.distance.checked_add(SignedDuration::from_secs(seconds))?;
        }
        Some(shift)
    }

    /// The time that is `times` such offsets after `base`.
    pub(crate) fn from(self, base: DateTime, times: i32) -> DateTime {
        let seconds = self.distance.as_secs().saturating_mul(times.into());
        let moved = base.saturating_add(SignedDuration::from_secs(seconds));
        self.at.map_or(moved, |at| moved.date().to_datetime(at))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use jiff::civil::datetime;

    use super::*;

    #[test]
    fn a_shift_counts_from_now_and_ends_at_a_time_of_day() {
        let now = datetime(2026, 3, 1, 15, 30, 0, 0);
        assert_eq!(timestamp(Shift::parse("-2d 09:14").unwrap().from(now, 1)), "2026-02-27 09:14:00");
        assert_eq!(timestamp(Shift::parse("+1h 30m").unwrap().from(now, 1)), "2026-03-01 17:00:00");
        for text in ["", "2d", "-2x", "-d", "+1h 25:00", "-two days", "+1é"] {
            assert_eq!(Shift::parse(text), None, "{text}");
        }
    }

    #[test]
    fn times_and_days_have_exactly_one_form() {
        assert!(parse_timestamp("2026-03-01 15:30:00").is_some() && is_date("2026-03-01"));
        for text in ["2026-03-01T15:30:00", "2026-13-01 15:30:00", "2026-3-1 15:30:00.000", "2026-3-1", "2026-02-30"] {
            assert!(parse_timestamp(text).is_none() && !is_date(text), "{text}");
        }
    }
}
