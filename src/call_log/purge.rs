//! Deleting old records. Few rows at a time, so that no other write waits long.

use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::sums::{DAY, HOUR};
use crate::store::{Engine, Store, StoreError};

/// The number of rows that one statement deletes.
const ROWS: u64 = 1000;

/// Deletes all records before `time`, and the sums of the hours and days before it. Returns the number of records.
///
/// # Errors
///
/// Fails if the database is not available.
pub async fn purge(store: &Store, before: Timestamp) -> Result<u64, StoreError> {
    for span in [HOUR, DAY] {
        let last = before.as_millisecond().saturating_sub(span);
        let sums = sqlx::query("DELETE FROM call_summary WHERE span = $1 AND at <= $2").bind(span).bind(last);
        sums.execute(store.writes()).await?;
    }
    delete_in_slices(store, "at < $1 ORDER BY at", before.as_millisecond()).await
}

/// Deletes the oldest records beyond the latest `max_records`. Their hours and days keep their sums. Returns the number of records.
///
/// # Errors
///
/// Fails if the database is not available.
pub async fn trim(store: &Store, max_records: i64) -> Result<u64, StoreError> {
    let newest_beyond = "SELECT id FROM call_log ORDER BY id DESC LIMIT 1 OFFSET $1";
    let found: Option<String> =
        sqlx::query_scalar(newest_beyond).bind(max_records).fetch_optional(store.reads()).await?;
    match found {
        Some(newest_beyond) => delete_in_slices(store, "id <= $1 ORDER BY id", newest_beyond).await,
        None => Ok(0),
    }
}

/// Deletes the rows that fulfil a condition with one parameter.
async fn delete_in_slices<P>(store: &Store, condition: &'static str, parameter: P) -> Result<u64, StoreError>
where
    P: Clone + Send + for<'q> sqlx::Encode<'q, sqlx::Any> + sqlx::Type<sqlx::Any> + 'static,
{
    // Two nodes that delete the same rows lock them in the same order.
    let lock = match store.engine() {
        Engine::Sqlite => "",
        Engine::Postgres => " FOR UPDATE",
    };
    let sql =
        format!("DELETE FROM call_log WHERE id IN (SELECT id FROM call_log WHERE {condition} LIMIT {ROWS}{lock})");
    let mut deleted = 0;
    loop {
        let slice = sqlx::query(AssertSqlSafe(sql.clone())).bind(parameter.clone());
        let slice = slice.execute(store.writes()).await?.rows_affected();
        deleted += slice;
        if slice < ROWS {
            return Ok(deleted);
        }
    }
}
