//! One operation of the API: its request and the shape of its reply.

use serde::Deserialize;

/// One operation of the API.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Operation {
    pub(crate) tool: String,
    pub(crate) resource: String,
    #[serde(rename = "operation")]
    pub(crate) verb: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) params: Vec<Param>,
    pub(crate) multipart: Option<Multipart>,
    pub(crate) reply: Reply,
    /// The calls that it takes from the budget.
    pub(crate) cost: u32,
    /// Refused until the resource is granted.
    pub(crate) gated: bool,
}

impl Operation {
    /// The operation's name in the data: `ticket.get`.
    pub(crate) fn key(&self) -> String {
        format!("{}.{}", self.resource, self.verb)
    }
}

/// A parameter of a request.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Param {
    /// The name on the wire.
    pub(crate) name: String,
    /// The name of the tool's argument.
    pub(crate) argument: String,
    #[serde(rename = "in")]
    pub(crate) place: Place,
    #[serde(default)]
    pub(crate) required: bool,
    #[serde(rename = "type")]
    pub(crate) kind: Kind,
}

/// The part of a request that holds a parameter.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Place {
    Path,
    Query,
    Json,
}

/// The names of the parts of a form with files.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Multipart {
    pub(crate) metadata: String,
    pub(crate) one: String,
    pub(crate) many: String,
}

/// The keys of a list's rows and their number. Without a key, the rows are the whole body.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reply {
    pub(crate) rows: Option<String>,
    pub(crate) total: Option<String>,
}

/// The type of a value on the wire.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Kind {
    Text {},
    Integer { min: Option<i64>, max: Option<i64> },
    Number {},
    Boolean {},
    Flag {},
    Timestamp {},
    Date {},
    Object {},
    Choice { codes: Vec<serde_json::Value> },
    List { item: Box<Kind> },
    Record { fields: Vec<Field> },
}

/// A key of an object with declared keys.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Field {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) required: bool,
    #[serde(rename = "type")]
    pub(crate) kind: Kind,
}
