//! Routes for the user who is signed in: the servers that are open to the user, and the user's own connections and calls.

use axum::extract::State;
use axum::{Extension, Json};
use http::StatusCode;

use super::error::AdminResult;
use super::extract::{NoQuery, PathId, Query, QueryObject};
use super::revision::IfMatch;
use super::state::AdminApi;
use crate::registry::{ActiveUser, Actor, CallView, ConnectionView, ListQuery, OpenServerView, Page};

/// List the servers that are open to you
///
/// Returns the MCP servers to which the user of the session can sign in from an AI client, oldest first.
#[utoipa::path(
    get, path = "/me/mcp", tag = "Own access", operation_id = "list_open_servers",
    security(("session" = [])),
    params(ListQuery),
    responses((status = 200, description = "A page of servers.", body = Page<OpenServerView>)),
)]
pub(super) async fn servers(
    State(admin): State<AdminApi>,
    Extension(user): Extension<ActiveUser>,
    QueryObject(query): QueryObject,
) -> AdminResult<Json<Page<OpenServerView>>> {
    Ok(Json(admin.registry.open_servers(&user, query).await?))
}

/// List your connections
///
/// Returns the connections of the user of the session, oldest first: which clients the user let use which servers.
#[utoipa::path(
    get, path = "/me/connection", tag = "Own access", operation_id = "list_own_connections",
    security(("session" = [])),
    params(ListQuery),
    responses((status = 200, description = "A page of connections.", body = Page<ConnectionView>)),
)]
pub(super) async fn connections(
    State(admin): State<AdminApi>,
    Extension(user): Extension<ActiveUser>,
    QueryObject(query): QueryObject,
) -> AdminResult<Json<Page<ConnectionView>>> {
    Ok(Json(admin.registry.own_connections(&user, query).await?))
}

/// Revoke one of your connections
///
/// The tokens of the connection are refused at once on this node, and within a second on every other node that reaches the
/// store. The connection of another user answers as one that does not exist.
#[utoipa::path(
    delete, path = "/me/connection/{id}", tag = "Own access", operation_id = "revoke_own_connection",
    security(("session" = [])),
    params(("id" = uuid::Uuid, Path, description = "The ID of the connection.")),
    responses((status = 204, description = "The connection was revoked.")),
)]
pub(super) async fn revoke_connection(
    State(admin): State<AdminApi>,
    Extension(user): Extension<ActiveUser>,
    Extension(actor): Extension<Actor>,
    PathId(id): PathId,
    _: Query<NoQuery>,
    IfMatch(expected): IfMatch,
) -> AdminResult<StatusCode> {
    admin.registry.revoke_own_connection(&user, id, &expected, &actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List your calls
///
/// Returns the tool calls that clients made for the user of the session, latest first. Arguments and results are never
/// recorded.
#[utoipa::path(
    get, path = "/me/log", tag = "Own access", operation_id = "list_own_calls",
    security(("session" = [])),
    params(ListQuery),
    responses((status = 200, description = "A page of calls.", body = Page<CallView>)),
)]
pub(super) async fn calls(
    State(admin): State<AdminApi>,
    Extension(user): Extension<ActiveUser>,
    QueryObject(query): QueryObject,
) -> AdminResult<Json<Page<CallView>>> {
    Ok(Json(admin.registry.own_calls(&user, query).await?))
}
