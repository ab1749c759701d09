//! Durations in settings: a whole number and a unit.

use std::ops::RangeInclusive;
use std::time::Duration;

use tool_runtime::violation::quoted;

use super::{Environment, SettingsReader};

/// Parses a duration such as `50s`, `5m`, `12h` or `30d`. Zero needs no unit.
fn parse_duration(text: &str) -> Option<Duration> {
    if text == "0" {
        return Some(Duration::ZERO);
    }
    let (number, seconds) = match text.split_at_checked(text.len().checked_sub(1)?)? {
        ("", _) => return None,
        (number, "s") => (number, 1),
        (number, "m") => (number, 60),
        (number, "h") => (number, 60 * 60),
        (number, "d") => (number, 24 * 60 * 60),
        _ => return None,
    };
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(Duration::from_secs(number.parse::<u64>().ok()?.checked_mul(seconds)?))
}

impl<E: Environment> SettingsReader<'_, E> {
    /// Returns a duration from its text and the name of the flag or variable that it came from. It must be within `range`,
    /// which `expected` describes.
    pub(super) fn duration(
        &mut self,
        setting: Option<(String, String)>,
        range: RangeInclusive<Duration>,
        expected: &str,
    ) -> Option<Duration> {
        let (text, from) = setting?;
        let duration = parse_duration(&text).filter(|duration| range.contains(duration));
        if duration.is_none() {
            self.invalid(&from, format!("is {}: expected {expected}", quoted(&text)));
        }
        duration
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_a_number_and_a_unit() {
        for (text, seconds) in [("50s", 50), ("5m", 300), ("2h", 7200), ("30d", 2_592_000), ("0", 0), ("0s", 0)] {
            assert_eq!(parse_duration(text), Some(Duration::from_secs(seconds)), "{text}");
        }
        for text in
            ["", "s", "50", "-5s", "+5s", "1.5m", "5 m", "5ms", "5é", "99999999999999999999s", "9999999999999999999h"]
        {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }
}
