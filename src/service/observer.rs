//! Counting calls and notifying an observer: exactly once per call, even if the call is dropped.

use std::time::{Duration, Instant};

use mcp_server::{Refusal, RequestContext};

use super::confirmation::ConfirmationStep;
use crate::metrics;
use crate::outcome::{FailureKind, Outcome};

/// A receiver of facts about calls, as soon as each of them ends.
pub trait Observer: Send + Sync + 'static {
    /// Receives a call that has ended or was cancelled.
    fn ended(&self, call: &EndedCall<'_>);

    /// Receives a message that was refused before it became a call.
    fn refused(&self, reason: Refusal, context: &RequestContext);
}

/// A call that has ended.
#[derive(Debug)]
pub struct EndedCall<'a> {
    /// The name of the tool, if this server has one of that name. The tool may be hidden from the client.
    pub tool: Option<&'static str>,
    /// The way in which the call ended.
    pub ending: CallEnding<'a>,
    /// The context of the request.
    pub context: &'a RequestContext,
    /// The duration of the call.
    pub duration: Duration,
    /// The step that its confirmation reached, if it needed one.
    pub confirmation: Option<ConfirmationStep>,
}

/// The way in which a call ended.
#[derive(Debug)]
pub enum CallEnding<'a> {
    /// The tool was called, or its arguments were refused.
    Done(&'a Outcome),
    /// A discovery tool answered without calling the API.
    Answered,
    /// The client has no tool of that name.
    Unknown,
    /// The client has to ask its user first, or its user's answer does not belong to this call.
    NotConfirmed,
    /// The client's access token does not cover the tool.
    InsufficientScope,
    /// The client cancelled the call.
    Cancelled,
}

impl CallEnding<'_> {
    /// The label of the ending in metrics and in the call log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Done(Ok(_)) | Self::Answered => "ok",
            Self::Done(Err(error)) => error.kind.name(),
            Self::Unknown => "unknown_tool",
            Self::NotConfirmed => FailureKind::NeedsConfirmation.name(),
            Self::InsufficientScope => "insufficient_scope",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Counts a call and notifies the observer when the call ends. Dropping the watch before that means cancellation.
pub(super) struct CallWatch<'a> {
    observer: Option<&'a dyn Observer>,
    tool: Option<&'static str>,
    context: &'a RequestContext,
    start: Instant,
    confirmation: Option<ConfirmationStep>,
    ended: bool,
}

impl<'a> CallWatch<'a> {
    /// Starts the clock of a call.
    pub(super) fn start(
        observer: Option<&'a dyn Observer>,
        tool: Option<&'static str>,
        context: &'a RequestContext,
    ) -> Self {
        Self { observer, tool, context, start: Instant::now(), confirmation: None, ended: false }
    }

    /// Sets the step that the confirmation of the call reached.
    pub(super) fn confirmation(&mut self, step: Option<ConfirmationStep>) {
        self.confirmation = step;
    }

    /// Ends the call.
    pub(super) fn end(mut self, ending: CallEnding<'_>) {
        self.notify(ending);
    }

    fn notify(&mut self, ending: CallEnding<'_>) {
        if self.ended {
            return;
        }
        self.ended = true;
        // Metrics do not tell hidden tools from unknown ones. Only the log does.
        let counted = self.tool.filter(|_| !matches!(ending, CallEnding::Unknown));
        metrics::record_tool_call(counted, ending.name());
        if let Some(observer) = self.observer {
            let (tool, context, duration) = (self.tool, self.context, self.start.elapsed());
            let confirmation = self.confirmation;
            observer.ended(&EndedCall { tool, ending, context, duration, confirmation });
        }
    }
}

impl Drop for CallWatch<'_> {
    fn drop(&mut self) {
        self.notify(CallEnding::Cancelled);
    }
}
