//! Used confirmations: each of them permits one request, on all nodes together.

use jiff::Timestamp;
use uuid::Uuid;

use super::connection::Store;
use super::error::Result;

impl Store {
    /// Records that a confirmation is used. Returns false if it was used before: of several nodes that try at the same time,
    /// exactly one succeeds.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub async fn use_confirmation(&self, id: Uuid, expires_at: Timestamp) -> Result<bool> {
        let query = "INSERT INTO used_confirmation (id, expires_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING";
        let inserted = sqlx::query(query).bind(id.to_string()).bind(expires_at.as_millisecond());
        Ok(inserted.execute(self.writes()).await?.rows_affected() == 1)
    }

    /// Deletes the records of confirmations that expired before `now`. Returns their number.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub async fn purge_used_confirmations(&self, now: Timestamp) -> Result<u64> {
        let query = sqlx::query("DELETE FROM used_confirmation WHERE expires_at < $1").bind(now.as_millisecond());
        Ok(query.execute(self.writes()).await?.rows_affected())
    }
}
