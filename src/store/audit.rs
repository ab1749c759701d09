//! The audit log: one row per change, sign-in and denial. Rows are added and purged, and never changed.

use jiff::Timestamp;
use serde::Serialize;
use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, Row as _};
use uuid::Uuid;

use super::column::{column, from_json, to_json};
use super::connection::Store;
use super::error::{Result, StoreError};
use super::record::{Record as _, insert, record};
use super::report::Report;

record! {
    /// A row of the audit log.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct AuditRow {
        /// The identifier. Identifiers increase with time.
        pub id: Uuid,
        /// The time of the event.
        pub at: Timestamp,
        /// The name of the person or program that acted.
        pub actor: String,
        /// The identifier of the API token or user that acted, if it was one.
        pub actor_id: Option<Uuid>,
        /// The IP address from which it acted, if it was over the network.
        pub address: Option<String>,
        /// The event.
        pub action: AuditAction,
        /// The kind of the object.
        pub object: AuditObject,
        /// The identifier of the object.
        pub object_id: Option<Uuid>,
        /// The name of the object at that time.
        pub object_name: Option<String>,
        /// The names of the fields that changed.
        pub fields: Vec<String>,
        /// The address and the minute of a denial.
        pub denial: Option<String>,
    }
}

/// Declares an enum whose variants have a name in the admin API and in the store.
macro_rules! names {
    ($(#[$about:meta])* pub enum $enum:ident { $($(#[doc = $doc:literal])* $variant:ident = $name:literal,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, utoipa::ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $enum {
            $($(#[doc = $doc])* $variant,)*
        }

        impl $enum {
            /// All variants.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name in the admin API and in the store.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }

        column!(
            $enum as String,
            read: |name: String| $enum::ALL.iter().copied().find(|one| one.name() == name),
            write: |one: &$enum| one.name().to_owned()
        );
    };
}

names! {
    /// An event in the audit log.
    pub enum AuditAction {
        /// An object was created.
        Created = "created",
        /// Fields of an object were changed.
        Updated = "updated",
        /// A server, token, session or connection was revoked.
        Revoked = "revoked",
        /// An object was deleted.
        Deleted = "deleted",
        /// The secret of an object was replaced: the URL of a server, or the master key.
        Rotated = "rotated",
        /// A user signed in.
        SignedIn = "signed_in",
        /// A user signed out.
        SignedOut = "signed_out",
        /// A request or sign-in was refused.
        Denied = "denied",
    }
}

names! {
    /// The kind of an object in the audit log.
    pub enum AuditObject {
        /// An account.
        Account = "account",
        /// A server.
        Server = "server",
        /// An API token.
        ApiToken = "api_token",
        /// A user.
        User = "user",
        /// An identity provider.
        IdentityProvider = "identity_provider",
        /// An OAuth client.
        OauthClient = "oauth_client",
        /// The connection of a user, a client and a server.
        Connection = "connection",
        /// The master key.
        MasterKey = "master_key",
        /// The admin API or the console.
        AdminApi = "admin_api",
    }
}

column!(Vec<String> as String, read: |text: String| from_json(&text), write: to_json);

/// The rows to select. Omitted fields mean no restriction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Events of the actor with this name.
    pub actor: Option<String>,
    /// Events of the actor with this identifier.
    pub actor_id: Option<Uuid>,
    /// Events of this kind.
    pub action: Option<AuditAction>,
    /// Events of objects of this kind.
    pub object: Option<AuditObject>,
    /// Events of the object with this identifier.
    pub object_id: Option<Uuid>,
    /// Events at or after this time.
    pub since: Option<Timestamp>,
    /// Events before this time.
    pub until: Option<Timestamp>,
    /// Events whose identifier is less than this one.
    pub before: Option<Uuid>,
}

impl Store {
    /// Runs a statement that changes something and adds `row`, in one transaction. If the statement changes no row of the
    /// store, nothing is added. Returns the number of rows that it changed.
    pub(super) async fn audited(&self, change: Query<'_, Any, AnyArguments>, row: &AuditRow) -> Result<u64> {
        let mut transaction = self.begin().await?;
        let changed = change.execute(&mut *transaction).await.map_err(|error| self.writes().explained(error))?;
        if changed.rows_affected() == 0 {
            transaction.rollback().await?;
            return Ok(0);
        }
        insert("audit", row).execute(&mut *transaction).await?;
        self.commit(transaction).await?;
        Ok(changed.rows_affected())
    }

    /// Adds a row for an event that changes nothing else in the store.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub async fn add_audit_row(&self, row: &AuditRow) -> Result<()> {
        insert("audit", row).execute(self.writes()).await?;
        Ok(())
    }

    /// Adds the row of a denial, unless there is one of the same address and minute, or as many as `limit` since `day`.
    /// Returns whether there is room for more denials since `day`.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available, or if so little disk space is left that only operators may write.
    pub async fn add_denial(&self, row: &AuditRow, day: Timestamp, limit: i64) -> Result<bool> {
        let count = sqlx::query("SELECT COUNT(*) AS denials FROM audit WHERE denial IS NOT NULL AND at >= $1");
        let denials: i64 = count.bind(day.as_millisecond()).fetch_one(self.reads()).await?.try_get("denials")?;
        if denials >= limit {
            return Ok(false);
        }
        let mut transaction = self.begin_log().await?;
        match insert("audit", row).execute(&mut *transaction).await.map_err(StoreError::from) {
            Ok(_) => self.commit(transaction).await?,
            // Another node was first.
            Err(StoreError::Duplicate) => transaction.rollback().await?,
            Err(error) => return Err(error),
        }
        Ok(true)
    }

    /// Returns at most `limit` rows, latest first.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available, if a row is damaged, or if the search takes too long.
    pub async fn audit_rows(&self, filter: &AuditFilter, limit: i64) -> Result<Vec<AuditRow>> {
        let mut report = Report::default();
        report.push(&format!("SELECT {} FROM audit WHERE 1 = 1", AuditRow::COLUMNS.join(", ")));
        let texts = [
            ("actor =", filter.actor.clone()),
            ("actor_id =", filter.actor_id.map(|id| id.to_string())),
            ("action =", filter.action.map(|action| action.name().to_owned())),
            ("object =", filter.object.map(|object| object.name().to_owned())),
            ("object_id =", filter.object_id.map(|id| id.to_string())),
            ("id <", filter.before.map(|id| id.to_string())),
        ];
        for (condition, text) in texts {
            if let Some(text) = text {
                report.push(&format!(" AND {condition} ")).bind(text);
            }
        }
        for (condition, time) in [("at >=", filter.since), ("at <", filter.until)] {
            if let Some(time) = time {
                report.push(&format!(" AND {condition} ")).bind(time.as_millisecond());
            }
        }
        report.push(" ORDER BY id DESC LIMIT ").bind(limit);
        self.report(report).await
    }

    /// Deletes all rows before `time`. Returns their number.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub async fn purge_audit_rows(&self, before: Timestamp) -> Result<u64> {
        self.delete_in_slices("audit", "at < $1 ORDER BY at", before.as_millisecond()).await
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::{AuditAction, AuditObject};

    #[test]
    fn names_are_the_serialised_ones() {
        let actions = AuditAction::ALL.iter().map(|one| (serde_json::to_value(one).unwrap(), one.name()));
        let objects = AuditObject::ALL.iter().map(|one| (serde_json::to_value(one).unwrap(), one.name()));
        for (serialised, name) in actions.chain(objects) {
            assert_eq!(serialised, name);
        }
    }
}
