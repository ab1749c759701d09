//! A text of unknown origin as results show it: without invisible characters, and with marks for `data:` URIs.

use super::chars::Decoded;
use super::marks;
use super::words::{Word, find};
use crate::text::{is_invisible, is_joinable};

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Characters that are shown as they are. All of them are ASCII.
    Plain(&'a str),
    Char(char),
    /// The mark in place of a `data:` URI. It is never split.
    Mark(String),
}

impl Piece<'_> {
    /// The length in characters.
    pub(super) fn chars(&self) -> usize {
        match self {
            Self::Plain(text) => text.len(),
            Self::Char(_) => 1,
            Self::Mark(mark) => mark.chars().count(),
        }
    }
}

/// The pieces of a text.
pub(super) struct Pieces<'a> {
    rest: Decoded<'a>,
    previous: Option<char>,
    removed: usize,
}

impl<'a> Pieces<'a> {
    /// Reads the text between the quotes of a JSON string.
    pub(super) fn new(escaped: &'a str) -> Self {
        Self { rest: Decoded::new(escaped), previous: None, removed: 0 }
    }

    /// The number of invisible characters that were left out so far.
    pub(super) fn removed(&self) -> usize {
        self.removed
    }

    fn is_shown(&self, c: char) -> bool {
        match c {
            LINE_SEPARATOR | PARAGRAPH_SEPARATOR => true,
            NON_JOINER | JOINER => {
                self.previous.is_some_and(is_joinable) && self.rest.clone().next().is_some_and(is_joinable)
            }
            other => !is_invisible(other),
        }
    }

    /// Takes a `data:` URI whose first character was taken, and returns its mark.
    fn data_uri(&mut self) -> Option<String> {
        let mut rest = self.rest.clone();
        if !"ata:".chars().all(|letter| rest.next().is_some_and(|c| c.eq_ignore_ascii_case(&letter))) {
            return None;
        }
        let header = header(&mut rest)?;
        // `metadata:a/b,c` is prose. With `;base64` there is no doubt.
        if !header.base64 && self.previous.is_some_and(char::is_alphanumeric) {
            return None;
        }
        let bytes = if header.base64 { base64_length(&mut rest) } else { percent_encoded_length(&mut rest) };
        self.rest = rest;
        Some(marks::data(&header.media_type, bytes))
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        let rest = self.rest.escaped();
        if let Some((plain, rest)) = rest.split_at_checked(plain_length(rest.as_bytes()))
            && let Some(last) = plain.chars().next_back()
        {
            self.rest = Decoded::new(rest);
            self.previous = Some(last);
            return Some(Piece::Plain(plain));
        }
        loop {
            let c = self.rest.next()?;
            if c.eq_ignore_ascii_case(&'d')
                && let Some(mark) = self.data_uri()
            {
                self.previous = Some(']');
                return Some(Piece::Mark(mark));
            }
            if self.is_shown(c) {
                self.previous = Some(c);
                return Some(Piece::Char(c));
            }
            self.removed += 1;
        }
    }
}

/// Returns whether an escaped text is shown as it is, which is the common case.
pub(super) fn is_plain(escaped: &str) -> bool {
    plain_length(escaped.as_bytes()) == escaped.len()
}

/// Returns the length of the text that is shown as it is, at the front of an escaped text: ASCII without escapes, up to a
/// place where a `data:` URI may begin. Copying it costs a fraction of looking at each character.
fn plain_length(escaped: &[u8]) -> usize {
    let mark = |word: Word| word.not_ascii() | word.equal(b'\\') | word.equal_letter(b'd');
    let mut at = 0;
    loop {
        at = find(escaped, at, mark, |byte| matches!(byte, b'\\' | b'd' | b'D' | 0x80..));
        match escaped.get(at..) {
            Some(rest @ [b'd' | b'D', ..]) if !may_be_data_uri(rest) => at += 1,
            _ => return at,
        }
    }
}

/// Returns whether an escaped text may begin with `data:`. Escapes are not decoded.
fn may_be_data_uri(escaped: &[u8]) -> bool {
    let plain = escaped.iter().take_while(|byte| **byte != b'\\');
    plain.zip(b"data:").all(|(byte, letter)| byte.eq_ignore_ascii_case(letter))
}

/// The separators end a line: they have no ink, and they are no place to hide a text in.
const LINE_SEPARATOR: char = '\u{2028}';
const PARAGRAPH_SEPARATOR: char = '\u{2029}';
/// The joiners change how the letters or emoji around them are drawn.
const NON_JOINER: char = '\u{200c}';
const JOINER: char = '\u{200d}';

/// The part of a `data:` URI before its data (RFC 2397).
struct Header {
    media_type: String,
    base64: bool,
}

/// Takes the header after `data:`, with its comma. It has a media type, or at least a parameter: the words `data:` and a
/// comma alone occur in prose.
fn header(rest: &mut Decoded) -> Option<Header> {
    /// In characters. Longer headers do not occur.
    const MAX_LENGTH: usize = 200;
    let mut header = String::new();
    loop {
        match rest.next()? {
            ',' => break,
            c if header.len() < MAX_LENGTH && (marks::in_media_type(c) || ";=".contains(c)) => header.push(c),
            _ => return None,
        }
    }
    let (media_type, parameters) =
        header.split_once(';').map_or((header.as_str(), None), |(kind, rest)| (kind, Some(rest)));
    let media_type = match media_type.split_once('/') {
        Some((kind, subtype)) if !kind.is_empty() && !subtype.is_empty() => media_type,
        None if media_type.is_empty() && parameters.is_some() => "text/plain",
        _ => return None,
    };
    let base64 = parameters.is_some_and(|parameters| {
        parameters.rsplit(';').next().is_some_and(|last| last.eq_ignore_ascii_case("base64"))
    });
    Some(Header { media_type: media_type.to_owned(), base64 })
}

/// Takes characters as long as `belongs` accepts them.
fn take_while(rest: &mut Decoded, mut belongs: impl FnMut(char) -> bool) {
    let mut ahead = rest.clone();
    while ahead.next().is_some_and(&mut belongs) {
        rest.next();
    }
}

/// Takes base64 and returns the number of bytes that it encodes.
fn base64_length(rest: &mut Decoded) -> usize {
    let mut digits = 0;
    take_while(rest, |c| {
        digits += usize::from(c != '=' && c != '%');
        c.is_ascii_alphanumeric() || "+/-_=%".contains(c)
    });
    digits * 3 / 4
}

/// Takes percent-encoded data and returns the number of bytes that it encodes. The data ends where the attribute, the
/// `url()` or the word around it ends.
fn percent_encoded_length(rest: &mut Decoded) -> usize {
    let (mut bytes, mut escapes) = (0_usize, 0_usize);
    take_while(rest, |c| {
        let belongs = !c.is_whitespace() && !c.is_control() && !"\"'`<>()\\".contains(c);
        if belongs {
            bytes += c.len_utf8();
            escapes += usize::from(c == '%');
        }
        belongs
    });
    bytes.saturating_sub(escapes * 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the shown text and the number of characters left out.
    fn shown(escaped: &str) -> (String, usize) {
        let mut pieces = Pieces::new(escaped);
        let mut text = String::new();
        for piece in pieces.by_ref() {
            match piece {
                Piece::Plain(plain) => text.push_str(plain),
                Piece::Char(c) => text.push(c),
                Piece::Mark(mark) => text.push_str(&mark),
            }
        }
        (text, pieces.removed())
    }

    #[test]
    fn invisible_characters_are_left_out_and_counted() {
        let hidden = "a\u{200b}b\u{202e}c\u{2066}\u{feff}\u{e0041}\u{e007f} d\u{ad}";
        assert_eq!(shown(hidden), ("abc d".to_owned(), 7));
        assert_eq!(shown(r"a\u200bb\udb40\udc41c"), ("abc".to_owned(), 2), "escapes hide nothing");
        assert_eq!(shown("a\u{2028}b\u{2029}c\u{fe0f}"), ("a\u{2028}b\u{2029}c\u{fe0f}".to_owned(), 0));
    }

    #[test]
    fn joiners_between_letters_or_emoji_stay() {
        for text in [
            "می\u{200c}خواهم",
            "क\u{94d}\u{200d}ष",
            "👩\u{200d}💻",
            "❤\u{fe0f}\u{200d}🔥",
            "👩🏽\u{200d}🚒",
            "a\u{200d}b",
        ] {
            assert_eq!(shown(text), (text.to_owned(), 0));
        }
        for (text, visible, removed) in [
            ("\u{200d}a", "a", 1),
            ("a\u{200d}", "a", 1),
            ("a \u{200d}b", "a b", 1),
            ("1\u{200c}2", "12", 1),
            ("a\u{200d}\u{200d}b", "a\u{200d}b", 1),
            ("a\u{200b}\u{200d}b", "a\u{200d}b", 1),
            ("—\u{200d}—", "——", 1),
            ("\u{1160}\u{200d}a", "a", 2),
        ] {
            assert_eq!(shown(text), (visible.to_owned(), removed), "{text:?}");
        }
    }

    #[test]
    fn data_uris_become_marks() {
        let picture = format!("<img src=\\\"data:image\\/png;base64,{}==\\\"> after", "QUJD".repeat(400_000));
        assert_eq!(shown(&picture).0, "<img src=\"[data: image/png, 1.2 MB]\"> after");
        for (text, expected) in [
            ("DATA:image/gif;base64,R0lGODdh", "[data: image/gif, 6 bytes]"),
            ("url(data:image/svg+xml;charset=utf-8,%3Csvg%3E)", "url([data: image/svg+xml, 5 bytes])"),
            ("data:;base64,QQ==", "[data: text/plain, 1 bytes]"),
            ("data:text/html,a b", "[data: text/html, 1 bytes] b"),
            ("data:image/png;base64,QUJDdata:a/b,c", "[data: image/png, 6 bytes]:a/b,c"),
            ("xdata:image/png;base64,QUJD", "x[data: image/png, 3 bytes]"),
        ] {
            assert_eq!(shown(text).0, expected, "{text}");
        }
    }

    #[test]
    fn prose_about_data_is_no_uri() {
        for text in
            ["data: a, b", "data:yes,no", "data:,x", "metadata:image/png,x", "data:image/png", "d", "data:", "dat"]
        {
            assert_eq!(shown(text), (text.to_owned(), 0));
        }
    }
}
