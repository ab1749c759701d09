//! The call log: one row a call, never with what was asked or answered.

use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, FromRow};
use uuid::Uuid;

use super::row::{id, number, optional_id, optional_number, optional_text, text, time};
use super::{Result, Store};

/// One call, or an attempt at one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallRow {
    /// Its identifier. Later calls have greater ones.
    pub id: Uuid,
    /// When it was over.
    pub at: Timestamp,
    /// The account it was for.
    pub account_id: Option<Uuid>,
    /// The server it came through.
    pub server_id: Option<Uuid>,
    /// The tool.
    pub tool: Option<String>,
    /// What the client calls itself.
    pub client_name: Option<String>,
    /// The client's version.
    pub client_version: Option<String>,
    /// The protocol revision that the client spoke.
    pub protocol_revision: Option<String>,
    /// How it went.
    pub status: String,
    /// The HTTP status of the API's reply.
    pub upstream_status: Option<u16>,
    /// How long it took, in microseconds.
    pub duration_us: i64,
    /// The identifier of the HTTP request.
    pub request_id: Option<String>,
}

/// Which calls are meant. What is absent restricts nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallFilter {
    /// Those for an account.
    pub account_id: Option<Uuid>,
    /// Those through a server.
    pub server_id: Option<Uuid>,
    /// Those of a tool.
    pub tool: Option<String>,
    /// Those that went so.
    pub status: Option<String>,
    /// Those at that time or later.
    pub since: Option<Timestamp>,
    /// Those before that time.
    pub until: Option<Timestamp>,
    /// Those before that one.
    pub before: Option<Uuid>,
}

/// Which calls are summed up, and how finely.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SummaryFilter {
    /// Which calls.
    pub calls: CallFilter,
    /// Length of a bucket of time, in milliseconds.
    pub bucket_ms: i64,
    /// The sums that come after that one.
    pub after: Option<SummaryCursor>,
}

/// Where one page of sums ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SummaryCursor {
    /// Start of the bucket.
    pub bucket: Timestamp,
    /// The tool, or nothing.
    pub tool: String,
    /// How the calls went.
    pub status: String,
}

/// The calls of one tool in one bucket of time that went the same way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SummaryRow {
    /// Start of the bucket.
    pub bucket: Timestamp,
    /// The tool, or nothing for attempts that named none.
    pub tool: String,
    /// How they went.
    pub status: String,
    /// How many there were.
    pub calls: i64,
    /// The time that they took together, in microseconds.
    pub total_us: i64,
    /// The time that the longest took, in microseconds.
    pub longest_us: i64,
}

impl FromRow<'_, AnyRow> for CallRow {
    fn from_row(row: &AnyRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: id(row, "id")?,
            at: time(row, "at")?,
            account_id: optional_id(row, "account_id")?,
            server_id: optional_id(row, "server_id")?,
            tool: optional_text(row, "tool")?,
            client_name: optional_text(row, "client_name")?,
            client_version: optional_text(row, "client_version")?,
            protocol_revision: optional_text(row, "protocol_revision")?,
            status: text(row, "status")?,
            upstream_status: optional_number(row, "upstream_status")?.and_then(|status| u16::try_from(status).ok()),
            duration_us: number(row, "duration_us")?,
            request_id: optional_text(row, "request_id")?,
        })
    }
}

impl FromRow<'_, AnyRow> for SummaryRow {
    fn from_row(row: &AnyRow) -> sqlx::Result<Self> {
        Ok(Self {
            bucket: time(row, "bucket")?,
            tool: text(row, "tool")?,
            status: text(row, "status")?,
            calls: number(row, "calls")?,
            total_us: number(row, "total_us")?,
            longest_us: number(row, "longest_us")?,
        })
    }
}

/// The part of a query that [`CallFilter`] fills, with the parameters 1 to 8.
macro_rules! filtered {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            " FROM call_log WHERE at >= $1 AND at < $2 AND id < $3 AND ($4 = '' OR account_id = $4) \
             AND ($5 = '' OR server_id = $5) AND ($6 = '' OR tool = $6) AND ($7 = '' OR status = $7) ",
            $after
        )
    };
}

/// Greater than every identifier.
const BEYOND: &str = "g";

macro_rules! bind_filter {
    ($query:expr, $filter:expr) => {
        $query
            .bind($filter.since.map_or(i64::MIN, Timestamp::as_millisecond))
            .bind($filter.until.map_or(i64::MAX, Timestamp::as_millisecond))
            .bind($filter.before.map_or_else(|| BEYOND.to_owned(), |id| id.to_string()))
            .bind($filter.account_id.map(|id| id.to_string()).unwrap_or_default())
            .bind($filter.server_id.map(|id| id.to_string()).unwrap_or_default())
            .bind($filter.tool.clone().unwrap_or_default())
            .bind($filter.status.clone().unwrap_or_default())
    };
}

/// How many rows go into one statement: far fewer steps to the database than rows, and far fewer parameters than any
/// engine's limit.
const ROWS_AT_ONCE: usize = 100;
const COLUMNS: usize = 12;

/// The statement that adds so many rows.
fn insertion(rows: usize) -> String {
    let mut sql = "INSERT INTO call_log (id, at, account_id, server_id, tool, client_name, client_version, \
                   protocol_revision, status, upstream_status, duration_us, request_id) VALUES "
        .to_owned();
    for parameter in 1..=rows * COLUMNS {
        let before = match (parameter % COLUMNS, parameter) {
            (1, 1) => "($",
            (1, _) => "), ($",
            _ => ", $",
        };
        sql.push_str(before);
        sql.push_str(&parameter.to_string());
    }
    sql + ")"
}

impl Store {
    /// Adds calls, all or none.
    pub async fn add_calls(&self, calls: &[CallRow]) -> Result<()> {
        let mut transaction = self.begin().await?;
        for calls in calls.chunks(ROWS_AT_ONCE) {
            let mut query = sqlx::query(AssertSqlSafe(insertion(calls.len())));
            for call in calls {
                query = query
                    .bind(call.id.to_string())
                    .bind(call.at.as_millisecond())
                    .bind(call.account_id.map(|id| id.to_string()))
                    .bind(call.server_id.map(|id| id.to_string()))
                    .bind(call.tool.clone())
                    .bind(call.client_name.clone())
                    .bind(call.client_version.clone())
                    .bind(call.protocol_revision.clone())
                    .bind(call.status.as_str())
                    .bind(call.upstream_status.map(i64::from))
                    .bind(call.duration_us)
                    .bind(call.request_id.clone());
            }
            query.execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// At most `limit` calls, latest first.
    pub async fn calls(&self, filter: &CallFilter, limit: i64) -> Result<Vec<CallRow>> {
        let query = sqlx::query_as(filtered!(
            "SELECT id, at, account_id, server_id, tool, client_name, client_version, protocol_revision, status, \
             upstream_status, duration_us, request_id",
            "ORDER BY id DESC LIMIT $8"
        ));
        Ok(bind_filter!(query, filter).bind(limit).fetch_all(&self.pool).await?)
    }

    /// At most `limit` sums of calls, latest bucket first.
    pub async fn summary(&self, filter: &SummaryFilter, limit: i64) -> Result<Vec<SummaryRow>> {
        let query = sqlx::query_as(concat!(
            "SELECT bucket, tool, status, calls, total_us, longest_us FROM (",
            filtered!(
                "SELECT (at / $8) * $8 AS bucket, COALESCE(tool, '') AS tool, status, COUNT(*) AS calls, \
                 CAST(SUM(duration_us) AS BIGINT) AS total_us, MAX(duration_us) AS longest_us",
                "GROUP BY 1, 2, 3"
            ),
            ") AS sums WHERE bucket < $9 OR (bucket = $9 AND (tool > $10 OR (tool = $10 AND status > $11))) \
             ORDER BY bucket DESC, tool, status LIMIT $12"
        ));
        let query = bind_filter!(query, filter.calls).bind(filter.bucket_ms);
        let (bucket, tool, status) = match &filter.after {
            Some(after) => (after.bucket.as_millisecond(), after.tool.as_str(), after.status.as_str()),
            None => (i64::MAX, "", ""),
        };
        Ok(query.bind(bucket).bind(tool).bind(status).bind(limit).fetch_all(&self.pool).await?)
    }

    /// Removes all calls before `time`. Says how many.
    pub async fn purge_calls(&self, before: Timestamp) -> Result<u64> {
        let query = sqlx::query("DELETE FROM call_log WHERE at < $1").bind(before.as_millisecond());
        Ok(query.execute(&self.pool).await?.rows_affected())
    }
}
