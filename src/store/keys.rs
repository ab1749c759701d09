//! The master keys in use, by name. The keys themselves are never here.

use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{FromRow, Row as _};

use super::fact::claim;
use super::row::{text, time};
use super::{Result, Store, StoreError};

/// One master key, and the hash key of all tokens as that key seals it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRow {
    /// Name of the master key.
    pub id: String,
    /// The hash key, sealed with it.
    pub sealed_hash_key: String,
    /// When it came into use.
    pub created_at: Timestamp,
}

impl FromRow<'_, AnyRow> for KeyRow {
    fn from_row(row: &AnyRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: text(row, "id")?,
            sealed_hash_key: text(row, "sealed_hash_key")?,
            created_at: time(row, "created_at")?,
        })
    }
}

const FIRST_KEY: &str = "first_key";

impl Store {
    /// The keys in use, oldest first.
    pub async fn keys(&self) -> Result<Vec<KeyRow>> {
        let query = sqlx::query_as("SELECT id, sealed_hash_key, created_at FROM keyring ORDER BY created_at, id");
        Ok(query.fetch_all(&self.reads).await?)
    }

    /// Writes down the first key of a new store, unless another node was faster. Says whether it did.
    pub async fn add_first_key(&self, key: &KeyRow) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let claimed = claim(FIRST_KEY, &key.id).execute(&mut *transaction).await?;
        if claimed.rows_affected() == 0 {
            transaction.rollback().await?;
            return Ok(false);
        }
        insert(key).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Brings another key into use. One that is in use already stays as it is.
    pub async fn add_key(&self, key: &KeyRow) -> Result<()> {
        match insert(key).execute(&self.writes).await.map_err(StoreError::from) {
            Ok(_) | Err(StoreError::Duplicate) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Takes a key out of use. Fails with [`StoreError::Orphan`] while anything is sealed with it.
    pub async fn remove_key(&self, id: &str) -> Result<()> {
        sqlx::query("DELETE FROM keyring WHERE id = $1").bind(id).execute(&self.writes).await?;
        Ok(())
    }

    /// How many accounts are sealed with a key.
    pub async fn sealed_with(&self, id: &str) -> Result<i64> {
        let query = sqlx::query("SELECT COUNT(*) AS accounts FROM account WHERE key_id = $1").bind(id);
        Ok(query.fetch_one(&self.reads).await?.try_get("accounts")?)
    }
}

fn insert(key: &KeyRow) -> sqlx::query::Query<'_, sqlx::Any, sqlx::any::AnyArguments> {
    sqlx::query("INSERT INTO keyring (id, sealed_hash_key, created_at) VALUES ($1, $2, $3)")
        .bind(key.id.as_str())
        .bind(key.sealed_hash_key.as_str())
        .bind(key.created_at.as_millisecond())
}
