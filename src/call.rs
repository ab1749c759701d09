//! One tool call, from arguments to outcome.
//!
//! This module only connects the steps. The tool is defined in `tool_runtime`, the request is sent by
//! [`upstream`](crate::upstream), and the reply is interpreted by [`outcome`].

use std::time::Duration;

use serde_json::{Map, Value};
use tokio::time::Instant;
use tool_runtime::api::ApiDef;
use tool_runtime::file::{File, FileContent};
use tool_runtime::request::Request;
use tool_runtime::tool::{Tool, ToolDef};
use tool_runtime::violation::{Violation, Violations};

use crate::attachments::{AttachmentsFolder, PathRefusal};
use crate::metrics::{UpstreamExchange, UpstreamMetrics};
use crate::outcome::{self, Outcome, RateLimit};
use crate::upstream::{Account, Attachment, CallInProgress, UpstreamClient, upload_bytes};
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
        let cancellation = CancellationLog { tool: tool.def, is_finished: false };
        let start = Instant::now();
        let (outcome, sent) = match self.prepared(tool, arguments).await {
            Ok((request, attachments)) => {
                let sent = upload_bytes(request.body(), &attachments);
                (self.send(tool.def, request, attachments, CallInProgress { since, progress }).await, sent)
            }
            Err(violations) => (Err(outcome::error_of_violations(tool.def.name, violations)), 0),
        };
        cancellation.disarm();
        self.record(tool.def, &outcome, start.elapsed(), sent);
        outcome
    }

    async fn prepared(
        &self,
        tool: &Tool,
        arguments: Map<String, Value>,
    ) -> Result<(Request, Vec<Attachment>), Violations> {
        let request = tool.prepare(arguments)?;
        let mut attachments = Vec::new();
        let mut violations = Violations::default();
        for (index, file) in request.files().iter().enumerate() {
            match &file.content {
                FileContent::Inline(bytes) => attachments.push(Attachment::inline(file, bytes.clone())),
                FileContent::Path(path) => match self.open_attachment(file, path).await {
                    Ok(attachment) => attachments.push(attachment),
                    Err((problem, allowed)) => {
                        let files = tool.def.files.expect("a tool whose requests have files has an argument for them");
                        violations.add(Violation {
                            argument: format!("{files}[{index}].path"),
                            problem,
                            allowed: Some(allowed.to_owned()),
                        });
                    }
                },
            }
        }
        if violations.is_empty() { Ok((request, attachments)) } else { Err(violations) }
    }

    /// Opens the attachment at `path`. The error is the problem with the path, and a description of allowed values.
    async fn open_attachment(&self, file: &File, path: &str) -> Result<Attachment, (String, &'static str)> {
        let Some(folder) = self.folder.clone() else {
            return Err(("is not available here".to_owned(), "content_base64 with the file's bytes instead"));
        };
        let path = path.to_owned();
        // Opening a file can take a while, for example on a network drive.
        let opened = tokio::task::spawn_blocking(move || folder.file(&path)).await;
        let opened = opened.unwrap_or_else(|error| {
            tracing::error!(%error, "failed to open an attachment");
            Err(PathRefusal::NotOpened)
        });
        let opened = opened.map_err(|refusal| (refusal.to_string(), AttachmentsFolder::ALLOWED))?;
        Ok(Attachment::streamed(file, opened.length(), opened.content()))
    }

    async fn send(
        &self,
        tool: &ToolDef,
        request: Request,
        attachments: Vec<Attachment>,
        call: CallInProgress<'_>,
    ) -> Outcome {
        let key = self.account.key();
        match self.client.send(&self.account, self.api, request, attachments, call).await {
            Ok(reply) => outcome::outcome_of_reply(self.api, tool, reply, key),
            Err(error) => Err(outcome::error_of_send_failure(self.api, tool, error, key)),
        }
    }

    /// Logs and measures a call: the tool and the outcome, never the arguments.
    fn record(&self, tool: &ToolDef, outcome: &Outcome, duration: Duration, sent_bytes: u64) {
        let (result, status, ratelimit) = match outcome {
            Ok(success) => ("ok", Some(success.upstream_status), success.ratelimit),
            Err(error) => (error.kind.name(), error.status, error.ratelimit),
        };
        if let Some(status) = status {
            let RateLimit { limit, remaining, .. } = ratelimit;
            let http_method = tool.http_method.name();
            self.metrics.record(UpstreamExchange { http_method, status, limit, remaining, duration });
        }
        #[expect(clippy::cast_possible_truncation, reason = "a call takes far less than 2^64 milliseconds")]
        let milliseconds = duration.as_millis() as u64;
        tracing::info!(tool = tool.name, result, status, milliseconds, sent_bytes, "finished a tool call");
    }
}

fn upstream_metrics(id: &str, account: &Account) -> UpstreamMetrics {
    let (host, port) = account.host_and_port();
    UpstreamMetrics::new(id, host, port)
}

/// Logs a call that is dropped before it is finished.
struct CancellationLog<'t> {
    tool: &'t ToolDef,
    is_finished: bool,
}

impl CancellationLog<'_> {
    fn disarm(mut self) {
        self.is_finished = true;
    }
}

impl Drop for CancellationLog<'_> {
    fn drop(&mut self) {
        if !self.is_finished {
            tracing::info!(tool = self.tool.name, result = "cancelled", "dropped a tool call");
        }
    }
}
