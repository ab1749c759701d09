//! Resources: their entries in the two lists, and the result of `resources/read`.

use http::HeaderName;
use serde::Serialize;
use serde_json::{Map, Value};

use super::content::ResourceContents;

/// A resource as `resources/list` shows it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceEntry<'a> {
    /// Its address.
    pub uri: &'a str,
    /// Name for programs.
    pub name: &'a str,
    /// Name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<&'a str>,
    /// The purpose of the resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'a str>,
    /// The media type of its contents, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<&'a str>,
}

/// A pattern of addresses as `resources/templates/list` shows it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TemplateEntry<'a> {
    /// The pattern, a URI template (RFC 6570).
    pub uri_template: &'a str,
    /// Name for programs.
    pub name: &'a str,
    /// Name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<&'a str>,
    /// The purpose of the resources at such addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'a str>,
    /// The media type of their contents, if all have the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<&'a str>,
}

/// The result of reading a resource.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReadResult {
    /// The contents: more than one if the resource is a collection.
    pub contents: Vec<ResourceContents>,
    /// Further members of the result's `_meta`.
    #[serde(skip)]
    pub meta: Map<String, Value>,
    /// Headers of the response, on transports that have them.
    #[serde(skip)]
    pub headers: Vec<(HeaderName, u64)>,
}

impl From<ResourceContents> for ReadResult {
    /// The result for a single resource, with no further facts.
    fn from(contents: ResourceContents) -> Self {
        Self { contents: vec![contents], meta: Map::new(), headers: Vec::new() }
    }
}

/// The reason why a resource was not read.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct ReadError {
    /// The kind of failure, which selects the error code.
    pub reason: Unreadable,
    /// One sentence on what is wrong.
    pub message: String,
    /// Further members of the error's `data`, for programs.
    pub facts: Box<Map<String, Value>>,
    /// Headers of the response, on transports that have them.
    pub headers: Vec<(HeaderName, u64)>,
}

impl ReadError {
    /// The error for an address at which there is no resource.
    pub fn not_found() -> Self {
        Self {
            reason: Unreadable::NotFound,
            message: "Resource not found".to_owned(),
            facts: Box::default(),
            headers: Vec::new(),
        }
    }
}

/// The kinds of failure to read a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// No such resource exists.
    NotFound,
    /// The address is one that no resource can have.
    Invalid,
    /// The resource may exist, but it could not be fetched.
    Failed,
}
