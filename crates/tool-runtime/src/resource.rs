//! Resources: the URIs at which a read-only tool's results can be read.

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

/// The URIs of one tool's results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResourceDef {
    /// Pattern of the URIs: `scheme://` and segments, each of them a text or a variable in braces.
    pub uri: &'static str,
    /// Name for programs.
    pub name: &'static str,
    /// Name for people.
    pub title: &'static str,
}

impl ResourceDef {
    /// Returns the arguments in `uri`, or `None` if it does not match the pattern.
    ///
    /// Every argument is a string. An encoded separator stays part of its segment.
    pub fn arguments(&self, uri: &str) -> Option<Map<String, Value>> {
        let (scheme, pattern) = self.uri.split_once("://")?;
        let (given_scheme, given) = uri.split_once("://")?;
        let mut given = given.split('/');
        let mut arguments = Map::new();
        for segment in pattern.split('/') {
            let text = decoded_segment(given.next()?)?;
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

/// Decodes a percent-encoded segment. Returns `None` if a query or a fragment follows it, or if it is not UTF-8.
fn decoded_segment(segment: &str) -> Option<String> {
    if segment.contains(['?', '#']) {
        return None;
    }
    percent_decode_str(segment).decode_utf8().ok().map(Into::into)
}
