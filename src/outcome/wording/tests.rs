//! Texts of other parties in a message: short, on one line, without the key.
#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;

#[test]
fn a_text_becomes_one_short_line() {
    assert_eq!(one_line("  a\r\n\tb\0c\u{1b}[31m\u{202e}d\u{feff} "), "a b c [31m d");
    assert_eq!(one_line("a\u{e0041}\u{61c}b\u{ad}c\u{206a}d\u{2028}e"), "a b c d e");
    let long = one_line(&"ä".repeat(501));
    assert_eq!(long.chars().count(), 501);
    assert!(long.ends_with("ä…"), "{long}");
    assert!(one_line(&"ä".repeat(500)).ends_with('ä'));
}

#[test]
fn a_status_line_quotes_the_explanation() {
    assert_eq!(status_line(404, Some("no \"such\" thing")), "404 Not Found: “no \"such\" thing”");
    assert_eq!(status_line(599, None), "599");
}

#[test]
fn waits_and_sizes_are_formatted_for_people() {
    assert_eq!(Wait(1).to_string(), "1 second");
    assert_eq!(Wait(90).to_string(), "90 seconds");
    assert_eq!(Wait(3001).to_string(), "51 minutes (3001 seconds)");
    assert_eq!(size(999_999), "999999 bytes");
    assert_eq!(size(25_000_000), "25.0 MB");
    assert_eq!(size(25_000_001), "25.1 MB", "a size over a limit does not look like the limit");
}

#[test]
fn a_secret_is_removed_before_the_text_is_cut() {
    let secret = r#"Q3cr\et"and-m0re"#;
    for before in 470..510 {
        let text = format!("{} {secret} again {secret}", "x".repeat(before));
        let document = serde_json::json!({ "more": [text] }).to_string();
        for text in [text, document] {
            let shown = sanitized(&text, secret);
            assert!(!shown.contains('Q') && !shown.contains("m0re"), "{shown}");
        }
    }
    assert_eq!(sanitized("the word key", "key"), "the word key", "a placeholder is not replaced");
}
