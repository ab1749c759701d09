//! The words by which tools are found.

/// The words by which tools are found, besides those of the tools.
#[derive(Debug)]
pub struct Search {
    /// Groups of words with the same meaning: lower-case words, each in one group at most.
    pub synonyms: Vec<Vec<String>>,
    /// Tasks that no tool can do.
    pub cannot: Vec<Cannot>,
}

/// A task that no tool can do.
#[derive(Debug)]
pub struct Cannot {
    /// Phrases of lower-case words by which somebody asks for it.
    pub asked: Vec<String>,
    /// Answer to them.
    pub answer: String,
}
