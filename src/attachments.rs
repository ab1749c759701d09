//! Attachments named by their path: files of one folder, which whoever started the server gave it, and of no other.
//!
//! A path comes from a model, and a model repeats what strangers wrote to it. Three things keep it in its place. What a
//! path may look like is narrow (`path`). The system resolves it below the folder's own handle, so that neither `..`
//! nor a link leads out, nor anything that is exchanged in between. And what was opened is judged by its handle: there
//! is no moment between the check and the use.

mod content;
mod path;

use std::io;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use cap_fs_ext::OpenOptionsSyncExt as _;
use cap_std::ambient_authority;
use cap_std::fs::{Dir, OpenOptions};
use futures_util::Stream;

/// A folder whose files may be attached. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Folder {
    dir: Arc<Dir>,
}

/// A regular file of the folder, opened.
#[derive(Debug)]
pub struct Opened {
    file: std::fs::File,
    length: u64,
}

/// Why a path is not followed. It tells nothing of what is outside the folder, not even whether it exists.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The text is not one that this folder looks up.
    #[error("{0}")]
    Path(&'static str),
    /// Nothing in the folder has that name.
    #[error("names no file in the attachments folder")]
    NotThere,
    /// A folder, a device, a pipe, a socket.
    #[error("names something that is no regular file")]
    NotAFile,
    /// It leads out of the folder, or the system does not let it be read.
    #[error("cannot be opened within the attachments folder")]
    NotOpened,
}

impl Folder {
    /// What a path may be, for whoever gave another one.
    pub const ALLOWED: &str =
        "the path of a regular file in the attachments folder, seen from there, such as report.pdf or 2026/report.pdf";

    /// The folder at `path`, which stays the same one even if it is renamed or replaced there.
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { dir: Arc::new(Dir::open_ambient_dir(path, ambient_authority())?) })
    }

    /// Opens the file at `path`, seen from the folder. It never waits, not even for the other end of a pipe.
    pub fn file(&self, path: &str) -> Result<Opened, Refusal> {
        let path = path::checked(path).map_err(Refusal::Path)?;
        let mut options = OpenOptions::new();
        options.read(true).nonblock(true);
        let file = self.dir.open_with(path, &options).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Refusal::NotThere,
            _ => Refusal::NotOpened,
        })?;
        let metadata = file.metadata().map_err(|_| Refusal::NotOpened)?;
        if !metadata.is_file() {
            return Err(Refusal::NotAFile);
        }
        Ok(Opened { file: file.into_std(), length: metadata.len() })
    }
}

impl Opened {
    /// Its bytes when it was opened.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Exactly so many bytes, or an error before the last of them: what changes while it is read is not sent whole.
    pub fn content(self) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
        content::exactly(self.file, self.length)
    }
}
