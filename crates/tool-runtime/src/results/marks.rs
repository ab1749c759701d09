//! The marks that results put in place of what they leave out of a text.
//!
//! A text with a mark is not the API's text. Writing it back would destroy the part that was left out, so a write looks for
//! marks in its arguments.

/// Returns the mark at the end of a text that was cut, in place of `chars` characters.
pub(super) fn cut(chars: usize) -> String {
    format!("… [+{chars} characters]")
}

/// Returns the mark in place of a `data:` URI.
pub(super) fn data(media_type: &str, bytes: usize) -> String {
    format!("[data: {media_type}, {}]", size(bytes))
}

/// Formats a number of bytes in decimal units.
fn size(bytes: usize) -> String {
    const KILO: usize = 1_000;
    const MEGA: usize = 1_000_000;
    let tenths = |unit: usize| format!("{}.{}", bytes / unit, bytes % unit * 10 / unit);
    match bytes {
        0..KILO => format!("{bytes} bytes"),
        KILO..MEGA => format!("{} KB", tenths(KILO)),
        _ => format!("{} MB", tenths(MEGA)),
    }
}

/// Returns the first mark in a text: `[+1234 characters]` or `[data: image/png, 1.2 MB]`, without the ellipsis, which
/// callers write in several ways.
pub fn find_mark(text: &str) -> Option<&str> {
    text.match_indices('[').find_map(|(at, _)| {
        let (_, from) = text.split_at_checked(at)?;
        let length = cut_mark_length(from).or_else(|| data_mark_length(from))?;
        from.get(..length)
    })
}

/// Returns whether a mark replaces a `data:` URI.
pub(super) fn is_data(mark: &str) -> bool {
    data_mark_length(mark).is_some()
}

/// Returns the length of the mark of a cut at the front of `text`.
fn cut_mark_length(text: &str) -> Option<usize> {
    let rest = skipped(text.strip_prefix("[+")?, |c| c.is_ascii_digit())?;
    Some(text.len() - rest.strip_prefix(" characters]")?.len())
}

/// Returns the length of the mark of a `data:` URI at the front of `text`.
fn data_mark_length(text: &str) -> Option<usize> {
    let rest = skipped(text.strip_prefix("[data: ")?, in_media_type)?;
    let rest = skipped(rest.strip_prefix(", ")?, |c| c.is_ascii_digit() || c == '.')?.strip_prefix(' ')?;
    let rest = ["bytes", "KB", "MB"].iter().find_map(|unit| rest.strip_prefix(unit))?;
    Some(text.len() - rest.strip_prefix(']')?.len())
}

/// Returns the text after one or more characters of a kind.
fn skipped(text: &str, kind: impl Fn(char) -> bool) -> Option<&str> {
    let rest = text.trim_start_matches(kind);
    (rest.len() < text.len()).then_some(rest)
}

/// Returns whether a character may be part of a media type (RFC 6838, section 4.2).
pub(super) fn in_media_type(c: char) -> bool {
    c.is_ascii_alphanumeric() || "/!#$&-^_.+".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_found_within_a_text() {
        for mark in [
            cut(1),
            cut(8123),
            data("image/png", 1_234_567),
            data("image/svg+xml", 12),
            data("application/vnd.ms-excel", 64_000),
        ] {
            let text = format!("<p>[1] See [data] below [+x] … {mark} [end]</p>");
            assert_eq!(find_mark(&text), Some(mark.trim_start_matches("… ")));
        }
        assert_eq!(find_mark("cut... [+12 characters]"), Some("[+12 characters]"), "the ellipsis may differ");
    }

    #[test]
    fn similar_texts_are_no_marks() {
        for text in [
            "",
            "[",
            "[+ characters]",
            "[+12 characters",
            "[+12 files]",
            "[data: image/png]",
            "[data: , 1 MB]",
            "[data: see the table, 3 rows]",
            "data: image/png, 1.2 MB",
        ] {
            assert_eq!(find_mark(text), None, "{text}");
        }
    }

    #[test]
    fn sizes_have_decimal_units() {
        assert_eq!(
            [0, 999, 1_000, 12_345, 999_999, 1_250_000].map(size),
            ["0 bytes", "999 bytes", "1.0 KB", "12.3 KB", "999.9 KB", "1.2 MB"]
        );
    }
}
