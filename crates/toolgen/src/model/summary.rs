//! Summaries: tools that count the rows of a list in groups.

use serde_json::{Map, Value};

use super::Field;

/// A tool that reads the pages of a list, and answers with groups of its rows.
#[derive(Debug)]
pub struct Summary {
    /// Name that clients call.
    pub name: String,
    /// Display name.
    pub title: String,
    /// Text that a model reads.
    pub description: String,
    /// Its arguments, in the order of the schema: those of the list that do not select a page, then its own.
    pub arguments: Vec<Field>,
    /// Arguments of a valid call.
    pub example: Map<String, Value>,
    /// Fields that identify a row.
    pub id: Vec<String>,
    /// Texts that mean that a field has no value.
    pub unset: Vec<String>,
    /// Query parameter with the number of rows to skip.
    pub offset: String,
    /// Query parameter with the number of rows of a page, and its largest value.
    pub size: Option<(String, String)>,
    /// Fields by which rows can be grouped.
    pub by: Vec<String>,
    /// Times by which rows can be grouped.
    pub times: Vec<String>,
    /// Numbers that can be measured.
    pub measures: Vec<String>,
}
