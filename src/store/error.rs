//! The reasons why an operation on the store fails.

/// Names a URL that cannot be shown, because it may contain a password.
pub(super) const HIDDEN_URL: &str = "this URL";

/// The reason why an operation on the store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database URL names no supported engine.
    #[error(
        "{0} is not a supported database: use sqlite:PATH for a file on this machine, or \
         postgres://USER:PASSWORD@HOST/DATABASE"
    )]
    InvalidUrl(String),
    /// The database cannot be reached, or a statement failed. The text contains no URL, which may hold a password.
    #[error("the database is not available: {0}")]
    Unavailable(String),
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
                _ => Self::Unavailable(refusal.message().to_owned()),
            },
            sqlx::Error::PoolTimedOut => Self::Unavailable("timed out waiting for a connection".to_owned()),
            _ => Self::Unavailable(error.to_string()),
        }
    }
}
