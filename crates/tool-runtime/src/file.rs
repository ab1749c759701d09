//! Attachments as values. Their decoder is [`decode::files`](crate::decode::files).

use bytes::Bytes;

/// The maximum number of attachments in one call. Each takes memory and stack while it is sent, however small it is.
pub(crate) const MAX_FILES: usize = 20;

/// One attachment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// File name without a path, as the API receives it.
    pub filename: String,
    /// Media type; guessed from the name if the caller gave none.
    pub content_type: String,
    /// The bytes, or the path of the local file that holds them.
    pub content: FileContent,
}

/// The source of an attachment's bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileContent {
    /// The bytes themselves.
    Inline(Bytes),
    /// The path of a local file, as the caller wrote it. Only a server with an attachments folder opens it.
    Path(String),
}
