//! The time in the stand-in, and times written relative to it: `-2d 09:14`, `+35m`.

use jiff::civil::{DateTime, Time};
use jiff::{SignedDuration, Zoned};
use serde::Deserialize;

/// Says what time it is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Clock {
    /// The computer's own time, in its own zone.
    Running,
    /// Always this.
    Stopped(DateTime),
}

impl Clock {
    pub(super) fn now(self) -> DateTime {
        match self {
            Self::Running => Zoned::now().datetime(),
            Self::Stopped(at) => at,
        }
    }
}

/// `2026-01-31 09:14:00`.
pub(super) fn timestamp(at: DateTime) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// `2026-01-31`.
pub(super) fn date(at: DateTime) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

/// The inverse of [`timestamp`].
pub(super) fn read_timestamp(text: &str) -> Option<DateTime> {
    if text.len() != "yyyy-mm-dd hh:mm:ss".len() {
        return None;
    }
    DateTime::strptime("%Y-%m-%d %H:%M:%S", text).ok()
}

/// Whether this is a day as [`date`] writes it.
pub(super) fn is_date(text: &str) -> bool {
    text.len() == "yyyy-mm-dd".len() && jiff::civil::Date::strptime("%Y-%m-%d", text).is_ok()
}

/// A distance in time, and perhaps the time of day to end at.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "String")]
pub(super) struct Shift {
    distance: SignedDuration,
    at: Option<Time>,
}

impl TryFrom<String> for Shift {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("{text:?} is no distance in time such as \"-2d 09:14\" or \"+35m\""))
    }
}

impl Shift {
    /// Reads `-2d 09:14`, `+3h 20m`; `None` if the text is anything else.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let backwards = match text.chars().next()? {
            '+' => false,
            '-' => true,
            _ => return None,
        };
        let mut distance = SignedDuration::ZERO;
        let mut at = None;
        for word in text.get(1..)?.split_whitespace() {
            if let Some((hour, minute)) = word.split_once(':') {
                at = Some(Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()?);
                continue;
            }
            let unit = word.chars().next_back()?;
            let amount: i64 = word.get(..word.len() - unit.len_utf8())?.parse().ok()?;
            let seconds = match unit {
                'd' => 86_400,
                'h' => 3_600,
                'm' => 60,
                's' => 1,
                _ => return None,
            };
            distance = distance.checked_add(SignedDuration::from_secs(amount.checked_mul(seconds)?))?;
        }
        Some(Self { distance: if backwards { -distance } else { distance }, at })
    }

    /// The point in time that far from `base`.
    pub(super) fn from(self, base: DateTime) -> DateTime {
        let moved = base.saturating_add(self.distance);
        match self.at {
            Some(at) => moved.date().to_datetime(at),
            None => moved,
        }
    }

    /// The same shift, `times` over.
    pub(super) fn repeated(self, times: i32) -> Self {
        Self { distance: self.distance * times, at: self.at }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use jiff::civil::datetime;

    use super::*;

    #[test]
    fn a_shift_counts_days_back_and_ends_at_a_time_of_day() {
        let now = datetime(2026, 3, 1, 15, 30, 0, 0);
        assert_eq!(timestamp(Shift::parse("-2d 09:14").unwrap().from(now)), "2026-02-27 09:14:00");
        assert_eq!(timestamp(Shift::parse("+1h 30m").unwrap().from(now)), "2026-03-01 17:00:00");
    }

    #[test]
    fn what_is_no_shift_is_not_taken_for_one() {
        for text in ["", "2d", "-2x", "-d", "+1h 25:00", "-two days"] {
            assert_eq!(Shift::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_timestamp_is_read_only_in_its_one_form() {
        assert!(read_timestamp("2026-03-01 15:30:00").is_some());
        for text in ["2026-03-01", "2026-03-01T15:30:00", "2026-13-01 15:30:00", "2026-3-1 15:30:00.000"] {
            assert!(read_timestamp(text).is_none(), "{text}");
        }
    }
}
