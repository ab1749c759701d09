//! How a client gets to the tools of its scope.

use serde::{Deserialize, Serialize};

/// How a client gets to the tools of its scope.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Exposure {
    /// All of them are in its list.
    #[default]
    All,
    /// Three tools are in its list, by which it finds and calls the others.
    Discovery,
}
