//! One tool call, from arguments to outcome, in steps.
//!
//! 1. [`PreparedCall`]: the arguments become a request, which must pass a [`Gate`].
//! 2. [`ToolCaller::exchange`]: a read is answered by [`read_cache`](crate::read_cache) without a request of its own if that
//!    is possible. Otherwise the [`limits`](crate::limits) must have room for it.
//! 3. [`ToolCaller::send`]: the request is sent once by [`upstream`](crate::upstream), and [`outcome`] interprets the
//!    reply.
//! 4. [`Shown`]: the reply becomes the text that the caller receives, unchanged or compact.
//!
//! This module only connects the steps.

mod admission;
mod gate;
mod known_values;
mod log;
mod lookup;
mod newest;
mod prepared;
mod progress;
mod summary;

use std::sync::Arc;

use serde_json::{Map, Value};
use tokio::time::Instant;
use tool_runtime::api::ApiDef;
use tool_runtime::known_values::NamedValue;
use tool_runtime::request::Request;
use tool_runtime::results::Compact;
use tool_runtime::tool::{Tool, ToolDef};

use self::admission::{CallAdmission, CallLimits};
pub use self::gate::{Gate, OpenGate};
pub use self::known_values::ServerValues;
use self::log::CallLogLine;
pub use self::lookup::CallFacts;
use self::newest::NewestPage;
use self::prepared::{CompactForm, PreparedCall, Shown};
pub use self::progress::CallProgress;
use self::summary::SummaryPages;
use crate::attachments::AttachmentsFolder;
pub(crate) use crate::limits::LimitState;
use crate::limits::{AccountReserve, ServerLimits};
use crate::metrics::{UpstreamExchange, UpstreamMetrics};
use crate::outcome::{self, Outcome, RateLimit, ReplyBody, Results, ToolError, ToolReply};
use crate::read_cache::{AccountReads, ReadKey};
pub use crate::upstream::CallSizes;
use crate::upstream::{Account, Attachment, CallInProgress, UploadProgress, UpstreamClient};

/// Calls tools for one account. Cheap to clone; calls run concurrently.
#[derive(Clone, Debug)]
pub struct ToolCaller {
    client: UpstreamClient,
    account: Arc<Account>,
    api: &'static ApiDef,
    folder: Option<AttachmentsFolder>,
    results: Results,
    metrics: UpstreamMetrics,
    reads: Arc<AccountReads>,
    limits: CallLimits,
    known_values: ServerValues,
}

impl ToolCaller {
    /// Creates a caller that sends requests for `account` at `api` by `client`.
    pub fn new(client: UpstreamClient, account: Account, api: &'static ApiDef) -> Self {
        let metrics = upstream_metrics("", &account);
        let (reads, limits) = (Arc::new(AccountReads::uncached()), CallLimits::default());
        let (results, known_values) = (Results::default(), ServerValues::default());
        Self { client, account: Arc::new(account), api, folder: None, results, metrics, reads, limits, known_values }
    }

    /// Gives all results this form.
    pub fn with_results(self, results: Results) -> Self {
        Self { results, ..self }
    }

    /// Labels the account's metrics with this id.
    pub(crate) fn counted_as(self, id: &str) -> Self {
        Self { metrics: upstream_metrics(id, &self.account), ..self }
    }

    /// Allows attachments that are named by their path in `folder`.
    pub fn with_folder(self, folder: AttachmentsFolder) -> Self {
        Self { folder: Some(folder), ..self }
    }

    /// Shares reads, and the reserve of the account's rate limit, with other callers of the account.
    pub(crate) fn sharing(self, reads: Arc<AccountReads>, reserve: Arc<AccountReserve>) -> Self {
        Self { reads, limits: CallLimits { reserve: Some(reserve), ..self.limits }, ..self }
    }

    /// Shares the values that replies have shown with other callers of the same server.
    pub(crate) fn knowing(self, known_values: ServerValues) -> Self {
        Self { known_values, ..self }
    }

    /// Limits the calls.
    pub fn limited(self, server: Option<ServerLimits>) -> Self {
        Self { limits: CallLimits { server, ..self.limits }, ..self }
    }

    /// Returns what is left of the limits on the calls.
    pub(crate) fn limit_states(&self) -> Vec<LimitState> {
        self.limits.server.as_ref().map(ServerLimits::states).unwrap_or_default()
    }

    /// Returns whether attachments may be named by their path.
    pub(crate) fn reads_files(&self) -> bool {
        self.folder.is_some()
    }

    /// Returns the form of all results.
    pub fn results(&self) -> Results {
        self.results
    }

    /// Returns the maximum sizes of a call.
    pub fn sizes(&self) -> CallSizes {
        self.client.call_sizes()
    }

    /// Returns the account.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// Calls `tool` once. Dropping the future drops the request.
    ///
    /// # Errors
    ///
    /// If the arguments are wrong, if there is no whole reply, or if the API refuses the call.
    pub async fn call(&self, tool: &Tool, arguments: Map<String, Value>) -> Outcome {
        self.call_with_gate(tool, arguments, &OpenGate).await
    }

    /// Calls `tool` once, like [`call`](Self::call), if its request passes `gate`.
    ///
    /// # Errors
    ///
    /// As for [`call`](Self::call), and if the gate refuses the request.
    pub async fn call_with_gate(&self, tool: &Tool, arguments: Map<String, Value>, gate: &impl Gate) -> Outcome {
        self.call_with_progress(tool, arguments, Instant::now(), &CallProgress::default(), gate).await
    }

    /// Calls `tool` once, like [`call`](Self::call), for a caller that has been waiting since `since`, and reports
    /// its progress. The request must pass `gate`.
    ///
    /// # Errors
    ///
    /// As for [`call`](Self::call).
    pub async fn call_with_progress(
        &self,
        tool: &Tool,
        arguments: Map<String, Value>,
        since: Instant,
        progress: &CallProgress,
        gate: &impl Gate,
    ) -> Outcome {
        let line = CallLogLine::begin(tool.def);
        let (outcome, sent_bytes) = match PreparedCall::new(tool, arguments, self.results, self.folder.as_ref()).await {
            Ok(prepared) => {
                let sent_bytes = prepared.upload_bytes();
                (self.carry_out(tool, prepared, since, progress, gate).await, sent_bytes)
            }
            Err(violations) => (Err(outcome::error_of_violations(tool.def.name, violations)), 0),
        };
        line.end(&outcome, sent_bytes);
        outcome
    }

    /// Carries out a prepared call, and shows its reply.
    async fn carry_out(
        &self,
        tool: &Tool,
        prepared: PreparedCall,
        since: Instant,
        progress: &CallProgress,
        gate: &impl Gate,
    ) -> Outcome {
        let call = CallInProgress { since, progress: progress.upload() };
        let PreparedCall { request, attachments, shown } = prepared;
        gate.permit(&request).await?;
        let given = request.named_values().to_vec();
        match shown {
            Shown::Raw => Ok(self.exchange(tool.def, request, attachments, call, gate).await?.into_success()),
            Shown::Compact(form) => {
                let reply = self.exchange(tool.def, request, attachments, call, gate).await?;
                self.compact_outcome(tool, reply, *form, &given, call, gate).await
            }
            Shown::Summary(summary, max_chars) => {
                let pages = SummaryPages { first: request, summary, given: &given, max_chars };
                self.summarize(tool, pages, call, progress, gate).await
            }
        }
    }

    /// Shows a reply by a view. If the caller asked for the newest rows and they are on another page, that page is read.
    async fn compact_outcome(
        &self,
        tool: &Tool,
        mut reply: ToolReply,
        form: CompactForm,
        given: &[NamedValue],
        call: CallInProgress<'_>,
        gate: &impl Gate,
    ) -> Outcome {
        let CompactForm { view, mut options, page_arguments } = form;
        if let Some(arguments) = page_arguments {
            match NewestPage::find(&reply, view, &options) {
                NewestPage::Here => options.count_from_end(options.offset),
                NewestPage::At(offset) => {
                    let request = tool.prepare_page(arguments, offset);
                    let request = request.map_err(|found| outcome::error_of_violations(tool.def.name, found))?;
                    // The first reply is dropped before the second one arrives.
                    drop(reply);
                    reply = self.exchange(tool.def, request, Vec::new(), call, gate).await?;
                    options.count_from_end(offset);
                }
                NewestPage::Unknown(warning) => {
                    options.newest = false;
                    options.warnings.push(warning);
                }
            }
        }
        let ReplyBody::Json(json) = &reply.body else { return Ok(reply.into_success()) };
        let read = self.known_values.read(tool, (json.as_json(), view), &options, given);
        options.warnings.extend(self.known_values.warnings(given, read.has_no_rows()));
        options.warnings.extend(self.limits.warnings(self.api, reply.ratelimit));
        let shown = read.compact(&options).map(Compact::detached);
        outcome::compact_outcome(self.api, tool.def, reply, shown, &options)
    }

    /// Returns the reply to a request of `tool`: to a read perhaps one that others wait for as well, or one from memory.
    ///
    /// # Errors
    ///
    /// If a limit has no room for the call, if the gate does not let the request leave, and as for [`send`](Self::send).
    async fn exchange(
        &self,
        tool: &'static ToolDef,
        request: Request,
        attachments: Vec<Attachment>,
        call: CallInProgress<'_>,
        gate: &impl Gate,
    ) -> Result<ToolReply, ToolError> {
        if tool.hints.read_only
            && let Some(key) = ReadKey::new(tool.name, &request)
        {
            let (caller, since) = (self.clone(), call.since);
            let send = |admission| async move {
                let progress = UploadProgress::default();
                caller.send(tool, request, Vec::new(), CallInProgress { since, progress: &progress }, admission).await
            };
            return self.reads.read(key, self.admit(tool), send).await;
        }
        let admission = self.admit(tool).await?;
        gate.leave(&request).await?;
        // Until the outcome is known, or when the call is dropped.
        let _write = (!tool.hints.read_only).then(|| self.reads.begin_write());
        self.send(tool, request, attachments, call, admission).await
    }

    async fn admit(&self, tool: &ToolDef) -> Result<CallAdmission, ToolError> {
        self.limits.admit(self.api, tool).await
    }

    /// Sends one request of `tool` once, measures the exchange, and interprets its reply. The call counts as in flight until then.
    ///
    /// # Errors
    ///
    /// If there is no whole reply, if the API refuses the request, or if the reply is not in the tool's format.
    async fn send(
        &self,
        tool: &ToolDef,
        request: Request,
        attachments: Vec<Attachment>,
        call: CallInProgress<'_>,
        mut admission: CallAdmission,
    ) -> Result<ToolReply, ToolError> {
        admission.mark_sent();
        let start = Instant::now();
        let key = self.account.key();
        let reply = match self.client.send(&self.account, self.api, request, attachments, call).await {
            Ok(reply) => outcome::reply_of_upstream(self.api, tool, reply, key),
            Err(error) => Err(outcome::error_of_send_failure(self.api, tool, error, key)),
        };
        let (status, RateLimit { limit, remaining, reset }) = match &reply {
            Ok(reply) => (Some(reply.upstream_status), reply.ratelimit),
            Err(error) => (error.status, error.ratelimit),
        };
        if let Some(status) = status {
            let (http_method, duration) = (tool.http_method.name(), start.elapsed());
            self.metrics.record(UpstreamExchange { http_method, status, limit, remaining, duration });
        }
        if let Some(reserve) = &self.limits.reserve {
            reserve.record(limit, remaining, reset);
        }
        reply
    }
}

fn upstream_metrics(id: &str, account: &Account) -> UpstreamMetrics {
    let (host, port) = account.host_and_port();
    UpstreamMetrics::new(id, host, port)
}
