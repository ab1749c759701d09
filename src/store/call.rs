//! The call log: one row a call, never with what was asked or answered.

use std::borrow::Cow;

use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, FromRow};
use uuid::Uuid;

use super::row::{id, number, optional_id, optional_number, optional_text, text, time};
use super::{Engine, Result, Store};

/// One call, or an attempt at one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallRow {
    /// Its identifier. They are greater in the order in which calls were written down.
    pub id: Uuid,
    /// When it was over.
    pub at: Timestamp,
    /// The account it was for.
    pub account_id: Option<Uuid>,
    /// The server it came through.
    pub server_id: Option<Uuid>,
    /// The tool.
    pub tool: Option<Cow<'static, str>>,
    /// What the client calls itself.
    pub client_name: Option<String>,
    /// The client's version.
    pub client_version: Option<String>,
    /// The protocol revision that the client spoke.
    pub protocol_revision: Option<Cow<'static, str>>,
    /// How it went.
    pub status: Cow<'static, str>,
    /// The HTTP status of the API's reply.
    pub upstream_status: Option<u16>,
    /// How long it took, in microseconds.
    pub duration_us: i64,
    /// The identifier of the HTTP request.
    pub request_id: Option<String>,
    /// How many calls the API allowed after this one.
    pub remaining: Option<i64>,
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
    /// What the calls of a sum have in common besides.
    pub group: Grouping,
    /// The sums that come after that one.
    pub after: Option<SummaryCursor>,
}

/// What calls that are summed up have in common.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Grouping {
    /// The tool.
    pub tool: bool,
    /// How they went.
    pub status: bool,
    /// The server.
    pub server: bool,
}

/// Where one page of sums ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SummaryCursor {
    /// Start of the bucket.
    pub bucket: Timestamp,
    /// The tool, or nothing.
    pub tool: String,
    /// How the calls went, or nothing.
    pub status: String,
    /// The server, or nothing.
    pub server_id: String,
}

/// The calls in one bucket of time that have in common what they are grouped by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SummaryRow {
    /// Start of the bucket.
    pub bucket: Timestamp,
    /// The tool, or nothing for attempts that named none and where the tool does not matter.
    pub tool: String,
    /// How they went, or nothing where that does not matter.
    pub status: String,
    /// The server, or nothing for attempts at none and where the server does not matter.
    pub server_id: String,
    /// How many there were.
    pub calls: i64,
    /// The time that they took together, in microseconds.
    pub total_us: i64,
    /// The time that half of them took at most, in microseconds.
    pub p50_us: i64,
    /// The time that 95 of 100 took at most, in microseconds.
    pub p95_us: i64,
    /// The time that the longest took, in microseconds.
    pub longest_us: i64,
    /// The fewest calls that the API allowed after one of them, if it said so of any.
    pub lowest_remaining: Option<i64>,
}

impl FromRow<'_, AnyRow> for CallRow {
    fn from_row(row: &AnyRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: id(row, "id")?,
            at: time(row, "at")?,
            account_id: optional_id(row, "account_id")?,
            server_id: optional_id(row, "server_id")?,
            tool: optional_text(row, "tool")?.map(Cow::Owned),
            client_name: optional_text(row, "client_name")?,
            client_version: optional_text(row, "client_version")?,
            protocol_revision: optional_text(row, "protocol_revision")?.map(Cow::Owned),
            status: Cow::Owned(text(row, "status")?),
            upstream_status: optional_number(row, "upstream_status")?.and_then(|status| u16::try_from(status).ok()),
            duration_us: number(row, "duration_us")?,
            request_id: optional_text(row, "request_id")?,
            remaining: optional_number(row, "remaining")?,
        })
    }
}

impl FromRow<'_, AnyRow> for SummaryRow {
    fn from_row(row: &AnyRow) -> sqlx::Result<Self> {
        Ok(Self {
            bucket: time(row, "bucket")?,
            tool: text(row, "tool")?,
            status: text(row, "status")?,
            server_id: text(row, "server_id")?,
            calls: number(row, "calls")?,
            total_us: number(row, "total_us")?,
            p50_us: number(row, "p50_us")?,
            p95_us: number(row, "p95_us")?,
            longest_us: number(row, "longest_us")?,
            lowest_remaining: optional_number(row, "lowest_remaining")?,
        })
    }
}

/// A query of the calls that `filter` means, which fills the parameters 1 to 7. Where nothing is asked for, only the
/// parameter is looked at, so that a store can see which index serves the rest.
fn filtered(filter: &CallFilter, before: &str, after: &str) -> AssertSqlSafe<String> {
    let CallFilter { account_id, server_id, tool, status, since, until, before: last } = filter;
    let conditions = [
        if since.is_some() { "at >= $1" } else { "$1 = 0" },
        if until.is_some() { "at < $2" } else { "$2 = 0" },
        if last.is_some() { "id < $3" } else { "$3 = ''" },
        if account_id.is_some() { "account_id = $4" } else { "$4 = ''" },
        if server_id.is_some() { "server_id = $5" } else { "$5 = ''" },
        if tool.is_some() { "tool = $6" } else { "$6 = ''" },
        if status.is_some() { "status = $7" } else { "$7 = ''" },
    ];
    AssertSqlSafe(format!("{before} FROM call_log WHERE {} {after}", conditions.join(" AND ")))
}

macro_rules! bind_filter {
    ($query:expr, $filter:expr) => {
        $query
            .bind($filter.since.map_or(0, Timestamp::as_millisecond))
            .bind($filter.until.map_or(0, Timestamp::as_millisecond))
            .bind($filter.before.map(|id| id.to_string()).unwrap_or_default())
            .bind($filter.account_id.map(|id| id.to_string()).unwrap_or_default())
            .bind($filter.server_id.map(|id| id.to_string()).unwrap_or_default())
            .bind($filter.tool.clone().unwrap_or_default())
            .bind($filter.status.clone().unwrap_or_default())
    };
}

/// How many rows go into one statement: many, since each statement is a step to the database. What is left over goes in
/// row by row, so that there are two statements to be remembered and not one for each number of rows.
pub const ROWS_AT_ONCE: usize = 32;
const COLUMNS: usize = 13;

/// The statement that adds so many rows.
fn insertion(engine: Engine, rows: usize) -> String {
    let mut sql = "INSERT INTO call_log (id, at, account_id, server_id, tool, client_name, client_version, \
                   protocol_revision, status, upstream_status, duration_us, request_id, remaining) VALUES "
        .to_owned();
    for parameter in 1..=rows * COLUMNS {
        sql.push_str(match (parameter % COLUMNS, parameter) {
            (1, 1) => "(",
            (1, _) => "), (",
            _ => ", ",
        });
        match engine {
            // To `SQLite`, `$1` is a name, which it finds by going through all names.
            Engine::Sqlite => sql.push('?'),
            Engine::Postgres => {
                sql.push('$');
                sql.push_str(&parameter.to_string());
            }
        }
    }
    sql + ")"
}

impl Store {
    /// Adds calls, all or none.
    pub async fn add_calls(&self, calls: &[CallRow]) -> Result<()> {
        let mut transaction = self.begin().await?;
        let (many, rest) = calls.split_at(calls.len() - calls.len() % ROWS_AT_ONCE);
        for calls in many.chunks(ROWS_AT_ONCE).chain(rest.chunks(1)) {
            let mut query = sqlx::query(AssertSqlSafe(insertion(self.engine, calls.len())));
            for call in calls {
                query = query
                    .bind(call.id.to_string())
                    .bind(call.at.as_millisecond())
                    .bind(call.account_id.map(|id| id.to_string()))
                    .bind(call.server_id.map(|id| id.to_string()))
                    .bind(call.tool.as_deref())
                    .bind(call.client_name.as_deref())
                    .bind(call.client_version.as_deref())
                    .bind(call.protocol_revision.as_deref())
                    .bind(&*call.status)
                    .bind(call.upstream_status.map(i64::from))
                    .bind(call.duration_us)
                    .bind(call.request_id.as_deref())
                    .bind(call.remaining);
            }
            query.execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// At most `limit` calls, latest first.
    pub async fn calls(&self, filter: &CallFilter, limit: i64) -> Result<Vec<CallRow>> {
        let query = sqlx::query_as(filtered(
            filter,
            "SELECT id, at, account_id, server_id, tool, client_name, client_version, protocol_revision, status, \
             upstream_status, duration_us, request_id, remaining",
            "ORDER BY id DESC LIMIT $8",
        ));
        Ok(bind_filter!(query, filter).bind(limit).fetch_all(&self.reads).await?)
    }

    /// At most `limit` sums of calls, latest bucket first.
    pub async fn summary(&self, filter: &SummaryFilter, limit: i64) -> Result<Vec<SummaryRow>> {
        // A percentile is the time of the call that stands at that rank: neither store computes it unasked.
        let query = sqlx::query_as(filtered(
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
            ") AS meant) AS ranked GROUP BY bucket, tool, status, server_id) AS sums \
             WHERE bucket < $12 OR (bucket = $12 AND (tool > $13 OR (tool = $13 AND (status > $14 \
             OR (status = $14 AND server_id > $15))))) ORDER BY bucket DESC, tool, status, server_id LIMIT $16",
        ));
        let Grouping { tool, status, server } = filter.group;
        let query = bind_filter!(query, filter.calls).bind(filter.bucket_ms);
        let query = query.bind(i64::from(tool)).bind(i64::from(status)).bind(i64::from(server));
        let beginning = SummaryCursor {
            bucket: Timestamp::MAX,
            tool: String::new(),
            status: String::new(),
            server_id: String::new(),
        };
        let SummaryCursor { bucket, tool, status, server_id } = filter.after.clone().unwrap_or(beginning);
        let query = query.bind(bucket.as_millisecond()).bind(tool).bind(status).bind(server_id);
        Ok(query.bind(limit).fetch_all(&self.reads).await?)
    }

    /// Removes all calls before `time`. Says how many.
    pub async fn purge_calls(&self, before: Timestamp) -> Result<u64> {
        let query = sqlx::query("DELETE FROM call_log WHERE at < $1").bind(before.as_millisecond());
        Ok(query.execute(&self.writes).await?.rows_affected())
    }
}
