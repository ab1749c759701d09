//! Master key files: the only unencrypted secret on disk, readable by its owner only.
//!
//! Files are created atomically: after a crash, a key file is complete or does not exist.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use secrecy::ExposeSecret as _;
use zeroize::Zeroizing;

use super::{InvalidMasterKey, MasterKey};

/// The name of the file of the key in use.
pub const CURRENT: &str = "master.key";
/// The name of the file of the key that a rotation changes to.
pub const NEXT: &str = "master.key.next";
/// The prefix of the files of retired keys. The key's name follows.
const RETIRED_PREFIX: &str = "master.key.";
/// The number of hexadecimal digits in a key's name.
const NAME_DIGITS: usize = 16;

/// The bytes that are read of a key file, more than any key has.
const MAX_FILE_BYTES: u64 = 4096;

/// The reason why a key file cannot be used. The texts contain no key.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The file or its folder cannot be read or written.
    #[error("{}: {error}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        error: io::Error,
    },
    /// The file does not contain a key.
    #[error("{}: {error}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// The cause.
        error: InvalidMasterKey,
    },
}

/// Creates a folder with mode 0700. An existing folder stays unchanged.
///
/// # Errors
///
/// Fails if the folder cannot be created.
pub(crate) fn create_folder(folder: &Path) -> Result<(), FileError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(io_error(folder))
}

/// Reads the key in a file. Returns `None` if the file does not exist.
///
/// # Errors
///
/// Fails if the file cannot be read or does not contain a key.
pub fn read_key(path: &Path) -> Result<Option<MasterKey>, FileError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io_error(path)(error)),
    };
    warn_if_readable_by_others(&file, path);
    let mut text = Zeroizing::new(String::new());
    file.take(MAX_FILE_BYTES).read_to_string(&mut text).map_err(io_error(path))?;
    MasterKey::parse(&text).map(Some).map_err(|error| FileError::Content { path: path.to_owned(), error })
}

/// Writes a key to a new file with mode 0600. Returns false if the file exists; it stays unchanged.
///
/// # Errors
///
/// Fails if the file cannot be written.
pub fn create_key(path: &Path, key: &MasterKey) -> Result<bool, FileError> {
    // The name is unique, so that two processes that start at the same time do not write to the same draft.
    let draft = path.with_extension(format!("draft-{}", uuid::Uuid::now_v7().simple()));
    let written = write(&draft, key).and_then(|()| match fs::hard_link(&draft, path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    });
    let removed = fs::remove_file(&draft);
    let created = written.map_err(io_error(path))?;
    removed.map_err(io_error(&draft))?;
    sync_folder(path)?;
    Ok(created)
}

/// Makes the file of the next key the file of the key in use, atomically. The previous key stays in a file of its own,
/// because backups that were sealed with it need it.
///
/// # Errors
///
/// Fails if a file cannot be read, written or renamed.
pub(crate) fn promote(folder: &Path) -> Result<(), FileError> {
    let (current, next) = (folder.join(CURRENT), folder.join(NEXT));
    if let Some(old) = read_key(&current)? {
        create_key(&retired_path(folder, old.id()), &old)?;
    }
    fs::rename(&next, &current).map_err(io_error(&next))?;
    sync_folder(&current)
}

/// Returns the path of the file in which a rotation keeps the retired key of that name.
pub fn retired_path(folder: &Path, id: &str) -> PathBuf {
    folder.join(format!("{RETIRED_PREFIX}{id}"))
}

/// Returns the files of retired keys, sorted by name.
///
/// # Errors
///
/// Fails if the folder cannot be read.
pub fn retired_keys(folder: &Path) -> Result<Vec<PathBuf>, FileError> {
    let is_retired = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_prefix(RETIRED_PREFIX));
        name.is_some_and(|name| name.len() == NAME_DIGITS && name.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    let files =
        fs::read_dir(folder).and_then(|files| files.map(|file| Ok(file?.path())).collect::<io::Result<Vec<_>>>());
    let mut files = files.map_err(io_error(folder))?;
    files.retain(is_retired);
    files.sort();
    Ok(files)
}

fn write(path: &Path, key: &MasterKey) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(key.encoded().expose_secret().as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}

/// Flushes the entries of a file's folder to disk. The content of the file is there already.
fn sync_folder(path: &Path) -> Result<(), FileError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if cfg!(unix) {
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(io_error(folder))?;
    }
    Ok(())
}

#[cfg(unix)]
fn warn_if_readable_by_others(file: &File, path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    const OTHERS: u32 = 0o077;
    if file.metadata().is_ok_and(|metadata| metadata.permissions().mode() & OTHERS != 0) {
        tracing::warn!(?path, "master key file is readable by other users; run `chmod 600` on it");
    }
}

#[cfg(not(unix))]
fn warn_if_readable_by_others(_: &File, _: &Path) {}

fn io_error(path: &Path) -> impl Fn(io::Error) -> FileError {
    let path = path.to_owned();
    move |error| FileError::Io { path: path.clone(), error }
}
