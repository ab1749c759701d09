//! The database as a file, for its owner alone to read.

use std::fs::{self, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection as _, Row as _};

use super::{Result, StoreError};

/// What the engine says of a file that it did not write.
const NOT_A_DATABASE: u32 = 26;
/// What it says of one that has been changed by somebody else.
const CORRUPT: u32 = 11;

/// Makes the file of the database at `url` if it is to be made. The engine would let others read it; what it puts
/// beside it, it then makes as this file is. One that is there stays as it is.
pub(super) fn make(url: &str) -> Result<()> {
    if !url.contains("mode=rwc") {
        return Ok(());
    }
    let path = path(url)?;
    let mut file = OpenOptions::new();
    file.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
    match file.open(&path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(StoreError::Unavailable(format!("{}: {error}", path.display()))),
    }
}

/// The file of the database at `url`.
pub(super) fn path(url: &str) -> Result<PathBuf> {
    Ok(options(url)?.get_filename().to_owned())
}

/// Whether the file of the database at `url` is there and holds a table of that name. Nothing is made or changed.
///
/// Fails if it is no database. Whoever uses many connections asks this first: each of them would try again and again.
pub(super) async fn has_table(url: &str, name: &str) -> Result<bool> {
    let options = options(url)?.create_if_missing(false);
    let path = options.get_filename().to_owned();
    match fs::metadata(&path) {
        Ok(_) => {}
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(false),
        Err(error) => return Err(StoreError::Unavailable(format!("{}: {error}", path.display()))),
    }
    let look = async {
        let mut connection = SqliteConnection::connect_with(&options).await?;
        let query = sqlx::query("SELECT COUNT(*) AS tables FROM sqlite_master WHERE type = 'table' AND name = $1");
        let tables = query.bind(name).fetch_one(&mut connection).await?.try_get::<i64, _>("tables")?;
        connection.close().await?;
        Ok(tables > 0)
    };
    look.await.map_err(|error| at(&path, &error))
}

fn options(url: &str) -> Result<SqliteConnectOptions> {
    SqliteConnectOptions::from_str(url).map_err(|_| StoreError::Address("this address".to_owned()))
}

/// What went wrong with a file, which is named.
fn at(path: &Path, error: &sqlx::Error) -> StoreError {
    let path = path.display();
    let Some(refusal) = error.as_database_error() else { return StoreError::Unavailable(format!("{path}: {error}")) };
    // The lower byte is the kind, the rest says more of it.
    match refusal.code().and_then(|code| code.parse::<u32>().ok()).map(|code| code & 0xff) {
        Some(NOT_A_DATABASE) => StoreError::Spoiled(format!("{path} is not a database")),
        Some(CORRUPT) => StoreError::Spoiled(format!("{path} is damaged")),
        _ => StoreError::Unavailable(format!("{path}: {}", refusal.message())),
    }
}
