//! The document that describes a sandbox: the API's operations as the generator emits them, and the data beside them.
//!
//! These types only say what the document looks like. `check` holds its names against each other.

pub(crate) mod collection;
pub(crate) mod data;

use serde::Deserialize;

use data::{Behaviour, Data};

/// The whole document.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Definition {
    pub(crate) auth: Auth,
    pub(crate) rate_limit: HeaderNames,
    pub(crate) operations: Vec<Operation>,
    pub(crate) data: Data,
}

impl Definition {
    /// The behaviour of an operation, which may be that of another one.
    pub(crate) fn behaviour(&self, operation: &Operation) -> Option<&Behaviour> {
        match self.data.operations.get(&operation.key()) {
            Some(Behaviour::SameAs(same)) => self.data.operations.get(&same.operation),
            other => other,
        }
    }
}

/// The header with the key.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Auth {
    pub(crate) header: String,
    #[serde(default)]
    pub(crate) prefix: String,
}

/// The rate-limit headers that the client reads.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HeaderNames {
    #[serde(default)]
    limit: Vec<String>,
    #[serde(default)]
    remaining: Vec<String>,
    #[serde(default)]
    reset: Vec<String>,
}

impl HeaderNames {
    pub(crate) fn contains(&self, name: &str) -> bool {
        [&self.limit, &self.remaining, &self.reset].into_iter().flatten().any(|known| known.eq_ignore_ascii_case(name))
    }
}

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
    #[serde(default)]
    pub(crate) params: Vec<Param>,
    #[serde(default)]
    pub(crate) multipart: Option<Multipart>,
    pub(crate) reply: Reply,
    /// The calls that it takes from the budget.
    #[serde(default = "one")]
    pub(crate) cost: u32,
    /// Refused until the resource is granted.
    #[serde(default)]
    pub(crate) gated: bool,
}

fn one() -> u32 {
    1
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

/// The form of a successful reply.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reply {
    /// The key of a list's rows; without it, the rows are the whole body.
    #[serde(default)]
    pub(crate) rows: Option<String>,
    #[serde(default)]
    pub(crate) total: Option<String>,
}

/// The type of a value on the wire.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Kind {
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
        codes: Vec<serde_json::Value>,
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
