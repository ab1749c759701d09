//! What is kept: accounts, servers, API tokens, keys and the call log, in `SQLite` or `PostgreSQL`.
//!
//! Both engines get the same SQL, and one that speaks `PostgreSQL`'s language can stand in for it: no notification, no
//! advisory lock, no type of its own. A write that has returned is on disk. Nothing here checks what a person wrote,
//! opens what is sealed or knows a token: rows come in and go out as they are.

mod account;
mod api_token;
mod call;
mod fact;
mod file;
mod keys;
mod migration;
mod row;
mod server;

use std::fmt;
use std::str::FromStr as _;
use std::sync::Once;
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyPool, Row as _, Transaction};

pub use self::account::{AccountRow, Health, RateLimitFacts};
pub use self::api_token::{ApiTokenRow, Role};
pub use self::call::{CallFilter, CallRow, Grouping, ROWS_AT_ONCE, SummaryCursor, SummaryFilter, SummaryRow};
pub use self::keys::KeyRow;
pub use self::server::{Admission, ServerRow};

/// The table that every store has, and that nothing else is likely to have.
const MIGRATION: &str = "migration";

/// How long a query waits for a connection before the database counts as lost.
const CONNECTION_WAIT: Duration = Duration::from_secs(2);

/// How long what writes to a file waits for what is writing to it already: as long as for another program that does.
const TURN_WAIT: Duration = Duration::from_secs(10);

/// A database. Cheap to clone; clones share their connections.
///
/// A file has one connection that writes: only one can at a time, and each would have to read anew what another wrote.
#[derive(Clone)]
pub struct Store {
    reads: AnyPool,
    writes: AnyPool,
    engine: Engine,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Engine {
    Sqlite,
    Postgres,
}

/// Why the store did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address names no engine that there is.
    #[error(
        "{0} is no database: give sqlite:PATH for a file on this machine, or postgres://USER:PASSWORD@HOST/DATABASE"
    )]
    Address(String),
    /// The database cannot be reached, or it failed. The text names no address, which may hold a password.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// What the write refers to is gone.
    #[error("something that this refers to has just been removed")]
    Orphan,
    /// There is such a thing already.
    #[error("there is one like it already")]
    Duplicate,
    /// A row does not make sense: it was not written by this program, or by a later version of it.
    #[error("the database holds something that cannot be understood: {0}")]
    Damaged(String),
    /// The file is no database, or no longer one.
    #[error("{0}: restore a backup of it, or name another file")]
    Spoiled(String),
    /// The database belongs to a later version of this program.
    #[error(
        "the database was upgraded to version {found} by a later release of this program, and this one only knows \
         {known}: run the later release"
    )]
    Newer {
        /// The version of the database.
        found: i64,
        /// The last version that is known.
        known: i64,
    },
}

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
            sqlx::Error::PoolTimedOut => Self::Unavailable("no connection in time".to_owned()),
            _ => Self::Unavailable(error.to_string()),
        }
    }
}

type Result<T> = std::result::Result<T, StoreError>;

impl Store {
    /// Connects to the database at `url` and brings it up to date. A file that is not there is made.
    pub async fn open(url: &str) -> Result<Self> {
        let (engine, url) = address(url)?;
        if engine == Engine::Sqlite {
            file::make(&url)?;
            file::has_table(&url, MIGRATION).await?;
        }
        let store = Self::connect(engine, &url).await?;
        store.migrate().await?;
        Ok(store)
    }

    /// Connects to the store at `url` and brings it up to date; `None` if there is none. Nothing is made.
    pub async fn find(url: &str) -> Result<Option<Self>> {
        let (engine, url) = address(url)?;
        if engine == Engine::Sqlite && !file::has_table(&url, MIGRATION).await? {
            return Ok(None);
        }
        let store = Self::connect(engine, &url).await?;
        if engine == Engine::Postgres && !store.has_table(MIGRATION).await? {
            store.close().await;
            return Ok(None);
        }
        store.migrate().await?;
        Ok(Some(store))
    }

    async fn connect(engine: Engine, url: &str) -> Result<Self> {
        static DRIVERS: Once = Once::new();
        DRIVERS.call_once(sqlx::any::install_default_drivers);
        let options = AnyConnectOptions::from_str(url).map_err(|_| StoreError::Address("this address".to_owned()))?;
        let (reads, writes) = match engine {
            Engine::Sqlite => {
                // Whoever writes also makes the file what it has to be, and so comes first.
                let writes = on_file(1, TURN_WAIT).connect_with(options.clone()).await?;
                (on_file(2, CONNECTION_WAIT).connect_with(options).await?, writes)
            }
            Engine::Postgres => {
                let pool = AnyPoolOptions::new().max_connections(10).acquire_timeout(CONNECTION_WAIT);
                let pool = pool.connect_with(options).await?;
                (pool.clone(), pool)
            }
        };
        Ok(Self { reads, writes, engine })
    }

    /// Whether a database server has a table of that name where it looks for one.
    async fn has_table(&self, name: &str) -> Result<bool> {
        let query = "SELECT COUNT(*) AS tables FROM information_schema.tables \
                     WHERE table_schema = ANY (current_schemas(false)) AND table_name = $1";
        let row = sqlx::query(query).bind(name).fetch_one(&self.reads).await?;
        Ok(row.try_get::<i64, _>("tables")? > 0)
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        sqlx::query("SELECT 1").execute(&self.reads).await?;
        Ok(())
    }

    /// Ends all connections, after what they are doing.
    pub async fn close(&self) {
        self.reads.close().await;
        self.writes.close().await;
    }

    /// Begins what must happen as a whole. On `SQLite` it is the only writer from here on: a transaction that reads
    /// first and then finds another program's ahead of it could only fail.
    async fn begin(&self) -> Result<Transaction<'static, sqlx::Any>> {
        Ok(match self.engine {
            Engine::Sqlite => self.writes.begin_with("BEGIN IMMEDIATE").await?,
            Engine::Postgres => self.writes.begin().await?,
        })
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({:?})", self.engine)
    }
}

/// What a person knows a database by: the path of a file, or an address without what it says of a user.
pub fn place(url: &str) -> String {
    match address(url) {
        Ok((Engine::Sqlite, url)) => file::path(&url).map(|path| path.display().to_string()).ok(),
        Ok((Engine::Postgres, url)) => url::Url::parse(&url).ok().map(|url| {
            let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
            format!("{}://{}{port}{}", url.scheme(), url.host_str().unwrap_or_default(), url.path())
        }),
        Err(_) => None,
    }
    .unwrap_or_else(|| "this address".to_owned())
}

/// So many connections to a file, each a thread with a cache of its own, for which a query waits so long.
fn on_file(connections: u32, wait: Duration) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(wait)
        // The other side of a connection may close it, which is to be found out before a query is lost on it. A file
        // has no other side.
        .test_before_acquire(false)
        .after_connect(|connection, _| {
            Box::pin(async move {
                sqlx::raw_sql(SQLITE_SETTINGS).execute(connection).await?;
                Ok(())
            })
        })
}

/// Readers do not wait for the writer, and a commit is on disk when it returns, whatever happens to the machine. What
/// is needed only until the end of a statement never goes to disk. A quarter of a megabyte of pages a connection is
/// enough: the system keeps the file in memory anyway.
const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                               PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -256;";

/// The engine that an address names, and the address as its driver wants it.
fn address(url: &str) -> Result<(Engine, String)> {
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok((Engine::Postgres, url.to_owned()));
    }
    let Some(file) = url.strip_prefix("sqlite:") else {
        let scheme = url.split(':').next().unwrap_or_default();
        return Err(StoreError::Address(format!("{scheme:?}")));
    };
    if file.is_empty() || file.contains(":memory:") || file.contains("mode=memory") {
        return Err(StoreError::Address("a database in memory".to_owned()));
    }
    let made = match file.split_once('?') {
        None => format!("sqlite:{file}?mode=rwc"),
        Some((_, options)) if options.contains("mode=") => format!("sqlite:{file}"),
        Some(_) => format!("sqlite:{file}&mode=rwc"),
    };
    Ok((Engine::Sqlite, made))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn an_address_names_its_engine() {
        for (given, engine, wanted) in [
            ("sqlite:/a/b.db", Engine::Sqlite, "sqlite:/a/b.db?mode=rwc"),
            ("sqlite:///a.db?cache=private", Engine::Sqlite, "sqlite:///a.db?cache=private&mode=rwc"),
            ("sqlite:a.db?mode=ro", Engine::Sqlite, "sqlite:a.db?mode=ro"),
            ("postgres://u:p@h/d", Engine::Postgres, "postgres://u:p@h/d"),
            ("postgresql://h/d", Engine::Postgres, "postgresql://h/d"),
        ] {
            assert_eq!(address(given).unwrap(), (engine, wanted.to_owned()));
        }
    }

    #[test]
    fn a_place_is_known_by_its_path_or_its_host_and_never_by_a_password() {
        for (given, wanted) in [
            ("sqlite:/a/b%3F.db?mode=rw", "/a/b?.db"),
            ("sqlite:a.db", "a.db"),
            ("postgres://user:hunter2@db.example:6000/main?password=hunter2", "postgres://db.example:6000/main"),
            ("postgresql://h/d", "postgresql://h/d"),
            ("mysql://root:hunter2@h/d", "this address"),
        ] {
            assert_eq!(place(given), wanted);
        }
    }

    #[test]
    fn an_address_without_an_engine_is_refused_without_being_shown() {
        for given in ["mysql://root:hunter2@h/d", "", "/a/b.db", "sqlite:", "sqlite::memory:"] {
            let error = address(given).unwrap_err().to_string();
            assert!(error.contains("sqlite:PATH") && !error.contains("hunter2"), "{error}");
        }
    }
}
