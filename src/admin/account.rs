//! Routes for accounts.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;

use super::Admin;
use super::answer::Answer;
use super::document::forms::{AccountChange, DryRun, NewAccount, Paging, Trial};
use super::read::{Id, NoQuery, Object, Query, is_dry_run};
use crate::registry::{AccountView, List, Removed};

/// Adds an account.
///
/// With `dry_run=true` nothing is stored: the account is tried, and the answer says what was found.
#[utoipa::path(
    post, path = "/integrated-account", tag = "Accounts", operation_id = "create_account",
    params(DryRun),
    request_body = NewAccount,
    responses(
        (status = 200, description = "What a trial found; nothing was stored", body = Trial),
        (status = 201, description = "The account, without its key", body = AccountView),
    ),
)]
pub(super) async fn create(State(admin): State<Admin>, query: Query, Object(given): Object) -> Answer<Response> {
    if is_dry_run(query)? {
        let account = admin.registry.trial_account(given)?;
        return Ok(Json(Trial { findings: (admin.examine)(account).await }).into_response());
    }
    let account = admin.registry.add_account(given).await?;
    Ok((StatusCode::CREATED, Json(account)).into_response())
}

/// Lists accounts, oldest first.
#[utoipa::path(
    get, path = "/integrated-account", tag = "Accounts", operation_id = "list_accounts",
    params(Paging),
    responses((status = 200, description = "A page of accounts", body = List<AccountView>)),
)]
pub(super) async fn list(State(admin): State<Admin>, Query(query): Query) -> Answer<Json<List<AccountView>>> {
    Ok(Json(admin.registry.accounts(query).await?))
}

/// Shows an account.
#[utoipa::path(
    get, path = "/integrated-account/{id}", tag = "Accounts", operation_id = "show_account",
    params(("id" = uuid::Uuid, Path, description = "The account")),
    responses((status = 200, description = "The account, without its key", body = AccountView)),
)]
pub(super) async fn show(State(admin): State<Admin>, Id(id): Id, _: NoQuery) -> Answer<Json<AccountView>> {
    Ok(Json(admin.registry.account(id).await?))
}

/// Changes an account, or gives it a new key.
///
/// What is left out stays; `null` takes away. Of two changes at the same time both count where they name different
/// fields; where they name the same, the later one stands.
#[utoipa::path(
    patch, path = "/integrated-account/{id}", tag = "Accounts", operation_id = "change_account",
    params(("id" = uuid::Uuid, Path, description = "The account")),
    request_body = AccountChange,
    responses((status = 200, description = "The account as it is now, without its key", body = AccountView)),
)]
pub(super) async fn change(
    State(admin): State<Admin>,
    Id(id): Id,
    _: NoQuery,
    Object(given): Object,
) -> Answer<Json<AccountView>> {
    Ok(Json(admin.registry.change_account(id, given).await?))
}

/// Removes an account with all its servers.
#[utoipa::path(
    delete, path = "/integrated-account/{id}", tag = "Accounts", operation_id = "remove_account",
    params(("id" = uuid::Uuid, Path, description = "The account")),
    responses((status = 200, description = "What went with it", body = Removed)),
)]
pub(super) async fn remove(State(admin): State<Admin>, Id(id): Id, _: NoQuery) -> Answer<Json<Removed>> {
    Ok(Json(admin.registry.remove_account(id).await?))
}
