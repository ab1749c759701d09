//! Comparison of a spec with the vendor's OpenAPI document: operations, parameters and body fields that are new, missing
//! or changed.
//!
//! A difference is a sentence, so that it can be copied into the file of explanations. The comparison does not decide
//! which side is right.

mod compare;
mod difference;
mod document;
mod explained;

pub use compare::differences;
pub use difference::{Difference, DocumentError};
pub use explained::{DriftReport, Explanations};
