//! Users: who they are, what they may do, and who may sign in.
//!
//! A user is the subject of an issuer: an identity provider, or this server for API tokens. An e-mail address does not
//! identify a user, because it can be given to another person, and some issuers let their users choose it.

mod values;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use tool_runtime::violation::Violations;
use uuid::Uuid;

use super::audit::Audited;
use super::error::{RegistryError, Result};
use super::page::{ListQuery, Page};
use super::principal::{Actor, Principal};
use super::request::{FormRequest as _, request};
use super::revision::{Precondition, Revised, Revision};
use super::sign_in::UserFacts;
use super::state::Registry;
use crate::store::{ActiveUserRow, AuditAction, AuditObject, StoreError, TokenRole, UserRole, UserRow, UserStatus};

/// The issuer of users who sign in with an API token. The issuers of identity providers are URLs.
const API_TOKENS: &str = "api-token";
/// The prefix of the subject of the admin token in the settings. A part of the token's hash follows, so that another token
/// in the settings is another user.
const SETTINGS: &str = "settings-";
/// The length of that part.
const SETTINGS_DIGITS: usize = 16;
/// The principal who creates users.
const SIGN_IN: &str = "sign-in";

request! {
    /// A change to a user. Omitted fields keep their value.
    pub struct UserChange as "UserChangeRequest" {
        /// The role of the user. The role of a user who signs in with an API token is at most that of the token.
        role: Option<UserRole>,
        /// `disabled` bars the user from signing in, ends the user's sessions, and outlives the deletion of the user.
        status: Option<UserStatus>,
    }
}

/// A user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = User)]
pub struct UserView {
    /// The ID of the user.
    pub id: Uuid,
    /// The party that vouches for the subject: the issuer of an identity provider, or `api-token`.
    pub issuer: String,
    /// The identifier of the user at the issuer.
    pub subject: String,
    /// The name of the user.
    pub name: String,
    /// The e-mail address of the user, or `null` if the issuer gave none.
    #[schema(required)]
    pub email: Option<String>,
    /// True if rules with e-mail addresses and domains apply to the address: the issuer vouches for it.
    pub email_verified: bool,
    /// The groups of the user at the last sign-in.
    pub groups: Vec<String>,
    /// The role of the user.
    pub role: UserRole,
    /// `active` if the user may sign in, `disabled` if not.
    pub status: UserStatus,
    /// The name of the principal who created the user.
    pub created_by: String,
    /// The name of the principal who last changed the role or the status.
    pub updated_by: String,
    /// The time of the first sign-in.
    pub created_at: Timestamp,
    /// The time of the last change.
    pub updated_at: Timestamp,
    /// The time of the last use, or `null` if there was none.
    #[schema(required)]
    pub last_used_at: Option<Timestamp>,
    /// The state of the role and the status.
    #[serde(skip)]
    #[schema(ignore)]
    pub revision: Revision,
}

impl Revised for UserView {
    const KIND: &'static str = "user";

    fn revision(&self) -> &Revision {
        &self.revision
    }
}

/// A user who may act now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActiveUser {
    /// The ID of the user.
    pub id: Uuid,
    /// The name of the user, for people.
    pub name: String,
    /// The e-mail address, if the issuer gave one.
    pub email: Option<String>,
    /// True if the address counts in rules.
    pub email_verified: bool,
    /// The groups of the user at the last sign-in.
    pub groups: Vec<String>,
    /// The role of the user.
    pub role: UserRole,
    /// The identity provider that admitted the user last; `None` for a user who signs in with an API token.
    pub provider_id: Option<Uuid>,
}

impl ActiveUser {
    /// The text by which people know the user: the e-mail address, or else the name.
    pub(crate) fn shown_name(&self) -> &str {
        self.email.as_deref().unwrap_or(&self.name)
    }

    /// The facts on which the rules of servers depend.
    pub fn facts(&self) -> UserFacts<'_> {
        UserFacts {
            email: self.email.as_deref(),
            email_verified: self.email_verified,
            groups: &self.groups,
            provider: self.provider_id,
        }
    }

    /// The user as the author of a change.
    pub fn actor(&self) -> Actor {
        Actor { name: self.shown_name().to_owned(), id: Some(self.id), address: None }
    }

    /// The user as the object of an event.
    pub(crate) fn audited(&self) -> Audited<'_> {
        Audited::new(AuditObject::User, self.id, self.shown_name())
    }
}

/// The facts that an issuer states about a user at a sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The issuer.
    pub issuer: String,
    /// The identifier of the user at the issuer.
    pub subject: String,
    /// The name of the user, for people.
    pub name: String,
    /// The e-mail address, if the issuer gives one.
    pub email: Option<String>,
    /// True if the address counts in rules.
    pub email_verified: bool,
    /// The groups of the user.
    pub groups: Vec<String>,
    /// The role that the user has after the first sign-in.
    pub first_role: UserRole,
    /// The identity provider, unless the user signs in with an API token.
    pub provider_id: Option<Uuid>,
    /// The API token in the store that the user signs in with, if there is one.
    pub api_token_id: Option<Uuid>,
}

impl Registry {
    /// Returns a page of users, oldest first, for a [`ListQuery`].
    ///
    /// # Errors
    /// Fails with every violation in `query`, or if the store fails.
    pub async fn users(&self, query: Map<String, Value>) -> Result<Page<UserView>> {
        let ListQuery { page } = ListQuery::read(query, self.limits())?;
        let rows = self.0.store.users(page.after, page.rows()).await?;
        Ok(page.page(rows, |row| row.id, view_of_row))
    }

    /// Returns the user `id`.
    ///
    /// # Errors
    /// Fails if there is no such user, or if the store fails.
    pub async fn user(&self, id: Uuid) -> Result<UserView> {
        Ok(view_of_row(self.user_row(id).await?))
    }

    /// Updates a user with a [`UserChange`] request.
    ///
    /// # Errors
    /// Fails with every violation in `given`, if there is no such user, if the user has another revision than `expected`,
    /// or if the store fails.
    pub async fn update_user(
        &self,
        id: Uuid,
        given: Map<String, Value>,
        by: &Actor,
        expected: &Precondition,
    ) -> Result<UserView> {
        let UserChange { role, status } = UserChange::read(given, self.limits())?;
        loop {
            let before = self.user_row(id).await?;
            expected.check(&view_of_row(before.clone()))?;
            if role == Some(UserRole::Admin) && self.is_limited_to_member(&before).await? {
                let problem = "cannot be \"admin\", because the user signs in with an API token of the role caller";
                return Err(Violations::new(problem, "\"member\"").under_key("role").into());
            }
            let (role, status) = (role.unwrap_or(before.role), status.unwrap_or(before.status));
            if (role, status) == (before.role, before.status) {
                return Ok(view_of_row(before));
            }
            let (updated_by, version, updated_at) = (by.name.clone(), before.version + 1, self.0.clock.now());
            let row = UserRow { role, status, updated_by, version, updated_at, ..before.clone() };
            let updated = self.event(by, AuditAction::Updated, audited(&row), changed_fields(&row, &before));
            let _change = self.0.changes.begin(Some(id));
            // If another change came first, this one is applied on top of it.
            if self.0.store.change_user(&row, before.version, &updated).await? {
                return Ok(view_of_row(row));
            }
        }
    }

    /// Deletes a user, with the user's sessions and all else that belongs to the user. A disabled user stays barred.
    ///
    /// # Errors
    /// Fails if there is no such user, if the user has another revision than `expected`, or if the store fails.
    pub async fn delete_user(&self, id: Uuid, by: &Actor, expected: &Precondition) -> Result<()> {
        loop {
            let before = self.user_row(id).await?;
            expected.check(&view_of_row(before.clone()))?;
            let bar = (before.status == UserStatus::Disabled).then(|| self.bar_of(&before, by));
            let deleted = self.event(by, AuditAction::Deleted, audited(&before), Vec::new());
            let _change = self.0.changes.begin(Some(id));
            if self.0.store.delete_user(id, before.version, bar.as_ref(), &deleted).await? {
                return Ok(());
            }
        }
    }

    /// Returns the user `id`, if the user may act now.
    ///
    /// # Errors
    /// Fails if the store cannot be read.
    pub(crate) async fn active_user(&self, id: Uuid) -> Result<Option<ActiveUser>> {
        let row = self.0.store.active_user(id, self.0.clock.now()).await?;
        Ok(row.and_then(|row| self.active_user_of_row(row)))
    }

    /// Returns the user of a row of `active_user`, unless the API token that the user signs in with was in the settings and
    /// is no longer there.
    pub(crate) fn active_user_of_row(&self, row: ActiveUserRow) -> Option<ActiveUser> {
        let is_of_settings = row.issuer == API_TOKENS && row.subject.starts_with(SETTINGS);
        if is_of_settings && self.settings_subject().as_ref() != Some(&row.subject) {
            return None;
        }
        Some(ActiveUser {
            id: row.id,
            name: row.name,
            email: row.email,
            email_verified: row.email_verified,
            groups: row.group_names,
            role: row.role,
            provider_id: row.provider_id,
        })
    }

    /// Ends the access of users who signed in with an admin token that is no longer in the settings.
    pub(super) async fn end_former_settings_users(&self) -> std::result::Result<(), StoreError> {
        let subject = self.settings_subject().unwrap_or_default();
        self.0.store.delete_other_subjects(API_TOKENS, SETTINGS, &subject).await
    }

    /// Returns the identity of the user who signs in with an API token.
    pub(super) fn identity_of_api_token(&self, principal: &Principal) -> Option<Identity> {
        let subject = match principal.token_id {
            Some(id) => id.to_string(),
            None => self.settings_subject()?,
        };
        let first_role = match principal.role {
            TokenRole::Admin => UserRole::Admin,
            TokenRole::Caller => UserRole::Member,
        };
        Some(Identity {
            issuer: API_TOKENS.to_owned(),
            subject,
            name: principal.actor.name.clone(),
            email: None,
            email_verified: false,
            groups: Vec::new(),
            first_role,
            provider_id: None,
            api_token_id: principal.token_id,
        })
    }

    /// Stores what an issuer says of a user. Returns the user's ID, or `None` if the user is disabled.
    pub(super) async fn admit(&self, identity: &Identity) -> Result<Option<Uuid>> {
        let (store, now) = (&self.0.store, self.0.clock.now());
        loop {
            match store.user_of_subject(&identity.issuer, &identity.subject).await? {
                None => match store.add_user(&new_row(identity, now)).await {
                    Ok(()) | Err(StoreError::Duplicate) => {}
                    Err(error) => return Err(error.into()),
                },
                Some(before) => {
                    let created_at = if before.deleted_at.is_some() { now } else { before.created_at };
                    let profile = new_row(identity, now);
                    let row = UserRow { id: before.id, created_at, ..profile };
                    if store.set_user_profile(&row).await? {
                        return Ok((before.status == UserStatus::Active).then_some(before.id));
                    }
                }
            }
        }
    }

    async fn user_row(&self, id: Uuid) -> Result<UserRow> {
        self.0.store.user(id).await?.ok_or(RegistryError::NotFound(UserView::KIND))
    }

    /// The subject of the user who signs in with the admin token in the settings, if there is one.
    fn settings_subject(&self) -> Option<String> {
        let digits = self.0.settings_admin.as_ref()?.as_str().get(..SETTINGS_DIGITS)?;
        Some(format!("{SETTINGS}{digits}"))
    }

    /// Returns whether a user signs in with an API token of the role `caller`.
    async fn is_limited_to_member(&self, user: &UserRow) -> Result<bool> {
        let Some(token) = user.api_token_id else { return Ok(false) };
        let token = self.0.store.api_token_by_id(token, self.0.clock.now()).await?;
        Ok(token.is_none_or(|token| token.role == TokenRole::Caller))
    }

    /// Returns the row that is left of a disabled user who is deleted: the subject and the status.
    fn bar_of(&self, user: &UserRow, by: &Actor) -> UserRow {
        let now = self.0.clock.now();
        UserRow {
            id: Uuid::now_v7(),
            name: String::new(),
            email: None,
            email_verified: false,
            group_names: Vec::new(),
            role: UserRole::Member,
            updated_by: by.name.clone(),
            updated_at: now,
            last_used_at: None,
            deleted_at: Some(now),
            ..user.clone()
        }
    }
}

fn new_row(identity: &Identity, now: Timestamp) -> UserRow {
    UserRow {
        id: Uuid::now_v7(),
        issuer: identity.issuer.clone(),
        subject: identity.subject.clone(),
        name: identity.name.clone(),
        email: identity.email.clone(),
        email_verified: identity.email_verified,
        group_names: identity.groups.clone(),
        role: identity.first_role,
        status: UserStatus::Active,
        provider_id: identity.provider_id,
        api_token_id: identity.api_token_id,
        updated_by: SIGN_IN.to_owned(),
        version: 1,
        created_at: now,
        updated_at: now,
        last_used_at: Some(now),
        deleted_at: None,
    }
}

fn audited(row: &UserRow) -> Audited<'_> {
    Audited::new(AuditObject::User, row.id, row.email.as_deref().unwrap_or(&row.name))
}

/// The names of the fields that an update changed.
fn changed_fields(user: &UserRow, before: &UserRow) -> Vec<String> {
    let fields = [("role", user.role != before.role), ("status", user.status != before.status)];
    fields.into_iter().filter(|(_, changed)| *changed).map(|(name, _)| name.to_owned()).collect()
}

fn view_of_row(row: UserRow) -> UserView {
    UserView {
        revision: Revision::new(row.version, row.updated_at),
        id: row.id,
        issuer: row.issuer,
        subject: row.subject,
        name: row.name,
        email: row.email,
        email_verified: row.email_verified,
        groups: row.group_names,
        role: row.role,
        status: row.status,
        created_by: SIGN_IN.to_owned(),
        updated_by: row.updated_by,
        created_at: row.created_at,
        updated_at: row.updated_at,
        last_used_at: row.last_used_at,
    }
}
