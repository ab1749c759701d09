//! Columns: how Rust values are written to and read from the few types that all engines share.
//!
//! Times are milliseconds since 1970 UTC, identifiers are UUIDs in their text form, structured values are JSON texts.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Any;
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;
use uuid::Uuid;

/// A statement with its parameters.
pub(crate) type Statement = Query<'static, Any, AnyArguments>;

/// A value that is stored in one column.
pub(crate) trait Column: Sized {
    /// Reads the column called `name`.
    fn from_row(row: &AnyRow, name: &str) -> sqlx::Result<Self>;

    /// Binds the value to the next parameter of `statement`.
    fn bind(&self, statement: Statement) -> Statement;
}

/// Implements [`Column`] for a type and for its `Option`, by conversion from and to a type that all engines have.
macro_rules! column {
    ($type:ty as $stored:ty, read: $read:expr, write: $write:expr) => {
        impl $crate::store::column::Column for $type {
            fn from_row(row: &sqlx::any::AnyRow, name: &str) -> sqlx::Result<Self> {
                let stored: $stored = sqlx::Row::try_get(row, name)?;
                $read(stored).ok_or_else(|| $crate::store::column::invalid_value(name))
            }

            fn bind(&self, statement: $crate::store::column::Statement) -> $crate::store::column::Statement {
                statement.bind::<$stored>($write(self))
            }
        }

        impl $crate::store::column::Column for Option<$type> {
            fn from_row(row: &sqlx::any::AnyRow, name: &str) -> sqlx::Result<Self> {
                let stored: Option<$stored> = sqlx::Row::try_get(row, name)?;
                let read = |stored| $read(stored).ok_or_else(|| $crate::store::column::invalid_value(name));
                stored.map(read).transpose()
            }

            fn bind(&self, statement: $crate::store::column::Statement) -> $crate::store::column::Statement {
                statement.bind::<Option<$stored>>(self.as_ref().map($write))
            }
        }
    };
}
pub(super) use column;

column!(i64 as i64, read: Some, write: |number: &i64| *number);
column!(bool as i64, read: |number| (0..=1).contains(&number).then_some(number == 1), write: |flag: &bool| i64::from(*flag));
column!(u16 as i64, read: |number| u16::try_from(number).ok(), write: |number: &u16| i64::from(*number));
column!(u32 as i64, read: |number| u32::try_from(number).ok(), write: |number: &u32| i64::from(*number));
column!(String as String, read: Some, write: String::clone);
column!(Cow<'static, str> as String, read: |text| Some(Cow::Owned(text)), write: |text: &Cow<'static, str>| text.to_string());
column!(Uuid as String, read: |text: String| Uuid::try_parse(&text).ok(), write: Uuid::to_string);
column!(Timestamp as i64, read: |at| Timestamp::from_millisecond(at).ok(), write: |at: &Timestamp| at.as_millisecond());

/// Reads the column called `name`.
pub(crate) fn read_column<T: Column>(row: &AnyRow, name: &str) -> sqlx::Result<T> {
    T::from_row(row, name)
}

/// Parses the JSON in a column.
pub(super) fn from_json<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok()
}

/// Returns a value as JSON for a column.
pub(super) fn to_json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("stored values are structs and maps with text keys, which serialise")
}

/// The lower bound of a page: every identifier after `after` is greater than this text.
pub(super) fn lower_bound(after: Option<Uuid>) -> String {
    after.map(|id| id.to_string()).unwrap_or_default()
}

pub(crate) fn invalid_value(name: &str) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: name.to_owned(), source: "the value is not valid in this column".into() }
}
