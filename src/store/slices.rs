//! Deleting many rows. Few at a time, so that no other write waits long.

use sqlx::AssertSqlSafe;

use super::connection::Store;
use super::error::Result;
use super::url::Engine;

/// The number of rows that one statement deletes.
const ROWS: u64 = 1000;

impl Store {
    /// Deletes the rows of a table with an `id` that fulfil a condition with one parameter. Returns their number.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub(crate) async fn delete_in_slices<P>(&self, table: &str, condition: &str, parameter: P) -> Result<u64>
    where
        P: Clone + Send + for<'q> sqlx::Encode<'q, sqlx::Any> + sqlx::Type<sqlx::Any> + 'static,
    {
        // Two nodes that delete the same rows lock them in the same order.
        let lock = match self.engine() {
            Engine::Sqlite => "",
            Engine::Postgres => " FOR UPDATE",
        };
        let sql =
            format!("DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE {condition} LIMIT {ROWS}{lock})");
        let mut deleted = 0;
        loop {
            let slice = sqlx::query(AssertSqlSafe(sql.clone())).bind(parameter.clone());
            let slice = slice.execute(self.writes()).await?.rows_affected();
            deleted += slice;
            if slice < ROWS {
                return Ok(deleted);
            }
        }
    }
}
