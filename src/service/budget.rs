//! The members of `_meta` about the budget of calls: the age of a reply that was kept, and what is left of the server's
//! limits.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::call::LimitState;

/// The age of a reply in whole seconds. Empty for a reply that was just read.
pub(super) fn age_meta(age: Option<Duration>) -> Map<String, Value> {
    age.into_iter().map(|age| ("age".to_owned(), age.as_secs().into())).collect()
}

/// The rest of each limit of the server. Empty without limits.
pub(super) fn limits_meta(states: &[LimitState]) -> Map<String, Value> {
    if states.is_empty() {
        return Map::new();
    }
    let limit = |state: &LimitState| {
        (state.counted.key().to_owned(), json!({ "limit": state.limit, "remaining": state.remaining }))
    };
    let limits: Map<_, _> = states.iter().map(limit).collect();
    Map::from_iter([("limits".to_owned(), limits.into())])
}
