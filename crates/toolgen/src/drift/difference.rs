//! A difference between a spec and a document, and the error for a document that cannot be compared.

/// A difference between a spec and an OpenAPI document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The difference as a sentence: `GET /v1/books query page is new in the document`.
    pub text: String,
    /// The reason to expect it, if the spec itself gives one.
    pub inferred: Option<String>,
}

impl Difference {
    pub(super) fn new(place: &str, what: &str) -> Self {
        Self { text: format!("{place} {what}"), inferred: None }
    }
}

/// The reason why a document cannot be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentError {
    /// It has no `openapi: 3.…` at its top level.
    NotOpenApi3,
    /// It has no `paths`.
    NoPaths,
}

impl std::fmt::Display for DocumentError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NotOpenApi3 => "this is not an OpenAPI 3 document: `\"openapi\": \"3.…\"` is missing",
            Self::NoPaths => "this OpenAPI document describes no operations: `paths` is missing",
        })
    }
}

impl std::error::Error for DocumentError {}
