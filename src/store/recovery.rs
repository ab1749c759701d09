//! Finds out, before a file is used, whether changes were lost since the last process used it.

use std::fs::{self, File};
use std::io::{self, BufReader, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection as _, Row as _};

use super::connection::Store;
use super::error::{Result, StoreError};
use super::file;
use super::wal::{self, Loss, WalIndex};

/// Changes that the write-ahead log of a file has lost.
pub(super) struct LostChanges {
    log: PathBuf,
    loss: Loss,
}

/// Returns the changes that the write-ahead log of the file at `url` has lost, if any. Recovers the file, and changes
/// nothing else.
///
/// # Errors
///
/// Fails if the file is missing and its log is not, if the file is damaged as well, or if it cannot be read.
pub(super) async fn lost_changes(url: &str) -> Result<Option<LostChanges>> {
    let options = file::options(url)?.create_if_missing(false);
    let path = options.get_filename().to_owned();
    let [log, index] = ["-wal", "-shm"].map(|ending| {
        let mut beside = path.clone().into_os_string();
        beside.push(ending);
        PathBuf::from(beside)
    });
    if !path.exists() {
        if size(&log) > 0 {
            let (path, log) = (path.display(), log.display());
            return Err(StoreError::UnusableFile(format!("{path} is missing, but its write-ahead log {log} is there")));
        }
        return Ok(None);
    }
    // Opening the database rewrites the index.
    let index = read_index(&index).map_err(|error| StoreError::unavailable(format!("{}: {error}", index.display())))?;
    let had_log = size(&log) > 0;
    if index.is_none() && !had_log {
        return Ok(None);
    }
    let locked = async {
        let mut connection = SqliteConnection::connect_with(&options).await?;
        // No process writes to the log during the transaction.
        sqlx::raw_sql("PRAGMA busy_timeout = 10000; BEGIN IMMEDIATE").execute(&mut connection).await?;
        Ok(connection)
    };
    let mut connection = match locked.await {
        Ok(connection) => connection,
        // Another process writes to the log, so it was not left by one that ended.
        Err(error) if is_busy(&error) => return Ok(None),
        Err(error) => return Err(file::file_error(&path, error)),
    };
    let loss = match File::open(&log) {
        // A process that ended in order has just removed it.
        _ if had_log && size(&log) == 0 => Ok(None),
        Ok(log) => wal::loss(BufReader::new(log), index),
        Err(error) if error.kind() == ErrorKind::NotFound => wal::loss(io::empty(), index),
        Err(error) => Err(error),
    };
    let loss = loss.map_err(|error| StoreError::unavailable(format!("{}: {error}", log.display())))?;
    if loss.is_some() && !is_intact(&mut connection).await {
        let (path, log) = (path.display(), log.display());
        return Err(StoreError::UnusableFile(format!("{path} is damaged, and so is its write-ahead log {log}")));
    }
    let ended = async {
        sqlx::raw_sql("ROLLBACK").execute(&mut connection).await?;
        connection.close().await
    };
    ended.await.map_err(|error| file::file_error(&path, error))?;
    Ok(loss.map(|loss| LostChanges { log, loss }))
}

/// Returns the size of a file in bytes; a file that is missing has none.
fn size(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |file| file.len())
}

/// Returns whether another process holds the lock for writing (`SQLITE_BUSY`).
fn is_busy(error: &sqlx::Error) -> bool {
    const BUSY: u32 = 5;
    let code = error.as_database_error().and_then(|refusal| refusal.code()?.parse::<u32>().ok());
    code.is_some_and(|code| code & 0xff == BUSY)
}

/// Reads the index of a log, if there is a complete one.
fn read_index(path: &Path) -> io::Result<Option<WalIndex>> {
    /// The bytes that are needed.
    const BEGINNING: u64 = 100;
    let mut beginning = Vec::new();
    match File::open(path) {
        Ok(file) => file.take(BEGINNING).read_to_end(&mut beginning)?,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(WalIndex::parse(&beginning))
}

/// Returns whether the database is consistent without the lost changes: a part of them may have been copied into it.
async fn is_intact(connection: &mut SqliteConnection) -> bool {
    let row = sqlx::query("PRAGMA integrity_check").fetch_one(connection).await;
    row.and_then(|row| row.try_get::<String, _>(0)).is_ok_and(|answer| answer == "ok")
}

impl LostChanges {
    /// The error if nothing of the store is left.
    pub(super) fn of_everything(&self) -> StoreError {
        StoreError::UnusableFile(format!("{} is damaged, and no store is left without it", self.log.display()))
    }

    /// Logs what was lost.
    pub(super) async fn report(&self, store: &Store) -> Result<()> {
        let row = sqlx::query(
            "SELECT MAX(at) AS newest FROM (SELECT MAX(updated_at) AS at FROM account \
             UNION ALL SELECT MAX(updated_at) FROM server UNION ALL SELECT MAX(created_at) FROM api_token \
             UNION ALL SELECT MAX(at) FROM call_log) AS change",
        );
        let newest = row.fetch_one(store.reads()).await?.try_get::<Option<i64>, _>("newest")?;
        let newest = newest.and_then(|at| Timestamp::from_millisecond(at).ok());
        let newest = newest.map_or_else(|| "none".to_owned(), |at| at.to_string());
        let Loss { pages, transactions } = self.loss;
        tracing::error!(
            log = %self.log.display(), pages, transactions, newest_change_left = newest,
            "lost committed changes, also revocations: the write-ahead log is damaged; compare with a backup",
        );
        Ok(())
    }
}
