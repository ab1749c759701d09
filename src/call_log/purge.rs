//! Deleting old records.

use jiff::Timestamp;

use super::sums::{DAY, HOUR};
use crate::store::{Store, StoreError};

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
    store.delete_in_slices("call_log", "at < $1 ORDER BY at", before.as_millisecond()).await
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
        Some(newest_beyond) => store.delete_in_slices("call_log", "id <= $1 ORDER BY id", newest_beyond).await,
        None => Ok(0),
    }
}
