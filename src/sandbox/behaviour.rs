//! What the data says beside its records: limits, the words of errors, and what each operation does.
//!
//! Shape only, like `definition`. The language is explained where it is written: at the top of the data file.

use serde::Deserialize;
use serde_json::Value;

use super::collection::{Collection, Shown};
use super::condition::Where;
use super::definition::Ordered;
use super::template::{Path, Template};

/// The whole of the data.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Data {
    #[serde(default)]
    pub(super) base: String,
    pub(super) rate: Rate,
    pub(super) limits: Limits,
    pub(super) errors: Errors,
    #[serde(default)]
    pub(super) attachment: Option<Template>,
    pub(super) collections: Ordered<Collection>,
    pub(super) operations: Ordered<Behaviour>,
}

/// How many calls are let through, and how the reply says so.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rate {
    pub(super) calls: u32,
    pub(super) seconds: u32,
    #[serde(default)]
    pub(super) limit: Vec<String>,
    #[serde(default)]
    pub(super) remaining: Vec<String>,
    #[serde(default)]
    pub(super) retry_after: Vec<String>,
}

/// What is refused for its size.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Limits {
    pub(super) records: usize,
    pub(super) body_bytes: usize,
    pub(super) url_bytes: usize,
}

/// The body of an error reply, and the texts for it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Errors {
    pub(super) body: Template,
    pub(super) bad_request: Template,
    pub(super) unauthorized: Template,
    pub(super) gated: Template,
    pub(super) unknown_path: Template,
    pub(super) not_found: Template,
    pub(super) ambiguous: Template,
    pub(super) too_large: Template,
    pub(super) long_url: Template,
    pub(super) rate_limited: Template,
    pub(super) full: Template,
}

/// What an operation does.
#[derive(Debug, Deserialize)]
#[serde(tag = "does", rename_all = "snake_case")]
pub(super) enum Behaviour {
    Say(Say),
    List(Box<List>),
    Get(Get),
    Create(Change),
    Update(Change),
    Delete(Change),
    SameAs(SameAs),
}

/// Answers a fixed text.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Say {
    pub(super) text: String,
    /// Without a key, and without being counted.
    #[serde(default)]
    pub(super) open: bool,
}

/// Does what another operation does.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SameAs {
    pub(super) operation: String,
}

/// Answers many records.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    #[serde(rename = "in")]
    pub(super) collection: String,
    #[serde(default)]
    pub(super) needs: Vec<Check>,
    #[serde(default, rename = "where")]
    pub(super) filter: Where,
    #[serde(default)]
    pub(super) given: Ordered<Where>,
    #[serde(default)]
    pub(super) off: Ordered<Where>,
    #[serde(default)]
    pub(super) filters: Option<Filters>,
    #[serde(default)]
    pub(super) search: Option<Search>,
    #[serde(default)]
    pub(super) sort: Option<Sort>,
    #[serde(default)]
    pub(super) page: Option<Page>,
    pub(super) view: String,
    #[serde(default)]
    pub(super) with: Ordered<Vec<Shown>>,
    #[serde(default)]
    pub(super) flat: Option<Flat>,
    #[serde(default)]
    pub(super) counts: Ordered<Where>,
}

/// Filters that come as one object.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filters {
    pub(super) argument: String,
    /// The text that stands for "no value".
    #[serde(default)]
    pub(super) none: Option<String>,
    #[serde(default)]
    pub(super) fields: Ordered<Path>,
    /// Keys whose value is again an object, of keys of that field.
    #[serde(default)]
    pub(super) keyed: Ordered<Path>,
    #[serde(default)]
    pub(super) off: Ordered<Where>,
}

/// Words to be found somewhere in a record.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Search {
    pub(super) argument: String,
    /// The key of a list of terms; without it the object is the one term.
    #[serde(default)]
    pub(super) terms: Option<String>,
    pub(super) words: String,
    #[serde(rename = "in")]
    pub(super) places_key: String,
    pub(super) places: Ordered<Vec<Path>>,
    pub(super) default: Vec<String>,
    /// The field among whose keys any other place is looked up.
    #[serde(default)]
    pub(super) others: Option<String>,
}

/// The order of rows.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sort {
    #[serde(default)]
    pub(super) by: Option<String>,
    /// What can be asked for, and the field it means; `null` is how well a search matched.
    pub(super) fields: Ordered<Option<Path>>,
    pub(super) default: String,
    #[serde(default)]
    pub(super) order: Option<String>,
    #[serde(default = "down")]
    pub(super) down: String,
    #[serde(default)]
    pub(super) descending: bool,
}

fn down() -> String {
    "desc".to_owned()
}

/// How much of a list is answered at once.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Page {
    pub(super) rows: usize,
    #[serde(default)]
    pub(super) size: Option<String>,
    pub(super) offset: String,
    /// Rows beyond this are never answered.
    #[serde(default)]
    pub(super) most: Option<usize>,
}

/// Fields whose keys move up beside the others when an argument says so.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Flat {
    pub(super) argument: String,
    pub(super) fields: Vec<String>,
}

/// Answers one record.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Get {
    #[serde(rename = "in")]
    pub(super) collection: String,
    pub(super) by: Vec<Where>,
    #[serde(default)]
    pub(super) missing: Option<Template>,
    pub(super) view: String,
}

/// Makes, changes or removes one record.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    #[serde(rename = "in")]
    pub(super) collection: String,
    #[serde(default)]
    pub(super) by: Vec<Where>,
    #[serde(default)]
    pub(super) missing: Option<Template>,
    /// Argument → field, where the names differ; `null` stores nothing.
    #[serde(default)]
    pub(super) store: Ordered<Option<String>>,
    /// The text that empties a field.
    #[serde(default)]
    pub(super) clear: Option<String>,
    /// Fields that are lists and are changed by `add` and `remove`.
    #[serde(default)]
    pub(super) lists: Vec<String>,
    #[serde(default)]
    pub(super) set: Ordered<Template>,
    #[serde(default)]
    pub(super) needs: Vec<Check>,
    #[serde(default)]
    pub(super) refuses: Vec<Check>,
    #[serde(default)]
    pub(super) also: Vec<Effect>,
    pub(super) reply: Answer,
}

/// What a change answers: a view of the record, or a body of its own.
#[derive(Debug)]
pub(super) enum Answer {
    View(String),
    Body(Template),
}

impl<'de> Deserialize<'de> for Answer {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(view) => Ok(Self::View(view)),
            other => Template::try_from(other).map(Self::Body).map_err(serde::de::Error::custom),
        }
    }
}

/// A record that must be there, or must not.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Check {
    #[serde(rename = "in")]
    pub(super) collection: String,
    #[serde(rename = "where")]
    pub(super) filter: Where,
    #[serde(default)]
    pub(super) when: Where,
    pub(super) status: u16,
    pub(super) message: Template,
}

/// What a change does to other records.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Effect {
    #[serde(rename = "in")]
    pub(super) collection: String,
    #[serde(rename = "where")]
    pub(super) filter: Where,
    #[serde(default)]
    pub(super) set: Ordered<Template>,
    #[serde(default)]
    pub(super) delete: bool,
    /// The record that is made if there is none like that.
    #[serde(default)]
    pub(super) create: Option<Ordered<Template>>,
}
