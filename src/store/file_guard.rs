//! Notices that the file of an open database was removed or replaced.
//!
//! `SQLite` goes on with the file that it opened, which has no name then: every change would be lost at the next start.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use super::error::Outage;
use super::file;

/// The endings of the files beside a database (<https://sqlite.org/tempfiles.html>).
const COMPANIONS: [&str; 2] = ["-wal", "-shm"];

/// The files of an open database, as they were when it was opened.
#[derive(Debug)]
pub(super) struct FileGuard {
    files: Vec<(PathBuf, FileId)>,
    /// True if the last check failed. Each change is logged once.
    is_changed: AtomicBool,
}

impl FileGuard {
    /// The guard of the open database at `path`.
    pub(super) fn new(path: PathBuf) -> Self {
        let companions = COMPANIONS.map(|ending| {
            let mut companion = path.clone().into_os_string();
            companion.push(ending);
            companion.into()
        });
        let files = [path].into_iter().chain(companions);
        let files = files.filter_map(|file| FileId::of_file(&file).ok().map(|id| (file, id))).collect();
        Self { files, is_changed: AtomicBool::new(false) }
    }

    /// Checks that every file is still the one that was opened.
    pub(super) fn check(&self) -> Result<(), Outage> {
        let change = self.files.iter().find_map(|(path, id)| {
            let change = match FileId::of_file(path) {
                Ok(found) if found == *id => return None,
                Ok(_) => "replaced",
                Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => "removed",
                // Whether it changed is not known. The database says what it can still do.
                Err(_) => return None,
            };
            Some(Outage::FileChanged { path: path.clone(), change })
        });
        let was_changed = self.is_changed.swap(change.is_some(), Ordering::Relaxed);
        match change {
            Some(outage) => {
                if !was_changed {
                    tracing::error!(error = %outage, "refused to use the store");
                }
                Err(outage)
            }
            None => {
                if was_changed {
                    tracing::warn!("the file of the store is back");
                }
                Ok(())
            }
        }
    }

    /// Returns whether the system refuses to open the database for writing.
    pub(super) fn is_read_only(&self) -> bool {
        self.files.first().is_some_and(|(path, _)| file::is_read_only(path))
    }
}

/// The identity of a file: its device and number. Elsewhere than on Unix, only its absence is noticed.
#[derive(Debug, PartialEq, Eq)]
struct FileId(#[cfg(unix)] u64, #[cfg(unix)] u64);

impl FileId {
    #[cfg(unix)]
    fn of_file(path: &PathBuf) -> io::Result<Self> {
        use std::os::unix::fs::MetadataExt as _;
        let metadata = fs::metadata(path)?;
        Ok(Self(metadata.dev(), metadata.ino()))
    }

    #[cfg(not(unix))]
    fn of_file(path: &PathBuf) -> io::Result<Self> {
        fs::metadata(path).map(|_| Self())
    }
}
