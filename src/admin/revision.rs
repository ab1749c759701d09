//! Revisions over HTTP: the `ETag` of a response, and the `If-Match` of a request (RFC 9110, sections 8.8.3 and 13.1.1).

use std::str::FromStr;

use axum::Json;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::header::{ETAG, HeaderValue, IF_MATCH};
use http::request::Parts;
use tool_runtime::violation::Violations;

use super::error::AdminError;
use crate::registry::{Precondition, Revised, Revision};

/// A response with an object, and with its revision as `ETag`.
pub(super) struct Tagged<T>(pub(super) T);

impl<T: Revised> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        ([(ETAG, entity_tag(self.0.revision()))], Json(self.0)).into_response()
    }
}

/// The value of the `ETag` header.
pub(super) fn entity_tag(revision: &Revision) -> HeaderValue {
    HeaderValue::try_from(format!("\"{}\"", revision.as_str())).expect("a revision is letters, digits and hyphens")
}

/// The precondition in the `If-Match` header. Without the header, the request applies unconditionally.
pub(super) struct IfMatch(pub(super) Precondition);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = AdminError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, AdminError> {
        let lines = parts.headers.get_all(IF_MATCH).iter();
        // Several lines are one list (RFC 9110, section 5.3).
        let lines: Vec<_> = lines.map(|line| String::from_utf8_lossy(line.as_bytes())).collect();
        if lines.is_empty() {
            return Ok(Self(Precondition::None));
        }
        Ok(lines.join(",").parse()?)
    }
}

impl FromStr for IfMatch {
    type Err = Violations;

    fn from_str(text: &str) -> Result<Self, Violations> {
        // The object exists whenever a precondition is checked, and `*` asks for no more.
        if text.trim() == "*" {
            return Ok(Self(Precondition::None));
        }
        let invalid = || {
            let allowed = "the ETag of the object as it was returned, such as \"1-18c0ffee\", or *";
            Violations::new("is not a list of entity tags", allowed).under_key("If-Match")
        };
        let mut accepted = Vec::new();
        let mut rest = text;
        loop {
            rest = rest.trim_start_matches([' ', '\t', ',']);
            if rest.is_empty() {
                break;
            }
            let (is_weak, tag) = match rest.strip_prefix("W/") {
                Some(tag) => (true, tag),
                None => (false, rest),
            };
            let (tag, after) = tag.strip_prefix('"').and_then(|tag| tag.split_once('"')).ok_or_else(invalid)?;
            if !after.trim_start_matches([' ', '\t']).is_empty() && !after.trim_start().starts_with(',') {
                return Err(invalid());
            }
            // A weak tag never matches: the comparison is the strong one.
            if !is_weak {
                accepted.push(tag.to_owned());
            }
            rest = after;
        }
        if accepted.is_empty() && !text.contains('"') {
            return Err(invalid());
        }
        Ok(Self(Precondition::RevisionIn(accepted)))
    }
}

#[cfg(test)]
mod tests {
    use super::IfMatch;
    use crate::registry::Precondition;

    fn accepted(text: &str) -> Option<Vec<String>> {
        match text.parse() {
            Ok(IfMatch(Precondition::RevisionIn(accepted))) => Some(accepted),
            Ok(IfMatch(Precondition::None)) => Some(vec!["*".to_owned()]),
            Err(_) => None,
        }
    }

    #[test]
    fn if_match_is_a_list_of_strong_tags_or_a_star() {
        let lists: [(&str, &[&str]); 6] = [
            ("*", &["*"]),
            (r#""1-a""#, &["1-a"]),
            (r#" "1-a" ,, "2,b""#, &["1-a", "2,b"]),
            (r#"W/"1-a", "2-b""#, &["2-b"]),
            (r#"W/"1-a""#, &[]),
            (r#""""#, &[""]),
        ];
        for (text, expected) in lists {
            assert_eq!(
                accepted(text).as_deref(),
                Some(expected.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>().as_slice()),
                "{text}"
            );
        }
        for wrong in ["", ",", "1-a", "\"1-a", "\"1-a\"2", "W/1-a", "\"1-a\", *"] {
            assert_eq!(accepted(wrong), None, "{wrong}");
        }
    }
}
