//! The ways in which a client sees the tools of its scope.

use serde::{Deserialize, Serialize};

use crate::confirmation::ConfirmPolicy;
use crate::outcome::Results;

/// The way in which a client sees the tools of its scope. The entries of its list follow from it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// The way in which the client gets to the tools.
    pub exposure: Exposure,
    /// The form of results. Compact ones have arguments of their own.
    pub results: Results,
    /// True if attachments may be given by their path.
    pub local_files: bool,
    /// The rule by which calls are confirmed. Codes have an argument of their own.
    pub confirm: ConfirmPolicy,
}

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
