//! Facts: values of which a store has at most one, and which never change.

use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, Row as _};

use super::connection::Store;
use super::error::Result;

impl Store {
    /// Inserts a fact unless one of that name exists. Returns whether it was inserted: of several nodes that try at the
    /// same time, exactly one succeeds.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub async fn claim_fact(&self, name: &str, content: &str) -> Result<bool> {
        Ok(insert_once(name, content).execute(self.writes()).await?.rows_affected() == 1)
    }

    /// Returns the content of the fact of that name, if it exists.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub async fn fact(&self, name: &str) -> Result<Option<String>> {
        let row =
            sqlx::query("SELECT content FROM fact WHERE name = $1").bind(name).fetch_optional(self.reads()).await?;
        Ok(row.map(|row| row.try_get("content")).transpose()?)
    }
}

/// The statement that inserts a fact unless one of that name exists.
pub(super) fn insert_once(name: &str, content: &str) -> Query<'static, Any, AnyArguments> {
    let query = "INSERT INTO fact (name, content) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    sqlx::query(query).bind(name.to_owned()).bind(content.to_owned())
}
