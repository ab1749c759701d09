//! The names of an account that the replies to one server have shown, in memory and shared by all its calls.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tool_runtime::known_values::{KnownValues, NamedValue};
use tool_runtime::results::Teaches;

use crate::outcome::{ReplyBody, ToolReply};

/// The values that are known to one server. Cheap to clone; clones share them.
#[derive(Clone, Debug, Default)]
pub struct ServerValues(Arc<Mutex<KnownValues>>);

impl ServerValues {
    /// Learns the names in a reply, and returns warnings about those values of its call that are still unknown.
    pub(super) fn after_reply(&self, teaches: &Teaches, reply: &ToolReply, given: &[NamedValue]) -> Vec<String> {
        let ReplyBody::Json(reply) = &reply.body else { return Vec::new() };
        let mut known = self.lock();
        let rows = known.learn(teaches, reply.as_json());
        known.warnings(given, rows == Some(0))
    }

    /// Returns warnings about unknown values of a call that is not sent yet.
    pub(super) fn warnings(&self, given: &[NamedValue]) -> Vec<String> {
        self.lock().warnings(given, false)
    }

    /// The values are valid after every step, so that a panic of another call leaves them usable.
    fn lock(&self) -> MutexGuard<'_, KnownValues> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
