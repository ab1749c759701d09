//! Connections to the database, and transactions on them.

use std::fmt;
use std::str::FromStr as _;
use std::sync::{Arc, Once};
use std::time::Duration;

use jiff::Timestamp;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions, AnyRow};
use sqlx::pool::PoolOptions;
use sqlx::{
    AnyConnection, AnyPool, AssertSqlSafe, Connection as _, Database, Executor, FromRow, Row as _, Transaction,
};

use super::error::{HIDDEN_URL, Outage, Result, StoreError};
use super::file_guard::FileGuard;
use super::guarded_pool::GuardedPool;
use super::last_use::LastUses;
use super::report::{REPORT_TIMEOUT, Report, ReportConnections};
use super::reserve::SpaceReserve;
use super::url::Engine;
use super::{file, transaction_pooling};

/// The time that a query waits for a connection before the database counts as unavailable.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(2);

/// The time that a write to a file waits for the connection that writes: the same as for the lock of another process.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);

/// The time that one statement of the admin API or of the call log may take on a database server.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(10);

/// The time that a token lookup may take on a database server. A request has given up by then.
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(2);

/// The time that a statement waits for a row that another transaction has locked.
const LOCK_TIMEOUT: Duration = Duration::from_secs(3);

/// An open database. Clones share its connections.
///
/// Token lookups, the admin API, the call log and reports have connections of their own, so that none waits until another
/// one is done. Only the writes to a file share a connection: `SQLite` allows one writer at a time, and each of several
/// connections would reread the pages that another one changed.
#[derive(Clone)]
pub struct Store {
    lookups: AnyPool,
    reads: AnyPool,
    writes: AnyPool,
    log_writes: AnyPool,
    reports: ReportConnections,
    /// The disk space that is reserved for changes by operators. A database server has its own disk.
    reserve: Option<SpaceReserve>,
    engine: Engine,
    /// The guard of the database's file, if it is one.
    file: Option<Arc<FileGuard>>,
    /// The uses of servers and tokens that have not been written yet.
    last_uses: Arc<LastUses>,
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
        match engine {
            Engine::Sqlite => {
                // The writer opens the file first, because it also switches the journal mode.
                let writes: AnyPool = sqlite_pool(1, WRITE_TIMEOUT).connect_with(options.clone()).await?;
                // Reading creates the files beside the database, if they are missing.
                sqlx::query("SELECT COUNT(*) FROM sqlite_master").execute(&writes).await?;
                let path = file::path_of_url(url)?;
                Ok(Self {
                    lookups: sqlite_pool(2, CONNECTION_TIMEOUT).connect_lazy_with(options.clone()),
                    reads: sqlite_pool(2, CONNECTION_TIMEOUT).connect_lazy_with(options),
                    log_writes: writes.clone(),
                    writes,
                    reports: ReportConnections::to_file(sqlite_pool(2, CONNECTION_TIMEOUT), url)?,
                    reserve: Some(SpaceReserve::beside(&path)),
                    engine,
                    file: Some(Arc::new(FileGuard::new(path))),
                    last_uses: Arc::default(),
                })
            }
            Engine::Postgres => {
                let lookups = postgres_pool(3, LOOKUP_TIMEOUT).connect_with(options.clone()).await?;
                let writes = postgres_pool(4, STATEMENT_TIMEOUT).connect_lazy_with(options.clone());
                Ok(Self {
                    lookups,
                    reads: writes.clone(),
                    writes,
                    log_writes: postgres_pool(1, STATEMENT_TIMEOUT).connect_lazy_with(options.clone()),
                    reports: ReportConnections::to_server(postgres_pool(2, REPORT_TIMEOUT).connect_lazy_with(options)),
                    reserve: None,
                    engine,
                    file: None,
                    last_uses: Arc::default(),
                })
            }
        }
    }

    /// The engine of the database.
    pub(crate) const fn engine(&self) -> Engine {
        self.engine
    }

    /// The uses of servers and tokens that have not been written yet.
    pub(super) fn last_uses(&self) -> &LastUses {
        &self.last_uses
    }

    /// The connections for token lookups.
    pub(crate) fn lookups(&self) -> GuardedPool<'_> {
        GuardedPool::new(&self.lookups, self.file.as_deref())
    }

    /// The connections for queries of the admin API.
    pub(crate) fn reads(&self) -> GuardedPool<'_> {
        GuardedPool::new(&self.reads, self.file.as_deref())
    }

    /// The connections for changes by operators. If the disk is nearly full, the reserve makes room for them.
    pub(crate) fn writes(&self) -> GuardedPool<'_> {
        if let Some(reserve) = &self.reserve {
            reserve.make_room();
        }
        GuardedPool::new(&self.writes, self.file.as_deref())
    }

    /// The connection for what calls cause to be written.
    pub(crate) fn log_writes(&self) -> GuardedPool<'_> {
        GuardedPool::new(&self.log_writes, self.file.as_deref())
    }

    /// Runs a report. Dropping the future interrupts it.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available, if a row is damaged, or with [`StoreError::SlowReport`].
    pub(crate) async fn report<R>(&self, report: Report) -> Result<Vec<R>>
    where
        R: for<'r> FromRow<'r, AnyRow>,
    {
        self.check_file()?;
        self.reports.run(report).await
    }

    /// Reserves disk space for changes by operators, which the call log never uses. Returns whether there is enough.
    pub(crate) fn reserve_space(&self) -> bool {
        self.reserve.as_ref().is_none_or(SpaceReserve::keep)
    }

    /// Begins a transaction for a change by an operator.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, sqlx::Any>> {
        if let Some(reserve) = &self.reserve {
            reserve.make_room();
        }
        self.begin_on(&self.writes).await
    }

    /// Begins a transaction for what calls cause to be written.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available, or if so little disk space is left that only operators may write.
    pub(crate) async fn begin_log(&self) -> Result<Transaction<'static, sqlx::Any>> {
        if !self.reserve_space() {
            return Err(StoreError::unavailable(SpaceReserve::SHORTAGE));
        }
        self.begin_on(&self.log_writes).await
    }

    /// Begins a transaction. On `SQLite` it takes the write lock at once: a transaction that first reads and then finds
    /// that another process has written could only fail.
    async fn begin_on(&self, connections: &AnyPool) -> Result<Transaction<'static, sqlx::Any>> {
        self.check_file()?;
        Ok(match self.engine {
            Engine::Sqlite => connections.begin_with("BEGIN IMMEDIATE").await?,
            Engine::Postgres => connections.begin().await?,
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

    /// Checks that the database takes changes without the reserve: writes a row as it is.
    ///
    /// # Errors
    ///
    /// Fails if it does not.
    pub(crate) async fn test_write(&self) -> Result<()> {
        if self.reserve.as_ref().is_some_and(SpaceReserve::is_in_use) {
            return Err(StoreError::Unavailable(Outage::DiskFull));
        }
        sqlx::query("UPDATE migration SET version = version WHERE version = 1").execute(self.log_writes()).await?;
        Ok(())
    }

    /// Closes all connections, after the statements in flight on them.
    pub async fn close(&self) {
        self.lookups.close().await;
        self.reads.close().await;
        self.reports.close().await;
        self.log_writes.close().await;
        self.writes.close().await;
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({:?})", self.engine)
    }
}

/// Options for a pool of connections to a file. Each connection is a thread with its own page cache.
fn sqlite_pool<DB: Database>(connections: u32, timeout: Duration) -> PoolOptions<DB>
where
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    PoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(timeout)
        // SQLite deletes the files beside the database with the last connection, and `FileGuard` would miss them.
        .idle_timeout(None)
        .max_lifetime(None)
        // The test detects connections that a server has closed. A file has no server.
        .test_before_acquire(false)
        // SQLite ends a transaction by itself if the disk is full (<https://sqlite.org/lang_transaction.html>). The driver
        // does not notice that, and would begin no other one.
        .after_release(|connection: &mut DB::Connection, _| {
            Box::pin(async move {
                if connection.is_in_transaction() {
                    // A rollback may be in progress.
                    connection.ping().await?;
                }
                Ok(!connection.is_in_transaction())
            })
        })
        .after_connect(|connection, _| {
            Box::pin(async move {
                sqlx::raw_sql(SQLITE_SETTINGS).execute(connection).await?;
                Ok(())
            })
        })
}

/// Options for a pool of connections to a server, which ends statements that take too long and releases their locks.
fn postgres_pool(connections: u32, statement_timeout: Duration) -> AnyPoolOptions {
    let (statement, lock) = (statement_timeout.as_millis(), LOCK_TIMEOUT.min(statement_timeout).as_millis());
    let settings = format!("SET statement_timeout = {statement}; SET lock_timeout = {lock}");
    AnyPoolOptions::new().max_connections(connections).acquire_timeout(CONNECTION_TIMEOUT).after_connect(
        move |connection, _| {
            let settings = AssertSqlSafe(settings.clone());
            Box::pin(async move {
                sqlx::raw_sql(settings).execute(connection).await?;
                Ok(())
            })
        },
    )
}

/// WAL: readers do not wait for the writer. FULL: a commit survives a power failure. Temporary data stays in memory.
/// A page cache of 256 KiB per connection is enough, because the operating system caches the file as well.
const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                               PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -256;";
