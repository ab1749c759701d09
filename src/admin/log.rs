//! Routes for the call log.

use axum::Json;
use axum::extract::State;

use super::Admin;
use super::answer::Answer;
use super::document::forms::{Buckets, Calls, Paging};
use super::read::Query;
use crate::registry::{CallView, List, SummaryView};

/// Lists calls, latest first: who called what and how it went, never with which arguments.
#[utoipa::path(
    get, path = "/log", tag = "Log", operation_id = "list_calls",
    params(Calls, Paging),
    responses((status = 200, description = "A page of calls", body = List<CallView>)),
)]
pub(super) async fn list(State(admin): State<Admin>, Query(query): Query) -> Answer<Json<List<CallView>>> {
    Ok(Json(admin.registry.calls(query).await?))
}

/// Sums up calls by time and, unless it is said otherwise, by tool and outcome, latest first.
#[utoipa::path(
    get, path = "/log/summary", tag = "Log", operation_id = "sum_up_calls",
    params(Buckets, Calls, Paging),
    responses((status = 200, description = "A page of sums", body = List<SummaryView>)),
)]
pub(super) async fn summary(State(admin): State<Admin>, Query(query): Query) -> Answer<Json<List<SummaryView>>> {
    Ok(Json(admin.registry.summary(query).await?))
}
