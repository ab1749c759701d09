//! One tool call, from arguments to outcome, in steps.
//!
//! 1. [`PreparedCall`]: the arguments become a request.
//! 2. [`ToolCaller::exchange`]: the request is sent once by [`upstream`](crate::upstream), and [`outcome`] interprets the
//!    reply.
//! 3. [`ToolReply::into_success`]: the reply becomes the text that the caller receives.
//!
//! This module only connects the steps.

mod log;
mod prepared;

use serde_json::{Map, Value};
use tokio::time::Instant;
use tool_runtime::api::ApiDef;
use tool_runtime::request::Request;
use tool_runtime::tool::{Tool, ToolDef};

use self::log::CallLogLine;
use self::prepared::PreparedCall;
use crate::attachments::AttachmentsFolder;
use crate::metrics::{UpstreamExchange, UpstreamMetrics};
use crate::outcome::{self, Outcome, RateLimit, ToolError, ToolReply};
use crate::upstream::{Account, Attachment, CallInProgress, UpstreamClient};
pub use crate::upstream::{CallSizes, UploadProgress};

/// Calls tools for one account. Cheap to clone; calls run concurrently.
#[derive(Clone, Debug)]
pub struct ToolCaller {
    client: UpstreamClient,
    account: Account,
    api: &'static ApiDef,
    folder: Option<AttachmentsFolder>,
    metrics: UpstreamMetrics,
}

impl ToolCaller {
    /// Creates a caller that sends requests for `account` at `api` by `client`.
    pub fn new(client: UpstreamClient, account: Account, api: &'static ApiDef) -> Self {
        let metrics = upstream_metrics("", &account);
        Self { client, account, api, folder: None, metrics }
    }

    /// Labels the account's metrics with this id.
    pub fn counted_as(self, id: &str) -> Self {
        Self { metrics: upstream_metrics(id, &self.account), ..self }
    }

    /// Allows attachments that are named by their path in `folder`.
    pub fn with_folder(self, folder: AttachmentsFolder) -> Self {
        Self { folder: Some(folder), ..self }
    }

    /// Returns whether attachments may be named by their path.
    pub fn reads_files(&self) -> bool {
        self.folder.is_some()
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
        self.call_with_progress(tool, arguments, Instant::now(), &UploadProgress::default()).await
    }

    /// Calls `tool` once, like [`call`](Self::call), for a caller that has been waiting since `since`, and reports the upload
    /// of its files to `progress`.
    ///
    /// # Errors
    ///
    /// As for [`call`](Self::call).
    pub async fn call_with_progress(
        &self,
        tool: &Tool,
        arguments: Map<String, Value>,
        since: Instant,
        progress: &UploadProgress,
    ) -> Outcome {
        let line = CallLogLine::begin(tool.def);
        let (outcome, sent_bytes) = match PreparedCall::new(tool, arguments, self.folder.as_ref()).await {
            Ok(prepared) => {
                let sent_bytes = prepared.upload_bytes();
                (self.carry_out(tool.def, prepared, CallInProgress { since, progress }).await, sent_bytes)
            }
            Err(violations) => (Err(outcome::error_of_violations(tool.def.name, violations)), 0),
        };
        line.end(&outcome, sent_bytes);
        outcome
    }

    /// Sends a prepared call, and shows its reply.
    async fn carry_out(&self, tool: &ToolDef, prepared: PreparedCall, call: CallInProgress<'_>) -> Outcome {
        let PreparedCall { request, attachments } = prepared;
        let reply = self.exchange(tool, request, attachments, call).await?;
        Ok(reply.into_success())
    }

    /// Sends one request of `tool` once, measures the exchange, and interprets its reply.
    ///
    /// # Errors
    ///
    /// If there is no whole reply, if the API refuses the request, or if the reply is not in the tool's format.
    async fn exchange(
        &self,
        tool: &ToolDef,
        request: Request,
        attachments: Vec<Attachment>,
        call: CallInProgress<'_>,
    ) -> Result<ToolReply, ToolError> {
        let start = Instant::now();
        let key = self.account.key();
        let reply = match self.client.send(&self.account, self.api, request, attachments, call).await {
            Ok(reply) => outcome::reply_of_upstream(self.api, tool, reply, key),
            Err(error) => Err(outcome::error_of_send_failure(self.api, tool, error, key)),
        };
        let (status, RateLimit { limit, remaining, .. }) = match &reply {
            Ok(reply) => (Some(reply.upstream_status), reply.ratelimit),
            Err(error) => (error.status, error.ratelimit),
        };
        if let Some(status) = status {
            let (http_method, duration) = (tool.http_method.name(), start.elapsed());
            self.metrics.record(UpstreamExchange { http_method, status, limit, remaining, duration });
        }
        reply
    }
}

fn upstream_metrics(id: &str, account: &Account) -> UpstreamMetrics {
    let (host, port) = account.host_and_port();
    UpstreamMetrics::new(id, host, port)
}
