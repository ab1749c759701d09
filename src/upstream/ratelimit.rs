//! Rate-limit facts from a reply's headers, under any of the usual names and forms.
//!
//! Pure: the time is an argument. A header that cannot be parsed is treated as absent.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderMap;
use serde::Serialize;
use tool_runtime::api::RateLimitHeaders;

/// Rate-limit facts. A fact that the API did not report is absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RateLimit {
    /// Calls allowed in a window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// Calls left in the window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remaining: Option<u64>,
    /// Seconds until calls are possible again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reset: Option<u64>,
}

impl RateLimit {
    /// Returns whether no fact is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Reads the facts in `headers`. For each fact, the first name with a valid value wins.
pub fn rate_limit(names: &RateLimitHeaders, headers: &HeaderMap, now: SystemTime) -> RateLimit {
    RateLimit {
        limit: first_valid(names.limit, headers, |text| parse_decimal(text).map(Decimal::floor)),
        remaining: first_valid(names.remaining, headers, |text| parse_decimal(text).map(Decimal::floor)),
        reset: first_valid(names.reset, headers, |text| seconds_until(text, now)),
    }
}

fn first_valid(names: &[&str], headers: &HeaderMap, parse: impl Fn(&str) -> Option<u64>) -> Option<u64> {
    names.iter().find_map(|name| parse(headers.get(*name)?.to_str().ok()?.trim()))
}

/// A decimal number, parsed without a float.
#[derive(Clone, Copy)]
struct Decimal {
    negative: bool,
    whole: u64,
    has_fraction: bool,
}

impl Decimal {
    fn floor(self) -> u64 {
        if self.negative { 0 } else { self.whole }
    }

    fn ceil(self) -> u64 {
        if self.negative { 0 } else { self.whole.saturating_add(u64::from(self.has_fraction)) }
    }
}

/// Parses a number. Of a list or a value with parameters, such as `100, 100;w=3600`, the first number counts.
fn parse_decimal(text: &str) -> Option<Decimal> {
    let text = text.split_once([',', ';']).map_or(text, |(first, _)| first).trim();
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
    Some(Decimal { negative, whole: whole.parse().ok()?, has_fraction })
}

/// Returns the seconds from `now` until the time in `text`: a number of seconds, a Unix time, or an HTTP date (RFC 9110,
/// section 5.6.7). A time in the past is 0 seconds away.
fn seconds_until(text: &str, now: SystemTime) -> Option<u64> {
    /// A number from here on is a Unix time: as a wait it would be 30 years.
    const UNIX_SECONDS: u64 = 1_000_000_000;
    /// A number from here on is a Unix time in milliseconds: in seconds it would be the year 33658.
    const UNIX_MILLISECONDS: u64 = 1_000_000_000_000;

    let point = match parse_decimal(text) {
        None => httpdate::parse_http_date(text).ok()?,
        Some(number) => match number.ceil() {
            seconds @ ..UNIX_SECONDS => return Some(seconds),
            seconds @ ..UNIX_MILLISECONDS => UNIX_EPOCH.checked_add(Duration::from_secs(seconds))?,
            milliseconds => UNIX_EPOCH.checked_add(Duration::from_millis(milliseconds))?,
        },
    };
    let wait = point.duration_since(now).unwrap_or(Duration::ZERO);
    Some(wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0)))
}

#[cfg(test)]
mod tests;
