//! Revisions: the states of an object's editable fields, and the one that a change is meant for.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::error::{RegistryError, Result};

/// The state of an object's editable fields. It differs after each change to one of them, and after nothing else: calls,
/// checks and rate limits leave it as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision(String);

impl Revision {
    /// The revision of an object with this number of changes and the time of the last one. The time tells the two apart
    /// if a restored backup counts the same changes again.
    pub(crate) fn new(version: i64, changed_at: Timestamp) -> Self {
        Self(format!("{version}-{:x}", changed_at.as_millisecond()))
    }

    /// The revision as text: letters, digits and hyphens.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An object that has a revision.
pub trait Revised: Serialize {
    /// The word for such an object in messages.
    const KIND: &'static str;

    /// The revision of the object.
    fn revision(&self) -> &Revision;
}

/// The revisions to which a change applies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Precondition {
    /// The change applies to any revision.
    None,
    /// The change applies only to the object whose revision is one of these texts.
    RevisionIn(Vec<String>),
}

impl Precondition {
    /// Returns whether the change applies only to certain revisions.
    pub(super) const fn is_some(&self) -> bool {
        matches!(self, Self::RevisionIn(_))
    }

    /// Checks that a change to the object `current` applies.
    ///
    /// # Errors
    /// Fails with a [`Conflict`] if it does not.
    pub(super) fn check<T: Revised>(&self, current: &T) -> Result<()> {
        let revision = current.revision();
        match self {
            Self::RevisionIn(accepted) if !accepted.iter().any(|accepted| accepted == revision.as_str()) => {
                Err(RegistryError::Conflict(Box::new(Conflict {
                    kind: T::KIND,
                    revision: revision.clone(),
                    current: serde_json::to_value(current).expect("views are structs of values that JSON has"),
                })))
            }
            _ => Ok(()),
        }
    }
}

/// A change that was meant for another revision of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// The word for the object.
    pub kind: &'static str,
    /// The current revision of the object.
    pub revision: Revision,
    /// The object as it is now.
    pub current: Value,
}
