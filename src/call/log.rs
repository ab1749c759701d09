//! The log line of a call: the tool and the outcome, never the arguments.

use std::time::Duration;

use tokio::time::Instant;
use tool_runtime::tool::ToolDef;

use crate::outcome::Outcome;

/// The log line of a call that has begun. A call that is dropped before it ends is logged as cancelled.
pub(super) struct CallLogLine<'t> {
    tool: &'t ToolDef,
    start: Instant,
    is_written: bool,
}

impl<'t> CallLogLine<'t> {
    /// Starts the clock of a call.
    pub(super) fn begin(tool: &'t ToolDef) -> Self {
        Self { tool, start: Instant::now(), is_written: false }
    }

    /// Logs a call that has ended and sent `sent_bytes`.
    pub(super) fn end(mut self, outcome: &Outcome, sent_bytes: u64) {
        self.is_written = true;
        let (result, status) = match outcome {
            Ok(success) => ("ok", Some(success.upstream_status)),
            Err(error) => (error.kind.name(), error.status),
        };
        let milliseconds = milliseconds(self.start.elapsed());
        tracing::info!(tool = self.tool.name, result, status, milliseconds, sent_bytes, "finished a tool call");
    }
}

impl Drop for CallLogLine<'_> {
    fn drop(&mut self) {
        if !self.is_written {
            tracing::info!(tool = self.tool.name, result = "cancelled", "dropped a tool call");
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a call takes far less than 2^64 milliseconds")]
fn milliseconds(duration: Duration) -> u64 {
    duration.as_millis() as u64
}
