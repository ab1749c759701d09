//! Routes for API tokens.

use axum::extract::State;
use axum::{Extension, Json};
use http::StatusCode;

use super::error::AdminResult;
use super::extract::{JsonBody, NoQuery, PathId, Query, QueryObject};
use super::revision::{IfMatch, Tagged};
use super::state::AdminApi;
use crate::registry::{Actor, ApiTokenView, CreatedApiToken, ListQuery, NewApiToken, Page};

/// Create an API token
///
/// The response holds the token. It cannot be retrieved later.
#[utoipa::path(
    post, path = "/api-token", tag = "API tokens", operation_id = "create_api_token",
    request_body = NewApiToken,
    responses((status = 201, description = "The API token that was created.", body = CreatedApiToken)),
)]
pub(super) async fn create(
    State(admin): State<AdminApi>,
    Extension(actor): Extension<Actor>,
    _: Query<NoQuery>,
    JsonBody(given): JsonBody,
) -> AdminResult<(StatusCode, Tagged<CreatedApiToken>)> {
    Ok((StatusCode::CREATED, Tagged(admin.registry.create_api_token(given, &actor).await?)))
}

/// List API tokens
///
/// Returns the live API tokens, oldest first, without their secrets.
#[utoipa::path(
    get, path = "/api-token", tag = "API tokens", operation_id = "list_api_tokens",
    params(ListQuery),
    responses((status = 200, description = "A page of API tokens.", body = Page<ApiTokenView>)),
)]
pub(super) async fn list(
    State(admin): State<AdminApi>,
    QueryObject(query): QueryObject,
) -> AdminResult<Json<Page<ApiTokenView>>> {
    Ok(Json(admin.registry.api_tokens(query).await?))
}

/// Revoke an API token
///
/// The token is refused at once on this node, and within a second on every other node that reaches the store.
#[utoipa::path(
    delete, path = "/api-token/{id}", tag = "API tokens", operation_id = "revoke_api_token",
    params(("id" = uuid::Uuid, Path, description = "The ID of the API token.")),
    responses((status = 204, description = "The API token was revoked.")),
)]
pub(super) async fn revoke(
    State(admin): State<AdminApi>,
    Extension(actor): Extension<Actor>,
    PathId(id): PathId,
    _: Query<NoQuery>,
    IfMatch(expected): IfMatch,
) -> AdminResult<StatusCode> {
    admin.registry.revoke_api_token(id, &expected, &actor).await?;
    Ok(StatusCode::NO_CONTENT)
}
