//! Routes for API tokens.

use axum::extract::State;
use axum::{Extension, Json};
use http::StatusCode;

use super::Admin;
use super::answer::Answer;
use super::document::forms::{NewApiTokenBody, Paging};
use super::read::{Id, NoQuery, Object, Query};
use crate::registry::{Actor, ApiTokenView, List, NewApiToken};

/// Makes an API token. The answer holds it, this once.
#[utoipa::path(
    post, path = "/api-token", tag = "API tokens", operation_id = "create_api_token",
    request_body = NewApiTokenBody,
    responses((status = 201, description = "The token", body = NewApiToken)),
)]
pub(super) async fn create(
    State(admin): State<Admin>,
    Extension(actor): Extension<Actor>,
    _: NoQuery,
    Object(given): Object,
) -> Answer<(StatusCode, Json<NewApiToken>)> {
    Ok((StatusCode::CREATED, Json(admin.registry.add_api_token(given, &actor).await?)))
}

/// Lists API tokens, oldest first, without what their principals show.
#[utoipa::path(
    get, path = "/api-token", tag = "API tokens", operation_id = "list_api_tokens",
    params(Paging),
    responses((status = 200, description = "A page of API tokens", body = List<ApiTokenView>)),
)]
pub(super) async fn list(State(admin): State<Admin>, Query(query): Query) -> Answer<Json<List<ApiTokenView>>> {
    Ok(Json(admin.registry.api_tokens(query).await?))
}

/// Removes an API token: it opens nothing from then on.
#[utoipa::path(
    delete, path = "/api-token/{id}", tag = "API tokens", operation_id = "remove_api_token",
    params(("id" = uuid::Uuid, Path, description = "The API token")),
    responses((status = 204, description = "It is gone")),
)]
pub(super) async fn remove(State(admin): State<Admin>, Id(id): Id, _: NoQuery) -> Answer<StatusCode> {
    admin.registry.remove_api_token(id).await?;
    Ok(StatusCode::NO_CONTENT)
}
