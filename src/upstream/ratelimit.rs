//! What a reply's headers say of the rate limit, whatever names and forms they use.
//!
//! Pure: the time is passed in. A header that cannot be understood is treated as absent, never guessed at.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderMap;
use serde::Serialize;
use tool_runtime::api::RateLimitHeaders;

/// Rate-limit facts; what the API did not say is absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RateLimit {
    /// Calls allowed in a window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// Calls left in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remaining: Option<u64>,
    /// Seconds until calls are possible again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reset: Option<u64>,
}

impl RateLimit {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The facts in `headers`. Under each heading the first name with an understandable value wins.
pub fn rate_limit(names: &RateLimitHeaders, headers: &HeaderMap, now: SystemTime) -> RateLimit {
    RateLimit {
        limit: first(names.limit, headers, |text| number(text).map(Number::floor)),
        remaining: first(names.remaining, headers, |text| number(text).map(Number::floor)),
        reset: first(names.reset, headers, |text| seconds_until(text, now)),
    }
}

fn first(names: &[&str], headers: &HeaderMap, read: impl Fn(&str) -> Option<u64>) -> Option<u64> {
    names.iter().find_map(|name| {
        // To make a header's name of a text takes longer than to compare it with the few that a reply has.
        let (_, value) = headers.iter().find(|(given, _)| given.as_str().eq_ignore_ascii_case(name))?;
        read(value.to_str().ok()?.trim())
    })
}

/// A decimal number, without going through a float.
#[derive(Clone, Copy)]
struct Number {
    negative: bool,
    whole: u64,
    has_fraction: bool,
}

impl Number {
    fn floor(self) -> u64 {
        if self.negative { 0 } else { self.whole }
    }

    fn ceil(self) -> u64 {
        if self.negative { 0 } else { self.whole.saturating_add(u64::from(self.has_fraction)) }
    }
}

/// The number that `text` is, or starts with if it is a list or has parameters: `100, 100;w=3600`.
fn number(text: &str) -> Option<Number> {
    let text = text.split([',', ';']).next().unwrap_or(text).trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let has_fraction = fraction.bytes().any(|digit| digit != b'0');
    Some(Number { negative, whole: whole.parse().ok()?, has_fraction })
}

/// Seconds from `now` to what `text` names: a number of seconds, a Unix time, or an HTTP date. The past is 0.
fn seconds_until(text: &str, now: SystemTime) -> Option<u64> {
    /// From here on a number is a point in time: as a wait it would be 30 years.
    const UNIX_SECONDS: u64 = 1_000_000_000;
    /// And from here on that point is in milliseconds: in seconds it would be the year 33658.
    const UNIX_MILLISECONDS: u64 = 1_000_000_000_000;

    let point = match number(text) {
        None => httpdate::parse_http_date(text).ok()?,
        Some(number) => match number.ceil() {
            seconds @ ..UNIX_SECONDS => return Some(seconds),
            seconds @ ..UNIX_MILLISECONDS => UNIX_EPOCH.checked_add(Duration::from_secs(seconds))?,
            milliseconds => UNIX_EPOCH.checked_add(Duration::from_millis(milliseconds))?,
        },
    };
    let wait = point.duration_since(now).unwrap_or_default();
    Some(wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0)))
}

#[cfg(test)]
mod tests;
