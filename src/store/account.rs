//! Accounts at the API. Their API keys are sealed.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::Row as _;
use uuid::Uuid;

use super::audit::{AuditAction, AuditObject, AuditRow};
use super::column::{column, from_json, lower_bound, read_column, to_json};
use super::connection::Store;
use super::error::{Result, StoreError};
use super::fact::insert_once;
use super::record::{insert, record, select};

record! {
    /// An account.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct AccountRow {
        /// The identifier.
        pub id: Uuid,
        /// The name that an operator gave it.
        pub name: String,
        /// The values of the base URL's variables, by name.
        pub variables: BTreeMap<String, String>,
        /// The URL that replaces the base URL, if any.
        pub base_url: Option<String>,
        /// The name of the master key that sealed the API key.
        pub key_id: String,
        /// The sealed API key.
        pub sealed_key: String,
        /// True if the API accepted the key when it was last used.
        pub status: Health,
        /// The last observation of the account at the API, or `None` if its present key and address were never tried.
        pub last_check: Option<CheckFacts>,
        /// The rate limit that the API last reported.
        pub ratelimit: Option<RateLimitFacts>,
        /// The age in seconds up to which replies are used again.
        pub cache_seconds: u32,
        /// The name of the principal who created it.
        pub created_by: String,
        /// The name of the principal who changed it last.
        pub updated_by: String,
        /// The number of changes that operators have made, from 1.
        pub version: i64,
        /// The time of creation.
        pub created_at: Timestamp,
        /// The time of an operator's last change.
        pub updated_at: Timestamp,
    }
}

/// The state of an account's API key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// The API accepted the key, or the key has not been used yet.
    Active,
    /// The API refused the key. The account needs a new one.
    NeedsReauth,
}

impl Health {
    /// All states.
    pub const ALL: [Self; 2] = [Self::Active, Self::NeedsReauth];

    /// The name of the state in the admin API, in the store and in metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::NeedsReauth => "needs_reauth",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|health| health.name() == name)
    }
}

column!(
    Health as String,
    read: |name: String| Health::from_name(&name),
    write: |health: &Health| health.name().to_owned()
);

/// A rate limit that the API reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RateLimitFacts {
    /// Calls that the API allows per window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// Calls that remained in the window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remaining: Option<u64>,
    /// Seconds until the next window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reset: Option<u64>,
    /// The time of the report.
    pub at: Timestamp,
}

/// An observation of an account at the API, by a check or a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = LastCheck)]
pub struct CheckFacts {
    /// The time of the check or call.
    pub at: Timestamp,
    /// `ok`, or the kind of the failure, such as `unauthorized` or `unreachable`.
    pub outcome: String,
}

column!(CheckFacts as String, read: |text: String| from_json(&text), write: to_json);
column!(BTreeMap<String, String> as String, read: |text: String| from_json(&text), write: to_json);
column!(RateLimitFacts as String, read: |text: String| from_json(&text), write: to_json);

impl Store {
    /// Adds an account.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available, or with [`StoreError::Orphan`] if its master key is no longer in
    /// use.
    pub async fn add_account(&self, account: &AccountRow, audit: &AuditRow) -> Result<()> {
        self.audited(insert("account", account), audit).await?;
        Ok(())
    }

    /// Returns the account with that identifier, if it exists.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available or a row is damaged.
    pub async fn account(&self, id: Uuid) -> Result<Option<AccountRow>> {
        let query = select::<AccountRow>("account", "WHERE id = $1").bind(id.to_string());
        Ok(query.fetch_optional(self.reads()).await?)
    }

    /// Returns at most `limit` accounts after `after`, oldest first.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available or a row is damaged.
    pub async fn accounts(&self, after: Option<Uuid>, limit: i64) -> Result<Vec<AccountRow>> {
        let query =
            select::<AccountRow>("account", "WHERE id > $1 ORDER BY id LIMIT $2").bind(lower_bound(after)).bind(limit);
        Ok(query.fetch_all(self.reads()).await?)
    }

    /// Returns at most `limit` accounts of that name, oldest first.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available or a row is damaged.
    pub async fn accounts_named(&self, name: &str, limit: i64) -> Result<Vec<AccountRow>> {
        let query = select::<AccountRow>("account", "WHERE name = $1 ORDER BY id LIMIT $2").bind(name).bind(limit);
        Ok(query.fetch_all(self.reads()).await?)
    }

    /// Returns at most `limit` accounts that are not sealed with the key called `key_id`, oldest first.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available or a row is damaged.
    pub(crate) async fn accounts_not_sealed_with(&self, key_id: &str, limit: i64) -> Result<Vec<AccountRow>> {
        let query = select::<AccountRow>("account", "WHERE key_id <> $1 ORDER BY id LIMIT $2").bind(key_id).bind(limit);
        Ok(query.fetch_all(self.reads()).await?)
    }

    /// Stores an operator's change to the account if it is still at version `before`. Returns whether it was.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available, or with [`StoreError::Orphan`] if its master key is no longer in
    /// use.
    pub async fn change_account(&self, account: &AccountRow, before: i64, audit: &AuditRow) -> Result<bool> {
        let change = sqlx::query(
            "UPDATE account SET name = $1, variables = $2, base_url = $3, key_id = $4, sealed_key = $5, status = $6, \
             last_check = $7, cache_seconds = $8, version = $9, updated_at = $10, updated_by = $11 \
             WHERE id = $12 AND version = $13",
        )
        .bind(account.name.as_str())
        .bind(to_json(&account.variables))
        .bind(account.base_url.clone())
        .bind(account.key_id.as_str())
        .bind(account.sealed_key.as_str())
        .bind(account.status.name())
        .bind(account.last_check.as_ref().map(to_json))
        .bind(i64::from(account.cache_seconds))
        .bind(account.version)
        .bind(account.updated_at.as_millisecond())
        .bind(account.updated_by.as_str())
        .bind(account.id.to_string())
        .bind(before);
        Ok(self.audited(change, audit).await? == 1)
    }

    /// Replaces an account's sealed key if it still equals the one in `before`. Returns whether it did. The version of the
    /// account stays the same.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available, or with [`StoreError::Orphan`] if the new master key is not in
    /// use.
    pub(crate) async fn reseal_account(&self, before: &AccountRow, key_id: &str, sealed_key: &str) -> Result<bool> {
        let done = sqlx::query("UPDATE account SET key_id = $1, sealed_key = $2 WHERE id = $3 AND sealed_key = $4")
            .bind(key_id)
            .bind(sealed_key)
            .bind(before.id.to_string())
            .bind(before.sealed_key.as_str())
            .execute(self.writes())
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Replaces the sealed key of every account by what `resealed` returns for it, all in one transaction that also inserts
    /// the fact of that name. Returns the number of keys that were replaced, or `None` if the fact exists: of several nodes
    /// that try at the same time, exactly one succeeds.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available or a row is damaged.
    pub(crate) async fn reseal_all_once(
        &self,
        fact: &str,
        content: &str,
        resealed: impl Fn(&AccountRow) -> Option<String>,
    ) -> Result<Option<u64>> {
        let mut transaction = self.begin().await?;
        if insert_once(fact, content).execute(&mut *transaction).await?.rows_affected() == 0 {
            transaction.rollback().await?;
            return Ok(None);
        }
        let accounts = select::<AccountRow>("account", "ORDER BY id").fetch_all(&mut *transaction).await?;
        let mut replaced = 0;
        for account in &accounts {
            let Some(sealed_key) = resealed(account) else { continue };
            let update = sqlx::query("UPDATE account SET sealed_key = $1 WHERE id = $2 AND sealed_key = $3");
            let update = update.bind(sealed_key).bind(account.id.to_string()).bind(account.sealed_key.as_str());
            replaced += update.execute(&mut *transaction).await?.rows_affected();
        }
        transaction.commit().await?;
        Ok(Some(replaced))
    }

    /// Stores what was seen of an account, and its status if the check or call showed whether the key works. Does nothing
    /// unless the account is still at version `version`: the result of a call with an earlier key says nothing about the
    /// current one. Returns whether it was stored.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub async fn set_check(
        &self,
        account: Uuid,
        version: i64,
        check: &CheckFacts,
        status: Option<Health>,
    ) -> Result<bool> {
        let query = "UPDATE account SET last_check = $1, status = COALESCE($2, status) WHERE id = $3 AND version = $4";
        let done = sqlx::query(query)
            .bind(to_json(check))
            .bind(status.map(|status| status.name().to_owned()))
            .bind(account.to_string())
            .bind(version)
            .execute(self.log_writes())
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Stores the rate limit that the API reported for an account.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub async fn set_ratelimit(&self, account: Uuid, facts: &RateLimitFacts) -> Result<()> {
        sqlx::query("UPDATE account SET ratelimit = $1 WHERE id = $2")
            .bind(to_json(facts))
            .bind(account.to_string())
            .execute(self.log_writes())
            .await?;
        Ok(())
    }

    /// Deletes an account with all its servers, if it is at version `version` or no version is given. Adds `audit`, and a row
    /// of the same actor for each server. Returns the number of servers, or `None` if nothing was deleted.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub async fn delete_account(&self, account: Uuid, version: Option<i64>, audit: &AuditRow) -> Result<Option<u64>> {
        loop {
            match self.try_to_delete_account(account, version, audit).await {
                // A server was added between the two statements. The next attempt deletes it as well.
                Err(StoreError::Orphan) => {}
                done => return done,
            }
        }
    }

    async fn try_to_delete_account(
        &self,
        account: Uuid,
        version: Option<i64>,
        audit: &AuditRow,
    ) -> Result<Option<u64>> {
        let id = account.to_string();
        let mut transaction = self.begin().await?;
        let servers = sqlx::query("DELETE FROM server WHERE account_id = $1 RETURNING id, name").bind(id.as_str());
        let servers = servers.fetch_all(&mut *transaction).await?;
        let accounts = sqlx::query("DELETE FROM account WHERE id = $1 AND version = COALESCE($2, version)");
        let accounts = accounts.bind(id.as_str()).bind(version);
        if accounts.execute(&mut *transaction).await?.rows_affected() == 0 {
            // The account is gone or at another version, so its servers stay as they are.
            transaction.rollback().await?;
            return Ok(None);
        }
        insert("audit", audit).execute(&mut *transaction).await?;
        for server in &servers {
            let revoked = AuditRow {
                id: Uuid::now_v7(),
                action: AuditAction::Revoked,
                object: AuditObject::Server,
                object_id: read_column(server, "id")?,
                object_name: read_column(server, "name")?,
                ..audit.clone()
            };
            insert("audit", &revoked).execute(&mut *transaction).await?;
        }
        self.commit(transaction).await?;
        Ok(Some(servers.len() as u64))
    }

    /// Returns the number of accounts in each state that occurs.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available or a row is damaged.
    pub async fn health_counts(&self) -> Result<Vec<(Health, i64)>> {
        let rows = sqlx::query("SELECT status, COUNT(*) AS accounts FROM account GROUP BY status")
            .fetch_all(self.reads())
            .await?;
        let counts = rows.iter().map(|row| Ok((read_column(row, "status")?, row.try_get("accounts")?)));
        Ok(counts.collect::<sqlx::Result<_>>()?)
    }
}
