//! A prompt: its definition, and the way from a caller's arguments to the text that is said to a model.

use std::fmt::{Display, Write as _};

use serde_json::{Map, Value};

use crate::args::Arguments;
use crate::violation::Violations;

/// One generated prompt struct: a text with its places filled in.
pub trait PromptTemplate: Sized {
    /// Everything about the prompt that does not depend on arguments.
    const DEF: PromptDef;

    /// The arguments' names, in the order of the definition.
    const NAMES: &'static [&'static str];

    /// Takes what it knows out of `arguments`. `None` only if a violation was recorded there.
    fn decode(arguments: &mut Arguments) -> Option<Self>;

    /// The text for a model.
    fn render(&self) -> String;
}

/// What is known of a prompt before anyone asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PromptDef {
    /// Unique name, as a client asks for it.
    pub name: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// What a person reads to choose it.
    pub description: &'static str,
    /// What it wants to be told.
    pub arguments: &'static [PromptArgument],
    /// The tools that a model needs to do what it says.
    pub uses: &'static [&'static str],
    /// Arguments that work, as JSON text.
    pub example: &'static str,
}

/// An argument of a prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PromptArgument {
    /// Its name.
    pub name: &'static str,
    /// What belongs there.
    pub about: &'static str,
    /// Whether there is no prompt without it.
    pub required: bool,
}

/// A row of the table of prompts.
#[derive(Clone, Copy, Debug)]
pub struct Prompt {
    /// What is known of it.
    pub def: &'static PromptDef,
    fill: fn(Map<String, Value>) -> Result<String, Violations>,
}

impl Prompt {
    /// The row for a generated struct.
    pub const fn new<T: PromptTemplate>() -> Self {
        Self { def: &T::DEF, fill: fill::<T> }
    }

    /// Fills the arguments in, or says everything that is wrong with them.
    pub fn fill(&self, arguments: Map<String, Value>) -> Result<String, Violations> {
        (self.fill)(arguments)
    }
}

fn fill<T: PromptTemplate>(mut given: Map<String, Value>) -> Result<String, Violations> {
    // Prompts are filled in by people, in forms that send what was left empty.
    given.retain(|_, value| !matches!(value, Value::String(text) if text.trim().is_empty()));
    let mut arguments = Arguments::of_prompt(T::NAMES, given);
    let decoded = T::decode(&mut arguments);
    arguments.finish(decoded).map(|prompt| prompt.render())
}

/// The text of a prompt while it is put together, passage by passage.
#[derive(Debug, Default)]
pub struct Passages {
    whole: String,
    passage: String,
    /// Whether the passage has a place that nothing was given for.
    lacking: bool,
}

impl Passages {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds words.
    #[must_use]
    pub fn literal(mut self, text: &str) -> Self {
        self.passage.push_str(text);
        self
    }

    /// Adds an argument.
    #[must_use]
    pub fn value(mut self, value: &impl Display) -> Self {
        // Writing to a text cannot fail.
        let _ = write!(self.passage, "{value}");
        self
    }

    /// Adds an argument that may not have been given.
    #[must_use]
    pub fn value_opt(mut self, value: Option<&impl Display>) -> Self {
        match value {
            Some(value) => self.value(value),
            None => {
                self.lacking = true;
                self
            }
        }
    }

    /// Ends a passage. It is left out if something in it was not given.
    #[must_use]
    pub fn end(mut self) -> Self {
        if !std::mem::take(&mut self.lacking) {
            self.whole.push_str(&self.passage);
        }
        self.passage.clear();
        self
    }
}

impl From<Passages> for String {
    fn from(passages: Passages) -> Self {
        passages.whole.trim_end().to_owned()
    }
}
