//! Sealed secrets: the client secrets of identity providers, and the refresh tokens that providers gave for users.

use uuid::Uuid;

use super::connection::Store;
use super::error::Result;
use super::record::{insert, record, select};

record! {
    /// A sealed secret.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SealedSecretRow {
        /// The name of the record as which the secret opens.
        pub record: String,
        /// The name of the master key.
        pub key_id: String,
        /// The sealed text.
        pub sealed: String,
        /// The identity provider with which it is deleted, if it belongs to one.
        pub provider_id: Option<Uuid>,
        /// The user with whom it is deleted, if it belongs to one.
        pub user_id: Option<Uuid>,
    }
}

impl Store {
    /// Stores a secret in place of the one of the same record.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available, or with [`StoreError::Orphan`](super::StoreError::Orphan) if the owner was
    /// deleted meanwhile.
    pub async fn set_secret(&self, secret: &SealedSecretRow) -> Result<()> {
        let mut transaction = self.begin().await?;
        let delete = sqlx::query("DELETE FROM sealed_secret WHERE record = $1").bind(secret.record.clone());
        delete.execute(&mut *transaction).await?;
        insert("sealed_secret", secret).execute(&mut *transaction).await?;
        self.commit(transaction).await
    }

    /// Returns the secret of a record.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available or a row is damaged.
    pub async fn secret(&self, record: &str) -> Result<Option<SealedSecretRow>> {
        let query = select::<SealedSecretRow>("sealed_secret", "WHERE record = $1").bind(record.to_owned());
        Ok(query.fetch_optional(self.lookups()).await?)
    }

    /// Returns at most `limit` secrets that are sealed with another key than `key`.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available or a row is damaged.
    pub async fn secrets_not_sealed_with(&self, key: &str, limit: i64) -> Result<Vec<SealedSecretRow>> {
        let query = select::<SealedSecretRow>("sealed_secret", "WHERE key_id <> $1 ORDER BY record LIMIT $2");
        Ok(query.bind(key.to_owned()).bind(limit).fetch_all(self.reads()).await?)
    }

    /// Replaces the sealed text of a secret, unless the secret has changed since it was read. Returns whether it was
    /// replaced.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available.
    pub(crate) async fn reseal_secret(&self, before: &SealedSecretRow, key: &str, sealed: &str) -> Result<bool> {
        let query = "UPDATE sealed_secret SET key_id = $1, sealed = $2 WHERE record = $3 AND sealed = $4";
        let query = sqlx::query(query).bind(key).bind(sealed).bind(before.record.as_str()).bind(before.sealed.as_str());
        Ok(query.execute(self.writes()).await?.rows_affected() == 1)
    }
}
