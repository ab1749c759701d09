//! Prompts: how one stands in the list, and what a client gets that asks for one.

use serde::Serialize;
use serde_json::Value;

use super::content::Content;

/// A prompt as it stands in the list.
#[derive(Clone, Debug, Serialize)]
pub struct PromptEntry<'a> {
    /// Name for programs.
    pub name: &'a str,
    /// Name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<&'a str>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'a str>,
    /// What it wants to be told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<PromptArgument<'a>>,
}

/// An argument of a prompt.
#[derive(Clone, Debug, Serialize)]
pub struct PromptArgument<'a> {
    /// Its name.
    pub name: &'a str,
    /// What belongs there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'a str>,
    /// Whether there is no prompt without it.
    pub required: bool,
}

/// A prompt, its arguments filled in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Prompt {
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What is to be said to the model.
    pub messages: Vec<PromptMessage>,
}

/// A message of a prompt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PromptMessage {
    /// Whose message it is.
    pub role: Role,
    /// What it says.
    pub content: Content,
}

/// The two who talk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Who asks.
    User,
    /// Who answers.
    Assistant,
}

/// Why there is no prompt.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PromptError {
    /// There is none of that name here.
    #[error("there is no such prompt")]
    Unknown,
    /// An argument is missing or wrong.
    #[error("{message}")]
    Arguments {
        /// One sentence on what is wrong.
        message: String,
        /// What a program can act on.
        facts: Option<Value>,
    },
}
