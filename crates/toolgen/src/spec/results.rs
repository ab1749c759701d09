//! The syntax of replies, and of the form in which their records are shown.

use super::{Spanned, Text};
use crate::diagnostic::Span;
use crate::yaml::Key;

/// The shape of a reply.
#[derive(Debug, Default)]
pub struct ReplySpec {
    /// True if it is plain text rather than JSON.
    pub text: bool,
    /// Key of the rows.
    pub rows: Option<Text>,
    /// Key of the total.
    pub total: Option<Text>,
    /// The arguments that select a page.
    pub page: Option<PageSpec>,
    /// The word for a list that comes all at once.
    pub at_once: Option<Text>,
    /// The word for the order of the rows.
    pub order: Option<Text>,
}

/// The key `page` of a reply.
#[derive(Debug)]
pub struct PageSpec {
    /// Number of rows of a page if the caller does not choose it.
    pub rows: Option<Spanned<i64>>,
    /// Argument with the number of rows of a page.
    pub size: Option<Text>,
    /// Argument with the number of rows to skip.
    pub offset: Option<Text>,
}

/// The key `shows` of a resource.
#[derive(Debug)]
pub struct ShowsSpec {
    /// Fields that identify a record.
    pub id: Vec<Text>,
    /// Fields of a row.
    pub list: Vec<Text>,
    /// Fields of a record.
    pub record: Vec<Text>,
    /// Fields with HTML, each with the field that has the same as plain text.
    pub texts: Vec<(Key, Text)>,
    /// Fields with codes, each with the type that has their labels.
    pub codes: Vec<(Key, Text)>,
    /// Fields with long texts.
    pub long: Vec<Text>,
    /// Arguments, each with the field in which a write answers it.
    pub answers: Vec<(Key, Text)>,
    /// Place of the key itself.
    pub span: Span,
}
