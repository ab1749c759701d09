//! Counting each call, and telling an observer how it went: once, however it ended.

use std::time::{Duration, Instant};

use tool_runtime::tool::ToolDef;

use crate::mcp::RequestContext;
use crate::metrics;
use crate::outcome::Outcome;

/// Is told how each call goes, as soon as it is over, and what did not come to a call.
pub trait Observer: Send + Sync + 'static {
    /// A call is over, or was dropped.
    fn ended(&self, call: &Ended<'_>);

    /// A message was refused before it came to a call.
    fn refused(&self, context: &RequestContext);
}

/// A call that is over.
#[derive(Debug)]
pub struct Ended<'a> {
    /// The tool, if it is one of ours: hidden from this client perhaps, or one of the three that lead to the others.
    pub tool: Option<&'static ToolDef>,
    /// How it went.
    pub result: Ending<'a>,
    /// What is known of the request.
    pub context: &'a RequestContext,
    /// How long it took.
    pub duration: Duration,
}

/// How a call went.
#[derive(Debug)]
pub enum Ending<'a> {
    /// It was carried out, or failed.
    Done(&'a Outcome),
    /// It was answered here, and the API was not asked.
    Answered,
    /// There is no such tool for this client.
    Unknown,
    /// The client went away before the end.
    Cancelled,
}

impl Ending<'_> {
    /// The word for it, in metrics and in the log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Done(Ok(_)) | Self::Answered => "ok",
            Self::Done(Err(error)) => error.kind.name(),
            Self::Unknown => "unknown_tool",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Sees to it that a call is counted, and an observer told of it, exactly once, also if the call is dropped.
pub(super) struct Watch<'a> {
    observer: Option<&'a dyn Observer>,
    tool: Option<&'static ToolDef>,
    context: &'a RequestContext,
    start: Instant,
    told: bool,
}

impl<'a> Watch<'a> {
    /// A call begins.
    pub(super) fn new(
        observer: Option<&'a dyn Observer>,
        tool: Option<&'static ToolDef>,
        context: &'a RequestContext,
    ) -> Self {
        Self { observer, tool, context, start: Instant::now(), told: false }
    }

    /// The call is over.
    pub(super) fn tell(mut self, result: Ending<'_>) {
        self.say(result);
    }

    fn say(&mut self, result: Ending<'_>) {
        if self.told {
            return;
        }
        self.told = true;
        // What a client asks for that it has not is all the same here: only the log says whether there is such a tool.
        let counted = self.tool.filter(|_| !matches!(result, Ending::Unknown));
        metrics::tool_call(counted.map(|tool| tool.name), result.name());
        if let Some(observer) = self.observer {
            let (tool, context, duration) = (self.tool, self.context, self.start.elapsed());
            observer.ended(&Ended { tool, result, context, duration });
        }
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        self.say(Ending::Cancelled);
    }
}
