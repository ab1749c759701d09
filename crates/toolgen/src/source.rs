//! The text of a file, with the name that diagnostics show.

/// A source file.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Path relative to the project, as diagnostics show it.
    pub file: &'a str,
    /// Whole text.
    pub text: &'a str,
}

impl Source<'_> {
    /// Returns the source without the byte order mark that some editors write before the text.
    pub(crate) fn without_bom(self) -> Self {
        Self { text: self.text.strip_prefix('\u{feff}').unwrap_or(self.text), ..self }
    }
}
