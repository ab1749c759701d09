//! The route for the audit log.

use axum::Json;
use axum::extract::State;

use super::error::AdminResult;
use super::extract::QueryObject;
use super::state::AdminApi;
use crate::registry::{AuditQuery, AuditView, Page};

/// List audit events
///
/// Returns changes, sign-ins and denials, latest first. Each names the fields that changed, never their values. Of denials, at
/// most one is recorded per address and minute, and 10,000 a day.
#[utoipa::path(
    get, path = "/audit", tag = "Audit", operation_id = "list_audit_events",
    params(AuditQuery),
    responses((status = 200, description = "A page of events.", body = Page<AuditView>)),
)]
pub(super) async fn list(
    State(admin): State<AdminApi>,
    QueryObject(query): QueryObject,
) -> AdminResult<Json<Page<AuditView>>> {
    Ok(Json(admin.registry.audit(query).await?))
}
