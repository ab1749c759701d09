//! Routes for the call log.

use axum::Json;
use axum::extract::State;

use super::error::AdminResult;
use super::extract::QueryObject;
use super::state::AdminApi;
use crate::registry::{CallQuery, CallView, Page, SummaryQuery, SummaryView};

/// List calls
///
/// Returns tool calls and refused requests, latest first. Arguments and results are never recorded.
#[utoipa::path(
    get, path = "/log", tag = "Log", operation_id = "list_calls",
    params(CallQuery),
    responses((status = 200, description = "A page of calls.", body = Page<CallView>)),
)]
pub(super) async fn list(
    State(admin): State<AdminApi>,
    QueryObject(query): QueryObject,
) -> AdminResult<Json<Page<CallView>>> {
    Ok(Json(admin.registry.calls(query).await?))
}

/// Summarize calls
///
/// Returns the number and the durations of calls for each time bucket and group, latest first.
#[utoipa::path(
    get, path = "/log/summary", tag = "Log", operation_id = "summarize_calls",
    params(SummaryQuery),
    responses((status = 200, description = "A page of summaries.", body = Page<SummaryView>)),
)]
pub(super) async fn summarize(
    State(admin): State<AdminApi>,
    QueryObject(query): QueryObject,
) -> AdminResult<Json<Page<SummaryView>>> {
    Ok(Json(admin.registry.call_summary(query).await?))
}
