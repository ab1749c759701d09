//! Connections whose answers count only while the database's file is in its place.

use std::io;

use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream};
use futures_util::{FutureExt as _, StreamExt as _, TryFutureExt as _, TryStreamExt as _};
use sqlx::any::{AnyQueryResult, AnyRow, AnyStatement, AnyTypeInfo};
use sqlx::sqlite::SqliteError;
use sqlx::{Any, AnyPool, Either, Error, Execute, Executor, SqlStr};

use super::error::Outage;
use super::file_guard::FileGuard;

/// Connections to a database. If it is a file that was removed or replaced, every statement fails: one that changes
/// something would report a success that the next start forgets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GuardedPool<'p> {
    pool: &'p AnyPool,
    file: Option<&'p FileGuard>,
}

impl<'p> GuardedPool<'p> {
    pub(super) const fn new(pool: &'p AnyPool, file: Option<&'p FileGuard>) -> Self {
        Self { pool, file }
    }

    fn check(self) -> Result<(), Error> {
        self.file.map_or(Ok(()), FileGuard::check).map_err(|outage| Error::Io(io::Error::other(outage)))
    }

    /// Names the reason of an error that `SQLite` only calls an I/O error (<https://sqlite.org/rescode.html#ioerr>).
    pub(super) fn explained(self, error: Error) -> Error {
        const IO_ERROR: u32 = 10;
        let code = error.as_database_error().filter(|refusal| refusal.try_downcast_ref::<SqliteError>().is_some());
        let code = code.and_then(|refusal| refusal.code()?.parse::<u32>().ok());
        let is_io_error = code.is_some_and(|code| code & 0xff == IO_ERROR);
        match self.file {
            Some(file) if is_io_error && file.is_read_only() => Error::Io(io::Error::other(Outage::ReadOnly)),
            _ => error,
        }
    }
}

impl<'p> Executor<'p> for GuardedPool<'p> {
    type Database = Any;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Either<AnyQueryResult, AnyRow>, Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Any>,
    {
        let check = move || async move { self.check() };
        let rows = self.pool.fetch_many(query).map_err(move |error| self.explained(error));
        let rows = stream::once(check()).map_ok(move |()| None).chain(rows.map_ok(Some));
        let rows = rows.chain(stream::once(check()).map_ok(|()| None));
        rows.try_filter_map(|row| async { Ok(row) }).boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<AnyRow>, Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Any>,
    {
        async move {
            self.check()?;
            let row = self.pool.fetch_optional(query).await.map_err(|error| self.explained(error))?;
            self.check()?;
            Ok(row)
        }
        .boxed()
    }

    fn prepare_with<'e>(self, sql: SqlStr, parameters: &'e [AnyTypeInfo]) -> BoxFuture<'e, Result<AnyStatement, Error>>
    where
        'p: 'e,
    {
        self.pool.prepare_with(sql, parameters).map_err(move |error| self.explained(error)).boxed()
    }
}
