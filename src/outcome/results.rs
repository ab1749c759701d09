//! The form in which the results of a client are shown.

use serde::{Deserialize, Serialize};

/// The form of results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ResultForm {
    /// The fields that matter, as a model reads them best.
    #[default]
    Compact,
    /// The API's reply, byte for byte.
    Raw,
}

/// The form of results, and the limit of compact ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Results {
    /// Compact results.
    Compact {
        /// The maximum length of a result in characters.
        max_chars: usize,
    },
    /// The API's replies, byte for byte.
    Raw,
}

impl Results {
    /// The maximum length of a compact result in characters if nothing else is configured: about 8,000 tokens.
    pub const MAX_CHARS: usize = 25_000;

    /// Returns results of a form. Compact ones have at most `max_chars` characters.
    pub const fn new(form: ResultForm, max_chars: usize) -> Self {
        match form {
            ResultForm::Compact => Self::Compact { max_chars },
            ResultForm::Raw => Self::Raw,
        }
    }

    /// The maximum number of bytes that a result takes in addition to the reply that it is made of.
    pub(crate) const fn added_bytes(self) -> usize {
        match self {
            Self::Compact { max_chars } => max_chars * char::MAX.len_utf8(),
            Self::Raw => 0,
        }
    }

    /// Returns the maximum length of a summary in characters. It has the same form in both.
    pub(crate) const fn summary_chars(self) -> usize {
        match self {
            Self::Compact { max_chars } => max_chars,
            Self::Raw => Self::MAX_CHARS,
        }
    }

    /// Returns the form.
    pub const fn form(self) -> ResultForm {
        match self {
            Self::Compact { .. } => ResultForm::Compact,
            Self::Raw => ResultForm::Raw,
        }
    }
}

impl Default for Results {
    fn default() -> Self {
        Self::new(ResultForm::default(), Self::MAX_CHARS)
    }
}
