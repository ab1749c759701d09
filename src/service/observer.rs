//! Telling an observer how each call went: once, however it ended.

use std::time::{Duration, Instant};

use tool_runtime::tool::ToolDef;

use crate::mcp::Context;
use crate::outcome::Outcome;

/// Is told how each call goes, as soon as it is over.
pub trait Observer: Send + Sync + 'static {
    /// A call is over, or was dropped.
    fn ended(&self, call: &Ended<'_>);
}

/// A call that is over.
#[derive(Debug)]
pub struct Ended<'a> {
    /// The tool, if it is one of ours: hidden from this client perhaps, or one of the three that lead to the others.
    pub tool: Option<&'static ToolDef>,
    /// How it went.
    pub result: Ending<'a>,
    /// What is known of the request.
    pub context: &'a Context,
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

/// Sees to it that an observer is told of a call exactly once, also if the call is dropped.
pub(super) struct Watch<'a> {
    observer: Option<&'a dyn Observer>,
    tool: Option<&'static ToolDef>,
    context: &'a Context,
    start: Instant,
    told: bool,
}

impl<'a> Watch<'a> {
    /// A call begins.
    pub(super) fn new(
        observer: Option<&'a dyn Observer>,
        tool: Option<&'static ToolDef>,
        context: &'a Context,
    ) -> Self {
        Self { observer, tool, context, start: Instant::now(), told: false }
    }

    /// The call is over.
    pub(super) fn tell(mut self, result: Ending<'_>) {
        self.say(result);
    }

    fn say(&mut self, result: Ending<'_>) {
        if let Some(observer) = self.observer.filter(|_| !self.told) {
            let (tool, context, duration) = (self.tool, self.context, self.start.elapsed());
            observer.ended(&Ended { tool, result, context, duration });
        }
        self.told = true;
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        self.say(Ending::Cancelled);
    }
}
