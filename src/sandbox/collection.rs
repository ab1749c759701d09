//! What the data says of records: which there are, what belongs together, what follows from what, how they are shown.
//!
//! Shape only, like `definition`.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::clock::Shift;
use super::condition::Where;
use super::definition::Ordered;
use super::template::Template;

/// Records of one sort.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Collection {
    #[serde(default)]
    pub(super) number: Option<String>,
    #[serde(default)]
    pub(super) attachments: Option<String>,
    #[serde(default)]
    pub(super) times: Vec<String>,
    #[serde(default)]
    pub(super) dates: Vec<String>,
    #[serde(default)]
    pub(super) relations: Ordered<Relation>,
    #[serde(default)]
    pub(super) defaults: Ordered<Template>,
    #[serde(default)]
    pub(super) derived: Ordered<Template>,
    #[serde(default)]
    pub(super) rules: Vec<Rule>,
    #[serde(default)]
    pub(super) views: Ordered<View>,
    #[serde(default)]
    pub(super) records: Vec<Map<String, Value>>,
    /// Words that all generators of the collection share.
    #[serde(default)]
    pub(super) words: Ordered<Vec<Template>>,
    #[serde(default)]
    pub(super) generate: Vec<Generate>,
}

/// The records of another collection that belong to one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Relation {
    #[serde(rename = "in")]
    pub(super) collection: String,
    #[serde(rename = "where")]
    pub(super) filter: Where,
    #[serde(default)]
    pub(super) one: bool,
}

/// What follows from how a record is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    pub(super) when: Where,
    pub(super) set: Ordered<Template>,
}

/// How a record is shown: as an object of these fields, or as one value.
#[derive(Debug)]
pub(super) enum View {
    Fields(Vec<Shown>),
    Value(Template),
}

impl<'de> Deserialize<'de> for View {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Array(fields) => fields
                .into_iter()
                .map(Shown::try_from)
                .collect::<Result<_, _>>()
                .map(Self::Fields)
                .map_err(serde::de::Error::custom),
            other => Template::try_from(other).map(Self::Value).map_err(serde::de::Error::custom),
        }
    }
}

/// One field of a view.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Value")]
pub(super) struct Shown {
    pub(super) name: String,
    pub(super) value: Template,
    /// Left out when it has no value.
    pub(super) optional: bool,
}

impl TryFrom<Value> for Shown {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        let (name, value) = match value {
            Value::String(name) => {
                let field = Template::field(name.trim_end_matches('?'))?;
                (name, field)
            }
            Value::Object(map) if map.len() == 1 => match map.into_iter().next() {
                Some((name, value)) => (name, Template::try_from(value)?),
                None => return Err("a field of a view has no name".to_owned()),
            },
            other => return Err(format!("a field of a view is a name or one `name: value`, not {other}")),
        };
        let optional = name.ends_with('?');
        Ok(Self { name: name.trim_end_matches('?').to_owned(), value, optional })
    }
}

/// Many similar records.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Generate {
    pub(super) count: usize,
    #[serde(default)]
    pub(super) walk: Ordered<Walk>,
    #[serde(default)]
    pub(super) words: Ordered<Vec<Template>>,
    pub(super) record: Template,
}

/// A value that moves on by the same step from record to record.
#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    deny_unknown_fields,
    expecting = "a walk is { from, every } of two whole numbers, or of two times such as \"-9d 09:20\" and \"+19h\""
)]
pub(super) enum Walk {
    Number { from: i64, every: i64 },
    Time { from: Shift, every: Shift },
}
