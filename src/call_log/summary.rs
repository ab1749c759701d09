//! Sums of calls by time bucket, tool, outcome and server.

use jiff::Timestamp;

use super::table::{CallFilter, filtered};
use crate::store::record::record;
use crate::store::{Store, StoreError};

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

record! {
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
        /// The median of the durations in microseconds.
        pub p50_us: i64,
        /// The 95th percentile of the durations in microseconds.
        pub p95_us: i64,
        /// The longest duration in microseconds.
        pub longest_us: i64,
        /// The fewest calls that the API still allowed after one of these, if it said so.
        pub lowest_remaining: Option<i64>,
    }
}

/// Returns at most `limit` sums of calls, latest time bucket first.
///
/// # Errors
///
/// Fails if the database is not available or a row is damaged.
pub async fn summarize(store: &Store, filter: &SummaryFilter, limit: i64) -> Result<Vec<SummaryRow>, StoreError> {
    // The percentiles are computed from ranks, because `SQLite` has no percentile function.
    let query = filtered::<SummaryRow>(
        &filter.calls,
        "SELECT bucket, tool, status, server_id, calls, total_us, p50_us, p95_us, longest_us, lowest_remaining FROM (\
         SELECT bucket, tool, status, server_id, COUNT(*) AS calls, CAST(SUM(duration_us) AS BIGINT) AS total_us, \
         MIN(CASE WHEN place * 100 >= calls * 50 THEN duration_us END) AS p50_us, \
         MIN(CASE WHEN place * 100 >= calls * 95 THEN duration_us END) AS p95_us, \
         MAX(duration_us) AS longest_us, MIN(remaining) AS lowest_remaining FROM (\
         SELECT bucket, tool, status, server_id, duration_us, remaining, \
         ROW_NUMBER() OVER (PARTITION BY bucket, tool, status, server_id ORDER BY duration_us) AS place, \
         COUNT(*) OVER (PARTITION BY bucket, tool, status, server_id) AS calls FROM (\
         SELECT (at / $8) * $8 AS bucket, CASE WHEN $9 = 1 THEN COALESCE(tool, '') ELSE '' END AS tool, \
         CASE WHEN $10 = 1 THEN status ELSE '' END AS status, \
         CASE WHEN $11 = 1 THEN COALESCE(server_id, '') ELSE '' END AS server_id, duration_us, remaining",
        ") AS selected) AS ranked GROUP BY bucket, tool, status, server_id) AS sums \
         WHERE bucket < $12 OR (bucket = $12 AND (tool > $13 OR (tool = $13 AND (status > $14 \
         OR (status = $14 AND server_id > $15))))) ORDER BY bucket DESC, tool, status, server_id LIMIT $16",
    );
    let Grouping { tool, status, server } = filter.group;
    let query = query.bind(filter.bucket_ms);
    let query = query.bind(i64::from(tool)).bind(i64::from(status)).bind(i64::from(server));
    let start =
        SummaryCursor { bucket: Timestamp::MAX, tool: String::new(), status: String::new(), server_id: String::new() };
    let SummaryCursor { bucket, tool, status, server_id } = filter.after.clone().unwrap_or(start);
    let query = query.bind(bucket.as_millisecond()).bind(tool).bind(status).bind(server_id);
    Ok(query.bind(limit).fetch_all(store.reads()).await?)
}
