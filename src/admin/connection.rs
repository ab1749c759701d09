//! Routes for connections.

use axum::extract::State;
use axum::{Extension, Json};
use http::StatusCode;

use super::error::AdminResult;
use super::extract::{NoQuery, PathId, Query, QueryObject};
use super::revision::IfMatch;
use super::state::AdminApi;
use crate::registry::{Actor, ConnectionView, ListQuery, Page};

/// List connections
///
/// Returns the connections, oldest first: which user let which client use which server.
#[utoipa::path(
    get, path = "/connection", tag = "Connections", operation_id = "list_connections",
    params(ListQuery),
    responses((status = 200, description = "A page of connections.", body = Page<ConnectionView>)),
)]
pub(super) async fn list(
    State(admin): State<AdminApi>,
    QueryObject(query): QueryObject,
) -> AdminResult<Json<Page<ConnectionView>>> {
    Ok(Json(admin.registry.connections(query).await?))
}

/// Revoke a connection
///
/// The tokens of the connection are refused at once on this node, and within a second on every other node that reaches the
/// store. The user has to agree again before the client can use the server.
#[utoipa::path(
    delete, path = "/connection/{id}", tag = "Connections", operation_id = "revoke_connection",
    params(("id" = uuid::Uuid, Path, description = "The ID of the connection.")),
    responses((status = 204, description = "The connection was revoked.")),
)]
pub(super) async fn revoke(
    State(admin): State<AdminApi>,
    Extension(actor): Extension<Actor>,
    PathId(id): PathId,
    _: Query<NoQuery>,
    IfMatch(expected): IfMatch,
) -> AdminResult<StatusCode> {
    admin.registry.revoke_connection(id, &expected, &actor).await?;
    Ok(StatusCode::NO_CONTENT)
}
