//! The table `call_log`: inserting and listing records.

use jiff::Timestamp;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::record::CallRecord;
use super::sums;
use crate::store::record::Record as _;
use crate::store::report::Report;
use crate::store::{Engine, Store, StoreError};

/// The number of rows per INSERT statement. Each statement is a round trip, so there are many rows in one. The rest of
/// a batch is inserted row by row, so that two prepared statements are enough.
pub(super) const ROWS_PER_STATEMENT: usize = 32;

/// The calls to select. Omitted fields mean no restriction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallFilter {
    /// Calls for this account.
    pub account_id: Option<Uuid>,
    /// Calls through this server.
    pub server_id: Option<Uuid>,
    /// Calls of this tool.
    pub tool: Option<String>,
    /// Calls with this outcome.
    pub status: Option<String>,
    /// Calls at or after this time.
    pub since: Option<Timestamp>,
    /// Calls before this time.
    pub until: Option<Timestamp>,
    /// Calls of this user.
    pub user_id: Option<Uuid>,
    /// Calls whose identifier is less than this one.
    pub before: Option<Uuid>,
}

/// Inserts records and adds them to the sums of their hours and days: either all of them, or none.
///
/// # Errors
///
/// Fails if the database is not available, or with [`StoreError::Duplicate`] if an identifier exists already.
pub async fn insert(store: &Store, records: &[CallRecord]) -> Result<(), StoreError> {
    let mut transaction = store.begin_log().await?;
    let (blocks, rest) = records.split_at(records.len() - records.len() % ROWS_PER_STATEMENT);
    for block in blocks.chunks(ROWS_PER_STATEMENT).chain(rest.chunks(1)) {
        let statement = sqlx::query(AssertSqlSafe(insert_statement(store.engine(), block.len())));
        let statement = block.iter().fold(statement, |statement, record| record.bind(statement));
        statement.execute(&mut *transaction).await?;
    }
    // Last, because other nodes that add to the same rows wait from here on.
    sums::add(&mut transaction, records).await?;
    store.commit(transaction).await?;
    Ok(())
}

/// Returns at most `limit` records, latest first.
///
/// # Errors
///
/// Fails if the database is not available, if a row is damaged, or if the search takes too long.
pub async fn list(store: &Store, filter: &CallFilter, limit: i64) -> Result<Vec<CallRecord>, StoreError> {
    let mut report = Report::default();
    report.push(&format!("SELECT {} FROM call_log WHERE 1 = 1", CallRecord::COLUMNS.join(", ")));
    if let Some(since) = filter.since {
        report.push(" AND at >= ").bind(since.as_millisecond());
    }
    if let Some(until) = filter.until {
        report.push(" AND at < ").bind(until.as_millisecond());
    }
    if let Some(user) = filter.user_id {
        report.push(" AND user_id = ").bind(user.to_string());
    }
    if let Some(before) = filter.before {
        report.push(" AND id < ").bind(before.to_string());
    }
    filter.restrict(&mut report);
    report.push(" ORDER BY id DESC LIMIT ").bind(limit);
    store.report(report).await
}

impl CallFilter {
    /// Adds the conditions on columns that the tables `call_log` and `call_summary` have in common.
    pub(super) fn restrict(&self, report: &mut Report) {
        let columns = [
            ("account_id", self.account_id.map(|id| id.to_string())),
            ("server_id", self.server_id.map(|id| id.to_string())),
            ("tool", self.tool.clone()),
            ("status", self.status.clone()),
        ];
        for (column, wanted) in columns {
            if let Some(wanted) = wanted {
                report.push(&format!(" AND {column} = ")).bind(wanted);
            }
        }
    }
}

/// The statement that inserts a number of rows.
fn insert_statement(engine: Engine, rows: usize) -> String {
    let columns = CallRecord::COLUMNS;
    let mut sql = format!("INSERT INTO call_log ({}) VALUES ", columns.join(", "));
    for parameter in 1..=rows * columns.len() {
        sql.push_str(match (parameter % columns.len(), parameter) {
            (1, 1) => "(",
            (1, _) => "), (",
            _ => ", ",
        });
        match engine {
            // `SQLite` treats `$1` as a name and searches all names for it.
            Engine::Sqlite => sql.push('?'),
            Engine::Postgres => {
                sql.push('$');
                sql.push_str(&parameter.to_string());
            }
        }
    }
    sql + ")"
}
