//! Collections of records: seed data, relations, derived fields, rules and views.
//!
//! The language is explained where it is written: at the top of `spec/sandbox.yaml`.

use indexmap::IndexMap;
use serde::Deserialize;

use crate::clock::Shift;
use crate::expression::{Expression, Template};
use crate::value::Record;

/// Records of one sort.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Collection {
    #[serde(default)]
    pub(crate) number: Option<String>,
    #[serde(default)]
    pub(crate) attachments: Option<String>,
    #[serde(default)]
    pub(crate) times: Vec<String>,
    #[serde(default)]
    pub(crate) dates: Vec<String>,
    #[serde(default)]
    pub(crate) relations: IndexMap<String, Relation>,
    #[serde(default)]
    pub(crate) defaults: IndexMap<String, Template>,
    #[serde(default)]
    pub(crate) derived: IndexMap<String, Template>,
    #[serde(default)]
    pub(crate) rules: Vec<Rule>,
    #[serde(default)]
    pub(crate) views: IndexMap<String, View>,
    #[serde(default)]
    pub(crate) records: Vec<Record>,
    /// Word lists that all generators of the collection share.
    #[serde(default)]
    pub(crate) words: IndexMap<String, Vec<Template>>,
    #[serde(default)]
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
    #[serde(default, rename = "where")]
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
#[serde(try_from = "serde_json::Value")]
pub(crate) enum View {
    Fields(Vec<Shown>),
    Value(Template),
}

impl TryFrom<serde_json::Value> for View {
    type Error = String;

    fn try_from(value: serde_json::Value) -> Result<Self, String> {
        match value {
            serde_json::Value::Array(fields) => {
                fields.into_iter().map(Shown::try_from).collect::<Result<_, _>>().map(Self::Fields)
            }
            other => Ok(Self::Value(Template::from(other))),
        }
    }
}

/// One field of a view.
#[derive(Debug, Deserialize)]
#[serde(try_from = "serde_json::Value")]
pub(crate) struct Shown {
    pub(crate) name: String,
    pub(crate) value: Template,
    /// Left out when it has no value.
    pub(crate) optional: bool,
}

impl TryFrom<serde_json::Value> for Shown {
    type Error = String;

    fn try_from(value: serde_json::Value) -> Result<Self, String> {
        let (written, value) = match value {
            serde_json::Value::String(name) => (name, None),
            serde_json::Value::Object(map) if map.len() == 1 => {
                map.into_iter().next().map(|(name, value)| (name, Some(Template::from(value)))).unwrap_or_default()
            }
            other => return Err(format!("expected a field of a view, as a name or one `name: value`, not {other}")),
        };
        let name = written.trim_end_matches('?').to_owned();
        let value = value.unwrap_or_else(|| Template::Expression(Expression::from(name.clone())));
        Ok(Self { optional: written.ends_with('?'), name, value })
    }
}

/// A generator of similar records.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Generate {
    pub(crate) count: usize,
    #[serde(default)]
    pub(crate) walk: IndexMap<String, Walk>,
    #[serde(default)]
    pub(crate) words: IndexMap<String, Vec<Template>>,
    pub(crate) record: IndexMap<String, Template>,
}

/// A value that advances by the same step from record to record.
#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    deny_unknown_fields,
    expecting = "expected { from, every } of two whole numbers, or of two times such as \"-9d 09:20\" and \"+19h\""
)]
pub(crate) enum Walk {
    Number { from: i64, every: i64 },
    Time { from: Shift, every: Shift },
}
