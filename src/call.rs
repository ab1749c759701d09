//! One tool call from arguments to outcome.
//!
//! It only ties together: what a tool is, how its request is sent and what the answer means are for others to know.

use std::time::{Duration, Instant};

use serde_json::{Map, Value};
use tool_runtime::api::ApiDef;
use tool_runtime::file::{File, FileContent};
use tool_runtime::request::Request;
use tool_runtime::tool::{Tool, ToolDef};
use tool_runtime::violation::{Violation, Violations};

use crate::attachments::{Folder, Refusal};
use crate::metrics::{Answer, Answers};
use crate::outcome::{self, Outcome};
pub use crate::upstream::Upload;
use crate::upstream::{Account, Attachment, UpstreamClient, upload_bytes};

/// Calls tools for one account. Cheap to clone; calls do not wait for each other.
#[derive(Clone, Debug)]
pub struct Caller {
    client: UpstreamClient,
    account: Account,
    api: &'static ApiDef,
    folder: Option<Folder>,
    answers: Answers,
}

impl Caller {
    /// A caller that sends to `account` at `api` through `client`.
    pub fn new(client: UpstreamClient, account: Account, api: &'static ApiDef) -> Self {
        let answers = answers("", &account);
        Self { client, account, api, folder: None, answers }
    }

    /// The same caller, whose account metrics tell from others by this id.
    pub fn counted_as(self, id: &str) -> Self {
        Self { answers: answers(id, &self.account), ..self }
    }

    /// The same caller, for which attachments may also be named by their path in `folder`.
    pub fn with_folder(self, folder: Folder) -> Self {
        Self { folder: Some(folder), ..self }
    }

    /// Whether attachments may be named by their path.
    pub fn reads_files(&self) -> bool {
        self.folder.is_some()
    }

    /// The account that it calls for.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// Calls `tool` once. Dropping the future drops the request.
    pub async fn call(&self, tool: &Tool, arguments: Map<String, Value>) -> Outcome {
        self.call_counting(tool, arguments, &Upload::default()).await
    }

    /// The same, where `upload` counts what is sent of the call's files.
    pub async fn call_counting(&self, tool: &Tool, arguments: Map<String, Value>, upload: &Upload) -> Outcome {
        let unfinished = Unfinished { tool: tool.def, ended: false };
        let started = Instant::now();
        let (outcome, sent) = match self.prepared(tool, arguments).await {
            Ok((request, attachments)) => {
                let sent = upload_bytes(request.body(), &attachments);
                (self.send(tool.def, request, attachments, upload).await, sent)
            }
            Err(violations) => (Err(outcome::of_violations(tool.def.name, violations)), 0),
        };
        unfinished.ends();
        self.record(tool.def, &outcome, started.elapsed(), sent);
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
                FileContent::Path(path) => match self.local(file, path).await {
                    Ok(attachment) => attachments.push(attachment),
                    Err((problem, allowed)) => violations.add(Violation {
                        argument: format!("{}[{index}].path", tool.def.files.unwrap_or("files")),
                        problem,
                        allowed: Some(allowed.to_owned()),
                    }),
                },
            }
        }
        if violations.is_empty() { Ok((request, attachments)) } else { Err(violations) }
    }

    /// The attachment at `path`, or what is wrong with that path and what would not be.
    async fn local(&self, file: &File, path: &str) -> Result<Attachment, (String, &'static str)> {
        let Some(folder) = self.folder.clone() else {
            return Err(("is not available here".to_owned(), "content_base64 with the file's bytes instead"));
        };
        let path = path.to_owned();
        // To open a file can take a while, on a network's disk for example.
        let opened = tokio::task::spawn_blocking(move || folder.file(&path)).await;
        let opened = opened.unwrap_or(Err(Refusal::NotOpened));
        let opened = opened.map_err(|refusal| (refusal.to_string(), Folder::ALLOWED))?;
        Ok(Attachment::streamed(file, opened.length(), opened.content()))
    }

    async fn send(&self, tool: &ToolDef, request: Request, attachments: Vec<Attachment>, upload: &Upload) -> Outcome {
        let key = self.account.key();
        match self.client.send(&self.account, self.api, request, attachments, upload).await {
            Ok(reply) => outcome::of_reply(self.api, tool, reply, key),
            Err(error) => Err(outcome::of_failure(self.api, tool, error, key)),
        }
    }

    /// One event a call: what was called and how it went, never with what.
    fn record(&self, tool: &ToolDef, outcome: &Outcome, duration: Duration, sent_bytes: u64) {
        let (result, status, ratelimit) = match outcome {
            Ok(success) => ("ok", Some(success.upstream_status), success.ratelimit),
            Err(error) => (error.kind.name(), error.status, error.ratelimit),
        };
        if let Some(status) = status {
            let (limit, remaining) = (ratelimit.limit, ratelimit.remaining);
            self.answers.count(Answer { method: tool.http_method.name(), status, limit, remaining, duration });
        }
        let milliseconds = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(tool = tool.name, result, status, milliseconds, sent_bytes, "tool call");
    }
}

/// What is measured of calls for an account that metrics tell from others by this id.
fn answers(id: &str, account: &Account) -> Answers {
    let base_url = account.base_url();
    Answers::new(id, base_url.host_str().unwrap_or_default(), base_url.port_or_known_default().unwrap_or_default())
}

/// A call that may yet be dropped.
struct Unfinished<'t> {
    tool: &'t ToolDef,
    ended: bool,
}

impl Unfinished<'_> {
    fn ends(mut self) {
        self.ended = true;
    }
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if !self.ended {
            tracing::info!(tool = self.tool.name, result = "cancelled", "tool call");
        }
    }
}
