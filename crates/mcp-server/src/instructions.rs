//! The instructions that a client receives when it connects.

use std::borrow::Cow;
use std::time::Duration;

/// Instructions for the model on how to use the server as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instructions<'s> {
    /// The text. May be empty.
    pub text: Cow<'s, str>,
    /// The time for which the text stays true, or `None` if it does not depend on the time. It limits the time for which
    /// a client may cache a result that contains the text.
    pub valid_for: Option<Duration>,
}

impl<'s> Instructions<'s> {
    /// Instructions that do not depend on the time.
    pub(crate) const fn lasting(text: &'s str) -> Self {
        Self { text: Cow::Borrowed(text), valid_for: None }
    }
}
