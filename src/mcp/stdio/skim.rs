//! The id of a message that is too long to be kept.
//!
//! A client that sent too much is told so at once, which takes the id of its request: without it, the client would
//! wait until it gives up. The bytes pass through and only the outermost members are looked at. Nothing is checked;
//! of a text that is no JSON, anything may come out.

use crate::mcp::message::Id;

/// What has been seen of one message.
#[derive(Debug, Default)]
pub(super) struct Skim {
    depth: usize,
    in_string: bool,
    escaped: bool,
    /// The name or value that is being read, if it is one of the outermost object.
    token: Vec<u8>,
    at_id: bool,
    id: Option<Id>,
}

impl Skim {
    /// Longer ids are given up.
    const LONGEST: usize = 256;

    /// Takes in the next bytes.
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.step(byte);
        }
    }

    /// The id, if it was there to be seen.
    pub(super) fn id(self) -> Option<Id> {
        self.id
    }

    fn step(&mut self, byte: u8) {
        if self.in_string {
            self.keep(byte);
            self.in_string = self.escaped || byte != b'"';
            self.escaped = !self.escaped && byte == b'\\';
            return;
        }
        match byte {
            b'{' | b'[' => {
                self.depth += 1;
                // A value that is an object or a list is no id.
                self.at_id &= self.depth < 2;
            }
            b'}' | b']' => {
                self.end_of_member();
                self.depth = self.depth.saturating_sub(1);
            }
            b',' => self.end_of_member(),
            b':' if self.depth == 1 => {
                self.at_id = self.token == br#""id""#;
                self.token.clear();
            }
            _ => {
                self.in_string = byte == b'"';
                if !byte.is_ascii_whitespace() {
                    self.keep(byte);
                }
            }
        }
    }

    fn keep(&mut self, byte: u8) {
        if self.depth == 1 && self.token.len() <= Self::LONGEST {
            self.token.push(byte);
        }
    }

    fn end_of_member(&mut self) {
        if self.depth != 1 {
            return;
        }
        if self.at_id && self.token.len() <= Self::LONGEST {
            self.id = std::str::from_utf8(&self.token).ok().and_then(Id::read);
        }
        self.at_id = false;
        self.token.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> Option<Id> {
        let mut whole = Skim::default();
        whole.feed(text.as_bytes());
        let mut bytewise = Skim::default();
        for byte in text.as_bytes() {
            bytewise.feed(&[*byte]);
        }
        let id = whole.id();
        assert_eq!(id, bytewise.id());
        id
    }

    #[test]
    fn the_id_is_found_wherever_it_stands() {
        let seven = Some(Id::Integer("7".into()));
        assert_eq!(id(r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"a":["#), seven);
        assert_eq!(id(r#"{ "params" : {"id":1, "x":[{"id":2}]} , "id" : 7 }"#), seven);
        assert_eq!(id(r#"{"params":{"text":"\",\"id\":9}"},"id":7}"#), seven);
        assert_eq!(id(r#"{"id":"a\"b","params":{}}"#), Some(Id::Text("a\"b".into())));
    }

    #[test]
    fn what_is_no_id_is_not_taken_for_one() {
        for text in [
            r#"{"params":{"id":1}}"#,
            r#"{"id":null}"#,
            r#"{"id":1.5}"#,
            r#"{"id":{"id":1}}"#,
            r#"{"id":[1]}"#,
            r#"[{"id":1}]"#,
            r#"{"id":7"#,
            r#"{"x":"id","y":1}"#,
            "\\\"}}}]]{:,:,",
        ] {
            assert_eq!(id(text), None, "{text}");
        }
        assert_eq!(id(&format!(r#"{{"id":{}}}"#, "1".repeat(300))), None);
    }
}
