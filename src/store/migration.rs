//! Bringing a database up to date.
//!
//! Versions only go forward. Each is one transaction that begins by claiming its number: of two nodes that start at
//! once, the second waits for the first, finds the number taken and goes on with what is left.

use sqlx::Row as _;

use super::{Result, Store, StoreError};

/// In the order they are applied. What has been released is never changed.
const MIGRATIONS: &[&str] =
    &[include_str!("../../migrations/0001_start.sql"), include_str!("../../migrations/0002_remaining_budget.sql")];

/// Another node may be ahead at each step; more tries than this mean that something else is wrong.
const TRIES: usize = 20;

impl Store {
    pub(super) async fn migrate(&self) -> Result<()> {
        let mut last = None;
        for _ in 0..TRIES {
            match self.migrate_once().await {
                Ok(()) => return Ok(()),
                // The number was taken meanwhile, or the other node was just making the very same table.
                Err(error @ (StoreError::Duplicate | StoreError::Unavailable(_))) => last = Some(error),
                Err(error) => return Err(error),
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        last.map_or(Ok(()), Err)
    }

    async fn migrate_once(&self) -> Result<()> {
        sqlx::query("CREATE TABLE IF NOT EXISTS migration (version BIGINT NOT NULL PRIMARY KEY)")
            .execute(&self.writes)
            .await?;
        let found = sqlx::query("SELECT COALESCE(MAX(version), 0) AS version FROM migration")
            .fetch_one(&self.reads)
            .await?
            .try_get::<i64, _>("version")?;
        let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
        if found > known {
            return Err(StoreError::Newer { found, known });
        }
        for (version, statements) in (1_i64..).zip(MIGRATIONS).skip_while(|(version, _)| *version <= found) {
            let mut transaction = self.begin().await?;
            sqlx::query("INSERT INTO migration (version) VALUES ($1)").bind(version).execute(&mut *transaction).await?;
            sqlx::raw_sql(*statements).execute(&mut *transaction).await?;
            transaction.commit().await?;
        }
        Ok(())
    }
}
