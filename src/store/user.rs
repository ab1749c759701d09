//! Users: the people who have signed in.

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::audit::AuditRow;
use super::column::{column, lower_bound, to_json};
use super::connection::Store;
use super::error::Result;
use super::record::{insert, record, select};

record! {
    /// A user.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct UserRow {
        /// The identifier.
        pub id: Uuid,
        /// The party that vouches for the subject: an identity provider, or this server for API tokens.
        pub issuer: String,
        /// The identifier of the user at the issuer.
        pub subject: String,
        /// The name of the user, for people.
        pub name: String,
        /// The e-mail address, if the issuer gave one.
        pub email: Option<String>,
        /// True if the address counts in rules: the issuer vouches for it.
        pub email_verified: bool,
        /// The groups that the issuer named at the last sign-in.
        pub group_names: Vec<String>,
        /// The rights of the user.
        pub role: UserRole,
        /// The bar of the user, if there is one.
        pub status: UserStatus,
        /// The identity provider that admitted the user last.
        pub provider_id: Option<Uuid>,
        /// The API token that the user signs in with, if there is one in the store.
        pub api_token_id: Option<Uuid>,
        /// The name of the principal who last changed the role or the status.
        pub updated_by: String,
        /// The number of changes.
        pub version: i64,
        /// The time of the first sign-in.
        pub created_at: Timestamp,
        /// The time of the last change.
        pub updated_at: Timestamp,
        /// The time of the last use.
        pub last_used_at: Option<Timestamp>,
        /// The time of the deletion, if only the bar of a disabled user is left.
        pub deleted_at: Option<Timestamp>,
    }
}

record! {
    /// A user who may act, as of the view `active_user`.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ActiveUserRow {
        /// The identifier.
        pub id: Uuid,
        /// The party that vouches for the subject.
        pub issuer: String,
        /// The identifier of the user at the issuer.
        pub subject: String,
        /// The name of the user, for people.
        pub name: String,
        /// The e-mail address, if the issuer gave one.
        pub email: Option<String>,
        /// True if the address counts in rules.
        pub email_verified: bool,
        /// The groups that the issuer named at the last sign-in.
        pub group_names: Vec<String>,
        /// The rights of the user.
        pub role: UserRole,
        /// The identity provider that admitted the user last.
        pub provider_id: Option<Uuid>,
        /// The expiry time of the API token that the user signs in with, if any.
        pub token_expires_at: Option<Timestamp>,
    }
}

/// The rights of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UserRole {
    /// All operations of the admin API.
    Admin,
    /// The user's own connections and calls.
    Member,
}

impl UserRole {
    /// All roles.
    pub const ALL: [Self; 2] = [Self::Admin, Self::Member];

    /// The name of the role in the admin API and in the store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Member => "member",
        }
    }
}

column!(UserRole as String, read: |name: String| UserRole::ALL.into_iter().find(|role| role.name() == name), write: |role: &UserRole| role.name().to_owned());

/// The bar of a user, if there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UserStatus {
    /// The user may sign in.
    Active,
    /// The user may not sign in, and has no session and no connection that works.
    Disabled,
}

impl UserStatus {
    /// All states.
    pub const ALL: [Self; 2] = [Self::Active, Self::Disabled];

    /// The name of the state in the admin API and in the store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }
}

column!(UserStatus as String, read: |name: String| UserStatus::ALL.into_iter().find(|status| status.name() == name), write: |status: &UserStatus| status.name().to_owned());

impl Store {
    /// Adds a user.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available, or with [`StoreError::Duplicate`](super::StoreError::Duplicate) if the
    /// subject of the issuer is stored already.
    pub(crate) async fn add_user(&self, user: &UserRow) -> Result<()> {
        insert("users", user).execute(self.writes()).await?;
        Ok(())
    }

    /// Returns the user with that identifier, unless the user was deleted.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available or a row is damaged.
    pub async fn user(&self, id: Uuid) -> Result<Option<UserRow>> {
        let query = select::<UserRow>("users", "WHERE id = $1 AND deleted_at IS NULL").bind(id.to_string());
        Ok(query.fetch_optional(self.reads()).await?)
    }

    /// Returns the user who is that subject of that issuer. One who was disabled and deleted is returned as well.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available or a row is damaged.
    pub(crate) async fn user_of_subject(&self, issuer: &str, subject: &str) -> Result<Option<UserRow>> {
        let query = select::<UserRow>("users", "WHERE issuer = $1 AND subject = $2").bind(issuer.to_owned());
        Ok(query.bind(subject.to_owned()).fetch_optional(self.reads()).await?)
    }

    /// Returns at most `limit` users after `after`, oldest first.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available or a row is damaged.
    pub async fn users(&self, after: Option<Uuid>, limit: i64) -> Result<Vec<UserRow>> {
        let query = select::<UserRow>("users", "WHERE id > $1 AND deleted_at IS NULL ORDER BY id LIMIT $2");
        Ok(query.bind(lower_bound(after)).bind(limit).fetch_all(self.reads()).await?)
    }

    /// Stores what the issuer says of a user at a sign-in, and lifts the deletion of a user of whom only the bar was left.
    /// Returns whether the user still exists.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub(crate) async fn set_user_profile(&self, user: &UserRow) -> Result<bool> {
        let done = sqlx::query(
            "UPDATE users SET name = $1, email = $2, email_verified = $3, group_names = $4, provider_id = $5, \
             api_token_id = $6, created_at = $7, last_used_at = $8, deleted_at = NULL WHERE id = $9",
        )
        .bind(user.name.as_str())
        .bind(user.email.as_deref())
        .bind(i64::from(user.email_verified))
        .bind(to_json(&user.group_names))
        .bind(user.provider_id.map(|id| id.to_string()))
        .bind(user.api_token_id.map(|id| id.to_string()))
        .bind(user.created_at.as_millisecond())
        .bind(user.last_used_at.map(Timestamp::as_millisecond))
        .bind(user.id.to_string())
        .execute(self.writes())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Stores another role or status of a user who is still at version `before`. Returns whether the user was. A user who
    /// is not active afterwards has no session left.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub(crate) async fn change_user(&self, user: &UserRow, before: i64, audit: &AuditRow) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let done = sqlx::query(
            "UPDATE users SET role = $1, status = $2, updated_by = $3, version = $4, updated_at = $5 \
             WHERE id = $6 AND version = $7",
        )
        .bind(user.role.name())
        .bind(user.status.name())
        .bind(user.updated_by.as_str())
        .bind(user.version)
        .bind(user.updated_at.as_millisecond())
        .bind(user.id.to_string())
        .bind(before)
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() == 0 {
            transaction.rollback().await?;
            return Ok(false);
        }
        if user.status != UserStatus::Active {
            let sessions = sqlx::query("DELETE FROM browser_session WHERE user_id = $1").bind(user.id.to_string());
            sessions.execute(&mut *transaction).await?;
        }
        insert("audit", audit).execute(&mut *transaction).await?;
        self.commit(transaction).await?;
        Ok(true)
    }

    /// Deletes a user and everything that belongs to the user, if the user is at version `version`. With `bar`, that row takes
    /// the user's place. Returns whether the user was deleted.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub async fn delete_user(&self, id: Uuid, version: i64, bar: Option<&UserRow>, audit: &AuditRow) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let delete = sqlx::query("DELETE FROM users WHERE id = $1 AND version = $2 AND deleted_at IS NULL");
        let done = delete.bind(id.to_string()).bind(version).execute(&mut *transaction).await?;
        if done.rows_affected() == 0 {
            transaction.rollback().await?;
            return Ok(false);
        }
        if let Some(bar) = bar {
            insert("users", bar).execute(&mut *transaction).await?;
        }
        insert("audit", audit).execute(&mut *transaction).await?;
        self.commit(transaction).await?;
        Ok(true)
    }

    /// Returns the user with that identifier, if the user may act at `now`.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available or a row is damaged.
    pub(crate) async fn active_user(&self, id: Uuid, now: Timestamp) -> Result<Option<ActiveUserRow>> {
        let query = select::<ActiveUserRow>("active_user", "WHERE id = $1 AND COALESCE(token_expires_at, $3) > $2");
        let query = query.bind(id.to_string()).bind(now.as_millisecond()).bind(i64::MAX);
        Ok(query.fetch_optional(self.lookups()).await?)
    }

    /// Deletes the users whose API token was revoked or has been purged, and who can never sign in again. Returns
    /// their number.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub async fn purge_users_without_token(&self) -> Result<u64> {
        let query =
            "DELETE FROM users WHERE api_token_id IS NOT NULL AND api_token_id NOT IN (SELECT id FROM api_token)";
        Ok(sqlx::query(query).execute(self.writes()).await?.rows_affected())
    }

    /// Deletes the users of an issuer whose subject begins with `prefix`, except `subject`, with everything that belongs to
    /// them. Disabled users stay.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub(crate) async fn delete_other_subjects(&self, issuer: &str, prefix: &str, subject: &str) -> Result<()> {
        let query = "DELETE FROM users WHERE issuer = $1 AND subject LIKE $2 AND subject <> $3 AND status = 'active'";
        let query = sqlx::query(query).bind(issuer).bind(format!("{prefix}%")).bind(subject);
        query.execute(self.writes()).await?;
        Ok(())
    }
}
