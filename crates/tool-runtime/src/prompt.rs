//! Prompts: their definition, and the way from a caller's arguments to the text for a model.

use std::fmt::Display;

use serde_json::{Map, Value};

use crate::arguments::{self, Arguments};
use crate::guidance::Guidance;
use crate::violation::Violations;

/// A generated prompt struct: a text with its arguments filled in.
pub trait PromptTemplate: Sized {
    /// Everything about the prompt that does not depend on arguments.
    const DEF: PromptDef;

    /// The arguments' names, in the order of the definition.
    const NAMES: &'static [&'static str];

    /// A value of each argument as JSON text, in the order of the names.
    const EXAMPLES: &'static [&'static str] = &[];

    /// Takes the known arguments out of `arguments`. Returns `None` only if it recorded a violation there.
    fn decode(arguments: &mut Arguments) -> Option<Self>;

    /// Returns the text for a model.
    fn render(&self) -> String;
}

/// The definition of a prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PromptDef {
    /// Unique name, by which a client requests it.
    pub name: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// Description for a person who chooses a prompt.
    pub description: &'static str,
    /// The arguments.
    pub arguments: &'static [PromptArgument],
    /// Names of the tools that a model needs to follow the prompt.
    pub uses: &'static [&'static str],
    /// Valid arguments, as JSON text.
    pub example: &'static str,
}

/// An argument of a prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PromptArgument {
    /// Unique name.
    pub name: &'static str,
    /// Explanation for a person who fills it in.
    pub about: &'static str,
    /// True if the prompt requires it.
    pub required: bool,
}

/// A row of the table of prompts.
#[derive(Clone, Copy, Debug)]
pub struct Prompt {
    /// The definition.
    pub def: &'static PromptDef,
    fill: fn(Map<String, Value>) -> Result<String, Violations>,
}

impl Prompt {
    /// Creates the row for a generated struct.
    pub const fn new<T: PromptTemplate>() -> Self {
        Self { def: &T::DEF, fill: fill::<T> }
    }

    /// Fills the arguments in and returns the text. An empty argument counts as not given.
    ///
    /// # Errors
    ///
    /// If an argument is missing, wrong or unknown. All violations are returned.
    pub fn fill(&self, arguments: Map<String, Value>) -> Result<String, Violations> {
        (self.fill)(arguments)
    }
}

fn fill<T: PromptTemplate>(mut given: Map<String, Value>) -> Result<String, Violations> {
    // People fill prompts in by forms, which also send the fields that were left empty.
    given.retain(|_, value| !matches!(value, Value::String(text) if text.trim().is_empty()));
    let mut arguments = Arguments::of_prompt(T::NAMES, given).with_guidance(Guidance {
        examples: T::EXAMPLES,
        accepts: Some(|name, value| arguments::accepts(T::NAMES, name, value, T::decode)),
        ..Guidance::default()
    });
    let decoded = T::decode(&mut arguments);
    arguments.finish(decoded).map(|prompt| prompt.render())
}

/// Builds the text of a prompt, passage by passage. A passage with an argument that was not given is left out.
#[derive(Debug, Default)]
pub struct Passages {
    finished: String,
    passage: String,
    /// True if the current passage has an argument that was not given.
    is_incomplete: bool,
}

impl Passages {
    /// Creates an empty text.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends fixed text to the passage.
    #[must_use]
    pub fn literal(mut self, text: &str) -> Self {
        self.passage.push_str(text);
        self
    }

    /// Appends an argument to the passage.
    #[must_use]
    pub fn value(mut self, value: &impl Display) -> Self {
        self.passage.push_str(&value.to_string());
        self
    }

    /// Appends an optional argument to the passage.
    #[must_use]
    pub fn value_opt(mut self, value: Option<&impl Display>) -> Self {
        match value {
            Some(value) => self.value(value),
            None => {
                self.is_incomplete = true;
                self
            }
        }
    }

    /// Ends the passage, and drops it if it is incomplete.
    #[must_use]
    pub fn end(mut self) -> Self {
        if !std::mem::take(&mut self.is_incomplete) {
            self.finished.push_str(&self.passage);
        }
        self.passage.clear();
        self
    }
}

impl From<Passages> for String {
    fn from(passages: Passages) -> Self {
        passages.finished.trim_end().to_owned()
    }
}
