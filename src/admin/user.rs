//! Routes for users.

use axum::extract::State;
use axum::{Extension, Json};
use http::StatusCode;

use super::error::AdminResult;
use super::extract::{JsonBody, NoQuery, PathId, Query, QueryObject};
use super::revision::{IfMatch, Tagged};
use super::state::AdminApi;
use crate::registry::{Actor, ListQuery, Page, UserChange, UserView};

/// List users
///
/// Returns the users who have signed in, oldest first.
#[utoipa::path(
    get, path = "/user", tag = "Users", operation_id = "list_users",
    params(ListQuery),
    responses((status = 200, description = "A page of users.", body = Page<UserView>)),
)]
pub(super) async fn list(
    State(admin): State<AdminApi>,
    QueryObject(query): QueryObject,
) -> AdminResult<Json<Page<UserView>>> {
    Ok(Json(admin.registry.users(query).await?))
}

/// Get a user
#[utoipa::path(
    get, path = "/user/{id}", tag = "Users", operation_id = "get_user",
    params(("id" = uuid::Uuid, Path, description = "The ID of the user.")),
    responses((status = 200, description = "The user.", body = UserView)),
)]
pub(super) async fn get(
    State(admin): State<AdminApi>,
    PathId(id): PathId,
    _: Query<NoQuery>,
) -> AdminResult<Tagged<UserView>> {
    Ok(Tagged(admin.registry.user(id).await?))
}

/// Update a user
///
/// Changes the fields that you send, and keeps the others. A user who is disabled is signed out at once on this node, and
/// within a second on every other node that reaches the store.
#[utoipa::path(
    patch, path = "/user/{id}", tag = "Users", operation_id = "update_user",
    params(("id" = uuid::Uuid, Path, description = "The ID of the user.")),
    request_body = UserChange,
    responses((status = 200, description = "The updated user.", body = UserView)),
)]
pub(super) async fn update(
    State(admin): State<AdminApi>,
    Extension(actor): Extension<Actor>,
    PathId(id): PathId,
    _: Query<NoQuery>,
    IfMatch(expected): IfMatch,
    JsonBody(given): JsonBody,
) -> AdminResult<Tagged<UserView>> {
    Ok(Tagged(admin.registry.update_user(id, given, &actor, &expected).await?))
}

/// Delete a user
///
/// Deletes the user and signs the user out everywhere. A user who was disabled stays disabled at the next attempt to sign
/// in; any other user can sign in again.
#[utoipa::path(
    delete, path = "/user/{id}", tag = "Users", operation_id = "delete_user",
    params(("id" = uuid::Uuid, Path, description = "The ID of the user.")),
    responses((status = 204, description = "The user was deleted.")),
)]
pub(super) async fn delete(
    State(admin): State<AdminApi>,
    Extension(actor): Extension<Actor>,
    PathId(id): PathId,
    _: Query<NoQuery>,
    IfMatch(expected): IfMatch,
) -> AdminResult<StatusCode> {
    admin.registry.delete_user(id, &actor, &expected).await?;
    Ok(StatusCode::NO_CONTENT)
}
