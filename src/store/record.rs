//! Records: structs whose fields are the columns of a table, in the same order.

use super::column::Statement;

/// A struct whose fields are the columns of a table. Implemented by [`record!`](record).
pub(crate) trait Record {
    /// The names of the columns.
    const COLUMNS: &'static [&'static str];

    /// Binds the values of all columns to the next parameters of `statement`, in the order of [`COLUMNS`](Self::COLUMNS).
    fn bind(&self, statement: Statement) -> Statement;
}

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
                Ok(Self { $($column: $crate::store::column::read(row, stringify!($column))?,)* })
            }
        }
    };
}
pub(crate) use record;
