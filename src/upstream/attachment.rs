//! Attachments of a request, streamed instead of copied into one body.

use std::io;

use bytes::Bytes;
use futures_util::stream::{self, BoxStream};
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use reqwest::multipart::{self, Part};
use tool_runtime::file::File;
use tool_runtime::request::{MultipartForm, RequestBody};

use super::failure::UnreadableAttachment;
use super::upload::UploadProgress;

/// The size of the pieces in which a file in memory is sent.
const PIECE_BYTES: usize = 64 * 1024;

/// A file to send, with content of known length.
pub struct Attachment {
    filename: String,
    content_type: String,
    length: u64,
    content: BoxStream<'static, io::Result<Bytes>>,
}

impl Attachment {
    /// Creates the attachment of `file` with `bytes` as its content.
    pub(crate) fn inline(file: &File, mut bytes: Bytes) -> Self {
        let length = bytes.len() as u64;
        let next = move || (!bytes.is_empty()).then(|| bytes.split_to(bytes.len().min(PIECE_BYTES)));
        Self::streamed(file, length, stream::iter(std::iter::from_fn(next).map(Ok)))
    }

    /// Creates the attachment of `file` with the content that `content` yields, which must be `length` bytes. If it
    /// yields an error, the request is cut off.
    pub(crate) fn streamed(
        file: &File,
        length: u64,
        content: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
    ) -> Self {
        Self {
            filename: file.filename.clone(),
            content_type: file.content_type.clone(),
            length,
            content: content.boxed(),
        }
    }

    fn part(self, progress: &UploadProgress) -> reqwest::Result<Part> {
        progress.add_total(self.length);
        let progress = progress.clone();
        let content =
            self.content.inspect_ok(move |piece| progress.add_sent(piece.len())).map_err(UnreadableAttachment);
        let body = reqwest::Body::wrap_stream(content);
        // reqwest escapes quotes and sends UTF-8, as browsers do. A line break would end the header.
        let filename = self.filename.replace(char::is_control, "_");
        Part::stream_with_length(body, self.length).file_name(filename).mime_str(&self.content_type)
    }
}

/// Returns the size of a request's body in bytes. The overhead of multipart parts is an estimate.
pub(crate) fn upload_bytes(body: &RequestBody, attachments: &[Attachment]) -> u64 {
    /// The approximate size of a part's boundary and headers. Even an empty file has a size.
    const PART_OVERHEAD: u64 = 200;
    let text = match body {
        RequestBody::Empty => 0,
        RequestBody::Json(json) => json.len(),
        RequestBody::Form(form) => form.fields.iter().map(|(_, value)| value.len()).sum(),
    };
    attachments
        .iter()
        .map(|attachment| attachment.length.saturating_add(PART_OVERHEAD))
        .fold(text as u64, u64::saturating_add)
}

/// Builds the multipart body. Text fields come first: a server that reads in order needs them to process the files.
pub(super) fn multipart(
    form: MultipartForm,
    attachments: Vec<Attachment>,
    progress: &UploadProgress,
) -> reqwest::Result<multipart::Form> {
    let mut body = multipart::Form::new();
    for (name, value) in form.fields {
        body = body.text(name, value);
    }
    for attachment in attachments {
        body = body.part(form.part, attachment.part(progress)?);
    }
    Ok(body)
}

#[cfg(test)]
mod tests;
