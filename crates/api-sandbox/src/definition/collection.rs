//! Collections of records: seed data, relations, derived fields, rules and views.
//!
//! The language is explained where it is written: at the top of `spec/sandbox.yaml`.

use indexmap::IndexMap;
use serde::Deserialize;

use crate::expression::{Expression, Template};
use crate::value::Record;

/// Records of one sort.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Collection {
    pub(crate) number: Option<String>,
    pub(crate) attachments: Option<String>,
    pub(crate) times: Vec<String>,
    pub(crate) dates: Vec<String>,
    pub(crate) relations: IndexMap<String, Relation>,
    pub(crate) defaults: IndexMap<String, Template>,
    pub(crate) derived: IndexMap<String, Template>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) views: IndexMap<String, View>,
    pub(crate) records: Vec<Record>,
    /// Word lists that all generators of the collection share.
    pub(crate) words: IndexMap<String, Vec<Template>>,
    pub(crate) generate: Vec<Generate>,
}

/// The records of another collection that belong to a record.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Relation {
    #[serde(rename = "in")]
    pub(crate) collection: String,
    /// Fields of the other records, and the values that they must be alike to.
    #[serde(default)]
    pub(crate) on: IndexMap<String, Expression>,
    #[serde(rename = "where")]
    pub(crate) filter: Option<Expression>,
    #[serde(default)]
    pub(crate) one: bool,
}

/// Fields that are set whenever a condition holds after a change.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    pub(crate) when: Expression,
    pub(crate) set: IndexMap<String, Template>,
}

/// The form in which a record is shown: an object of fields, or one value.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum View {
    Fields(Vec<Shown>),
    Value(Template),
}

/// Fields of a view. The name of one that is left out when it has no value ends with `?`.
#[derive(Debug, Deserialize)]
#[serde(from = "Written")]
pub(crate) struct Shown(pub(crate) IndexMap<String, Template>);

/// A field of a view as it is written: its name alone, or with a value.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Name(String),
    Value(IndexMap<String, Template>),
}

impl From<Written> for Shown {
    fn from(written: Written) -> Self {
        Self(match written {
            Written::Name(name) => {
                let value = Expression::from(name.trim_end_matches('?').to_owned());
                IndexMap::from([(name, Template::Expression(value))])
            }
            Written::Value(fields) => fields,
        })
    }
}

/// A generator of similar records.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Generate {
    pub(crate) count: usize,
    /// Values for each record, made from its number `n`.
    #[serde(default)]
    pub(crate) set: IndexMap<String, Template>,
    #[serde(default)]
    pub(crate) words: IndexMap<String, Vec<Template>>,
    pub(crate) record: IndexMap<String, Template>,
}
