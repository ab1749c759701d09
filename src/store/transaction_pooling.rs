//! Detects a connection pooler that gives each transaction another session of the database.
//!
//! Prepared statements belong to a session, and the driver uses them. Behind such a pooler some would be missing, or
//! those of another client, at any time.

use sqlx::any::AnyConnectOptions;
use sqlx::{AnyConnection, Connection as _, Row as _};

use super::error::{Result, StoreError};

/// Fails if the connection `first` and another one share sessions.
///
/// A session is named by its process. Two open connections with the same one, or one connection with several, show that
/// sessions are shared. The questions cover poolers that give out the session that was used last, and those that take
/// turns, with any number of idle sessions.
pub(super) async fn refuse(first: &mut AnyConnection, options: &AnyConnectOptions) -> Result<()> {
    let before = session(first).await?;
    let mut second = AnyConnection::connect_with(options).await?;
    let other = session(&mut second).await?;
    let after = [session(first).await?, session(first).await?];
    second.close().await?;
    // Some engines have no processes to tell.
    if before > 0 && (other == before || after != [before; 2]) {
        return Err(StoreError::TransactionPooling);
    }
    Ok(())
}

/// Returns the process of the session that answers a statement.
async fn session(connection: &mut AnyConnection) -> Result<i64> {
    // Not a prepared statement, which may fail behind such a pooler.
    let row = sqlx::raw_sql("SELECT pg_backend_pid() AS process").fetch_one(connection).await?;
    // CockroachDB answers with 64 bits.
    Ok(row.try_get::<i32, _>("process").map(i64::from).or_else(|_| row.try_get("process"))?)
}
