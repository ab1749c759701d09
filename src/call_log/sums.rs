//! The table `call_summary`: the sums of the call log per hour and per day, which are updated as calls are written.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use sqlx::{Any, AssertSqlSafe, Transaction};

use super::histogram::{Histogram, columns};
use super::record::CallRecord;
use crate::store::StoreError;

/// The length of an hour in milliseconds.
pub(super) const HOUR: i64 = 3_600_000;

/// The length of a day in milliseconds.
pub(super) const DAY: i64 = 24 * HOUR;

/// The columns of the key.
const KEY: &str = "span, at, account_id, server_id, tool, status";

/// The calls that share a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    /// [`HOUR`] or [`DAY`].
    span: i64,
    /// The start of that hour or day.
    at: i64,
    account_id: String,
    server_id: String,
    tool: String,
    status: String,
}

/// The sums of a row.
#[derive(Debug, Default)]
struct Sums {
    calls: i64,
    total_us: i64,
    longest_us: i64,
    lowest_remaining: Option<i64>,
    histogram: Histogram,
}

/// Adds records to the sums of their hours and days.
///
/// Rows are written in the order of their keys, so that two nodes do not wait for each other.
pub(super) async fn add(transaction: &mut Transaction<'_, Any>, records: &[CallRecord]) -> Result<(), StoreError> {
    for (key, sums) in sums_of(records) {
        let Key { span, at, account_id, server_id, tool, status } = key;
        let Sums { calls, total_us, longest_us, lowest_remaining, histogram } = sums;
        let statement = sqlx::query(AssertSqlSafe(UPSERT.as_str())).bind(span).bind(at);
        let statement = statement.bind(account_id).bind(server_id).bind(tool).bind(status);
        let statement = statement.bind(calls).bind(total_us).bind(longest_us).bind(lowest_remaining);
        let statement = histogram.0.into_iter().fold(statement, sqlx::query::Query::bind);
        statement.execute(&mut **transaction).await?;
    }
    Ok(())
}

fn sums_of(records: &[CallRecord]) -> BTreeMap<Key, Sums> {
    let mut rows: BTreeMap<Key, Sums> = BTreeMap::new();
    for (record, span) in records.iter().flat_map(|record| [(record, HOUR), (record, DAY)]) {
        let key = Key {
            span,
            at: record.at.as_millisecond().div_euclid(span) * span,
            account_id: record.account_id.map(|id| id.to_string()).unwrap_or_default(),
            server_id: record.server_id.map(|id| id.to_string()).unwrap_or_default(),
            tool: record.tool.as_deref().unwrap_or_default().to_owned(),
            status: record.status.to_string(),
        };
        let sums = rows.entry(key).or_default();
        sums.calls += record.calls;
        sums.total_us += record.duration_us * record.calls;
        sums.longest_us = sums.longest_us.max(record.duration_us);
        sums.lowest_remaining = [sums.lowest_remaining, record.remaining].into_iter().flatten().min();
        sums.histogram.add(record.duration_us, record.calls);
    }
    rows
}

/// The statement that adds sums to a row, or inserts the row.
static UPSERT: LazyLock<String> = LazyLock::new(|| {
    let counted: Vec<_> = ["calls", "total_us"].map(str::to_owned).into_iter().chain(columns()).collect();
    let inserted: Vec<_> = columns().collect();
    let mut sql = format!(
        "INSERT INTO call_summary ({KEY}, calls, total_us, longest_us, lowest_remaining, {}) VALUES (",
        inserted.join(", ")
    );
    for parameter in 1..=10 + inserted.len() {
        let separator = if parameter == 1 { "" } else { ", " };
        write!(sql, "{separator}${parameter}").expect("writing to a String cannot fail");
    }
    write!(
        sql,
        ") ON CONFLICT ({KEY}) DO UPDATE SET \
         longest_us = CASE WHEN excluded.longest_us > call_summary.longest_us \
         THEN excluded.longest_us ELSE call_summary.longest_us END, \
         lowest_remaining = CASE WHEN call_summary.lowest_remaining <= excluded.lowest_remaining \
         THEN call_summary.lowest_remaining ELSE COALESCE(excluded.lowest_remaining, call_summary.lowest_remaining) END"
    )
    .expect("writing to a String cannot fail");
    for column in counted {
        write!(sql, ", {column} = call_summary.{column} + excluded.{column}").expect("writing to a String cannot fail");
    }
    sql
});
