//! Routes for the servers of an account.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use http::StatusCode;

use super::error::AdminResult;
use super::extract::{DryRunQuery, JsonBody, NoQuery, PathId, PathIds, Query, QueryObject};
use super::revision::{IfMatch, Tagged};
use super::state::AdminApi;
use crate::registry::{
    Actor, CreatedServer, ListQuery, NewServer, Page, RotateUrl, RotatedServer, ServerChange, ServerPreview, ServerView,
};

/// Create a server
///
/// The response holds the token and the URL of the server. They cannot be retrieved later. With `dry_run=true` nothing is
/// stored, and the response lists the tools that the server would have.
#[utoipa::path(
    post, path = "/integrated-account/{id}/mcp", tag = "Servers", operation_id = "create_server",
    params(
        ("id" = uuid::Uuid, Path, description = "The ID of the account."),
        DryRunQuery,
    ),
    request_body = NewServer,
    responses(
        (status = 200, description = "The tools that the server would list. Nothing was stored.", body = ServerPreview),
        (status = 201, description = "The server that was created.", body = CreatedServer),
    ),
)]
pub(super) async fn create(
    State(admin): State<AdminApi>,
    Extension(actor): Extension<Actor>,
    PathId(account): PathId,
    Query(query): Query<DryRunQuery>,
    JsonBody(given): JsonBody,
) -> AdminResult<Response> {
    if query.is_dry_run() {
        return Ok(Json(admin.registry.preview_server(account, given).await?).into_response());
    }
    let server = admin.registry.create_server(account, given, &actor).await?;
    Ok((StatusCode::CREATED, Tagged(server)).into_response())
}

/// List servers
///
/// Returns the live servers of an account, oldest first.
#[utoipa::path(
    get, path = "/integrated-account/{id}/mcp", tag = "Servers", operation_id = "list_servers",
    params(
        ("id" = uuid::Uuid, Path, description = "The ID of the account."),
        ListQuery,
    ),
    responses((status = 200, description = "A page of servers.", body = Page<ServerView>)),
)]
pub(super) async fn list(
    State(admin): State<AdminApi>,
    PathId(account): PathId,
    QueryObject(query): QueryObject,
) -> AdminResult<Json<Page<ServerView>>> {
    Ok(Json(admin.registry.servers(account, query).await?))
}

/// Get a server
#[utoipa::path(
    get, path = "/integrated-account/{id}/mcp/{server_id}", tag = "Servers", operation_id = "get_server",
    params(
        ("id" = uuid::Uuid, Path, description = "The ID of the account."),
        ("server_id" = uuid::Uuid, Path, description = "The ID of the server."),
    ),
    responses((status = 200, description = "The server.", body = ServerView)),
)]
pub(super) async fn get(
    State(admin): State<AdminApi>,
    PathIds(account, server): PathIds,
    _: Query<NoQuery>,
) -> AdminResult<Tagged<ServerView>> {
    Ok(Tagged(admin.registry.server(account, server).await?))
}

/// Update a server
///
/// Changes the fields that you send, and keeps the others. `config` is merged key by key: an omitted key keeps its value,
/// and `null` removes it. The change takes effect at the next call.
#[utoipa::path(
    patch, path = "/integrated-account/{id}/mcp/{server_id}", tag = "Servers", operation_id = "update_server",
    params(
        ("id" = uuid::Uuid, Path, description = "The ID of the account."),
        ("server_id" = uuid::Uuid, Path, description = "The ID of the server."),
    ),
    request_body = ServerChange,
    responses((status = 200, description = "The updated server.", body = ServerView)),
)]
pub(super) async fn update(
    State(admin): State<AdminApi>,
    Extension(actor): Extension<Actor>,
    PathIds(account, server): PathIds,
    _: Query<NoQuery>,
    IfMatch(expected): IfMatch,
    JsonBody(given): JsonBody,
) -> AdminResult<Tagged<ServerView>> {
    Ok(Tagged(admin.registry.update_server(account, server, given, &expected, &actor).await?))
}

/// Replace the URL of a server
///
/// The response holds the new token and the new URL. They cannot be retrieved later. The old URL works until the overlap is
/// over, and the server keeps its ID, its configuration and its revision. The change takes effect at once on this node, and
/// within a second on every other node that reaches the store.
#[utoipa::path(
    post, path = "/integrated-account/{id}/mcp/{server_id}/rotate-url", tag = "Servers",
    operation_id = "rotate_server_url",
    params(
        ("id" = uuid::Uuid, Path, description = "The ID of the account."),
        ("server_id" = uuid::Uuid, Path, description = "The ID of the server."),
    ),
    request_body = RotateUrl,
    responses((status = 200, description = "The server with its new URL.", body = RotatedServer)),
)]
pub(super) async fn rotate_url(
    State(admin): State<AdminApi>,
    Extension(actor): Extension<Actor>,
    PathIds(account, server): PathIds,
    _: Query<NoQuery>,
    JsonBody(given): JsonBody,
) -> AdminResult<Tagged<RotatedServer>> {
    Ok(Tagged(admin.registry.rotate_url(account, server, given, &actor).await?))
}

/// Revoke a server
///
/// The token of the server is refused at once on this node, and within a second on every other node that reaches the store.
#[utoipa::path(
    delete, path = "/integrated-account/{id}/mcp/{server_id}", tag = "Servers", operation_id = "revoke_server",
    params(
        ("id" = uuid::Uuid, Path, description = "The ID of the account."),
        ("server_id" = uuid::Uuid, Path, description = "The ID of the server."),
    ),
    responses((status = 204, description = "The server was revoked.")),
)]
pub(super) async fn revoke(
    State(admin): State<AdminApi>,
    Extension(actor): Extension<Actor>,
    PathIds(account, server): PathIds,
    _: Query<NoQuery>,
    IfMatch(expected): IfMatch,
) -> AdminResult<StatusCode> {
    admin.registry.revoke_server(account, server, &expected, &actor).await?;
    Ok(StatusCode::NO_CONTENT)
}
