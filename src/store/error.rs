//! The reasons why an operation on the store fails.

use std::fmt;
use std::path::PathBuf;

use sqlx::error::DatabaseError;
use sqlx::sqlite::SqliteError;

/// Names a URL that cannot be shown, because it may contain a password.
pub(super) const HIDDEN_URL: &str = "this URL";

/// The reason why the database is not available. Its text contains no URL, which may hold a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Outage {
    /// The disk of the database has no space left.
    #[error("its disk is full: free some space")]
    DiskFull,
    /// The database can be read and not written: its file or file system is read-only, or the server is a standby.
    #[error("it is read-only: make its file or file system writable, or connect to the primary server")]
    ReadOnly,
    /// The file of the database is not the one that was opened.
    #[error(
        "{} was {change} while it was in use, and changes would be lost: put it back, or restart to use the file that is \
         there then",
        .path.display()
    )]
    FileChanged {
        /// The file.
        path: PathBuf,
        /// "removed" or "replaced".
        change: &'static str,
    },
    /// The file of the database is damaged.
    #[error("it is damaged: stop the server and restore it from a backup")]
    Corrupt,
    /// The database cannot be reached, or a statement failed.
    #[error("{0}")]
    Other(String),
}

impl Outage {
    /// The reason and the cure for clients, which learn no path and no message of the database.
    pub(crate) const fn for_clients(&self) -> &'static str {
        match self {
            Self::DiskFull => "The disk of the store is full. Free some space, then try again.",
            Self::ReadOnly => "The store is read-only. Make it writable, then try again.",
            Self::FileChanged { .. } => {
                "The file of the store was removed or replaced while the server was running. Put it back, or restart the \
                 server to use the file that is there then."
            }
            Self::Corrupt => "The store is damaged. Stop the server and restore the store from a backup.",
            Self::Other(_) => "The store is unavailable. Try again in a few seconds.",
        }
    }
}

/// The reason why an operation on the store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database URL names no supported engine.
    #[error(
        "{0} is not a supported database: use sqlite:PATH for a file on this machine, or \
         postgres://USER:PASSWORD@HOST/DATABASE"
    )]
    InvalidUrl(String),
    /// The database cannot be reached, or it cannot do what was asked.
    #[error("the database is not available: {0}")]
    Unavailable(Outage),
    /// A report took longer than its time limit.
    #[error("the report took longer than 10 seconds")]
    SlowReport,
    /// The database is behind a pooler that gives each transaction another session.
    #[error(
        "the database is behind a connection pooler in transaction mode, which loses prepared statements: set the pooler \
         to session mode (PgBouncer: pool_mode = session), or connect to the database itself"
    )]
    TransactionPooling,
    /// The row refers to another one that does not exist.
    #[error("something that this refers to has just been deleted")]
    Orphan,
    /// A row with the same unique value exists.
    #[error("it exists already")]
    Duplicate,
    /// A row cannot be understood: it was written by another program, or by a later release.
    #[error("the database contains a value that cannot be understood: {0}")]
    Damaged(String),
    /// The file is not a database, or it is corrupt.
    #[error("{0}: restore it from a backup, or use another file")]
    UnusableFile(String),
    /// The database was upgraded by a later release.
    #[error(
        "the database has schema version {found}, but this release supports versions up to {known}: \
         run the release that upgraded it, or a later one"
    )]
    Newer {
        /// The schema version of the database.
        found: i64,
        /// The latest version that this release supports.
        known: i64,
    },
}

/// The result of an operation on the store.
pub(crate) type Result<T> = std::result::Result<T, StoreError>;

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::error::ErrorKind;
        match &error {
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::ColumnNotFound(_) | sqlx::Error::Decode(_) => {
                Self::Damaged(error.to_string())
            }
            sqlx::Error::Database(refusal) => match refusal.kind() {
                ErrorKind::ForeignKeyViolation => Self::Orphan,
                ErrorKind::UniqueViolation => Self::Duplicate,
                _ => Self::Unavailable(outage(&**refusal)),
            },
            sqlx::Error::PoolTimedOut => Self::unavailable("timed out waiting for a connection"),
            sqlx::Error::Io(io) => match io.get_ref().and_then(|inner| inner.downcast_ref::<Outage>()) {
                Some(outage) => Self::Unavailable(outage.clone()),
                None => Self::unavailable(&error),
            },
            _ => Self::unavailable(&error),
        }
    }
}

impl StoreError {
    /// The database is not available for a reason that has no name.
    pub(super) fn unavailable(reason: impl fmt::Display) -> Self {
        Self::Unavailable(Outage::Other(reason.to_string()))
    }
}

/// Names the reason for which a database refused a statement.
fn outage(refusal: &dyn DatabaseError) -> Outage {
    let code = refusal.code();
    let code = code.as_deref().unwrap_or_default();
    let named = if refusal.try_downcast_ref::<SqliteError>().is_some() {
        // The lower byte of an extended result code is the primary one (<https://sqlite.org/rescode.html>).
        match code.parse::<u32>().unwrap_or_default() & 0xff {
            8 => Some(Outage::ReadOnly),
            11 | 26 => Some(Outage::Corrupt),
            13 => Some(Outage::DiskFull),
            _ => None,
        }
    } else {
        // <https://www.postgresql.org/docs/current/errcodes-appendix.html>
        match code {
            "25006" => Some(Outage::ReadOnly),
            "53100" => Some(Outage::DiskFull),
            "XX001" | "XX002" => Some(Outage::Corrupt),
            _ => None,
        }
    };
    named.unwrap_or_else(|| Outage::Other(refusal.message().to_owned()))
}
