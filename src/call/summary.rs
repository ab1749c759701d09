//! Summaries: the pages of a list are requested one after the other, and become groups.

use std::time::Duration;

use tool_runtime::known_values::NamedValue;
use tool_runtime::request::Request;
use tool_runtime::results::summary::{Stop, Summary};
use tool_runtime::tool::Tool;

use super::progress::CallProgress;
use super::{Gate, ToolCaller};
use crate::outcome::{self, FailureKind, Outcome, RateLimit, ReplyBody, Success, ToolError, ToolReply};
use crate::upstream::CallInProgress;

/// The pages of one summary.
pub(super) struct SummaryPages<'c> {
    /// The request of the first page.
    pub(super) first: Request,
    /// The summary without rows.
    pub(super) summary: Box<Summary<'static>>,
    /// The names of the account among the arguments.
    pub(super) given: &'c [NamedValue],
    /// The maximum length of the answer in characters.
    pub(super) max_chars: usize,
}

/// The reason why the pages end before the list.
enum Ending {
    MaxCalls,
    Budget(u64),
    Failed(ToolError),
}

impl ToolCaller {
    /// Requests the pages of a summary, and answers with its groups.
    ///
    /// A page that fails ends the summary, which then says so. The next page is not requested if it would use up the rate
    /// limit, as far as the API says it.
    ///
    /// # Errors
    ///
    /// If the first page fails, or if the answer does not fit.
    pub(super) async fn summarize(
        &self,
        tool: &Tool,
        pages: SummaryPages<'_>,
        call: CallInProgress<'_>,
        progress: &CallProgress,
        gate: &impl Gate,
    ) -> Outcome {
        let SummaryPages { first, mut summary, given, max_chars } = pages;
        let (mut calls, mut upstream_status, mut ratelimit, mut oldest) = (0, 200, RateLimit::default(), None);
        let ending = loop {
            let Some(page) = summary.next_page(&first) else { break None };
            if calls == summary.options().max_calls {
                break Some(Ending::MaxCalls);
            }
            if let Some(left) = ratelimit.remaining.filter(|left| calls > 0 && *left <= u64::from(tool.def.cost)) {
                break Some(Ending::Budget(left));
            }
            calls += 1;
            let page = match self.exchange(tool.def, page, Vec::new(), call, gate).await {
                Ok(reply) => self.add_page(tool, &mut summary, &reply, given),
                Err(error) => Err(error),
            };
            match page {
                Ok((status, facts, age)) => (upstream_status, ratelimit, oldest) = (status, facts, oldest.max(age)),
                Err(error) if calls == 1 => return Err(error),
                Err(error) => {
                    ratelimit = if error.ratelimit.is_empty() { ratelimit } else { error.ratelimit };
                    break Some(Ending::Failed(error));
                }
            }
            progress.set_rows(summary.read(), summary.total());
        };
        let stop = ending.as_ref().map(|ending| match ending {
            Ending::MaxCalls => Stop::MaxCalls,
            Ending::Budget(left) => Stop::Budget(*left),
            Ending::Failed(error) if error.kind == FailureKind::TimedOut => {
                Stop::Failed("the time for a call is over.")
            }
            Ending::Failed(error) => Stop::Failed(&error.message),
        });
        let mut notes = self.known_values.warnings(given, summary.read() == 0);
        notes.extend(self.limits.warnings(self.api, ratelimit));
        match summary.answer(calls, stop, &notes, max_chars) {
            Ok(answer) => Ok(Success {
                text: answer.text.into_owned(),
                facts: answer.facts,
                ratelimit,
                upstream_status,
                age: oldest,
            }),
            Err(error) => Err(outcome::error_of_large_summary(error, ratelimit)),
        }
    }

    /// Adds a page to a summary, learns the names in it, and returns the facts that came with it.
    fn add_page(
        &self,
        tool: &Tool,
        summary: &mut Summary<'static>,
        reply: &ToolReply,
        given: &[NamedValue],
    ) -> Result<PageFacts, ToolError> {
        let page = match &reply.body {
            ReplyBody::Json(json) => summary.add(json.as_json()).ok(),
            ReplyBody::Text(_) => None,
        };
        let ToolReply { ratelimit, upstream_status, age, .. } = *reply;
        if page.is_none() {
            return Err(outcome::error_of_missing_rows(self.api.title, upstream_status, ratelimit));
        }
        self.known_values.learn(tool, reply, given);
        Ok((upstream_status, ratelimit, age))
    }
}

/// The status, the rate limit and the age of a page.
type PageFacts = (u16, RateLimit, Option<Duration>);
