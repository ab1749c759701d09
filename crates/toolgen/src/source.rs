//! The text of a file, with the name that diagnostics show.

/// A source file.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Path relative to the project, as diagnostics show it.
    pub file: &'a str,
    /// Whole text.
    pub text: &'a str,
}
