//! Resources: how they stand in their two lists, and what reading one yields.

use http::HeaderName;
use serde::Serialize;
use serde_json::{Map, Value};

use super::content::ResourceContents;
use super::list::EncodedList;

/// What a service has to be read.
#[derive(Debug)]
pub struct Resources {
    /// Resources with an address of their own.
    pub list: EncodedList,
    /// Patterns for the addresses of all others.
    pub templates: EncodedList,
}

/// A resource as it stands in the list.
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
    /// What it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'a str>,
    /// How its contents are to be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<&'a str>,
}

/// A pattern of addresses as it stands in the list.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TemplateEntry<'a> {
    /// The pattern (RFC 6570).
    pub uri_template: &'a str,
    /// Name for programs.
    pub name: &'a str,
    /// Name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<&'a str>,
    /// What is to be had at such an address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'a str>,
    /// How the contents are to be read, if that is the same for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<&'a str>,
}

/// What reading a resource yields.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReadResult {
    /// The contents: several, if the resource stands for several.
    pub contents: Vec<ResourceContents>,
    /// Facts for the client, under keys with a vendor's prefix such as `vendor/fact`.
    #[serde(skip)]
    pub meta: Map<String, Value>,
    /// Facts for those on the way to the client, where the transport has headers.
    #[serde(skip)]
    pub headers: Vec<(HeaderName, u64)>,
}

impl ReadResult {
    /// A single resource, without further facts.
    pub fn of(contents: ResourceContents) -> Self {
        Self { contents: vec![contents], meta: Map::new(), headers: Vec::new() }
    }
}

/// Why a resource cannot be read.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct ReadError {
    /// What kind of reason it is.
    pub reason: Unreadable,
    /// One sentence on what is wrong.
    pub message: String,
    /// What a program can act on.
    pub facts: Box<Map<String, Value>>,
    /// As with [`ReadResult::headers`].
    pub headers: Vec<(HeaderName, u64)>,
}

impl ReadError {
    /// There is nothing at this address.
    pub fn not_found() -> Self {
        Self {
            reason: Unreadable::NotFound,
            message: "Resource not found".to_owned(),
            facts: Box::default(),
            headers: Vec::new(),
        }
    }
}

/// The kinds of reasons why a resource cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// There is no such resource.
    NotFound,
    /// No resource can have such an address.
    Invalid,
    /// It is there perhaps, but it was not to be had.
    Failed,
}
