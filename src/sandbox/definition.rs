//! The document that describes one stand-in: the operations as the generator emits them, and the data beside them.
//!
//! Shape only. What refers to what is checked in `check`; nothing here acts.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::behaviour::Data;

/// Everything that is known of the API.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Definition {
    pub(super) auth: Auth,
    pub(super) rate_limit: HeaderNames,
    pub(super) operations: Vec<Operation>,
    pub(super) data: Data,
}

/// How a request shows its key.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Auth {
    pub(super) header: String,
    #[serde(default)]
    pub(super) prefix: String,
}

/// The header names that the client understands.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HeaderNames {
    #[serde(default)]
    pub(super) limit: Vec<String>,
    #[serde(default)]
    pub(super) remaining: Vec<String>,
    #[serde(default)]
    pub(super) reset: Vec<String>,
}

impl HeaderNames {
    pub(super) fn knows(&self, name: &str) -> bool {
        [&self.limit, &self.remaining, &self.reset].into_iter().flatten().any(|known| known.eq_ignore_ascii_case(name))
    }
}

/// One operation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Operation {
    pub(super) tool: String,
    pub(super) resource: String,
    #[serde(rename = "plural")]
    _plural: String,
    #[serde(rename = "class")]
    _class: String,
    #[serde(rename = "operation")]
    pub(super) verb: String,
    pub(super) method: String,
    pub(super) path: String,
    #[serde(default)]
    pub(super) params: Vec<Param>,
    #[serde(default)]
    pub(super) multipart: Option<Multipart>,
    pub(super) reply: Reply,
    #[serde(default = "one")]
    pub(super) cost: u32,
    #[serde(default)]
    pub(super) gated: bool,
}

fn one() -> u32 {
    1
}

impl Operation {
    /// The name by which the data speaks of it.
    pub(super) fn key(&self) -> String {
        format!("{}.{}", self.resource, self.verb)
    }
}

/// Something a request can say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Param {
    pub(super) name: String,
    pub(super) argument: String,
    #[serde(rename = "in")]
    pub(super) place: Place,
    #[serde(default)]
    pub(super) required: bool,
    #[serde(rename = "type")]
    pub(super) kind: Kind,
}

/// Where a request says it.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum Place {
    Path,
    Query,
    Json,
}

/// How files come along.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Multipart {
    pub(super) metadata: String,
    pub(super) one: String,
    pub(super) many: String,
}

/// What a successful answer looks like.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reply {
    pub(super) format: Format,
    #[serde(default)]
    pub(super) rows: Option<String>,
    #[serde(default)]
    pub(super) total: Option<String>,
    #[serde(default, rename = "id")]
    _id: Option<String>,
}

/// What a reply's body is.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum Format {
    Json,
    Text,
}

/// The type of a value on the wire.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Kind {
    String {},
    Email {},
    Integer {
        #[serde(default)]
        min: Option<i64>,
        #[serde(default)]
        max: Option<i64>,
    },
    Number {},
    Boolean {},
    Flag {},
    Timestamp {},
    Date {},
    Object {},
    Choice {
        codes: Vec<Value>,
        #[serde(default, rename = "labels")]
        _labels: Option<Vec<String>>,
    },
    List {
        item: Box<Kind>,
        #[serde(default)]
        join: Option<String>,
    },
    Record {
        fields: Vec<Field>,
    },
}

/// A key of a closed object.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Field {
    pub(super) name: String,
    #[serde(default)]
    pub(super) required: bool,
    #[serde(rename = "type")]
    pub(super) kind: Kind,
}

/// A map that keeps the order in which it was written, and whose mistakes say under which key they are.
#[derive(Debug)]
pub(super) struct Ordered<T>(Vec<(String, T)>);

impl<T> Default for Ordered<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Ordered<T> {
    pub(super) fn get(&self, key: &str) -> Option<&T> {
        self.iter().find_map(|(name, value)| (name == key).then_some(value))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|(key, _)| key)
    }
}

impl<'de, T: serde::de::DeserializeOwned> Deserialize<'de> for Ordered<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let map = Map::<String, Value>::deserialize(deserializer)?;
        map.into_iter()
            .map(|(key, value)| match T::deserialize(value) {
                Ok(value) => Ok((key, value)),
                Err(error) => Err(serde::de::Error::custom(format!("{key}: {error}"))),
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }
}
