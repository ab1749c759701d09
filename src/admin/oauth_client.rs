//! Routes for clients of the authorization server.

use axum::extract::State;
use axum::{Extension, Json};
use http::StatusCode;

use super::error::AdminResult;
use super::extract::{JsonBody, NoQuery, PathId, Query, QueryObject};
use super::revision::{IfMatch, Tagged};
use super::state::AdminApi;
use crate::registry::{Actor, CreatedOauthClient, ListQuery, NewOauthClient, OauthClientView, Page};

/// Register an OAuth client
///
/// For a client that can neither publish a metadata document nor register itself. The response holds the secret of a
/// confidential client. It cannot be retrieved later.
#[utoipa::path(
    post, path = "/oauth-client", tag = "OAuth clients", operation_id = "create_oauth_client",
    request_body = NewOauthClient,
    responses((status = 201, description = "The client that was registered.", body = CreatedOauthClient)),
)]
pub(super) async fn create(
    State(admin): State<AdminApi>,
    Extension(actor): Extension<Actor>,
    _: Query<NoQuery>,
    JsonBody(given): JsonBody,
) -> AdminResult<(StatusCode, Tagged<CreatedOauthClient>)> {
    Ok((StatusCode::CREATED, Tagged(admin.registry.create_oauth_client(given, &actor).await?)))
}

/// List OAuth clients
///
/// Returns the clients that were registered by an operator or by themselves, oldest first, without their secrets. A client
/// with a metadata document is not registered.
#[utoipa::path(
    get, path = "/oauth-client", tag = "OAuth clients", operation_id = "list_oauth_clients",
    params(ListQuery),
    responses((status = 200, description = "A page of clients.", body = Page<OauthClientView>)),
)]
pub(super) async fn list(
    State(admin): State<AdminApi>,
    QueryObject(query): QueryObject,
) -> AdminResult<Json<Page<OauthClientView>>> {
    Ok(Json(admin.registry.oauth_clients(query).await?))
}

/// Delete an OAuth client
///
/// Revokes the connections of the client. Its tokens are refused at once on this node, and within a second on every other
/// node that reaches the store.
#[utoipa::path(
    delete, path = "/oauth-client/{id}", tag = "OAuth clients", operation_id = "delete_oauth_client",
    params(("id" = uuid::Uuid, Path, description = "The ID of the client.")),
    responses((status = 204, description = "The client was deleted.")),
)]
pub(super) async fn delete(
    State(admin): State<AdminApi>,
    Extension(actor): Extension<Actor>,
    PathId(id): PathId,
    _: Query<NoQuery>,
    IfMatch(expected): IfMatch,
) -> AdminResult<StatusCode> {
    admin.registry.delete_oauth_client(id, &expected, &actor).await?;
    Ok(StatusCode::NO_CONTENT)
}
