//! The syntax of summaries.

use super::Text;
use crate::diagnostic::Span;

/// The key `summarize` of a list.
#[derive(Debug)]
pub struct SummarySpec {
    /// Description for models.
    pub about: Option<Text>,
    /// Fields that identify a row.
    pub id: Vec<Text>,
    /// Fields by which rows can be grouped.
    pub by: Vec<Text>,
    /// Times by which rows can be grouped.
    pub times: Vec<Text>,
    /// Numbers that can be measured.
    pub measure: Vec<Text>,
    /// Place of the key itself.
    pub span: Span,
}
