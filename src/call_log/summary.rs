//! Sums of calls by time bucket, tool, outcome and server.
//!
//! Whole days and hours come from the table of sums. Only buckets of a minute, and the first and last hour of a period that
//! begins or ends within an hour, are counted from the records of calls.

use std::ops::Range;

use jiff::Timestamp;
use sqlx::FromRow;
use sqlx::any::AnyRow;

use super::histogram::{Histogram, columns, columns_of_calls};
use super::sums::{DAY, HOUR};
use super::table::CallFilter;
use crate::store::column::read_column;
use crate::store::report::Report;
use crate::store::{Store, StoreError};

/// The number of buckets that are summed up at first. If they do not fill the page, earlier ones are, twice as many each
/// time: the effort depends on the page and not on the size of the log.
const FIRST_BUCKETS: i64 = 2;

/// The calls to sum up, and how to group them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SummaryFilter {
    /// The calls.
    pub calls: CallFilter,
    /// The length of a time bucket in milliseconds.
    pub bucket_ms: i64,
    /// The columns to group by, besides the time bucket.
    pub group: Grouping,
    /// The end of the previous page.
    pub after: Option<SummaryCursor>,
}

/// The columns by which calls are grouped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Grouping {
    /// Group by tool.
    pub tool: bool,
    /// Group by outcome.
    pub status: bool,
    /// Group by server.
    pub server: bool,
}

/// The last row of a page of sums.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SummaryCursor {
    /// The start of the time bucket.
    pub bucket: Timestamp,
    /// The tool, or an empty text.
    pub tool: String,
    /// The outcome, or an empty text.
    pub status: String,
    /// The server, or an empty text.
    pub server_id: String,
}

/// The sum of the calls in one group. A column that calls are not grouped by is an empty text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SummaryRow {
    /// The start of the time bucket.
    pub bucket: Timestamp,
    /// The tool. Also empty for refused requests, which name none.
    pub tool: String,
    /// The outcome.
    pub status: String,
    /// The server. Also empty for requests with an unknown token.
    pub server_id: String,
    /// The number of calls.
    pub calls: i64,
    /// The sum of the durations in microseconds.
    pub total_us: i64,
    /// The median of the durations in microseconds, with an error of at most an eighth or half a millisecond.
    pub p50_us: i64,
    /// The 95th percentile of the durations in microseconds, with the same error.
    pub p95_us: i64,
    /// The longest duration in microseconds.
    pub longest_us: i64,
    /// The fewest calls that the API still allowed after one of these, if it said so.
    pub lowest_remaining: Option<i64>,
}

impl FromRow<'_, AnyRow> for SummaryRow {
    fn from_row(row: &AnyRow) -> sqlx::Result<Self> {
        let mut histogram = Histogram::default();
        for (count, column) in histogram.0.iter_mut().zip(columns()) {
            *count = read_column(row, &column)?;
        }
        let longest_us = read_column(row, "longest_us")?;
        Ok(Self {
            bucket: read_column(row, "bucket")?,
            tool: read_column(row, "tool")?,
            status: read_column(row, "status")?,
            server_id: read_column(row, "server_id")?,
            calls: read_column(row, "calls")?,
            total_us: read_column(row, "total_us")?,
            p50_us: histogram.percentile(50, longest_us),
            p95_us: histogram.percentile(95, longest_us),
            longest_us,
            lowest_remaining: read_column(row, "lowest_remaining")?,
        })
    }
}

/// The hours of the log, as times in milliseconds.
struct Hours {
    oldest: Option<i64>,
    newest: Option<i64>,
}

impl FromRow<'_, AnyRow> for Hours {
    fn from_row(row: &AnyRow) -> sqlx::Result<Self> {
        Ok(Self { oldest: read_column(row, "oldest")?, newest: read_column(row, "newest")? })
    }
}

/// Returns at most `limit` sums of calls, latest time bucket first.
///
/// # Errors
///
/// Fails if the database is not available, if a row is damaged, or if the calls take too long to sum up.
#[expect(clippy::missing_panics_doc, reason = "it cannot panic")]
pub async fn summarize(store: &Store, filter: &SummaryFilter, limit: i64) -> Result<Vec<SummaryRow>, StoreError> {
    let mut rows = Vec::new();
    for period in periods(filter, hours(store).await?) {
        let missing = limit - i64::try_from(rows.len()).expect("the rows of a page fit 64 bits");
        if missing <= 0 {
            break;
        }
        rows.extend(store.report::<SummaryRow>(report(filter, &period, missing)).await?);
    }
    Ok(rows)
}

/// Returns the period that the log covers, in milliseconds. It is empty if there are no calls.
async fn hours(store: &Store) -> Result<Range<i64>, StoreError> {
    let mut report = Report::default();
    // Each of the two reads one entry of the index.
    report.push("SELECT (SELECT MIN(at) FROM call_summary WHERE span = ").bind(HOUR);
    report.push(") AS oldest, (SELECT MAX(at) FROM call_summary WHERE span = ").bind(HOUR).push(") AS newest");
    let found = store.report::<Hours>(report).await?;
    let covered = found.first().and_then(|hours| Some(hours.oldest?..hours.newest? + HOUR));
    Ok(covered.unwrap_or_default())
}

/// Splits the part of `log` that the filter selects into periods of whole buckets, latest first.
fn periods(filter: &SummaryFilter, log: Range<i64>) -> impl Iterator<Item = Range<i64>> {
    let length = filter.bucket_ms;
    let start = filter.calls.since.map_or(log.start, |since| since.as_millisecond().max(log.start));
    let cursor_end = filter.after.as_ref().map(|cursor| cursor.bucket.as_millisecond().saturating_add(length));
    let until = filter.calls.until.map(Timestamp::as_millisecond);
    let mut end = [until, cursor_end].into_iter().flatten().fold(log.end, i64::min);
    let mut buckets = FIRST_BUCKETS;
    std::iter::from_fn(move || {
        let period_end = end;
        // The bucket `all` is longer than any period.
        end = (end.saturating_sub(length.saturating_mul(buckets)) / length * length).max(start);
        buckets = buckets.saturating_mul(2);
        (end < period_end).then_some(end..period_end)
    })
}

/// The report that sums up the calls of a period.
fn report(filter: &SummaryFilter, period: &Range<i64>, limit: i64) -> Report {
    let mut report = Report::default();
    let sums: Vec<_> = columns().map(|column| format!("CAST(SUM({column}) AS BIGINT) AS {column}")).collect();
    let Grouping { tool, status, server } = filter.group;
    let group = |wanted: bool, column: &str| if wanted { column.to_owned() } else { format!("'' AS {column}") };
    report.push("SELECT * FROM (SELECT bucket, tool, status, server_id, CAST(SUM(calls) AS BIGINT) AS calls, ");
    report.push("CAST(SUM(total_us) AS BIGINT) AS total_us, MAX(longest_us) AS longest_us, ");
    report.push("MIN(lowest_remaining) AS lowest_remaining, ").push(&sums.join(", ")).push(" FROM (SELECT (at / ");
    report.bind(filter.bucket_ms).push(") * ").bind(filter.bucket_ms).push(" AS bucket, ");
    for column in [group(tool, "tool"), group(status, "status"), group(server, "server_id")] {
        report.push(&column).push(", ");
    }
    report.push("calls, total_us, longest_us, lowest_remaining, ");
    report.push(&columns().collect::<Vec<_>>().join(", ")).push(" FROM (");
    push_sources(&mut report, filter, period);
    report.push(") AS counted) AS grouped GROUP BY bucket, tool, status, server_id) AS sums");
    if let Some(SummaryCursor { bucket, tool, status, server_id }) = filter.after.clone() {
        let bucket = bucket.as_millisecond();
        report.push(" WHERE bucket < ").bind(bucket).push(" OR (bucket = ").bind(bucket).push(" AND (tool > ");
        report.bind(tool.clone()).push(" OR (tool = ").bind(tool).push(" AND (status > ").bind(status.clone());
        report.push(" OR (status = ").bind(status).push(" AND server_id > ").bind(server_id).push(")))))");
    }
    report.push(" ORDER BY bucket DESC, tool, status, server_id LIMIT ").bind(limit);
    report
}

/// Appends the queries for the rows of a period: the sums of its whole days, those of the hours before and after these, and
/// the calls before and after the hours.
fn push_sources(report: &mut Report, filter: &SummaryFilter, period: &Range<i64>) {
    let (before_hours, hours, after_hours) = split(period, HOUR, filter.bucket_ms);
    let (before_days, days, after_days) = split(&hours, DAY, filter.bucket_ms);
    let columns = columns().collect::<Vec<_>>().join(", ");
    let mut separator = "";
    for (span, sums) in [(DAY, days), (HOUR, before_days), (HOUR, after_days)] {
        report
            .push(separator)
            .push("SELECT at, tool, status, server_id, calls, total_us, longest_us, lowest_remaining, ");
        report.push(&columns).push(" FROM call_summary WHERE span = ").bind(span);
        report.push(" AND at >= ").bind(sums.start).push(" AND at < ").bind(sums.end);
        filter.calls.restrict(report);
        separator = " UNION ALL ";
    }
    for edge in [before_hours, after_hours].into_iter().filter(|edge| !edge.is_empty()) {
        report.push(separator).push("SELECT at, COALESCE(tool, ''), status, COALESCE(server_id, ''), calls, ");
        report.push("duration_us * calls, duration_us, remaining, ");
        report.push(&columns_of_calls().collect::<Vec<_>>().join(", "));
        report.push(" FROM call_log WHERE at >= ").bind(edge.start).push(" AND at < ").bind(edge.end);
        filter.calls.restrict(report);
    }
}

/// Splits a period into what is before its whole spans, these, and what is after them. Spans that are longer than a bucket
/// are of no use.
fn split(period: &Range<i64>, span: i64, bucket_ms: i64) -> (Range<i64>, Range<i64>, Range<i64>) {
    let start = if bucket_ms < span { period.end } else { (period.start + span - 1).div_euclid(span) * span };
    let start = start.min(period.end);
    let end = (period.end.div_euclid(span) * span).max(start);
    (period.start..start, start..end, end..period.end)
}
