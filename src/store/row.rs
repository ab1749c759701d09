//! Reading a row's columns: the few types that both engines share, and what this program makes of them.

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use sqlx::Row as _;
use sqlx::any::AnyRow;
use uuid::Uuid;

pub(super) fn text(row: &AnyRow, column: &str) -> sqlx::Result<String> {
    row.try_get(column)
}

pub(super) fn optional_text(row: &AnyRow, column: &str) -> sqlx::Result<Option<String>> {
    row.try_get(column)
}

pub(super) fn number(row: &AnyRow, column: &str) -> sqlx::Result<i64> {
    row.try_get(column)
}

pub(super) fn optional_number(row: &AnyRow, column: &str) -> sqlx::Result<Option<i64>> {
    row.try_get(column)
}

pub(super) fn id(row: &AnyRow, column: &str) -> sqlx::Result<Uuid> {
    parsed(column, &text(row, column)?, |text| Uuid::try_parse(text).ok())
}

pub(super) fn optional_id(row: &AnyRow, column: &str) -> sqlx::Result<Option<Uuid>> {
    let text = optional_text(row, column)?;
    text.map(|text| parsed(column, &text, |text| Uuid::try_parse(text).ok())).transpose()
}

pub(super) fn time(row: &AnyRow, column: &str) -> sqlx::Result<Timestamp> {
    moment(column, number(row, column)?)
}

pub(super) fn optional_time(row: &AnyRow, column: &str) -> sqlx::Result<Option<Timestamp>> {
    optional_number(row, column)?.map(|milliseconds| moment(column, milliseconds)).transpose()
}

pub(super) fn json<T: DeserializeOwned>(row: &AnyRow, column: &str) -> sqlx::Result<T> {
    parsed(column, &text(row, column)?, |text| serde_json::from_str(text).ok())
}

pub(super) fn optional_json<T: DeserializeOwned>(row: &AnyRow, column: &str) -> sqlx::Result<Option<T>> {
    let text = optional_text(row, column)?;
    text.map(|text| parsed(column, &text, |text| serde_json::from_str(text).ok())).transpose()
}

/// A word out of a fixed set.
pub(super) fn word<T>(row: &AnyRow, column: &str, read: impl Fn(&str) -> Option<T>) -> sqlx::Result<T> {
    parsed(column, &text(row, column)?, read)
}

/// A value as a column of JSON has it.
pub(super) fn written(value: &impl serde::Serialize) -> Result<String, super::StoreError> {
    serde_json::to_string(value).map_err(|error| super::StoreError::Damaged(error.to_string()))
}

fn moment(column: &str, milliseconds: i64) -> sqlx::Result<Timestamp> {
    Timestamp::from_millisecond(milliseconds).map_err(|_| nonsense(column))
}

fn parsed<T>(column: &str, text: &str, read: impl Fn(&str) -> Option<T>) -> sqlx::Result<T> {
    read(text).ok_or_else(|| nonsense(column))
}

fn nonsense(column: &str) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: column.to_owned(), source: "no value of this column looks like that".into() }
}
