//! The table `call_log`: inserting, listing and purging records.

use jiff::Timestamp;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::record::CallRecord;
use crate::store::record::{Record, Select};
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
    /// Calls whose identifier is less than this one.
    pub before: Option<Uuid>,
}

/// Inserts records: either all of them, or none.
///
/// # Errors
///
/// Fails if the database is not available, or with [`StoreError::Duplicate`] if an identifier exists already.
pub async fn insert(store: &Store, records: &[CallRecord]) -> Result<(), StoreError> {
    let mut transaction = store.begin().await?;
    let (blocks, rest) = records.split_at(records.len() - records.len() % ROWS_PER_STATEMENT);
    for block in blocks.chunks(ROWS_PER_STATEMENT).chain(rest.chunks(1)) {
        let statement = sqlx::query(AssertSqlSafe(insert_statement(store.engine(), block.len())));
        let statement = block.iter().fold(statement, |statement, record| record.bind(statement));
        statement.execute(&mut *transaction).await?;
    }
    store.commit(transaction).await?;
    Ok(())
}

/// Returns at most `limit` records, latest first.
///
/// # Errors
///
/// Fails if the database is not available or a row is damaged.
pub async fn list(store: &Store, filter: &CallFilter, limit: i64) -> Result<Vec<CallRecord>, StoreError> {
    let select = format!("SELECT {}", CallRecord::COLUMNS.join(", "));
    let query = filtered::<CallRecord>(filter, &select, "ORDER BY id DESC LIMIT $8").bind(limit);
    Ok(query.fetch_all(store.reads()).await?)
}

/// Deletes all records before `time`. Returns their number.
///
/// # Errors
///
/// Fails if the database is not available.
pub async fn purge(store: &Store, before: Timestamp) -> Result<u64, StoreError> {
    let query = sqlx::query("DELETE FROM call_log WHERE at < $1").bind(before.as_millisecond());
    Ok(query.execute(store.writes()).await?.rows_affected())
}

/// The query `{select} FROM call_log WHERE … {rest}` for the records that `filter` selects. It has values for the
/// parameters 1 to 7; `rest` may use further ones. A condition that is not used only tests its parameter, so that the
/// query planner sees which index fits the others.
pub(super) fn filtered<R: Record>(filter: &CallFilter, select: &str, rest: &str) -> Select<R> {
    let CallFilter { account_id, server_id, tool, status, since, until, before } = filter;
    let conditions = [
        if since.is_some() { "at >= $1" } else { "$1 = 0" },
        if until.is_some() { "at < $2" } else { "$2 = 0" },
        if before.is_some() { "id < $3" } else { "$3 = ''" },
        if account_id.is_some() { "account_id = $4" } else { "$4 = ''" },
        if server_id.is_some() { "server_id = $5" } else { "$5 = ''" },
        if tool.is_some() { "tool = $6" } else { "$6 = ''" },
        if status.is_some() { "status = $7" } else { "$7 = ''" },
    ];
    let sql = format!("{select} FROM call_log WHERE {} {rest}", conditions.join(" AND "));
    let milliseconds = |time: &Option<Timestamp>| time.map_or(0, Timestamp::as_millisecond);
    let text = |id: &Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    let query = sqlx::query_as(AssertSqlSafe(sql)).bind(milliseconds(since)).bind(milliseconds(until));
    let query = query.bind(text(before)).bind(text(account_id)).bind(text(server_id));
    query.bind(tool.clone().unwrap_or_default()).bind(status.clone().unwrap_or_default())
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
