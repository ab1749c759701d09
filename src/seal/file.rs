//! The master key as a file: the one secret that is on disk in the clear, for its owner alone to read.
//!
//! A key file is there as a whole or not at all, whenever the machine stops.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use secrecy::ExposeSecret as _;
use zeroize::Zeroizing;

use super::{MasterKey, NotAKey};

/// The key in use.
pub const CURRENT: &str = "master.key";
/// The key that a rotation is bringing into use.
pub const NEXT: &str = "master.key.next";
/// What the file of a key begins with that a rotation took out of use; the key's name follows.
const KEPT: &str = "master.key.";
/// How long a key's name is.
const NAME: usize = 16;

/// No key has more.
const LONGEST: u64 = 4096;

/// Why a key file cannot be used. No text of it holds a key.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It, or its folder, cannot be read or written.
    #[error("{}: {error}", path.display())]
    Io {
        /// What.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// It holds something else.
    #[error("{}: {error}", path.display())]
    Content {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        error: NotAKey,
    },
}

/// Makes a folder that only its owner can look into. One that is there stays as it is.
pub fn make_folder(folder: &Path) -> Result<(), FileError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(at(folder))
}

/// The key in a file, if there is one.
pub fn read(path: &Path) -> Result<Option<MasterKey>, FileError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(at(path)(error)),
    };
    warn_if_others_can_read(&file, path);
    let mut text = Zeroizing::new(String::new());
    file.take(LONGEST).read_to_string(&mut text).map_err(at(path))?;
    MasterKey::parse(&text).map(Some).map_err(|error| FileError::Content { path: path.to_owned(), error })
}

/// Writes a key into a new file. Says whether it did: a file that is there stays as it is.
pub fn create(path: &Path, key: &MasterKey) -> Result<bool, FileError> {
    // The name is unlike that of another process, so that two that start at once do not write into one file.
    let draft = path.with_extension(format!("draft-{}", uuid::Uuid::now_v7().simple()));
    let written = write(&draft, key).and_then(|()| match fs::hard_link(&draft, path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    });
    let removed = fs::remove_file(&draft);
    let created = written.map_err(at(path))?;
    removed.map_err(at(&draft))?;
    keep_names(path)?;
    Ok(created)
}

/// Brings the next key's file into use, in one step. The key that was in use stays beside it in a file of its own:
/// whatever else was sealed with it, such as a backup, could never be read again.
pub fn promote(folder: &Path) -> Result<(), FileError> {
    let (current, next) = (folder.join(CURRENT), folder.join(NEXT));
    if let Some(old) = read(&current)? {
        create(&kept_as(folder, old.id()), &old)?;
    }
    fs::rename(&next, &current).map_err(at(&next))?;
    keep_names(&current)
}

/// Where a rotation keeps the key of that name.
pub fn kept_as(folder: &Path, id: &str) -> PathBuf {
    folder.join(format!("{KEPT}{id}"))
}

/// The files of keys that rotations took out of use, until somebody removes them.
pub fn kept(folder: &Path) -> Result<Vec<PathBuf>, FileError> {
    let is_kept = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_prefix(KEPT));
        name.is_some_and(|name| name.len() == NAME && name.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    let files =
        fs::read_dir(folder).and_then(|files| files.map(|file| Ok(file?.path())).collect::<io::Result<Vec<_>>>());
    let mut files = files.map_err(at(folder))?;
    files.retain(is_kept);
    files.sort();
    Ok(files)
}

fn write(path: &Path, key: &MasterKey) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(key.text().expose_secret().as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}

/// Puts the names in a file's folder on disk; its content is there already.
fn keep_names(path: &Path) -> Result<(), FileError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if cfg!(unix) {
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(at(folder))?;
    }
    Ok(())
}

#[cfg(unix)]
fn warn_if_others_can_read(file: &File, path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    const OTHERS: u32 = 0o077;
    if file.metadata().is_ok_and(|metadata| metadata.permissions().mode() & OTHERS != 0) {
        tracing::warn!(?path, "others than its owner can read the master key; `chmod 600` corrects that");
    }
}

#[cfg(not(unix))]
fn warn_if_others_can_read(_: &File, _: &Path) {}

fn at(path: &Path) -> impl Fn(io::Error) -> FileError {
    let path = path.to_owned();
    move |error| FileError::Io { path: path.clone(), error }
}
