//! The names of the master keys in use. The keys themselves are never stored.

use jiff::Timestamp;
use sqlx::Row as _;

use super::connection::Store;
use super::error::{Result, StoreError};
use super::fact::insert_once;
use super::record::{insert, record, select};

record! {
    /// The name of a master key, and the hash key of all tokens sealed with it.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct KeyRow {
        /// The name of the master key.
        pub id: String,
        /// The hash key, sealed with the master key.
        pub sealed_hash_key: String,
        /// The time from which the key is in use.
        pub created_at: Timestamp,
    }
}

/// The fact that the store has its first key.
const FIRST_KEY: &str = "first_key";

impl Store {
    /// Returns the keys in use, oldest first.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available or a row is damaged.
    pub async fn keys(&self) -> Result<Vec<KeyRow>> {
        let query = select::<KeyRow>("keyring", "ORDER BY created_at, id");
        Ok(query.fetch_all(self.reads()).await?)
    }

    /// Adds the first key of a new store, unless another node has added one. Returns whether it was added.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub async fn add_first_key(&self, key: &KeyRow) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let claimed = insert_once(FIRST_KEY, &key.id).execute(&mut *transaction).await?;
        if claimed.rows_affected() == 0 {
            transaction.rollback().await?;
            return Ok(false);
        }
        insert("keyring", key).execute(&mut *transaction).await?;
        self.commit(transaction).await?;
        Ok(true)
    }

    /// Adds a key. A key that is in use already stays unchanged.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub async fn add_key(&self, key: &KeyRow) -> Result<()> {
        match insert("keyring", key).execute(self.writes()).await.map_err(StoreError::from) {
            Ok(_) | Err(StoreError::Duplicate) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Deletes a key.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available, or with [`StoreError::Orphan`] if an account is still sealed with
    /// it.
    pub async fn delete_key(&self, id: &str) -> Result<()> {
        sqlx::query("DELETE FROM keyring WHERE id = $1").bind(id).execute(self.writes()).await?;
        Ok(())
    }

    /// Returns the number of accounts that are sealed with a key.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub async fn sealed_with(&self, id: &str) -> Result<i64> {
        let query = sqlx::query("SELECT COUNT(*) AS accounts FROM account WHERE key_id = $1").bind(id);
        Ok(query.fetch_one(self.reads()).await?.try_get("accounts")?)
    }
}
