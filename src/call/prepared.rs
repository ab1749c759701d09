//! The first step of a call: its arguments become a request, and the files that it sends are opened.

use serde_json::{Map, Value};
use tool_runtime::file::{File, FileContent};
use tool_runtime::request::Request;
use tool_runtime::results::summary::Summary;
use tool_runtime::results::{Options, View};
use tool_runtime::tool::{Tool, ViewedRequest};
use tool_runtime::violation::{Violation, Violations};

use crate::attachments::{AttachmentsFolder, PathRefusal};
use crate::outcome::Results;
use crate::upstream::{Attachment, upload_bytes};

/// A call that can be sent.
pub(super) struct PreparedCall {
    /// The request; of a summary, the request of its first page.
    pub(super) request: Request,
    /// The files of the request.
    pub(super) attachments: Vec<Attachment>,
    /// The way in which the reply is shown.
    pub(super) shown: Shown,
}

/// The way in which a reply is shown.
pub(super) enum Shown {
    /// As it is.
    Raw,
    /// By a view.
    Compact(Box<CompactForm>),
    /// As groups of rows, with the maximum length of the result in characters.
    Summary(Box<Summary<'static>>, usize),
}

/// The way in which a reply is shown by a view.
pub(super) struct CompactForm {
    pub(super) view: &'static View,
    pub(super) options: Options,
    /// The arguments for another page, if the newest rows are on a page that only the reply tells.
    pub(super) page_arguments: Option<Map<String, Value>>,
}

impl PreparedCall {
    /// Prepares a call of `tool` whose result has the form `results`. Files that are named by their path are opened in
    /// `folder`.
    ///
    /// # Errors
    ///
    /// If an argument is missing, wrong or unknown, or if a file cannot be opened. All violations are returned.
    pub(super) async fn new(
        tool: &Tool,
        arguments: Map<String, Value>,
        results: Results,
        folder: Option<&AttachmentsFolder>,
    ) -> Result<Self, Violations> {
        let (request, shown) = match (results, &tool.def.view) {
            (results, _) if let Some(list) = tool.summary => {
                let (request, summary) = tool.prepare_summary(list, arguments)?;
                (request, Shown::Summary(Box::new(summary), results.summary_chars()))
            }
            (Results::Compact { max_chars }, Some(view)) => {
                let ViewedRequest { request, options, page_arguments } =
                    tool.prepare_viewed(view, arguments, max_chars)?;
                (request, Shown::Compact(Box::new(CompactForm { view, options, page_arguments })))
            }
            (Results::Raw, _) | (_, None) => (tool.prepare(arguments)?, Shown::Raw),
        };
        let mut attachments = Vec::new();
        let mut violations = Violations::default();
        for (index, file) in request.files().iter().enumerate() {
            match &file.content {
                FileContent::Inline(bytes) => attachments.push(Attachment::inline(file, bytes.clone())),
                FileContent::Path(path) => match open_attachment(file, path, folder).await {
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
        if violations.is_empty() { Ok(Self { request, attachments, shown }) } else { Err(violations) }
    }

    /// The number of bytes that the request sends in its body.
    pub(super) fn upload_bytes(&self) -> u64 {
        upload_bytes(self.request.body(), &self.attachments)
    }
}

/// Opens the attachment at `path`. The error is the problem with the path, and a description of allowed values.
async fn open_attachment(
    file: &File,
    path: &str,
    folder: Option<&AttachmentsFolder>,
) -> Result<Attachment, (String, &'static str)> {
    let Some(folder) = folder.cloned() else {
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
