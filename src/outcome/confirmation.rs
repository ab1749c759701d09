//! A call that was not sent because it is not confirmed.

use super::call_outcome::{FailureKind, FailureSource, ToolError};
use crate::upstream::RateLimit;

/// The user refused the call.
pub(crate) const DECLINED: &str =
    "The user declined this call. Nothing was sent. Do not repeat it: ask the user what to do instead.";

/// The user did not answer the question.
pub(crate) const NOT_ANSWERED: &str =
    "The user did not confirm this call. Nothing was sent. Do not repeat it: ask the user whether to go on.";

/// The store is not available.
pub(crate) const NOT_RECORDED: &str = "The use of the confirmation could not be recorded, because the store is not available. \
                                       Nothing was sent. Try again in a few seconds.";

/// Returns the error of a call that is not confirmed. `code` is the code by which it can be confirmed.
pub fn error_of_confirmation(message: &str, code: Option<String>) -> ToolError {
    ToolError {
        source: FailureSource::Server,
        kind: FailureKind::NeedsConfirmation,
        message: message.to_owned(),
        status: None,
        violations: Vec::new(),
        ratelimit: RateLimit::default(),
        confirmation: code.map(Into::into),
    }
}
