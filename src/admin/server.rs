//! Routes for an account's servers.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use http::StatusCode;

use super::Admin;
use super::answer::Answer;
use super::document::forms::{DryRun, NewServerBody, Paging, ServerChange};
use super::read::{Id, Ids, NoQuery, Object, Query, is_dry_run};
use crate::registry::{Actor, List, NewServer, Preview, ServerView};

/// Makes a server.
///
/// The answer holds its token and address, this once. With `dry_run=true` nothing is stored: the answer says which
/// tools the server would list.
#[utoipa::path(
    post, path = "/integrated-account/{id}/mcp", tag = "Servers", operation_id = "create_server",
    params(
        ("id" = uuid::Uuid, Path, description = "The account"),
        DryRun,
    ),
    request_body = NewServerBody,
    responses(
        (status = 200, description = "What would be listed; nothing was stored", body = Preview),
        (status = 201, description = "The server with its token", body = NewServer),
    ),
)]
pub(super) async fn create(
    State(admin): State<Admin>,
    Extension(actor): Extension<Actor>,
    Id(account): Id,
    query: Query,
    Object(given): Object,
) -> Answer<Response> {
    if is_dry_run(query)? {
        return Ok(Json(admin.registry.preview_server(account, given).await?).into_response());
    }
    let server = admin.registry.add_server(account, given, &actor).await?;
    Ok((StatusCode::CREATED, Json(server)).into_response())
}

/// Lists an account's servers, oldest first.
#[utoipa::path(
    get, path = "/integrated-account/{id}/mcp", tag = "Servers", operation_id = "list_servers",
    params(
        ("id" = uuid::Uuid, Path, description = "The account"),
        Paging,
    ),
    responses((status = 200, description = "A page of servers", body = List<ServerView>)),
)]
pub(super) async fn list(
    State(admin): State<Admin>,
    Id(account): Id,
    Query(query): Query,
) -> Answer<Json<List<ServerView>>> {
    Ok(Json(admin.registry.servers(account, query).await?))
}

/// Shows a server.
#[utoipa::path(
    get, path = "/integrated-account/{id}/mcp/{server_id}", tag = "Servers", operation_id = "show_server",
    params(
        ("id" = uuid::Uuid, Path, description = "The account"),
        ("server_id" = uuid::Uuid, Path, description = "The server"),
    ),
    responses((status = 200, description = "The server, without its token", body = ServerView)),
)]
pub(super) async fn show(
    State(admin): State<Admin>,
    Ids(account, server): Ids,
    _: NoQuery,
) -> Answer<Json<ServerView>> {
    Ok(Json(admin.registry.server(account, server).await?))
}

/// Changes a server.
///
/// What is left out stays. `config` is merged key by key, and `null` removes a key; `expires_at: null` lets the server
/// live on. Of two changes at the same time both count where they name different fields; where they name the same, the
/// later one stands.
#[utoipa::path(
    patch, path = "/integrated-account/{id}/mcp/{server_id}", tag = "Servers", operation_id = "change_server",
    params(
        ("id" = uuid::Uuid, Path, description = "The account"),
        ("server_id" = uuid::Uuid, Path, description = "The server"),
    ),
    request_body = ServerChange,
    responses((status = 200, description = "The server as it is now, without its token", body = ServerView)),
)]
pub(super) async fn change(
    State(admin): State<Admin>,
    Ids(account, server): Ids,
    _: NoQuery,
    Object(given): Object,
) -> Answer<Json<ServerView>> {
    Ok(Json(admin.registry.change_server(account, server, given).await?))
}

/// Removes a server: its token opens nothing from then on.
#[utoipa::path(
    delete, path = "/integrated-account/{id}/mcp/{server_id}", tag = "Servers", operation_id = "remove_server",
    params(
        ("id" = uuid::Uuid, Path, description = "The account"),
        ("server_id" = uuid::Uuid, Path, description = "The server"),
    ),
    responses((status = 204, description = "It is gone")),
)]
pub(super) async fn remove(State(admin): State<Admin>, Ids(account, server): Ids, _: NoQuery) -> Answer<StatusCode> {
    admin.registry.remove_server(account, server).await?;
    Ok(StatusCode::NO_CONTENT)
}
