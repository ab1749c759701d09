//! The names of an account that the replies to one server have shown, in memory and shared by all its calls.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tool_runtime::known_values::{KnownValues, NamedValue};
use tool_runtime::results::{self, Json, Options, ReadReply, View};
use tool_runtime::tool::Tool;

use crate::outcome::{ReplyBody, ToolReply};

/// The values that are known to one server. Cheap to clone; clones share them.
#[derive(Clone, Debug, Default)]
pub struct ServerValues(Arc<Mutex<KnownValues>>);

impl ServerValues {
    /// Reads a reply to a call with the values `given`, for a result with `options`, and learns the names in it on the way.
    pub(super) fn read<'r>(
        &self,
        tool: &Tool,
        (reply, view): (Json<'r>, &'r View),
        options: &Options,
        given: &[NamedValue],
    ) -> ReadReply<'r, 'r> {
        results::read(reply, view, options, &tool.teaches, self.lock().learner(written(tool, given)))
    }

    /// Learns the names in a reply to a call with the values `given`. Returns whether the reply is a
    /// list without rows.
    pub(super) fn learn(&self, tool: &Tool, reply: &ToolReply, given: &[NamedValue]) -> bool {
        let ReplyBody::Json(reply) = &reply.body else { return false };
        self.lock().learn(&tool.teaches, reply.as_json(), written(tool, given))
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

/// Returns those values of a call that its reply may only repeat.
fn written<'g>(tool: &Tool, given: &'g [NamedValue]) -> &'g [NamedValue] {
    if tool.def.hints.read_only { &[] } else { given }
}
