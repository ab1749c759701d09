//! The section `search` of `api`: the words by which tools are found.

use super::Text;

/// The section `search`.
#[derive(Debug, Default)]
pub struct SearchSpec {
    /// Groups of words with the same meaning.
    pub synonyms: Vec<Vec<Text>>,
    /// Tasks that no tool can do.
    pub cannot: Vec<CannotSpec>,
}

/// A task that no tool can do.
#[derive(Debug, Default)]
pub struct CannotSpec {
    /// Phrases by which somebody asks for it.
    pub asked: Vec<Text>,
    /// Answer to them.
    pub answer: Option<Text>,
}
