//! Reports: queries that may read many rows. They have connections of their own and a time limit, and a report is
//! interrupted when its caller stops waiting.

use std::str::FromStr as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use sqlx::any::AnyRow;
use sqlx::error::DatabaseError;
use sqlx::pool::PoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use sqlx::{AnyPool, AssertSqlSafe, FromRow, Sqlite};

use super::error::{HIDDEN_URL, Result, StoreError};

/// The time that a report may take.
pub(super) const REPORT_TIMEOUT: Duration = Duration::from_secs(10);

/// The number of instructions of `SQLite` after which it checks whether to go on: about a tenth of a millisecond.
const INSTRUCTIONS: i32 = 10_000;

/// The codes of a statement that was interrupted: `SQLITE_INTERRUPT`, and `query_canceled` of `PostgreSQL`.
const INTERRUPTED: [&str; 2] = ["9", "57014"];

/// A parameter of a report.
#[derive(Clone, Debug)]
pub(crate) enum Parameter {
    Integer(i64),
    Text(String),
}

impl From<i64> for Parameter {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<String> for Parameter {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// The text of a report with its parameters.
#[derive(Debug, Default)]
pub(crate) struct Report {
    sql: String,
    parameters: Vec<Parameter>,
}

impl Report {
    /// Appends text.
    pub(crate) fn push(&mut self, sql: &str) -> &mut Self {
        self.sql.push_str(sql);
        self
    }

    /// Appends a parameter.
    pub(crate) fn bind(&mut self, parameter: impl Into<Parameter>) -> &mut Self {
        self.parameters.push(parameter.into());
        self.sql.push('$');
        self.sql.push_str(&self.parameters.len().to_string());
        self
    }
}

/// Binds each parameter of a report to a query.
macro_rules! bind_all {
    ($report:expr) => {
        $report.parameters.into_iter().fold(sqlx::query(AssertSqlSafe($report.sql)), |query, parameter| match parameter
        {
            Parameter::Integer(number) => query.bind(number),
            Parameter::Text(text) => query.bind(text),
        })
    };
}

/// The connections for reports. A file is opened with its own driver, the only one that can interrupt a statement.
#[derive(Clone)]
pub(crate) enum ReportConnections {
    File(SqlitePool),
    Server(AnyPool),
}

impl ReportConnections {
    /// Connections to a file.
    pub(super) fn to_file(pool: PoolOptions<Sqlite>, url: &str) -> Result<Self> {
        let options = SqliteConnectOptions::from_str(url).map_err(|_| StoreError::InvalidUrl(HIDDEN_URL.to_owned()))?;
        Ok(Self::File(pool.connect_lazy_with(options)))
    }

    /// Connections to a server, which ends a statement that takes longer than [`REPORT_TIMEOUT`].
    pub(super) const fn to_server(pool: AnyPool) -> Self {
        Self::Server(pool)
    }

    /// Runs a report. Dropping the future interrupts it.
    pub(super) async fn run<R>(&self, report: Report) -> Result<Vec<R>>
    where
        R: for<'r> FromRow<'r, AnyRow>,
    {
        let rows = match self {
            Self::File(pool) => file_rows(pool, report).await,
            Self::Server(pool) => bind_all!(report).fetch_all(pool).await,
        };
        let rows = rows.map_err(report_error)?;
        Ok(rows.iter().map(R::from_row).collect::<sqlx::Result<_>>()?)
    }

    pub(super) async fn close(&self) {
        match self {
            Self::File(pool) => pool.close().await,
            Self::Server(pool) => pool.close().await,
        }
    }
}

async fn file_rows(pool: &SqlitePool, report: Report) -> sqlx::Result<Vec<AnyRow>> {
    let mut connection = pool.acquire().await?;
    let waits = WaitingCaller::default();
    let (is_waiting, deadline) = (Arc::clone(&waits.0), Instant::now() + REPORT_TIMEOUT);
    connection
        .lock_handle()
        .await?
        .set_progress_handler(INSTRUCTIONS, move || is_waiting.load(Ordering::Relaxed) && Instant::now() < deadline);
    let rows = bind_all!(report).fetch_all(&mut *connection).await?;
    connection.lock_handle().await?.remove_progress_handler();
    rows.iter().map(AnyRow::try_from).collect()
}

/// A flag that is true while the caller of a report waits for it.
struct WaitingCaller(Arc<AtomicBool>);

impl Default for WaitingCaller {
    fn default() -> Self {
        Self(Arc::new(AtomicBool::new(true)))
    }
}

impl Drop for WaitingCaller {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

fn report_error(error: sqlx::Error) -> StoreError {
    let code = error.as_database_error().and_then(DatabaseError::code);
    if code.is_some_and(|code| INTERRUPTED.contains(&&*code)) { StoreError::SlowReport } else { error.into() }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::store::Store;

    /// A report that never ends.
    fn endless() -> Report {
        let mut report = Report::default();
        report.push("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n");
        report
    }

    fn one() -> Report {
        let mut report = Report::default();
        report.push("SELECT 1 WHERE 1 = ").bind(1);
        report
    }

    async fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite:{}", folder.path().join("test.db").display())).await.unwrap();
        (folder, store)
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_report_without_a_caller_is_interrupted() {
        let (_folder, store) = store().await;
        // More often than there are connections.
        for _ in 0..5 {
            let report = store.report::<(i64,)>(endless());
            assert!(tokio::time::timeout(Duration::from_millis(20), report).await.is_err());
        }
        assert_eq!(store.report::<(i64,)>(one()).await.unwrap(), [(1,)]);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn reports_delay_neither_lookups_nor_changes() {
        let (_folder, store) = store().await;
        let busy: Vec<_> = (0..4)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move { store.report::<(i64,)>(endless()).await })
            })
            .collect();
        for number in 0..20 {
            store.ping().await.unwrap();
            assert!(store.claim_fact(&format!("fact {number}"), "").await.unwrap());
        }
        busy.iter().for_each(tokio::task::JoinHandle::abort);
    }
}
