//! Facts of which a store has one, settled by whoever is first.

use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, Row as _};

use super::{Result, Store};

impl Store {
    /// Writes a fact down unless there is one of that name. Says whether it did.
    pub async fn settle(&self, name: &str, content: &str) -> Result<bool> {
        Ok(claim(name, content).execute(&self.writes).await?.rows_affected() == 1)
    }

    /// The fact of that name.
    pub async fn fact(&self, name: &str) -> Result<Option<String>> {
        let row =
            sqlx::query("SELECT content FROM fact WHERE name = $1").bind(name).fetch_optional(&self.reads).await?;
        Ok(row.map(|row| row.try_get("content")).transpose()?)
    }
}

/// Writes a fact down unless there is one of that name.
pub(super) fn claim(name: &str, content: &str) -> Query<'static, Any, AnyArguments> {
    let query = "INSERT INTO fact (name, content) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    sqlx::query(query).bind(name.to_owned()).bind(content.to_owned())
}
