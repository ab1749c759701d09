//! Records: structs whose fields are the columns of a table. Statements derive their lists of columns from them.

use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::QueryAs;
use sqlx::{Any, AssertSqlSafe, FromRow};

use super::column::Statement;

/// A struct whose fields are the columns of a table or query. Implemented by [`record!`](record).
pub(crate) trait Record: for<'r> FromRow<'r, AnyRow> + Send + Unpin {
    /// The names of the columns.
    const COLUMNS: &'static [&'static str];

    /// Binds the values of all columns to the next parameters of `statement`, in the order of [`COLUMNS`](Self::COLUMNS).
    fn bind(&self, statement: Statement) -> Statement;
}

/// A query that returns records.
pub(crate) type Select<R> = QueryAs<'static, Any, R, AnyArguments>;

/// Declares a struct as a [`Record`]: each field is the column of the same name. A new column is one new field.
macro_rules! record {
    ($(#[$attribute:meta])* pub struct $name:ident { $($(#[$doc:meta])* pub $column:ident: $type:ty,)* }) => {
        $(#[$attribute])*
        pub struct $name { $($(#[$doc])* pub $column: $type,)* }

        impl $crate::store::record::Record for $name {
            const COLUMNS: &'static [&'static str] = &[$(stringify!($column)),*];

            fn bind(&self, statement: $crate::store::column::Statement) -> $crate::store::column::Statement {
                $(let statement = $crate::store::column::Column::bind(&self.$column, statement);)*
                statement
            }
        }

        impl sqlx::FromRow<'_, sqlx::any::AnyRow> for $name {
            fn from_row(row: &sqlx::any::AnyRow) -> sqlx::Result<Self> {
                Ok(Self { $($column: $crate::store::column::read_column(row, stringify!($column))?,)* })
            }
        }
    };
}
pub(crate) use record;

/// The statement that inserts a record into a table.
pub(super) fn insert<R: Record>(table: &'static str, record: &R) -> Statement {
    let parameters: Vec<_> = (1..=R::COLUMNS.len()).map(|number| format!("${number}")).collect();
    let (columns, parameters) = (R::COLUMNS.join(", "), parameters.join(", "));
    record.bind(sqlx::query(AssertSqlSafe(format!("INSERT INTO {table} ({columns}) VALUES ({parameters})"))))
}

/// The query that selects records from a table. `rest` follows the name of the table.
pub(super) fn select<R: Record>(table: &'static str, rest: &'static str) -> Select<R> {
    sqlx::query_as(AssertSqlSafe(format!("SELECT {} FROM {table} {rest}", R::COLUMNS.join(", "))))
}
