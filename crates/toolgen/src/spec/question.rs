//! The syntax of what a question for a confirmation shows.

use super::Text;
use crate::diagnostic::Span;

/// The key `question` of a resource.
#[derive(Debug)]
pub struct QuestionSpec {
    /// Name of the tool that gets the record.
    pub tool: Option<Text>,
    /// Fields of the record.
    pub fields: Option<Vec<Text>>,
    /// Place of the key itself.
    pub span: Span,
}
