//! The call log, as the admin API queries it.

mod view;

use jiff::Timestamp;
use serde_json::{Map, Value};
use tool_runtime::exact;
use tool_runtime::violation::{Violations, quoted};
use utoipa::openapi::{RefOr, Schema};
use uuid::Uuid;

use self::view::{ALL_TIME, call_view, summary_view};
pub use self::view::{CallView, ClientView, SummaryView};
use super::error::Result;
use super::page::{Cursor, Page, PageRequest};
use super::request::{Flatten, FormRequest as _, Limits, Name, RequestValue, request, string_schema};
use super::state::Registry;
use crate::call_log::{self, CallFilter, Grouping, SummaryCursor, SummaryFilter, SummaryRow};

const MINUTE: i64 = 60_000;
/// The lengths of time buckets, in milliseconds.
const BUCKETS: [(&str, i64); 4] =
    [("minute", MINUTE), ("hour", 60 * MINUTE), ("day", 24 * 60 * MINUTE), ("all", ALL_TIME)];

request! {
    /// The calls to return.
    pub struct CallFilterQuery as "CallFilterQuery" {
        /// The type of the entries. `mcp` is the only one.
        log_type: Option<LogType>,
        /// Only return calls for this account.
        integrated_account_id: Option<Uuid>,
        /// Only return calls through this server.
        server_id: Option<Uuid>,
        /// Only return calls of this tool.
        tool: Option<Name>,
        /// Only return calls with this outcome.
        status: Option<Name>,
        /// Only return calls that ended at this time or later.
        since: Option<Timestamp>,
        /// Only return calls that ended before this time.
        until: Option<Timestamp>,
    }
}

request! {
    /// The page of the call log to return.
    pub struct CallQuery as "CallQuery" {
        calls: Flatten<CallFilterQuery>,
        /// Only return calls of this user.
        user_id: Option<Uuid>,
        page: PageRequest<Uuid>,
    }
}

request! {
    /// The page of the summary to return.
    pub struct SummaryQuery as "SummaryQuery" {
        /// The length of the time buckets, or `all` for a single bucket. The default is `hour`.
        bucket: Option<Bucket>,
        /// The fields to group calls by, besides time: `tool`, `status` and `server`, separated by commas, or `none`. The
        /// default is `tool,status`.
        group: Option<Grouping>,
        calls: Flatten<CallFilterQuery>,
        page: PageRequest<SummaryCursor>,
    }
}

impl Registry {
    /// Returns a page of calls, latest first, for a [`CallQuery`].
    ///
    /// # Errors
    /// Fails with every violation in `query`, or if the store fails.
    pub async fn calls(&self, query: Map<String, Value>) -> Result<Page<CallView>> {
        let CallQuery { calls, user_id, page } = CallQuery::read(query, self.limits())?;
        self.calls_of(CallFilter { user_id, before: page.after, ..calls.0.into() }, &page).await
    }

    /// Returns the page of the calls that a filter selects, latest first.
    pub(super) async fn calls_of(&self, filter: CallFilter, page: &PageRequest<Uuid>) -> Result<Page<CallView>> {
        let rows = call_log::list(&self.0.store, &filter, page.rows()).await?;
        Ok(page.page(rows, |row| row.id, call_view))
    }

    /// Returns a page of calls summarized by time, tool, outcome and server, latest first, for a [`SummaryQuery`].
    ///
    /// # Errors
    /// Fails with every violation in `query`, or if the store fails.
    pub(crate) async fn call_summary(&self, query: Map<String, Value>) -> Result<Page<SummaryView>> {
        let SummaryQuery { bucket, group, calls, page } = SummaryQuery::read(query, self.limits())?;
        let filter = SummaryFilter {
            calls: calls.0.into(),
            bucket_ms: bucket.map_or(60 * MINUTE, |bucket| bucket.milliseconds),
            group: group.unwrap_or(Grouping { tool: true, status: true, server: false }),
            after: page.after.clone(),
        };
        let rows = call_log::summarize(&self.0.store, &filter, page.rows()).await?;
        Ok(page.page(rows, cursor_of_row, |row| summary_view(&filter, row)))
    }
}

impl From<CallFilterQuery> for CallFilter {
    fn from(query: CallFilterQuery) -> Self {
        // There is one type of entries, so naming it selects all of them.
        let CallFilterQuery { log_type: Some(LogType) | None, integrated_account_id, server_id, .. } = query;
        Self {
            account_id: integrated_account_id,
            server_id,
            tool: query.tool.map(|name| name.0),
            status: query.status.map(|name| name.0),
            since: query.since,
            until: query.until,
            user_id: None,
            before: None,
        }
    }
}

/// The type of log entries. There is one.
#[derive(Clone, Copy, Debug)]
struct LogType;

impl RequestValue for LogType {
    fn decode(value: Value, _: Limits) -> std::result::Result<Self, Violations> {
        exact::one_of(&[("mcp", Self)])(value)
    }

    fn value_schema() -> RefOr<Schema> {
        RefOr::T(string_schema().enum_values(Some(["mcp"])).build().into())
    }
}

/// A time bucket.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    milliseconds: i64,
}

impl RequestValue for Bucket {
    fn decode(value: Value, _: Limits) -> std::result::Result<Self, Violations> {
        exact::one_of(&BUCKETS)(value).map(|milliseconds| Self { milliseconds })
    }

    fn value_schema() -> RefOr<Schema> {
        RefOr::T(string_schema().enum_values(Some(BUCKETS.map(|(name, _)| name))).build().into())
    }
}

impl RequestValue for Grouping {
    fn decode(value: Value, limits: Limits) -> std::result::Result<Self, Violations> {
        let Name(given) = Name::decode(value, limits)?;
        let mut group = Self::default();
        for word in given.split(',').map(str::trim).filter(|_| given != "none") {
            match word {
                "tool" => group.tool = true,
                "status" => group.status = true,
                "server" => group.server = true,
                _ => {
                    let allowed = "tool, status and server, separated by commas, or none";
                    return Err(Violations::new(format!("cannot be {}", quoted(word)), allowed));
                }
            }
        }
        Ok(group)
    }

    fn value_schema() -> RefOr<Schema> {
        const PATTERN: &str = "^(none|(tool|status|server)(,(tool|status|server))*)$";
        RefOr::T(string_schema().pattern(Some(PATTERN)).build().into())
    }
}

fn cursor_of_row(row: &SummaryRow) -> SummaryCursor {
    let SummaryRow { bucket, tool, status, server_id, .. } = row.clone();
    SummaryCursor { bucket, tool, status, server_id }
}

impl Cursor for SummaryCursor {
    fn encode(&self) -> String {
        format!("{}/{}/{}/{}", self.bucket.as_millisecond(), self.server_id, self.status, self.tool)
    }

    fn decode(text: &str) -> Option<Self> {
        let (bucket, rest) = text.split_once('/')?;
        let (server_id, rest) = rest.split_once('/')?;
        let (status, tool) = rest.split_once('/')?;
        let bucket = Timestamp::from_millisecond(bucket.parse().ok()?).ok()?;
        let has_control = text.chars().any(char::is_control);
        let [tool, status, server_id] = [tool, status, server_id].map(str::to_owned);
        (!has_control).then_some(Self { bucket, tool, status, server_id })
    }
}
