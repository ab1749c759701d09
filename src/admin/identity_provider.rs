//! Routes for identity providers.

use axum::extract::State;
use axum::{Extension, Json};
use http::StatusCode;

use super::error::AdminResult;
use super::extract::{JsonBody, NoQuery, PathId, Query, QueryObject};
use super::revision::{IfMatch, Tagged};
use super::state::AdminApi;
use crate::registry::{Actor, IdentityProviderChange, IdentityProviderView, ListQuery, NewIdentityProvider, Page};

/// Configure an identity provider
///
/// Users sign in with the provider from now on. The response holds the redirect URI to register at the provider. Once there is
/// an identity provider, API tokens no longer sign users in to servers; they still sign in to the console.
#[utoipa::path(
    post, path = "/identity-provider", tag = "Identity providers", operation_id = "create_identity_provider",
    request_body = NewIdentityProvider,
    responses((status = 201, description = "The identity provider that was configured.", body = IdentityProviderView)),
)]
pub(super) async fn create(
    State(admin): State<AdminApi>,
    Extension(actor): Extension<Actor>,
    _: Query<NoQuery>,
    JsonBody(given): JsonBody,
) -> AdminResult<(StatusCode, Tagged<IdentityProviderView>)> {
    Ok((StatusCode::CREATED, Tagged(admin.registry.create_identity_provider(given, &actor).await?)))
}

/// List identity providers
///
/// Returns the identity providers, oldest first, without their secrets.
#[utoipa::path(
    get, path = "/identity-provider", tag = "Identity providers", operation_id = "list_identity_providers",
    params(ListQuery),
    responses((status = 200, description = "A page of identity providers.", body = Page<IdentityProviderView>)),
)]
pub(super) async fn list(
    State(admin): State<AdminApi>,
    QueryObject(query): QueryObject,
) -> AdminResult<Json<Page<IdentityProviderView>>> {
    Ok(Json(admin.registry.identity_providers(query).await?))
}

/// Get an identity provider
#[utoipa::path(
    get, path = "/identity-provider/{id}", tag = "Identity providers", operation_id = "get_identity_provider",
    params(("id" = uuid::Uuid, Path, description = "The ID of the identity provider.")),
    responses((status = 200, description = "The identity provider.", body = IdentityProviderView)),
)]
pub(super) async fn get(
    State(admin): State<AdminApi>,
    PathId(id): PathId,
    _: Query<NoQuery>,
) -> AdminResult<Tagged<IdentityProviderView>> {
    Ok(Tagged(admin.registry.identity_provider(id).await?))
}

/// Update an identity provider
///
/// Changes the fields that you send, and keeps the others. New rules apply at the next sign-in of each user, and when a client
/// of the user next refreshes its access token, which is within an hour. The issuer cannot be changed, because users are
/// identified by it.
#[utoipa::path(
    patch, path = "/identity-provider/{id}", tag = "Identity providers", operation_id = "update_identity_provider",
    params(("id" = uuid::Uuid, Path, description = "The ID of the identity provider.")),
    request_body = IdentityProviderChange,
    responses((status = 200, description = "The updated identity provider.", body = IdentityProviderView)),
)]
pub(super) async fn update(
    State(admin): State<AdminApi>,
    Extension(actor): Extension<Actor>,
    PathId(id): PathId,
    _: Query<NoQuery>,
    IfMatch(expected): IfMatch,
    JsonBody(given): JsonBody,
) -> AdminResult<Tagged<IdentityProviderView>> {
    Ok(Tagged(admin.registry.update_identity_provider(id, given, &actor, &expected).await?))
}

/// Delete an identity provider
///
/// Its users are signed out everywhere at once, and cannot sign in until they use another provider.
#[utoipa::path(
    delete, path = "/identity-provider/{id}", tag = "Identity providers", operation_id = "delete_identity_provider",
    params(("id" = uuid::Uuid, Path, description = "The ID of the identity provider.")),
    responses((status = 204, description = "The identity provider was deleted.")),
)]
pub(super) async fn delete(
    State(admin): State<AdminApi>,
    Extension(actor): Extension<Actor>,
    PathId(id): PathId,
    _: Query<NoQuery>,
    IfMatch(expected): IfMatch,
) -> AdminResult<StatusCode> {
    admin.registry.delete_identity_provider(id, &actor, &expected).await?;
    Ok(StatusCode::NO_CONTENT)
}
