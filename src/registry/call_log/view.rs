//! Calls and summaries of calls, as the admin API returns them.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::call_log::{CallRecord, SummaryFilter, SummaryRow};

/// The length of the time bucket `all`, in milliseconds.
pub(super) const ALL_TIME: i64 = i64::MAX;

/// A call, or a request that was refused before it became one. Arguments and results are never recorded.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
#[schema(as = Call)]
pub struct CallView {
    /// The ID of the call.
    pub id: Uuid,
    /// The time at which the call ended.
    pub at: Timestamp,
    /// The type of the entry: always `mcp`.
    pub log_type: &'static str,
    /// The ID of the account, or `null` if the token was unknown.
    #[schema(required)]
    pub integrated_account_id: Option<Uuid>,
    /// The ID of the server, or `null` if the token was unknown.
    #[schema(required)]
    pub server_id: Option<Uuid>,
    /// The ID of the user who signed in, or `null` if the server does not ask for that.
    #[schema(required)]
    pub user_id: Option<Uuid>,
    /// The name of the tool, or `null` if the request named no known tool.
    #[schema(required)]
    pub tool: Option<String>,
    /// The client that sent the request.
    pub client: ClientView,
    /// The protocol revision of the request.
    #[schema(required)]
    pub protocol_revision: Option<String>,
    /// The outcome of the call: `ok`, the kind of the failure, `cancelled`, `unknown_tool` or
    /// `insufficient_scope`. For a request that was refused before it became a call: `unknown_token`, `paused`,
    /// `address_not_allowed`, `second_factor_missing`, `busy`, `unavailable` or `bad_message`.
    /// `not_logged` for several calls that came faster than the log keeps entries for a server.
    pub status: String,
    /// The number of calls that the entry counts: 1, or more if its status is `not_logged`.
    pub calls: i64,
    /// The HTTP status of the API's reply, or `null` if there was none.
    #[schema(required)]
    pub upstream_status: Option<u16>,
    /// The duration of the call, or the mean duration of the calls, in milliseconds.
    pub duration_ms: f64,
    /// The ID of the HTTP request, as the `x-request-id` header carries it.
    #[schema(required)]
    pub request_id: Option<String>,
    /// The number of calls that the API's rate limit allowed after this one, or `null` if its reply did not say.
    #[schema(required)]
    pub ratelimit_remaining: Option<i64>,
    /// The step that the confirmation of the call reached, or `null` if it needed none: `question_asked`, `question_given` or
    /// `question_refused` by the user of the client, `code_asked`, `code_given` or `code_refused` by a second call.
    #[schema(required)]
    pub confirmation: Option<String>,
}

/// A client program, as it identifies itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = Client)]
pub struct ClientView {
    /// The name of the client.
    #[schema(required)]
    pub name: Option<String>,
    /// The version of the client.
    #[schema(required)]
    pub version: Option<String>,
}

/// The calls of one time bucket and one group.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
#[schema(as = CallSummary)]
pub struct SummaryView {
    /// The start of the bucket, or `null` for the bucket `all`.
    #[schema(required)]
    pub bucket: Option<Timestamp>,
    /// The name of the tool, or `null` if the calls named no known tool or are not grouped by tool.
    #[schema(required)]
    pub tool: Option<String>,
    /// The outcome of the calls, or `null` if they are not grouped by status.
    #[schema(required)]
    pub status: Option<String>,
    /// The ID of the server, or `null` if the token was unknown or the calls are not grouped by server.
    #[schema(required)]
    pub server_id: Option<Uuid>,
    /// The number of calls.
    pub calls: i64,
    /// The mean duration, in milliseconds.
    pub mean_ms: f64,
    /// The median duration, in milliseconds. It differs from the exact value by at most 12.5 % or 0.5 ms, whichever is
    /// more, up to durations of 134 seconds.
    pub p50_ms: f64,
    /// The 95th percentile of the duration, in milliseconds, with the same error as the median.
    pub p95_ms: f64,
    /// The longest duration, in milliseconds.
    pub longest_ms: f64,
    /// The lowest number of calls that the API's rate limit allowed after one of these, or `null` if no reply said.
    #[schema(required)]
    pub ratelimit_remaining: Option<i64>,
}

pub(super) fn call_view(row: CallRecord) -> CallView {
    CallView {
        id: row.id,
        at: row.at,
        log_type: "mcp",
        integrated_account_id: row.account_id,
        server_id: row.server_id,
        user_id: row.user_id,
        tool: row.tool.map(Cow::into_owned),
        client: ClientView { name: row.client_name, version: row.client_version },
        protocol_revision: row.protocol_revision.map(Cow::into_owned),
        status: row.status.into_owned(),
        calls: row.calls,
        upstream_status: row.upstream_status,
        duration_ms: milliseconds(row.duration_us, 1),
        request_id: row.request_id,
        ratelimit_remaining: row.remaining,
        confirmation: row.confirmation.map(Cow::into_owned),
    }
}

pub(super) fn summary_view(filter: &SummaryFilter, row: SummaryRow) -> SummaryView {
    let non_empty = |text: String| (!text.is_empty()).then_some(text);
    SummaryView {
        bucket: (filter.bucket_ms != ALL_TIME).then_some(row.bucket),
        tool: non_empty(row.tool),
        status: non_empty(row.status),
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
