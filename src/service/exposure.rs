//! The ways in which a client gets to the tools of its scope.

use serde::{Deserialize, Serialize};

/// The way in which a client gets to the tools of its scope.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Exposure {
    /// The list of the client has all tools of the scope.
    #[default]
    All,
    /// The list has a few tools, by which the client finds and calls the others.
    Discovery,
}
