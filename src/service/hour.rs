//! The hour at which a client connects, as a sentence of the instructions: models do not know the date.
//!
//! The sentence is not in the list of tools, which clients cache for longer.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The sentences that state the hour of `now`, and the time until the hour ends.
///
/// An account's own time zone is a setting that no tool reads, so times without a zone cannot be converted.
pub(super) fn current_hour(now: Timestamp) -> (String, Duration) {
    const HOUR: i64 = 3_600_000;
    let start = now.to_zoned(TimeZone::UTC);
    let text = format!(
        "This was sent on {}, between {}:00 and {}:59 UTC. The account's own time zone is unknown.",
        start.strftime("%A, %Y-%m-%d"),
        start.strftime("%H"),
        start.strftime("%H"),
    );
    let left = HOUR - now.as_millisecond().rem_euclid(HOUR);
    (text, Duration::from_millis(left.unsigned_abs()))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn hour(time: &str) -> (String, Duration) {
        current_hour(time.parse().unwrap())
    }

    #[test]
    fn the_hour_is_stated_with_day_and_date() {
        let (text, left) = hour("2026-12-02T09:07:30Z");
        assert_eq!(
            text,
            "This was sent on Wednesday, 2026-12-02, between 09:00 and 09:59 UTC. The account's own time zone is unknown."
        );
        assert_eq!(left, Duration::from_secs(52 * 60 + 30));
    }

    #[test]
    fn an_hour_ends_where_the_next_one_begins() {
        assert_eq!(hour("2026-12-31T23:59:59.999Z").1, Duration::from_millis(1));
        let (text, left) = hour("2027-01-01T00:00:00Z");
        assert!(text.contains("Friday, 2027-01-01, between 00:00 and 00:59"), "{text}");
        assert_eq!(left, Duration::from_hours(1));
        assert_eq!(hour("1969-12-31T23:30:00Z").1, Duration::from_mins(30));
    }
}
