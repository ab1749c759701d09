//! Attachments that are named by a path: regular files in the attachments folder, and no others.
//!
//! A path comes from a model, and a model may repeat text of unknown origin. Three rules keep a path inside the folder.
//! The form of a path is restricted (`path`). The system resolves it relative to the folder's own handle, so that neither
//! `..` nor a link leads out, even if a file is replaced meanwhile. And the opened file is checked by its handle, so that
//! nothing can change between the check and the use.

mod content;
mod equivalent;
mod path;

use std::io;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use cap_fs_ext::OpenOptionsSyncExt as _;
use cap_std::ambient_authority;
use cap_std::fs::{Dir, OpenOptions};
use futures_util::Stream;

/// The folder whose files may be attached. Cheap to clone.
#[derive(Clone, Debug)]
pub struct AttachmentsFolder {
    dir: Arc<Dir>,
}

/// An opened regular file of the folder.
#[derive(Debug)]
pub struct OpenedFile {
    file: std::fs::File,
    length: u64,
}

/// The reason why a path is refused. It reveals nothing about files outside the folder, not even whether they exist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathRefusal {
    /// The path has a form that is not allowed.
    #[error("{0}")]
    Path(&'static str),
    /// The folder has no file of that name.
    #[error("does not exist in the attachments folder")]
    NotFound,
    /// The path names a folder, a device, a pipe or a socket.
    #[error("is not a regular file")]
    NotAFile,
    /// The path leads out of the folder, or the system denies access.
    #[error("cannot be opened inside the attachments folder")]
    NotOpened,
}

impl AttachmentsFolder {
    /// The description of an allowed path, for error messages.
    pub(crate) const ALLOWED: &str =
        "the path of a regular file, relative to the attachments folder, such as report.pdf or 2026/report.pdf";

    /// Opens the folder at `path`. It stays the same folder even if it is renamed or replaced later.
    ///
    /// # Errors
    ///
    /// If the folder cannot be opened.
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { dir: Arc::new(Dir::open_ambient_dir(path, ambient_authority())?) })
    }

    /// Opens the file at `path`, relative to the folder. Names in NFC and NFD are the same. It never blocks, not even on a pipe.
    ///
    /// # Errors
    ///
    /// If the path is not allowed, does not exist, leads out of the folder, or is not a regular file.
    pub fn file(&self, path: &str) -> Result<OpenedFile, PathRefusal> {
        let path = path::checked(path).map_err(PathRefusal::Path)?;
        let mut options = OpenOptions::new();
        options.read(true).nonblock(true);
        let opened = match self.dir.open_with(path, &options) {
            Err(error) if is_missing(&error) => match equivalent::existing(&self.dir, path) {
                Some(existing) => self.dir.open_with(existing, &options),
                None => Err(error),
            },
            opened => opened,
        };
        let file =
            opened.map_err(|error| if is_missing(&error) { PathRefusal::NotFound } else { PathRefusal::NotOpened })?;
        let metadata = file.metadata().map_err(|_| PathRefusal::NotOpened)?;
        if !metadata.is_file() {
            return Err(PathRefusal::NotAFile);
        }
        Ok(OpenedFile { file: file.into_std(), length: metadata.len() })
    }
}

fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

impl OpenedFile {
    /// Returns the length at the time of opening, in bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Returns exactly [`length`](Self::length) bytes, or an error before the last piece: a file that changes while it is
    /// read is never sent as a whole.
    pub fn content(self) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
        content::stream_exactly(self.file, self.length)
    }
}
