//! The document that describes a sandbox: the API's operations as the generator emits them, and the data beside them.
//!
//! These types only describe the shape of the document. `check` verifies that every name in it exists.

pub(crate) mod collection;
pub(crate) mod data;
pub(crate) mod operation;

use serde::Deserialize;

use data::Data;
use operation::Operation;

/// The whole document.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Definition {
    pub(crate) auth: Auth,
    pub(crate) rate_limit: HeaderNames,
    pub(crate) operations: Vec<Operation>,
    pub(crate) data: Data,
}

/// The header with the key.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Auth {
    pub(crate) header: String,
    pub(crate) prefix: String,
}

/// The rate-limit headers that the client reads.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct HeaderNames {
    pub(crate) limit: Vec<String>,
    pub(crate) remaining: Vec<String>,
    pub(crate) reset: Vec<String>,
}
