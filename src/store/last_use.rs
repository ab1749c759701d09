//! The times at which servers, tokens and users were last used. They are noted in memory and written together, so that no request
//! causes a write of its own.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::column::Statement;
use super::connection::Store;
use super::error::Result;
use super::url::Engine;

/// The number of objects whose last use one statement stores. Their rows are locked until it is done.
const USES_PER_STATEMENT: usize = 500;

/// The kind of an object whose last use is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Used {
    /// A server.
    Server,
    /// An API token.
    ApiToken,
    /// A user.
    User,
    /// A connection.
    Connection,
}

impl Used {
    /// The table of the objects. It has the columns `id` and `last_used_at`.
    const fn table(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::ApiToken => "api_token",
            Self::User => "users",
            Self::Connection => "connection",
        }
    }
}

/// The uses that have not been written yet.
#[derive(Debug, Default)]
pub(super) struct LastUses(Mutex<BTreeMap<Used, BTreeMap<Uuid, Timestamp>>>);

impl LastUses {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<Used, BTreeMap<Uuid, Timestamp>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store {
    /// Notes that an object was used. [`write_last_uses`](Self::write_last_uses) stores it.
    pub(crate) fn note_use(&self, kind: Used, id: Uuid, at: Timestamp) {
        self.last_uses().lock().entry(kind).or_default().insert(id, at);
    }

    /// Stores what was noted. If that fails, the next attempt stores it.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available, or if so little disk space is left that only operators may write.
    pub(crate) async fn write_last_uses(&self) -> Result<()> {
        let mut noted = std::mem::take(&mut *self.last_uses().lock());
        while let Some((kind, uses)) = noted.pop_first() {
            if let Err(error) = self.set_last_used(kind, &uses).await {
                noted.insert(kind, uses);
                let mut latest = self.last_uses().lock();
                for (kind, uses) in noted {
                    let latest = latest.entry(kind).or_default();
                    for (id, at) in uses {
                        latest.entry(id).or_insert(at);
                    }
                }
                return Err(error);
            }
        }
        Ok(())
    }

    /// Stores the times at which objects were last used, by object. A time before the stored one is ignored.
    ///
    /// Every node locks the rows in the order of their identifiers, so that no two wait for each other.
    ///
    /// # Errors
    ///
    /// Fails if the database is not available, or if so little disk space is left that only operators may write.
    pub async fn set_last_used(&self, kind: Used, uses: &BTreeMap<Uuid, Timestamp>) -> Result<()> {
        let (table, uses) = (kind.table(), uses.iter().collect::<Vec<_>>());
        for chunk in uses.chunks(USES_PER_STATEMENT) {
            let pairs: Vec<_> =
                (0..chunk.len()).map(|index| format!("(${}, ${})", 2 * index + 1, 2 * index + 2)).collect();
            let given = format!("WITH used (id, at) AS (VALUES {})", pairs.join(", "));
            let statement = |rest: &str| {
                let statement: Statement = sqlx::query(AssertSqlSafe(format!("{given} {rest}")));
                chunk
                    .iter()
                    .fold(statement, |statement, (id, at)| statement.bind(id.to_string()).bind(at.as_millisecond()))
            };
            let mut transaction = self.begin_log().await?;
            if self.engine() == Engine::Postgres {
                let lock = format!(
                    "SELECT {table}.id FROM {table} JOIN used ON used.id = {table}.id ORDER BY {table}.id \
                     FOR UPDATE OF {table}"
                );
                statement(&lock).execute(&mut *transaction).await?;
            }
            let update = format!(
                "UPDATE {table} SET last_used_at = used.at FROM used \
                 WHERE {table}.id = used.id AND COALESCE({table}.last_used_at, 0) < used.at"
            );
            statement(&update).execute(&mut *transaction).await?;
            self.commit(transaction).await?;
        }
        Ok(())
    }
}
