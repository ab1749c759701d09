//! Sessions of browsers.

use jiff::Timestamp;
use uuid::Uuid;

use super::audit::AuditRow;
use super::column::read_column;
use super::connection::Store;
use super::error::Result;
use super::record::{Record as _, insert, record};
use super::user::ActiveUserRow;

record! {
    /// A session of a browser.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SessionRow {
        /// The keyed hash of the cookie.
        pub cookie_hash: String,
        /// The user.
        pub user_id: Uuid,
        /// The time of sign-in.
        pub created_at: Timestamp,
        /// The expiry time.
        pub expires_at: Timestamp,
    }
}

impl Store {
    /// Adds a session in place of the one whose cookie has the hash `replaced`, and ends the oldest sessions of its user beyond
    /// `most`.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available, or with [`StoreError::Orphan`](super::StoreError::Orphan) if the user was
    /// deleted meanwhile.
    pub(crate) async fn add_session(
        &self,
        session: &SessionRow,
        replaced: Option<&str>,
        most: i64,
        audit: &AuditRow,
    ) -> Result<()> {
        let mut transaction = self.begin().await?;
        let replace = sqlx::query("DELETE FROM browser_session WHERE cookie_hash = $1").bind(replaced);
        replace.execute(&mut *transaction).await?;
        insert("browser_session", session).execute(&mut *transaction).await?;
        let excess = "DELETE FROM browser_session WHERE user_id = $1 AND cookie_hash NOT IN \
                      (SELECT cookie_hash FROM browser_session WHERE user_id = $1 ORDER BY created_at DESC LIMIT $2)";
        sqlx::query(excess).bind(session.user_id.to_string()).bind(most).execute(&mut *transaction).await?;
        insert("audit", audit).execute(&mut *transaction).await?;
        self.commit(transaction).await
    }

    /// Returns the session whose cookie has that hash, with its user, unless it has expired by `now` or the user may no
    /// longer act.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available or a row is damaged.
    pub async fn session(&self, cookie_hash: &str, now: Timestamp) -> Result<Option<(SessionRow, ActiveUserRow)>> {
        let columns = ActiveUserRow::COLUMNS.iter().map(|column| format!("active_user.{column} AS {column}"));
        let columns = columns.collect::<Vec<_>>().join(", ");
        let query = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT browser_session.cookie_hash, browser_session.created_at, browser_session.expires_at, {columns} \
             FROM browser_session JOIN active_user ON active_user.id = browser_session.user_id \
             WHERE browser_session.cookie_hash = $1 AND browser_session.expires_at > $2 \
             AND COALESCE(active_user.token_expires_at, $3) > $2"
        )));
        let query = query.bind(cookie_hash).bind(now.as_millisecond()).bind(i64::MAX);
        let Some(row) = query.fetch_optional(self.lookups()).await? else { return Ok(None) };
        let user = <ActiveUserRow as sqlx::FromRow<_>>::from_row(&row)?;
        let session = SessionRow {
            cookie_hash: read_column(&row, "cookie_hash")?,
            user_id: user.id,
            created_at: read_column(&row, "created_at")?,
            expires_at: read_column(&row, "expires_at")?,
        };
        Ok(Some((session, user)))
    }

    /// Ends the session whose cookie has that hash.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub(crate) async fn end_session(&self, cookie_hash: &str, audit: &AuditRow) -> Result<()> {
        let query = sqlx::query("DELETE FROM browser_session WHERE cookie_hash = $1").bind(cookie_hash);
        self.audited(query, audit).await?;
        Ok(())
    }

    /// Ends all sessions of a user.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub(crate) async fn end_sessions_of(&self, user: Uuid, audit: &AuditRow) -> Result<()> {
        let query = sqlx::query("DELETE FROM browser_session WHERE user_id = $1").bind(user.to_string());
        self.audited(query, audit).await?;
        Ok(())
    }

    /// Deletes all sessions that have expired by `now`. Returns their number.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub(crate) async fn purge_expired_sessions(&self, now: Timestamp) -> Result<u64> {
        let query = sqlx::query("DELETE FROM browser_session WHERE expires_at <= $1").bind(now.as_millisecond());
        Ok(query.execute(self.writes()).await?.rows_affected())
    }
}
