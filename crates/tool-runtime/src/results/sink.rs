//! Text with a maximum length.

use super::words::{Word, find};

/// A text of at most a given number of characters. Characters beyond it are counted and not stored.
pub(super) struct Sink {
    text: String,
    room: usize,
    excess: usize,
}

/// The state of a [`Sink`], to which it can return.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    len: usize,
    room: usize,
    excess: usize,
}

impl Sink {
    pub(super) fn new(max_chars: usize) -> Self {
        Self { text: String::new(), room: max_chars, excess: 0 }
    }

    /// Makes room in memory for a text of about this length in bytes.
    pub(super) fn expecting(mut self, length: usize) -> Self {
        self.text.reserve(length.min(self.room));
        self
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
        self.push_chars(text, text.chars().count());
    }

    /// Appends a text of ASCII characters only.
    pub(super) fn push_ascii(&mut self, text: &str) {
        self.push_chars(text, text.len());
    }

    fn push_chars(&mut self, text: &str, chars: usize) {
        if chars <= self.room {
            self.room -= chars;
            self.text.push_str(text);
        } else {
            text.chars().for_each(|c| self.push(c));
        }
    }

    /// Appends a comma, and deducts it if there is room: the last comma is taken off in the end.
    pub(super) fn separate(&mut self) {
        self.text.push(',');
        self.room = self.room.saturating_sub(1);
    }

    pub(super) fn mark(&self) -> Mark {
        Mark { len: self.text.len(), room: self.room, excess: self.excess }
    }

    /// Returns to an earlier state.
    pub(super) fn undo(&mut self, to: Mark) {
        self.text.truncate(to.len);
        (self.room, self.excess) = (to.room, to.excess);
    }

    /// Takes off everything since an earlier state. It stays deducted from the room.
    pub(super) fn split_off(&mut self, since: Mark) -> String {
        self.text.split_off(since.len)
    }

    /// Returns everything since an earlier state.
    pub(super) fn since(&self, mark: Mark) -> &str {
        self.text.get(mark.len..).unwrap_or_default()
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
        self.push_quoted(text, "\"");
    }

    /// Appends the name of a member, and the colon after it.
    pub(super) fn push_name(&mut self, name: &str) {
        self.push_quoted(name, "\":");
    }

    /// Appends the characters of a JSON string and its end.
    fn push_quoted(&mut self, text: &str, end: &str) {
        let chars = "\"".len() + text.len() + end.len();
        if chars <= self.room && needs_no_escape(text) {
            self.room -= chars;
            self.text.reserve(chars);
            self.text.push('"');
            self.text.push_str(text);
            self.text.push_str(end);
            return;
        }
        self.push('"');
        text.chars().for_each(|c| self.push_escaped(c));
        self.push_ascii(end);
    }

    /// The number of characters that did not fit.
    pub(super) fn excess(&self) -> usize {
        self.excess
    }

    /// Returns the characters that fit.
    pub(super) fn text(self) -> String {
        self.text
    }

    /// Returns the text without the comma of [`separate`](Self::separate) at its end.
    pub(super) fn separated(mut self) -> String {
        if self.text.ends_with(',') {
            self.text.pop();
        }
        self.text
    }
}

/// Returns whether a text is ASCII and the same as a JSON string.
fn needs_no_escape(text: &str) -> bool {
    let mark = |word: Word| word.not_ascii() | word.control() | word.equal(b'"') | word.equal(b'\\');
    let is_it = |byte| matches!(byte, b'"' | b'\\' | ..b' ' | 0x80..);
    find(text.as_bytes(), 0, mark, is_it) == text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_beyond_the_maximum_are_counted() {
        let mut sink = Sink::new(4);
        sink.push_str("äö");
        sink.push_escaped('\n');
        assert_eq!((sink.room, sink.excess()), (0, 0));
        sink.push_str("xyz");
        assert_eq!((sink.excess(), sink.text().as_str()), (3, "äö\\n"));
    }

    #[test]
    fn a_sink_returns_to_an_earlier_state() {
        let mut sink = Sink::new(4);
        sink.push_str("a");
        sink.separate();
        let mark = sink.mark();
        sink.push_str("bcd");
        assert_eq!((sink.since(mark), sink.excess()), ("bc", 1));
        sink.undo(mark);
        sink.push_str("bc");
        assert_eq!((sink.excess(), sink.separated().as_str()), (0, "a,bc"));
    }

    #[test]
    fn strings_are_escaped_as_serde_json_escapes_them() {
        let text: String = ('\0'..='\u{a0}').chain(['"', '\\', '😀', '\u{2028}', '\u{fffd}']).collect();
        let mut sink = Sink::new(usize::MAX);
        sink.push_string(&text);
        assert_eq!(sink.text(), serde_json::to_string(&text).expect("a string is valid JSON"));
    }
}
