//! Schema migrations.
//!
//! Versions only go forward. Each migration is one transaction that first inserts its number. If two nodes start at the
//! same time, the second one waits for the first, finds that the number is taken and continues with the next one.

use sqlx::Row as _;

use super::connection::Store;
use super::error::{Result, StoreError};
use super::url::Engine;

/// The table of applied migrations. Every store has it, and another program's database is unlikely to.
pub(super) const MIGRATION_TABLE: &str = "migration";

/// The migrations in the order in which they are applied. A released migration is never changed.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_start.sql"),
    include_str!("migrations/0002_remaining_budget.sql"),
    include_str!("migrations/0003_call_summary.sql"),
    include_str!("migrations/0004_last_check.sql"),
    include_str!("migrations/0005_limits_and_cache.sql"),
    include_str!("migrations/0006_confirmation.sql"),
    include_str!("migrations/0007_audit.sql"),
    include_str!("migrations/0008_users.sql"),
    include_str!("migrations/0009_oauth.sql"),
    include_str!("migrations/0010_identity_providers.sql"),
    include_str!("migrations/0011_provider_claims.sql"),
];

/// A migration reads every row, and waits for the one of another node, however long that takes.
const NO_TIME_LIMIT: &str = "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0";

/// Each attempt can fail because another node applied a migration first. More failures than this have another cause.
const ATTEMPTS: usize = 20;

/// Applies the migrations that the store lacks.
pub(super) async fn apply(store: &Store) -> Result<()> {
    let mut last = None;
    for _ in 0..ATTEMPTS {
        match apply_missing(store).await {
            Ok(()) => return Ok(()),
            // Another node inserted the same number, or created the same table, at the same time.
            Err(error @ (StoreError::Duplicate | StoreError::Unavailable(_))) => last = Some(error),
            Err(error) => return Err(error),
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    Err(last.expect("the loop returned on success, and each failed attempt sets the last error"))
}

async fn apply_missing(store: &Store) -> Result<()> {
    sqlx::query("CREATE TABLE IF NOT EXISTS migration (version BIGINT NOT NULL PRIMARY KEY)")
        .execute(store.writes())
        .await?;
    let found = sqlx::query("SELECT COALESCE(MAX(version), 0) AS version FROM migration")
        .fetch_one(store.reads())
        .await?
        .try_get::<i64, _>("version")?;
    let known = i64::try_from(MIGRATIONS.len()).expect("the number of migrations fits 64 bits");
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    for (version, statements) in (1_i64..).zip(MIGRATIONS).skip_while(|(version, _)| *version <= found) {
        let mut transaction = store.begin().await?;
        if store.engine() == Engine::Postgres {
            sqlx::raw_sql(NO_TIME_LIMIT).execute(&mut *transaction).await?;
        }
        sqlx::query("INSERT INTO migration (version) VALUES ($1)").bind(version).execute(&mut *transaction).await?;
        sqlx::raw_sql(*statements).execute(&mut *transaction).await?;
        store.commit(transaction).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::fs;
    use std::path::Path;

    use super::MIGRATIONS;

    #[test]
    fn every_migration_file_is_listed_in_order() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/migrations");
        let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        let files: Vec<_> = paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
        assert_eq!(files, MIGRATIONS);
    }
}
