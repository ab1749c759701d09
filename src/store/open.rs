//! Opening a store: connect, then apply the migrations that it lacks.

use super::connection::Store;
use super::error::Result;
use super::migration::MIGRATION_TABLE;
use super::url::{self, Engine};
use super::{file, migration, recovery};

impl Store {
    /// Opens the store at `url` and applies the migrations that it lacks. A file that does not exist is created.
    ///
    /// # Errors
    ///
    /// Fails if the URL names no supported engine, if the database cannot be reached or created, if the file is not a
    /// database, or if a later release has upgraded it.
    pub async fn open(url: &str) -> Result<Self> {
        let (engine, url) = url::parse(url)?;
        let mut loss = None;
        if engine == Engine::Sqlite {
            loss = recovery::lost_changes(&url).await?;
            file::create(&url)?;
            let is_store = file::has_table(&url, MIGRATION_TABLE).await?;
            if let Some(loss) = loss.as_ref().filter(|_| !is_store) {
                return Err(loss.of_everything());
            }
        }
        let store = Self::connect(engine, &url).await?;
        migration::apply(&store).await?;
        if let Some(loss) = loss {
            loss.report(&store).await?;
        }
        Ok(store)
    }

    /// Opens the store at `url` and applies the migrations that it lacks. Returns `None` if there is no store, and
    /// creates nothing.
    ///
    /// # Errors
    ///
    /// Fails as [`open`](Self::open) does.
    pub async fn open_existing(url: &str) -> Result<Option<Self>> {
        let (engine, url) = url::parse(url)?;
        let mut loss = None;
        if engine == Engine::Sqlite {
            loss = recovery::lost_changes(&url).await?;
            if !file::has_table(&url, MIGRATION_TABLE).await? {
                return loss.map_or(Ok(None), |loss| Err(loss.of_everything()));
            }
        }
        let store = Self::connect(engine, &url).await?;
        if engine == Engine::Postgres && !store.has_table(MIGRATION_TABLE).await? {
            store.close().await;
            return Ok(None);
        }
        migration::apply(&store).await?;
        if let Some(loss) = loss {
            loss.report(&store).await?;
        }
        Ok(Some(store))
    }
}
