//! Routes for accounts.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use http::StatusCode;
use serde::Serialize;

use super::error::AdminResult;
use super::extract::{DryRunQuery, JsonBody, NoQuery, PathId, Query, QueryObject};
use super::revision::{IfMatch, Tagged};
use super::state::AdminApi;
use crate::doctor::Finding;
use crate::registry::{
    AccountChange, AccountView, Actor, DeletedAccount, ListQuery, NewAccount, Page, Revised, Revision,
};

/// The result of a dry run: the findings about the account.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct AccountCheck {
    /// The findings, one for each check.
    findings: Vec<Finding>,
}

/// An account that was just checked, with the findings.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct CheckedAccount {
    /// The account.
    #[serde(flatten)]
    account: AccountView,
    /// The findings, one for each check.
    findings: Vec<Finding>,
}

impl Revised for CheckedAccount {
    const KIND: &'static str = AccountView::KIND;

    fn revision(&self) -> &Revision {
        self.account.revision()
    }
}

/// Create an account
///
/// Stores the address and the API key of an account. With `dry_run=true` the account is checked and not stored.
#[utoipa::path(
    post, path = "/integrated-account", tag = "Accounts", operation_id = "create_account",
    params(DryRunQuery),
    request_body = NewAccount,
    responses(
        (status = 200, description = "The findings of a dry run. Nothing was stored.", body = AccountCheck),
        (status = 201, description = "The account that was created.", body = AccountView),
    ),
)]
pub(super) async fn create(
    State(admin): State<AdminApi>,
    Extension(actor): Extension<Actor>,
    Query(query): Query<DryRunQuery>,
    JsonBody(given): JsonBody,
) -> AdminResult<Response> {
    if query.is_dry_run() {
        let account = admin.registry.dry_run_account(given)?;
        return Ok(Json(AccountCheck { findings: (admin.check_account)(account).await.findings }).into_response());
    }
    let account = admin.registry.create_account(given, &actor).await?;
    Ok((StatusCode::CREATED, Tagged(account)).into_response())
}

/// List accounts
///
/// Returns the accounts, oldest first.
#[utoipa::path(
    get, path = "/integrated-account", tag = "Accounts", operation_id = "list_accounts",
    params(ListQuery),
    responses((status = 200, description = "A page of accounts.", body = Page<AccountView>)),
)]
pub(super) async fn list(
    State(admin): State<AdminApi>,
    QueryObject(query): QueryObject,
) -> AdminResult<Json<Page<AccountView>>> {
    Ok(Json(admin.registry.accounts(query).await?))
}

/// Get an account
#[utoipa::path(
    get, path = "/integrated-account/{id}", tag = "Accounts", operation_id = "get_account",
    params(("id" = uuid::Uuid, Path, description = "The ID of the account.")),
    responses((status = 200, description = "The account.", body = AccountView)),
)]
pub(super) async fn get(
    State(admin): State<AdminApi>,
    PathId(id): PathId,
    _: Query<NoQuery>,
) -> AdminResult<Tagged<AccountView>> {
    Ok(Tagged(admin.registry.account(id).await?))
}

/// Update an account
///
/// Changes the fields that you send, and keeps the others. A new API key takes effect at the next call.
#[utoipa::path(
    patch, path = "/integrated-account/{id}", tag = "Accounts", operation_id = "update_account",
    params(("id" = uuid::Uuid, Path, description = "The ID of the account.")),
    request_body = AccountChange,
    responses((status = 200, description = "The updated account.", body = AccountView)),
)]
pub(super) async fn update(
    State(admin): State<AdminApi>,
    Extension(actor): Extension<Actor>,
    PathId(id): PathId,
    _: Query<NoQuery>,
    IfMatch(expected): IfMatch,
    JsonBody(given): JsonBody,
) -> AdminResult<Tagged<AccountView>> {
    Ok(Tagged(admin.registry.update_account(id, given, &expected, &actor).await?))
}

/// Check an account
///
/// Tries the account with a few calls that change nothing, and stores the outcome as `last_check`. If the API refuses the
/// key, the status becomes `needs_reauth`; if it accepts the key, `active`.
#[utoipa::path(
    post, path = "/integrated-account/{id}/check", tag = "Accounts", operation_id = "check_account",
    params(("id" = uuid::Uuid, Path, description = "The ID of the account.")),
    responses((status = 200, description = "The account with the findings.", body = CheckedAccount)),
)]
pub(super) async fn check(
    State(admin): State<AdminApi>,
    PathId(id): PathId,
    _: Query<NoQuery>,
) -> AdminResult<Tagged<CheckedAccount>> {
    let stored = admin.registry.stored_account(id).await?;
    let seen = (admin.check_account)(stored.account.clone()).await;
    let (outcome, key_works) = (seen.outcome(), seen.key_works());
    let account = admin.registry.record_check(id, &stored, outcome, key_works, seen.ratelimit).await?;
    Ok(Tagged(CheckedAccount { account, findings: seen.findings }))
}

/// Delete an account
///
/// Deletes the account with its API key, and revokes all its servers.
#[utoipa::path(
    delete, path = "/integrated-account/{id}", tag = "Accounts", operation_id = "delete_account",
    params(("id" = uuid::Uuid, Path, description = "The ID of the account.")),
    responses((status = 200, description = "The account was deleted.", body = DeletedAccount)),
)]
pub(super) async fn delete(
    State(admin): State<AdminApi>,
    Extension(actor): Extension<Actor>,
    PathId(id): PathId,
    _: Query<NoQuery>,
    IfMatch(expected): IfMatch,
) -> AdminResult<Json<DeletedAccount>> {
    Ok(Json(admin.registry.delete_account(id, &expected, &actor).await?))
}
