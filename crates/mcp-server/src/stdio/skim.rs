//! Finding the id of a message that is too long to be stored.
//!
//! The answer to such a message needs the id of the request: without it, the client would wait until its own time-out.
//! The bytes are scanned as they pass, and only the members of the outermost object are looked at. The syntax
//! is not checked: for a text that is not JSON, the result is arbitrary.

use crate::message::RpcId;

/// The scanner's state within one message.
#[derive(Debug, Default)]
pub(super) struct Skim {
    depth: usize,
    in_string: bool,
    escaped: bool,
    /// The name or value that is being read, if it is a member of the outermost object.
    token: Vec<u8>,
    at_id: bool,
    id: Option<RpcId>,
}

impl Skim {
    /// The maximum length of an id, in bytes. A longer one counts as absent.
    const LONGEST: usize = 256;

    /// Scans the next bytes.
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.step(byte);
        }
    }

    /// The id, if one was found.
    pub(super) fn id(self) -> Option<RpcId> {
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
                // An object or a list is not an id.
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
            self.id = std::str::from_utf8(&self.token).ok().and_then(RpcId::parse);
        }
        self.at_id = false;
        self.token.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> Option<RpcId> {
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
    fn the_id_is_found_at_any_position() {
        let seven = Some(RpcId::Integer("7".into()));
        assert_eq!(id(r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"a":["#), seven);
        assert_eq!(id(r#"{ "params" : {"id":1, "x":[{"id":2}]} , "id" : 7 }"#), seven);
        assert_eq!(id(r#"{"params":{"text":"\",\"id\":9}"},"id":7}"#), seven);
        assert_eq!(id(r#"{"id":"a\"b","params":{}}"#), Some(RpcId::Text("a\"b".into())));
    }

    #[test]
    fn other_members_are_not_taken_for_the_id() {
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
