//! The data of a sandbox: limits, error texts, and the behaviour of each operation.
//!
//! The language is explained where it is written: at the top of `spec/sandbox.yaml`.

use std::sync::Arc;

use indexmap::IndexMap;
use serde::Deserialize;

use super::collection::{Collection, Shown};
use super::operation::{Param, Place};
use crate::expression::{Expression, Template};

/// The whole data file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Data {
    #[serde(default)]
    pub(crate) base: String,
    pub(crate) rate: Rate,
    pub(crate) limits: Limits,
    pub(crate) errors: Errors,
    pub(crate) attachment: Option<Template>,
    #[serde(default)]
    pub(crate) collections: IndexMap<String, Arc<Collection>>,
    #[serde(default)]
    pub(crate) operations: IndexMap<String, Behaviour>,
}

/// The rate limit, and the headers that report it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rate {
    pub(crate) calls: u32,
    pub(crate) seconds: u32,
    #[serde(default)]
    pub(crate) limit: Vec<String>,
    #[serde(default)]
    pub(crate) remaining: Vec<String>,
    #[serde(default)]
    pub(crate) retry_after: Vec<String>,
}

/// The largest sizes that are accepted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Limits {
    pub(crate) records: usize,
    pub(crate) body_bytes: usize,
    pub(crate) url_bytes: usize,
}

/// The body of every error reply, and the texts for it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Errors {
    pub(crate) body: Template,
    pub(crate) bad_request: Template,
    pub(crate) unauthorized: Template,
    pub(crate) gated: Template,
    pub(crate) unknown_path: Template,
    pub(crate) not_found: Template,
    pub(crate) ambiguous: Template,
    pub(crate) too_large: Template,
    pub(crate) long_url: Template,
    pub(crate) rate_limited: Template,
    pub(crate) full: Template,
}

/// The behaviour of an operation.
#[derive(Debug, Deserialize)]
#[serde(tag = "does", rename_all = "snake_case")]
pub(crate) enum Behaviour {
    Say(Say),
    List(Box<List>),
    Get(Method),
    Create(Method),
    Update(Method),
    Delete(Method),
}

/// Returns a fixed text.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Say {
    pub(crate) text: String,
    /// Needs no key, and does not count as a call.
    #[serde(default)]
    pub(crate) open: bool,
}

/// Returns a list of records.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct List {
    #[serde(rename = "in")]
    pub(crate) collection: String,
    pub(crate) needs: Vec<Check>,
    /// Conditions. One that reads an argument applies only if the argument is given.
    #[serde(rename = "where")]
    pub(crate) filters: Vec<Expression>,
    pub(crate) search: Option<Search>,
    pub(crate) sort: Option<Sort>,
    pub(crate) page: Option<Page>,
    pub(crate) view: String,
    /// Fields that are added if an argument is 1.
    pub(crate) with: IndexMap<String, Vec<Shown>>,
    /// Fields whose keys move up beside the others if an argument is 1.
    pub(crate) flat: IndexMap<String, Vec<String>>,
    pub(crate) counts: IndexMap<String, Expression>,
}

/// A search for words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Search {
    pub(crate) argument: String,
    /// The key of a list of terms; without it, the argument itself is the one term.
    pub(crate) terms: Option<String>,
    pub(crate) words: String,
    #[serde(rename = "in")]
    pub(crate) places_key: String,
    pub(crate) places: IndexMap<String, Vec<Expression>>,
    pub(crate) default: Vec<String>,
    /// The object field whose keys can be searched by name, besides `places`.
    pub(crate) others: Option<Expression>,
}

/// The order of rows.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sort {
    pub(crate) by: Option<String>,
    pub(crate) fields: IndexMap<String, Expression>,
    pub(crate) default: String,
    pub(crate) order: Option<String>,
    /// The value of `order` for descending order; `desc` if absent.
    pub(crate) down: Option<String>,
    #[serde(default)]
    pub(crate) descending: bool,
}

/// The part of a list that one reply holds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Page {
    pub(crate) rows: usize,
    pub(crate) size: Option<String>,
    pub(crate) offset: String,
    /// The last row that is ever returned.
    pub(crate) most: Option<usize>,
}

/// Gets, creates, updates or deletes one record.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Method {
    #[serde(rename = "in")]
    pub(crate) collection: String,
    pub(crate) by: Vec<Expression>,
    pub(crate) missing: Option<Template>,
    /// Arguments that are stored under another name, or not at all.
    pub(crate) store: IndexMap<String, Option<String>>,
    /// The text that empties a field.
    pub(crate) clear: Option<String>,
    /// List fields that are changed by `add` and `remove`.
    pub(crate) lists: Vec<String>,
    pub(crate) set: IndexMap<String, Template>,
    pub(crate) needs: Vec<Check>,
    pub(crate) refuses: Vec<Check>,
    pub(crate) also: Vec<Effect>,
    pub(crate) reply: MethodReply,
}

impl Method {
    /// The field that a parameter is stored in.
    pub(crate) fn stored_as<'a>(&'a self, param: &'a Param) -> Option<&'a str> {
        match self.store.get(&param.argument) {
            Some(renamed) => renamed.as_deref(),
            None => (param.place == Place::Json).then_some(&param.name),
        }
    }
}

/// The reply to a method: a view of the record, or a body of its own.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum MethodReply {
    View(String),
    Body(Template),
}

impl Default for MethodReply {
    fn default() -> Self {
        Self::View(String::new())
    }
}

/// A record that must exist, or must not.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Check {
    #[serde(rename = "in")]
    pub(crate) collection: String,
    #[serde(rename = "where")]
    pub(crate) filter: Expression,
    pub(crate) when: Option<Expression>,
    pub(crate) status: u16,
    pub(crate) message: Template,
}

/// A change of other records.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Effect {
    #[serde(rename = "in")]
    pub(crate) collection: String,
    #[serde(rename = "where")]
    pub(crate) filter: Expression,
    #[serde(default)]
    pub(crate) set: IndexMap<String, Template>,
    #[serde(default)]
    pub(crate) delete: bool,
    /// The record to create if none fulfils the condition.
    pub(crate) create: Option<IndexMap<String, Template>>,
}
