//! The `SQLite` file, readable by its owner only.

use std::fs::{self, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection as _, Row as _};

use super::error::{HIDDEN_URL, Outage, Result, StoreError};

/// `SQLITE_NOTADB`: the file was written by another program (<https://sqlite.org/rescode.html#notadb>).
const NOT_A_DATABASE: u32 = 26;

/// Creates the file of the database at `url` with mode 0600, if `url` allows that and it does not exist. `SQLite` would
/// create it with the default mode; it gives the files beside it the mode of this one.
pub(super) fn create(url: &str) -> Result<()> {
    if !url.contains("mode=rwc") {
        return Ok(());
    }
    let path = path_of_url(url)?;
    let mut file = OpenOptions::new();
    file.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
    match file.open(&path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(StoreError::unavailable(format!("{}: {error}", path.display()))),
    }
}

/// Returns the path of the database at `url`.
pub(super) fn path_of_url(url: &str) -> Result<PathBuf> {
    Ok(options(url)?.get_filename().to_owned())
}

/// Returns whether the file of the database at `url` exists and has a table of that name. Creates and changes nothing.
///
/// Fails if the file is not a database. Check this before opening a pool, whose connections would retry for seconds.
pub(super) async fn has_table(url: &str, name: &str) -> Result<bool> {
    let options = options(url)?.create_if_missing(false);
    let path = options.get_filename().to_owned();
    match fs::metadata(&path) {
        Ok(_) => {}
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(false),
        Err(error) => return Err(StoreError::unavailable(format!("{}: {error}", path.display()))),
    }
    let count_tables = async {
        let mut connection = SqliteConnection::connect_with(&options).await?;
        let query = sqlx::query("SELECT COUNT(*) AS tables FROM sqlite_master WHERE type = 'table' AND name = $1");
        let tables = query.bind(name).fetch_one(&mut connection).await?.try_get::<i64, _>("tables")?;
        connection.close().await?;
        Ok(tables)
    };
    let tables = count_tables.await.map_err(|error| file_error(&path, error))?;
    Ok(tables > 0)
}

pub(super) fn options(url: &str) -> Result<SqliteConnectOptions> {
    SqliteConnectOptions::from_str(url).map_err(|_| StoreError::InvalidUrl(HIDDEN_URL.to_owned()))
}

/// Returns whether the system refuses to open a file for writing.
pub(super) fn is_read_only(path: &Path) -> bool {
    let refused = OpenOptions::new().append(true).open(path).err().map(|error| error.kind());
    matches!(refused, Some(ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem))
}

/// Adds the path to an error about a file.
pub(super) fn file_error(path: &Path, error: sqlx::Error) -> StoreError {
    let is_read_only = is_read_only(path);
    let path = path.display();
    // The lower byte of an extended result code is the primary one.
    let code = error.as_database_error().and_then(|refusal| refusal.code()?.parse::<u32>().ok());
    if code.is_some_and(|code| code & 0xff == NOT_A_DATABASE) {
        return StoreError::UnusableFile(format!("{path} is not a database"));
    }
    match StoreError::from(error) {
        StoreError::Unavailable(Outage::Corrupt) => StoreError::UnusableFile(format!("{path} is damaged")),
        StoreError::Unavailable(Outage::Other(_)) if is_read_only => StoreError::Unavailable(Outage::ReadOnly),
        StoreError::Unavailable(Outage::Other(reason)) => StoreError::unavailable(format!("{path}: {reason}")),
        error => error,
    }
}
