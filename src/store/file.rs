//! The database as a file, for its owner alone to read.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::str::FromStr as _;

use sqlx::sqlite::SqliteConnectOptions;

use super::{Result, StoreError};

/// Makes the file of the database at `url` if it is to be made. The engine would let others read it; what it puts
/// beside it, it then makes as this file is. One that is there stays as it is.
pub(super) fn make(url: &str) -> Result<()> {
    if !url.contains("mode=rwc") {
        return Ok(());
    }
    let options = SqliteConnectOptions::from_str(url).map_err(|_| StoreError::Address("this address".to_owned()))?;
    let path = options.get_filename();
    let mut file = OpenOptions::new();
    file.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
    match file.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(StoreError::Unavailable(format!("{}: {error}", path.display()))),
    }
}
