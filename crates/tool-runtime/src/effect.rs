//! The effects of a call on people: who gets an e-mail, what customers see, what is deleted, what is published.
//!
//! A specification declares them per tool. Where an argument decides, generated code evaluates the condition on the decoded
//! arguments: the same values that are sent.

use std::fmt;

use serde::ser::{Serialize, Serializer};

/// One effect of a tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effect {
    /// The kind of effect.
    pub kind: EffectKind,
    /// The people or records that it concerns: `the customer`, `the article`.
    pub what: &'static str,
    /// The condition under which a call has the effect, in words: `if draft is false`. Without one, every call has it.
    pub condition: Option<&'static str>,
}

/// The kind of an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EffectKind {
    /// An e-mail is sent to customers, or to others outside the organisation.
    SendsEmail,
    /// An e-mail is sent to colleagues.
    Notifies,
    /// Customers can read a text.
    ShowsCustomers,
    /// Records are deleted.
    Deletes,
    /// Records are published.
    Publishes,
}

/// The effects of a tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effects(pub &'static [Effect]);

impl EffectKind {
    /// All kinds, in the order in which people read them.
    pub const ALL: [Self; 5] = [Self::SendsEmail, Self::Notifies, Self::ShowsCustomers, Self::Deletes, Self::Publishes];

    /// Returns the key in specifications, and in the lists that clients read.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SendsEmail => "sends_email",
            Self::Notifies => "notifies",
            Self::ShowsCustomers => "shows_customers",
            Self::Deletes => "deletes",
            Self::Publishes => "publishes",
        }
    }

    /// Returns the words before [`Effect::what`] in a sentence.
    pub const fn verb(self) -> &'static str {
        match self {
            Self::SendsEmail | Self::Notifies => "Sends e-mail to",
            Self::ShowsCustomers => "Shows customers",
            Self::Deletes => "Deletes",
            Self::Publishes => "Publishes",
        }
    }

    /// Returns whether a person should confirm a call with such an effect, because it leaves the organisation or cannot be
    /// undone.
    pub const fn needs_confirmation(self) -> bool {
        !matches!(self, Self::Notifies)
    }
}

impl Effect {
    /// Returns what the effect concerns, with its condition.
    fn object(&self) -> String {
        self.condition.map_or_else(|| self.what.to_owned(), |condition| format!("{} {condition}", self.what))
    }
}

/// Writes a sentence: `Publishes the article if status is published.`
impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}.", self.kind.verb(), self.object())
    }
}

impl Effects {
    /// Returns whether some calls of the tool need a confirmation.
    pub fn may_need_confirmation(self) -> bool {
        self.0.iter().any(|effect| effect.kind.needs_confirmation())
    }
}

/// Writes one object with the names of the kinds as its keys: `{"publishes": "the article if status is published"}`.
impl Serialize for Effects {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|effect| (effect.kind.name(), effect.object())))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn effects_are_written_for_people_and_programs() {
        const EFFECTS: &[Effect] = &[
            Effect { kind: EffectKind::Notifies, what: "the owner", condition: None },
            Effect { kind: EffectKind::Publishes, what: "the shelf", condition: Some("unless draft is true") },
        ];
        let sentences = ["Sends e-mail to the owner.", "Publishes the shelf unless draft is true."];
        assert_eq!(EFFECTS.iter().map(Effect::to_string).collect::<Vec<_>>(), sentences);
        assert_eq!(
            serde_json::to_value(Effects(EFFECTS)).ok(),
            Some(json!({ "notifies": "the owner", "publishes": "the shelf unless draft is true" }))
        );
    }
}
