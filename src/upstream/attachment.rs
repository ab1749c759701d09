//! Attachments on their way out: streamed, never copied into one body.

use std::io;

use bytes::Bytes;
use futures_util::stream::{self, BoxStream};
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use reqwest::multipart::{self, Part};
use tool_runtime::file::File;
use tool_runtime::request::{MultipartForm, RequestBody};

use super::failure::Unreadable;
use super::upload::Upload;

/// What of a file in memory is handed to the connection at once.
const PIECE: usize = 64 * 1024;

/// One file to send: its name and type, and a content of known length.
pub struct Attachment {
    filename: String,
    content_type: String,
    length: u64,
    content: BoxStream<'static, io::Result<Bytes>>,
}

impl Attachment {
    /// `file` with `bytes` as its content.
    pub fn inline(file: &File, mut bytes: Bytes) -> Self {
        let length = bytes.len() as u64;
        let next = move || (!bytes.is_empty()).then(|| bytes.split_to(bytes.len().min(PIECE)));
        Self::streamed(file, length, stream::iter(std::iter::from_fn(next).map(Ok)))
    }

    /// `file` with what `content` yields, which is `length` bytes. An error of it breaks the request off.
    pub fn streamed(file: &File, length: u64, content: impl Stream<Item = io::Result<Bytes>> + Send + 'static) -> Self {
        Self {
            filename: file.filename.clone(),
            content_type: file.content_type.clone(),
            length,
            content: content.boxed(),
        }
    }

    fn part(self, upload: &Upload) -> reqwest::Result<Part> {
        upload.expects(self.length);
        let upload = upload.clone();
        let content = self.content.inspect_ok(move |piece| upload.sends(piece.len())).map_err(Unreadable);
        let body = reqwest::Body::wrap_stream(content);
        // Quotes are escaped where the part is written, and a name is UTF-8 there as browsers send it. Line breaks
        // would end the header, so none gets that far.
        let filename = self.filename.replace(char::is_control, "_");
        Part::stream_with_length(body, self.length).file_name(filename).mime_str(&self.content_type)
    }
}

/// How much a request uploads, in bytes: near enough for what multipart puts around its parts.
pub(crate) fn upload_bytes(body: &RequestBody, attachments: &[Attachment]) -> u64 {
    /// About what a part has around its content: a boundary and its headers. No file is free, not even an empty one.
    const PART: u64 = 200;
    let text = match body {
        RequestBody::Empty => 0,
        RequestBody::Json(json) => json.len(),
        RequestBody::Form(form) => form.fields.iter().map(|(_, value)| value.len()).sum(),
    };
    attachments.iter().map(|attachment| attachment.length.saturating_add(PART)).fold(text as u64, u64::saturating_add)
}

/// The multipart body: text fields first, for a server that reads in order needs them to know what the files are for.
pub(super) fn multipart(
    form: MultipartForm,
    attachments: Vec<Attachment>,
    upload: &Upload,
) -> reqwest::Result<multipart::Form> {
    let mut body = multipart::Form::new();
    for (name, value) in form.fields {
        body = body.text(name, value);
    }
    for attachment in attachments {
        body = body.part(form.part, attachment.part(upload)?);
    }
    Ok(body)
}

#[cfg(test)]
mod tests;
