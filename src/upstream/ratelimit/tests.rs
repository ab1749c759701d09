//! Rate-limit headers in all forms that are known or to be expected.
#![allow(clippy::unwrap_used, reason = "tests")]

use http::{HeaderName, HeaderValue};

use super::*;

const NAMES: RateLimitHeaders = RateLimitHeaders {
    limit: &["x-limit", "x-old-limit"],
    remaining: &["x-remaining"],
    reset: &["x-retry-after-seconds", "retry-after", "x-reset"],
};

/// Wed, 18 May 2033 03:33:20 GMT, and half a second.
fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(2_000_000_000_500)
}

fn read(headers: &[(&'static str, &'static str)]) -> RateLimit {
    let headers = headers.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
    rate_limit(&NAMES, &headers.collect(), now())
}

fn reset(value: &'static str) -> Option<u64> {
    read(&[("x-reset", value)]).reset
}

#[test]
fn missing_headers_are_absent_facts() {
    assert!(read(&[]).is_empty());
    assert!(read(&[("x-other", "5")]).is_empty());
    let known = read(&[("x-remaining", "49")]);
    assert_eq!(known, RateLimit { remaining: Some(49), ..RateLimit::default() });
    assert_eq!(serde_json::to_string(&known).unwrap(), r#"{"remaining":49}"#);
}

#[test]
fn the_first_valid_name_wins() {
    let all = [("x-reset", "9"), ("retry-after", "8"), ("x-retry-after-seconds", "7")];
    assert_eq!(read(&all).reset, Some(7));
    let unusable = [("x-reset", "9"), ("retry-after", "8"), ("x-retry-after-seconds", "soon")];
    assert_eq!(read(&unusable).reset, Some(8));
    assert_eq!(read(&[("x-limit", "none"), ("x-old-limit", "100")]).limit, Some(100));
}

#[test]
fn counts_are_whole_and_never_negative() {
    for (value, expected) in [
        ("50", Some(50)),
        (" 50 ", Some(50)),
        ("50.9", Some(50)),
        ("-3", Some(0)),
        ("100, 100;window=3600", Some(100)),
        ("100;w=60", Some(100)),
        ("18446744073709551615", Some(u64::MAX)),
        ("18446744073709551616", None),
        ("", None),
        ("-", None),
        (".", None),
        ("1e3", None),
        ("NaN", None),
        ("0x10", None),
        ("+5", None),
        ("many", None),
    ] {
        assert_eq!(read(&[("x-limit", value)]).limit, expected, "{value:?}");
    }
}

#[test]
fn a_reset_may_be_seconds_from_now() {
    assert_eq!(reset("0"), Some(0));
    assert_eq!(reset("37"), Some(37));
    assert_eq!(reset("36.2"), Some(37), "rounded up, because an early call would fail");
    assert_eq!(reset("-5"), Some(0));
    assert_eq!(reset("999999999"), Some(999_999_999));
}

#[test]
fn a_reset_may_be_a_unix_time() {
    assert_eq!(reset("2000000060"), Some(60));
    assert_eq!(reset("2000000060.75"), Some(61));
    assert_eq!(reset("1999999000"), Some(0), "past");
    assert_eq!(reset("2000000060000"), Some(60), "in milliseconds");
}

#[test]
fn a_reset_may_be_an_http_date() {
    assert_eq!(reset("Wed, 18 May 2033 03:34:20 GMT"), Some(60));
    assert_eq!(reset("Wed, 18 May 2033 03:00:00 GMT"), Some(0), "past");
    assert_eq!(reset("Wednesday, 18-May-33 03:34:20 GMT"), Some(60), "the old form");
    assert_eq!(reset("tomorrow"), None);
    assert_eq!(reset("2033-05-18"), None);
}

#[test]
fn a_value_that_is_not_ascii_is_ignored() {
    let mut headers = HeaderMap::new();
    headers.insert("x-limit", HeaderValue::from_bytes(b"\xff5").unwrap());
    assert!(rate_limit(&NAMES, &headers, now()).is_empty());
}

#[test]
fn no_number_overflows() {
    for value in ["18446744073709551615", "18446744073709551615.5", "999999999998.9"] {
        assert!(reset(value).is_none_or(|seconds| seconds > 1_000_000_000), "{value}");
    }
}
