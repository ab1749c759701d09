//! The names of an account that the replies to one server have shown, in memory and shared by all its calls.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tool_runtime::known_values::{KnownValues, NamedValue};
use tool_runtime::tool::Tool;

use crate::outcome::{ReplyBody, ToolReply};

/// The values that are known to one server. Cheap to clone; clones share them.
#[derive(Clone, Debug, Default)]
pub struct ServerValues(Arc<Mutex<KnownValues>>);

impl ServerValues {
    /// Learns the names in a reply, and returns warnings about those values of its call that are still unknown.
    pub(super) fn after_reply(&self, tool: &Tool, reply: &ToolReply, given: &[NamedValue]) -> Vec<String> {
        let is_empty = self.learn(tool, reply, given);
        self.warnings(given, is_empty)
    }

    /// Learns the names in a reply to a call with the values `given`. Returns whether the reply is a
    /// list without rows.
    pub(super) fn learn(&self, tool: &Tool, reply: &ToolReply, given: &[NamedValue]) -> bool {
        let ReplyBody::Json(reply) = &reply.body else { return false };
        let written = if tool.def.hints.read_only { &[] } else { given };
        self.lock().learn(&tool.teaches, reply.as_json(), written)
    }

    /// Returns warnings about values of a call that are not known. `is_empty` is true if its reply is a list without rows.
    pub(super) fn warnings(&self, given: &[NamedValue], is_empty: bool) -> Vec<String> {
        self.lock().warnings(given, is_empty)
    }

    /// The values are valid after every step, so that a panic of another call leaves them usable.
    fn lock(&self) -> MutexGuard<'_, KnownValues> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
