//! Connections to the database, and transactions on them.

use std::fmt;
use std::str::FromStr as _;
use std::sync::{Arc, Once};
use std::time::Duration;

use jiff::Timestamp;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyConnection, AnyPool, Connection as _, Row as _, Transaction};

use super::error::{HIDDEN_URL, Result, StoreError};
use super::file_guard::FileGuard;
use super::guarded_pool::GuardedPool;
use super::url::Engine;
use super::{file, transaction_pooling};

/// The time that a query waits for a connection before the database counts as unavailable.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(2);

/// The time that a write to a file waits for the connection that writes: the same as for the lock of another process.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);

/// An open database. Clones share its connections.
///
/// A file has one connection for writes: `SQLite` allows one writer at a time, and each of several connections would
/// reread the pages that another one changed.
#[derive(Clone)]
pub struct Store {
    reads: AnyPool,
    writes: AnyPool,
    engine: Engine,
    /// The guard of the database's file, if it is one.
    file: Option<Arc<FileGuard>>,
}

impl Store {
    /// Connects to a database. `url` is in the form that the driver expects.
    pub(super) async fn connect(engine: Engine, url: &str) -> Result<Self> {
        static DRIVERS: Once = Once::new();
        DRIVERS.call_once(sqlx::any::install_default_drivers);
        let options = AnyConnectOptions::from_str(url).map_err(|_| StoreError::InvalidUrl(HIDDEN_URL.to_owned()))?;
        // A pool hides the reason for which it cannot connect: it retries until it times out.
        let mut first = AnyConnection::connect_with(&options).await?;
        match engine {
            Engine::Sqlite => {
                sqlx::raw_sql(SQLITE_SETTINGS).execute(&mut first).await?;
            }
            Engine::Postgres => transaction_pooling::refuse(&mut first, &options).await?,
        }
        first.close().await?;
        let (reads, writes) = match engine {
            Engine::Sqlite => {
                // The writer opens the file first, because it also switches the journal mode.
                let writes = sqlite_pool(1, WRITE_TIMEOUT).connect_with(options.clone()).await?;
                (sqlite_pool(2, CONNECTION_TIMEOUT).connect_with(options).await?, writes)
            }
            Engine::Postgres => {
                let pool = AnyPoolOptions::new().max_connections(10).acquire_timeout(CONNECTION_TIMEOUT);
                let pool = pool.connect_with(options).await?;
                (pool.clone(), pool)
            }
        };
        let file = match engine {
            Engine::Sqlite => {
                // Reading creates the files beside the database, if they are missing.
                sqlx::query("SELECT COUNT(*) FROM sqlite_master").execute(&writes).await?;
                Some(Arc::new(FileGuard::new(file::path_of_url(url)?)))
            }
            Engine::Postgres => None,
        };
        Ok(Self { reads, writes, engine, file })
    }

    /// The engine of the database.
    pub(crate) const fn engine(&self) -> Engine {
        self.engine
    }

    /// The connections for queries.
    pub(crate) fn reads(&self) -> GuardedPool<'_> {
        GuardedPool::new(&self.reads, self.file.as_deref())
    }

    /// The connections for statements that change something.
    pub(crate) fn writes(&self) -> GuardedPool<'_> {
        GuardedPool::new(&self.writes, self.file.as_deref())
    }

    /// Begins a transaction. On `SQLite` it takes the write lock at once: a transaction that first reads and then finds
    /// that another process has written could only fail.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, sqlx::Any>> {
        self.check_file()?;
        Ok(match self.engine {
            Engine::Sqlite => self.writes.begin_with("BEGIN IMMEDIATE").await?,
            Engine::Postgres => self.writes.begin().await?,
        })
    }

    /// Commits a transaction.
    pub(crate) async fn commit(&self, transaction: Transaction<'static, sqlx::Any>) -> Result<()> {
        transaction.commit().await.map_err(|error| self.writes().explained(error))?;
        self.check_file()
    }

    /// Fails if the file of the database is no longer the one that was opened.
    fn check_file(&self) -> Result<()> {
        self.file.as_ref().map_or(Ok(()), |file| file.check()).map_err(StoreError::Unavailable)
    }

    /// Returns whether a database server has a table of that name in its search path.
    pub(super) async fn has_table(&self, name: &str) -> Result<bool> {
        let query = "SELECT COUNT(*) AS tables FROM information_schema.tables \
                     WHERE table_schema = ANY (current_schemas(false)) AND table_name = $1";
        let row = sqlx::query(query).bind(name).fetch_one(self.reads()).await?;
        Ok(row.try_get::<i64, _>("tables")? > 0)
    }

    /// Checks that the database answers the query for a token.
    ///
    /// # Errors
    ///
    /// Fails if it does not.
    pub async fn ping(&self) -> Result<()> {
        self.access("", Timestamp::UNIX_EPOCH).await?;
        Ok(())
    }

    /// Checks that the database takes changes: writes a row as it is.
    ///
    /// # Errors
    ///
    /// Fails if it does not.
    pub async fn test_write(&self) -> Result<()> {
        sqlx::query("UPDATE migration SET version = version WHERE version = 1").execute(self.writes()).await?;
        Ok(())
    }

    /// Closes all connections, after the statements in flight on them.
    pub async fn close(&self) {
        self.reads.close().await;
        self.writes.close().await;
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({:?})", self.engine)
    }
}

/// Options for a pool of connections to a file. Each connection is a thread with its own page cache.
fn sqlite_pool(connections: u32, timeout: Duration) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(timeout)
        // SQLite deletes the files beside the database with the last connection, and `FileGuard` would miss them.
        .idle_timeout(None)
        .max_lifetime(None)
        // The test detects connections that a server has closed. A file has no server.
        .test_before_acquire(false)
        .after_connect(|connection, _| {
            Box::pin(async move {
                sqlx::raw_sql(SQLITE_SETTINGS).execute(connection).await?;
                Ok(())
            })
        })
}

/// WAL: readers do not wait for the writer. FULL: a commit survives a power failure. Temporary data stays in memory.
/// A page cache of 256 KiB per connection is enough, because the operating system caches the file as well.
const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                               PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -256;";
