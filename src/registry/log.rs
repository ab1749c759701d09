//! The call log as an operator reads it.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use tool_runtime::violation::quoted;
use uuid::Uuid;

use super::form::Form;
use super::page::{Cursor, List, Page};
use super::{Registry, Result};
use crate::call_log::{self, CallFilter, CallRecord, Grouping, SummaryCursor, SummaryFilter, SummaryRow};

/// One call, or an attempt at one.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
#[schema(as = Call)]
pub struct CallView {
    /// Its identifier.
    pub id: Uuid,
    /// When it was over.
    pub at: Timestamp,
    /// The kind of entry; always `mcp`.
    pub log_type: &'static str,
    /// The account it was for.
    #[schema(required)]
    pub integrated_account_id: Option<Uuid>,
    /// The server it came through.
    #[schema(required)]
    pub server_id: Option<Uuid>,
    /// The tool.
    #[schema(required)]
    pub tool: Option<String>,
    /// Who called.
    pub client: ClientView,
    /// The protocol revision that the client spoke.
    #[schema(required)]
    pub protocol_revision: Option<String>,
    /// `ok`, a kind of failure, `cancelled` or `unknown_tool`; of requests that were refused before they were calls,
    /// `unknown_token`, `second_factor_missing`, `busy`, `unavailable` or `bad_message`.
    pub status: String,
    /// The HTTP status of the API's reply.
    #[schema(required)]
    pub upstream_status: Option<u16>,
    /// How long it took, in milliseconds.
    pub duration_ms: f64,
    /// The identifier of the HTTP request.
    #[schema(required)]
    pub request_id: Option<String>,
    /// How many calls the API allowed after this one, as far as its reply said so.
    #[schema(required)]
    pub ratelimit_remaining: Option<i64>,
}

/// A client program, as it calls itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = Client)]
pub struct ClientView {
    /// Its name.
    #[schema(required)]
    pub name: Option<String>,
    /// Its version.
    #[schema(required)]
    pub version: Option<String>,
}

/// The calls in one bucket of time that have in common what they are grouped by.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
#[schema(as = CallSummary)]
pub struct SummaryView {
    /// Start of the bucket; `null` if all time is one.
    #[schema(required)]
    pub bucket: Option<Timestamp>,
    /// The tool; `null` for attempts that named none of ours, and if calls are not grouped by tool.
    #[schema(required)]
    pub tool: Option<String>,
    /// How they went; `null` if calls are not grouped by status.
    #[schema(required)]
    pub status: Option<String>,
    /// The server; `null` for attempts at none of ours, and if calls are not grouped by server.
    #[schema(required)]
    pub server_id: Option<Uuid>,
    /// How many there were.
    pub calls: i64,
    /// How long they took on average, in milliseconds.
    pub mean_ms: f64,
    /// How long half of them took at most, in milliseconds.
    pub p50_ms: f64,
    /// How long 95 of 100 took at most, in milliseconds.
    pub p95_ms: f64,
    /// How long the longest took, in milliseconds.
    pub longest_ms: f64,
    /// The fewest calls that the API allowed after one of them, as far as its replies said so.
    #[schema(required)]
    pub ratelimit_remaining: Option<i64>,
}

const MINUTE: i64 = 60_000;
/// The lengths that a bucket may have.
const BUCKETS: [(&str, i64); 4] =
    [("minute", MINUTE), ("hour", 60 * MINUTE), ("day", 24 * 60 * MINUTE), ("all", i64::MAX)];
/// What calls are grouped by, besides time, unless it is said.
const USUAL_GROUP: &str = "tool,status";

impl Registry {
    /// A page of calls, latest first.
    pub async fn calls(&self, query: Map<String, Value>) -> Result<List<CallView>> {
        let mut form = Form::new(query);
        let mut filter = filter(&mut form);
        let page = Page::<Uuid>::asked(&mut form);
        form.finish()?;
        filter.before = page.after;
        let rows = call_log::list(&self.0.store, &filter, page.rows()).await?;
        Ok(page.of(rows, |row| row.id, call_view))
    }

    /// A page of sums by time, tool and outcome, latest first.
    pub async fn summary(&self, query: Map<String, Value>) -> Result<List<SummaryView>> {
        let mut form = Form::new(query);
        let calls = filter(&mut form);
        let bucket_ms = form.word("bucket", &BUCKETS).unwrap_or(60 * MINUTE);
        let group = group(&mut form);
        let page = Page::<SummaryCursor>::asked(&mut form);
        form.finish()?;
        let filter = SummaryFilter { calls, bucket_ms, group, after: page.after.clone() };
        let rows = call_log::summarize(&self.0.store, &filter, page.rows()).await?;
        Ok(page.of(rows, cursor, |row| summary_view(&filter, row)))
    }
}

fn filter(form: &mut Form) -> CallFilter {
    form.word("log_type", &[("mcp", ())]);
    CallFilter {
        account_id: form.id("integrated_account_id"),
        server_id: form.id("server_id"),
        tool: form.name("tool"),
        status: form.name("status"),
        since: form.time("since"),
        until: form.time("until"),
        before: None,
    }
}

/// Reads what calls are grouped by: words with commas between them, or `none`.
fn group(form: &mut Form) -> Grouping {
    let given = form.name("group").unwrap_or_else(|| USUAL_GROUP.to_owned());
    let mut group = Grouping::default();
    for word in given.split(',').map(str::trim).filter(|_| given != "none") {
        match word {
            "tool" => group.tool = true,
            "status" => group.status = true,
            "server" => group.server = true,
            _ => form.violate(
                "group",
                format!("cannot be {}", quoted(word)),
                Some("tool, status and server with commas between them, or none".to_owned()),
            ),
        }
    }
    group
}

fn cursor(row: &SummaryRow) -> SummaryCursor {
    let SummaryRow { bucket, tool, status, server_id, .. } = row.clone();
    SummaryCursor { bucket, tool, status, server_id }
}

impl Cursor for SummaryCursor {
    fn write(&self) -> String {
        format!("{}/{}/{}/{}", self.bucket.as_millisecond(), self.server_id, self.status, self.tool)
    }

    fn read(text: &str) -> Option<Self> {
        let (bucket, rest) = text.split_once('/')?;
        let (server_id, rest) = rest.split_once('/')?;
        let (status, tool) = rest.split_once('/')?;
        let bucket = Timestamp::from_millisecond(bucket.parse().ok()?).ok()?;
        let harmless = !text.chars().any(char::is_control);
        let [tool, status, server_id] = [tool, status, server_id].map(str::to_owned);
        harmless.then_some(Self { bucket, tool, status, server_id })
    }
}

fn call_view(row: CallRecord) -> CallView {
    CallView {
        id: row.id,
        at: row.at,
        log_type: "mcp",
        integrated_account_id: row.account_id,
        server_id: row.server_id,
        tool: row.tool.map(Cow::into_owned),
        client: ClientView { name: row.client_name, version: row.client_version },
        protocol_revision: row.protocol_revision.map(Cow::into_owned),
        status: row.status.into_owned(),
        upstream_status: row.upstream_status,
        duration_ms: milliseconds(row.duration_us, 1),
        request_id: row.request_id,
        ratelimit_remaining: row.remaining,
    }
}

fn summary_view(filter: &SummaryFilter, row: SummaryRow) -> SummaryView {
    let given = |text: String| (!text.is_empty()).then_some(text);
    SummaryView {
        bucket: (filter.bucket_ms != i64::MAX).then_some(row.bucket),
        tool: given(row.tool),
        status: given(row.status),
        server_id: Uuid::try_parse(&row.server_id).ok(),
        calls: row.calls,
        mean_ms: milliseconds(row.total_us, row.calls),
        p50_ms: milliseconds(row.p50_us, 1),
        p95_ms: milliseconds(row.p95_us, 1),
        longest_ms: milliseconds(row.longest_us, 1),
        ratelimit_remaining: row.lowest_remaining,
    }
}

#[expect(clippy::cast_precision_loss, reason = "no sum of durations comes near 2^53 microseconds, which are centuries")]
fn milliseconds(microseconds: i64, calls: i64) -> f64 {
    microseconds as f64 / 1000.0 / calls.max(1) as f64
}
