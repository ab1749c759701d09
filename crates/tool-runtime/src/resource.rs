//! A resource: what a tool gets, at an address that says with which arguments.

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

/// The addresses at which a tool's answers are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResourceDef {
    /// Their pattern: `scheme://` and segments, each of them a text or a variable in braces.
    pub uri: &'static str,
    /// Name for programs.
    pub name: &'static str,
    /// Name for people.
    pub title: &'static str,
}

impl ResourceDef {
    /// The arguments that stand in `uri`, if it fits the pattern.
    ///
    /// They are texts, whatever the tool makes of them. What is encoded in a segment stays in that segment.
    pub fn arguments(&self, uri: &str) -> Option<Map<String, Value>> {
        let (scheme, pattern) = self.uri.split_once("://")?;
        let (given_scheme, given) = uri.split_once("://")?;
        let mut given = given.split('/');
        let mut arguments = Map::new();
        for segment in pattern.split('/') {
            let text = decoded(given.next()?)?;
            match segment.strip_prefix('{').and_then(|segment| segment.strip_suffix('}')) {
                Some(_) if text.is_empty() => return None,
                Some(variable) => {
                    arguments.insert(variable.to_owned(), Value::String(text));
                }
                None if text != segment => return None,
                None => {}
            }
        }
        (given.next().is_none() && scheme.eq_ignore_ascii_case(given_scheme)).then_some(arguments)
    }
}

/// A segment without its encoding, unless it is none.
fn decoded(segment: &str) -> Option<String> {
    if segment.contains(['?', '#']) {
        return None;
    }
    percent_decode_str(segment).decode_utf8().ok().map(Into::into)
}
