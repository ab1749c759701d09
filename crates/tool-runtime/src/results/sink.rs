//! Text with a maximum length.

/// A text of at most a given number of characters. Characters beyond it are counted and not stored.
pub(super) struct Sink {
    text: String,
    room: usize,
    excess: usize,
}

impl Sink {
    pub(super) fn new(max_chars: usize) -> Self {
        /// Enough for most members, so that they are written without moving them.
        const FIRST: usize = 64;
        Self { text: String::with_capacity(max_chars.min(FIRST)), room: max_chars, excess: 0 }
    }

    pub(super) fn push(&mut self, c: char) {
        if self.room > 0 {
            self.room -= 1;
            self.text.push(c);
        } else {
            self.excess += 1;
        }
    }

    pub(super) fn push_str(&mut self, text: &str) {
        let chars = text.chars().count();
        if chars <= self.room {
            self.room -= chars;
            self.text.push_str(text);
        } else {
            text.chars().for_each(|c| self.push(c));
        }
    }

    /// Appends a character of a JSON string.
    pub(super) fn push_escaped(&mut self, c: char) {
        match c {
            '"' => self.push_str("\\\""),
            '\\' => self.push_str("\\\\"),
            '\u{8}' => self.push_str("\\b"),
            '\u{c}' => self.push_str("\\f"),
            '\n' => self.push_str("\\n"),
            '\r' => self.push_str("\\r"),
            '\t' => self.push_str("\\t"),
            control if control < ' ' => self.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => self.push(other),
        }
    }

    /// Appends a JSON string.
    pub(super) fn push_string(&mut self, text: &str) {
        let needs_no_escape = |byte| byte >= b' ' && byte != b'"' && byte != b'\\';
        self.push('"');
        if text.bytes().all(needs_no_escape) {
            self.push_str(text);
        } else {
            text.chars().for_each(|c| self.push_escaped(c));
        }
        self.push('"');
    }

    /// The number of characters that did not fit.
    pub(super) fn excess(&self) -> usize {
        self.excess
    }

    /// The number of characters that still fit.
    pub(super) fn room(&self) -> usize {
        self.room
    }

    /// Returns the text, or `None` if it did not fit.
    pub(super) fn finish(self) -> Option<String> {
        (self.excess == 0).then_some(self.text)
    }

    /// Returns the characters that fit.
    pub(super) fn cut(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_beyond_the_maximum_are_counted() {
        let mut sink = Sink::new(4);
        sink.push_str("äö");
        sink.push_escaped('\n');
        assert_eq!((sink.room(), sink.excess()), (0, 0));
        sink.push_str("xyz");
        assert_eq!((sink.excess(), sink.cut().as_str()), (3, "äö\\n"));
    }

    #[test]
    fn strings_are_escaped_as_serde_json_escapes_them() {
        let text: String = ('\0'..='\u{a0}').chain(['"', '\\', '😀', '\u{2028}', '\u{fffd}']).collect();
        let mut sink = Sink::new(usize::MAX);
        sink.push_string(&text);
        let written = sink.finish().expect("it fits");
        assert_eq!(written, serde_json::to_string(&text).expect("a string is valid JSON"));
    }
}
