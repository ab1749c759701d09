//! Disk space beside a database file that only operators use.
//!
//! The reserve is a file. The call log writes only while it is in place, so that calls cannot use its space. When the disk
//! is nearly full, whatever filled it, the file is deleted before an operator's change is written: a token can be revoked
//! although nothing else can be stored. The file returns when there is room again.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use fs4::FileExt as _;

const MIB: u64 = 1024 * 1024;
/// The size of the reserve: two cycles of the write-ahead log, which `SQLite` empties every 4 MiB.
const SIZE: u64 = 8 * MIB;
/// The free space below which the reserve is used.
const NEARLY_FULL: u64 = 4 * MIB;
/// The free space from which the reserve is put in place. It is well above the two others, so that it does not come and go.
const ROOMY: u64 = 32 * MIB;

/// The reserve of one database file.
#[derive(Clone, Debug)]
pub(super) struct SpaceReserve {
    folder: PathBuf,
    file: PathBuf,
    /// True from the release of the reserve until it is in place again.
    is_released: Arc<AtomicBool>,
}

impl SpaceReserve {
    /// The reason why the call log is not written.
    pub(super) const SHORTAGE: &str =
        "less than 32 MiB of disk space is left, which is reserved for changes by operators";

    /// The reserve of the database file `database`.
    pub(super) fn beside(database: &Path) -> Self {
        let mut file = database.as_os_str().to_owned();
        file.push("-reserve");
        // The parent of a bare file name is an empty path.
        let folder = database.parent().filter(|folder| !folder.as_os_str().is_empty());
        Self { folder: folder.unwrap_or(Path::new(".")).to_owned(), file: file.into(), is_released: Arc::default() }
    }

    /// Puts the reserve in place if there is room for it. Returns whether it is in place.
    pub(super) fn keep(&self) -> bool {
        if fs::metadata(&self.file).is_ok_and(|file| file.len() == SIZE) {
            return true;
        }
        if fs4::available_space(&self.folder).is_ok_and(|free| free < ROOMY) {
            return false;
        }
        let is_created = self.create().is_ok();
        if is_created {
            self.is_released.store(false, Ordering::Relaxed);
        } else {
            // A smaller file would only waste space.
            let _ = fs::remove_file(&self.file);
        }
        is_created
    }

    /// Deletes the reserve if the disk is nearly full.
    pub(super) fn make_room(&self) {
        let is_full = fs4::available_space(&self.folder).is_ok_and(|free| free < NEARLY_FULL);
        if is_full && fs::remove_file(&self.file).is_ok() {
            self.is_released.store(true, Ordering::Relaxed);
            tracing::error!(file = ?self.file, "disk is full; released the reserve for changes by operators; free disk space");
        }
    }

    /// Returns whether the reserve is in use.
    pub(super) fn is_in_use(&self) -> bool {
        self.is_released.load(Ordering::Relaxed) && !self.keep()
    }

    fn create(&self) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&self.file)?;
        file.allocate(SIZE).or_else(|_| write_zeros(&file))
    }
}

/// Fills a file on a file system that cannot allocate space without writing.
fn write_zeros(mut file: &File) -> io::Result<()> {
    let block = vec![0; 1024 * 1024];
    for _ in 0..SIZE / MIB {
        file.write_all(&block)?;
    }
    Ok(())
}
