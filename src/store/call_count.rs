//! The calls that servers with a limit have sent, in buckets of a few minutes.

use uuid::Uuid;

use super::connection::Store;
use super::error::Result;
use super::record::record;

record! {
    /// The calls of a server in one bucket.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct CallCount {
        /// The number of the bucket.
        pub bucket: i64,
        /// All calls.
        pub calls: i64,
        /// The calls that change something.
        pub writes: i64,
    }
}

record! {
    /// The calls of a server in several buckets.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct ServerCallCount {
        /// The server.
        pub server_id: Uuid,
        /// All calls.
        pub calls: i64,
        /// The calls that change something.
        pub writes: i64,
    }
}

impl Store {
    /// Adds calls to those of a server, and returns its calls of all nodes since the bucket `oldest`.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub(crate) async fn merge_call_counts(
        &self,
        server: Uuid,
        added: &[CallCount],
        oldest: i64,
    ) -> Result<Vec<CallCount>> {
        let id = server.to_string();
        for CallCount { bucket, calls, writes } in added {
            sqlx::query(
                "INSERT INTO call_count (server_id, bucket, calls, writes) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (server_id, bucket) DO UPDATE SET calls = call_count.calls + excluded.calls, \
                 writes = call_count.writes + excluded.writes",
            )
            .bind(id.as_str())
            .bind(*bucket)
            .bind(*calls)
            .bind(*writes)
            .execute(self.log_writes())
            .await?;
        }
        self.call_counts(server, oldest).await
    }

    /// Returns the calls of a server on all nodes since the bucket `oldest`.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub(crate) async fn call_counts(&self, server: Uuid, oldest: i64) -> Result<Vec<CallCount>> {
        let query =
            sqlx::query_as("SELECT bucket, calls, writes FROM call_count WHERE server_id = $1 AND bucket >= $2");
        Ok(query.bind(server.to_string()).bind(oldest).fetch_all(self.lookups()).await?)
    }

    /// Returns the calls of each server of an account on all nodes since the bucket `oldest`. Servers without calls are left
    /// out.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available or a row is damaged.
    pub(crate) async fn call_counts_of_account(&self, account: Uuid, oldest: i64) -> Result<Vec<ServerCallCount>> {
        let query = sqlx::query_as(
            "SELECT call_count.server_id, CAST(SUM(call_count.calls) AS BIGINT) AS calls, \
             CAST(SUM(call_count.writes) AS BIGINT) AS writes FROM call_count \
             JOIN server ON server.id = call_count.server_id \
             WHERE server.account_id = $1 AND call_count.bucket >= $2 GROUP BY call_count.server_id",
        );
        Ok(query.bind(account.to_string()).bind(oldest).fetch_all(self.reads()).await?)
    }

    /// Deletes the calls in buckets before `oldest`.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub(crate) async fn purge_call_counts(&self, oldest: i64) -> Result<u64> {
        let query = sqlx::query("DELETE FROM call_count WHERE bucket < $1").bind(oldest);
        Ok(query.execute(self.log_writes()).await?.rows_affected())
    }
}
