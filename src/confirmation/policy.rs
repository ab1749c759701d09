//! When a confirmation is required.

use serde::{Deserialize, Serialize};

/// The rule by which calls with effects on people are confirmed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConfirmPolicy {
    /// The user is asked where the client can ask. Elsewhere the call goes ahead.
    #[default]
    Auto,
    /// The user is asked where the client can ask. Elsewhere the call needs the code of an earlier answer.
    Always,
    /// No call is confirmed.
    Never,
}

impl ConfirmPolicy {
    /// All policies with their names.
    pub const ALL: [(&'static str, Self); 3] = [("auto", Self::Auto), ("always", Self::Always), ("never", Self::Never)];
}
