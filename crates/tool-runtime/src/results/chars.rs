//! The characters of a JSON string, decoded one at a time.

use std::str::Chars;

/// The characters that an escaped text encodes. Half a surrogate pair is not a character: it becomes U+FFFD.
#[derive(Clone)]
pub(super) struct Decoded<'a> {
    rest: Chars<'a>,
}

impl<'a> Decoded<'a> {
    /// Decodes the text between the quotes of a string.
    pub(super) fn new(escaped: &'a str) -> Self {
        Self { rest: escaped.chars() }
    }

    /// Returns the text that is not decoded yet.
    pub(super) fn escaped(&self) -> &'a str {
        self.rest.as_str()
    }

    /// Takes the four digits of a `\u` escape.
    fn unit(&mut self) -> u32 {
        (0..4)
            .fold(0, |unit, _| (unit << 4) | self.rest.next().and_then(|digit| digit.to_digit(16)).unwrap_or_default())
    }

    /// Takes the rest of a `\u` escape, and the escape after it if the two are a surrogate pair.
    fn character(&mut self) -> char {
        let first = self.unit();
        if matches!(first, 0xd800..=0xdbff) {
            let mut after = self.clone();
            if after.rest.next() == Some('\\') && after.rest.next() == Some('u') {
                let second = after.unit();
                if matches!(second, 0xdc00..=0xdfff) {
                    *self = after;
                    let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                    return char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                }
            }
        }
        char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER)
    }
}

impl Iterator for Decoded<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        match self.rest.next()? {
            '\\' => Some(match self.rest.next()? {
                'b' => '\u{8}',
                'f' => '\u{c}',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => self.character(),
                other => other,
            }),
            other => Some(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(escaped: &str) -> String {
        Decoded::new(escaped).collect()
    }

    #[test]
    fn escapes_are_decoded() {
        assert_eq!(decoded(r#"a\"\\\/\b\f\n\r\tä\u00e4\u0000"#), "a\"\\/\u{8}\u{c}\n\r\tää\0");
    }

    #[test]
    fn only_whole_surrogate_pairs_are_characters() {
        assert_eq!(decoded(r"\ud83d\ude00"), "😀");
        assert_eq!(decoded(r"\ud83d"), "\u{fffd}");
        assert_eq!(decoded(r"\ude00\ud83d"), "\u{fffd}\u{fffd}");
        assert_eq!(decoded(r"\ud83d\u0041\ud83dB\ud83d\n"), "\u{fffd}A\u{fffd}B\u{fffd}\n");
        assert_eq!(decoded(r"\ud83d\ud83d\ude00"), "\u{fffd}😀");
    }
}
