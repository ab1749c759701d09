//! Dates and times without a time zone.

use std::str::FromStr;

use jiff::civil;
use serde_json::Value;

use super::text::string;
use crate::value::{Date, Timestamp};
use crate::violation::{Violations, quoted};

/// Decodes a point in time. A `T` between date and time is accepted, and so are a fraction of zero (`.000`), and a date
/// alone, which means midnight.
///
/// # Errors
///
/// If the value is not such a string, has a time zone (the API has none), or names a day or a time that does not exist.
pub fn timestamp(value: Value) -> Result<Timestamp, Violations> {
    let text = string(value)?;
    let text = text.trim();
    let (day, time) = text.split_once(['T', 't', ' ']).unwrap_or((text, "00:00:00"));
    let time = without_zero_fraction(time);
    // jiff would read a leap second as the second before it.
    let parsed_time = parse_plain::<civil::Time>(time, ':').filter(|_| !time.ends_with(":60"));
    match (parse_plain::<civil::Date>(day, '-'), parsed_time) {
        (Some(day), Some(time)) => Ok(Timestamp(day.to_datetime(time))),
        (parsed, _) => {
            let problem = match parsed {
                None if has_date_form(day) => "does not exist: there is no such day",
                Some(_) if has_time_form(time) => "does not exist: there is no such time of day",
                Some(_) if time.split_once('.').is_some_and(|(time, _)| has_time_form(time)) => {
                    "has a fraction of a second or a time zone, which cannot be sent"
                }
                _ => "is not a time without a time zone",
            };
            let problem = format!("{} {problem}", quoted(text));
            Err(Violations::new(problem, "a time as yyyy-mm-dd hh:mm:ss, without a time zone"))
        }
    }
}

/// Decodes a date.
///
/// # Errors
///
/// If the value is not a string `yyyy-mm-dd`, or names a day that does not exist.
pub fn date(value: Value) -> Result<Date, Violations> {
    let text = string(value)?;
    let text = text.trim();
    let parsed = parse_plain(text, '-').map(Date);
    parsed.ok_or_else(|| {
        let problem = if has_date_form(text) { "does not exist: there is no such day" } else { "is not a date" };
        Violations::new(format!("{} {problem}", quoted(text)), "a date as yyyy-mm-dd")
    })
}

/// Parses a text of digits and separators only: no time zone, no fraction, no sign.
fn parse_plain<T: FromStr>(text: &str, separator: char) -> Option<T> {
    text.chars().all(|c| c.is_ascii_digit() || c == separator).then(|| text.parse().ok())?
}

/// Returns a time of day without a fraction of a second that is zero.
fn without_zero_fraction(time: &str) -> &str {
    match time.split_once('.') {
        Some((seconds, fraction)) if !fraction.is_empty() && fraction.bytes().all(|digit| digit == b'0') => seconds,
        _ => time,
    }
}

/// Returns whether `text` has the form `yyyy-mm-dd`, whatever its numbers are.
fn has_date_form(text: &str) -> bool {
    has_groups(text, '-', &[4, 2, 2])
}

/// Returns whether `text` has the form `hh:mm` or `hh:mm:ss`, whatever its numbers are.
fn has_time_form(text: &str) -> bool {
    has_groups(text, ':', &[2, 2]) || has_groups(text, ':', &[2, 2, 2])
}

/// Returns whether `text` consists of groups of digits with these lengths.
fn has_groups(text: &str, separator: char, lengths: &[usize]) -> bool {
    let digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    text.split(separator).all(digits) && text.split(separator).map(str::len).eq(lengths.iter().copied())
}
