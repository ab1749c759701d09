//! Routes for the call log.

use axum::Json;
use axum::extract::State;

use super::Admin;
use super::answer::Answer;
use super::document::ProblemBody;
use super::read::Query;
use crate::registry::{CallView, List, SummaryView};

/// Lists calls, latest first: who called what and how it went, never with which arguments.
#[utoipa::path(
    get, path = "/log", tag = "Log",
    params(
        ("log_type" = Option<String>, Query, description = "The kind of entries: mcp is the only one"),
        ("integrated_account_id" = Option<uuid::Uuid>, Query, description = "Only calls for this account"),
        ("server_id" = Option<uuid::Uuid>, Query, description = "Only calls through this server"),
        ("tool" = Option<String>, Query, description = "Only calls of this tool"),
        ("status" = Option<String>, Query, description = "Only calls that went so"),
        ("since" = Option<jiff::Timestamp>, Query, description = "Only calls at this time or later"),
        ("until" = Option<jiff::Timestamp>, Query, description = "Only calls before this time"),
        ("limit" = Option<i64>, Query, description = "How many, 1 to 200; 50 unless given", minimum = 1, maximum = 200),
        ("next_cursor" = Option<String>, Query, description = "Where the page before this one ended"),
    ),
    responses(
        (status = 200, description = "A page of calls", body = List<CallView>),
        (status = "4XX", description = "Why it was not done", body = ProblemBody),
        (status = "5XX", description = "Why it could not be done", body = ProblemBody),
    ),
)]
pub(super) async fn list(State(admin): State<Admin>, Query(query): Query) -> Answer<Json<List<CallView>>> {
    Ok(Json(admin.registry.calls(query).await?))
}

/// Sums up calls by time, tool and outcome, latest first.
#[utoipa::path(
    get, path = "/log/summary", tag = "Log",
    params(
        ("log_type" = Option<String>, Query, description = "The kind of entries: mcp is the only one"),
        ("bucket" = Option<String>, Query, description = "How long a bucket of time is: minute, hour or day; hour unless given"),
        ("integrated_account_id" = Option<uuid::Uuid>, Query, description = "Only calls for this account"),
        ("server_id" = Option<uuid::Uuid>, Query, description = "Only calls through this server"),
        ("tool" = Option<String>, Query, description = "Only calls of this tool"),
        ("status" = Option<String>, Query, description = "Only calls that went so"),
        ("since" = Option<jiff::Timestamp>, Query, description = "Only calls at this time or later"),
        ("until" = Option<jiff::Timestamp>, Query, description = "Only calls before this time"),
        ("limit" = Option<i64>, Query, description = "How many, 1 to 200; 50 unless given", minimum = 1, maximum = 200),
        ("next_cursor" = Option<String>, Query, description = "Where the page before this one ended"),
    ),
    responses(
        (status = 200, description = "A page of sums", body = List<SummaryView>),
        (status = "4XX", description = "Why it was not done", body = ProblemBody),
        (status = "5XX", description = "Why it could not be done", body = ProblemBody),
    ),
)]
pub(super) async fn summary(State(admin): State<Admin>, Query(query): Query) -> Answer<Json<List<SummaryView>>> {
    Ok(Json(admin.registry.summary(query).await?))
}
