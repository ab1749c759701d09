//! The effects of a tool's calls on people, the conditions under which calls have them, and the record that a person reads
//! about before confirming one.

use serde_json::Value;
use tool_runtime::effect::EffectKind;

use super::Tool;

/// An effect of a tool's calls on people.
#[derive(Clone, Debug)]
pub struct Effect {
    /// The kind.
    pub kind: EffectKind,
    /// The people or records that it concerns.
    pub what: String,
    /// The condition under which a call has it.
    pub when: Option<Condition>,
    /// The condition under which a call does not have it.
    pub unless: Option<Condition>,
}

impl Effect {
    /// Returns the conditions in words, if there are any: `if draft is false`.
    pub fn condition(&self) -> Option<String> {
        let clauses = [("if", &self.when), ("unless", &self.unless)].into_iter();
        let clauses: Vec<_> =
            clauses.filter_map(|(word, condition)| Some(format!("{word} {}", condition.as_ref()?.words()))).collect();
        (!clauses.is_empty()).then(|| clauses.join(" "))
    }

    /// Returns the sentence that the effect adds to the description.
    pub fn sentence(&self) -> String {
        let condition = self.condition().map(|condition| format!(" {condition}")).unwrap_or_default();
        format!("{} {}{condition}.", self.kind.verb(), self.what)
    }
}

/// The read of the record that the calls of a tool are about.
#[derive(Clone, Debug)]
pub struct RecordLookup {
    /// The name of the tool that gets the record.
    pub tool: String,
    /// The arguments that it requires.
    pub arguments: Vec<String>,
    /// The fields of the record that a question shows.
    pub fields: Vec<String>,
}

impl Tool {
    /// Returns whether some calls of the tool need a confirmation.
    pub fn needs_confirmation(&self) -> bool {
        self.effects.iter().any(|effect| effect.kind.needs_confirmation())
    }
}

/// A condition on the arguments of a call.
#[derive(Clone, Debug)]
pub enum Condition {
    /// One of these arguments is given.
    Given(Vec<String>),
    /// An argument, which has labels or is a boolean, has this value.
    Equals(String, Value),
}

impl Condition {
    fn words(&self) -> String {
        match self {
            Self::Given(names) => format!("{} is given", names.join(" or ")),
            Self::Equals(argument, Value::String(label)) => format!("{argument} is {label}"),
            Self::Equals(argument, value) => format!("{argument} is {value}"),
        }
    }
}
