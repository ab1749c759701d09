//! Prompts: their entries in `prompts/list`, and the result of `prompts/get`.

use serde::Serialize;
use serde_json::Value;

use super::content::Content;

/// A prompt as `prompts/list` shows it.
#[derive(Clone, Debug, Serialize)]
pub struct PromptEntry<'a> {
    /// Unique name, by which clients ask for the prompt.
    pub name: &'a str,
    /// Name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<&'a str>,
    /// The purpose of the prompt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'a str>,
    /// The arguments that it accepts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<PromptArgumentEntry<'a>>,
}

/// An argument of a prompt. Its value is always a string.
#[derive(Clone, Debug, Serialize)]
pub struct PromptArgumentEntry<'a> {
    /// Its name.
    pub name: &'a str,
    /// The meaning of its value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'a str>,
    /// Set if the prompt cannot be filled in without it.
    pub required: bool,
}

/// A prompt with its arguments filled in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FilledPrompt {
    /// The purpose of the prompt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The messages to the model.
    pub messages: Vec<PromptMessage>,
}

/// A message of a prompt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PromptMessage {
    /// The speaker.
    pub role: MessageRole,
    /// The content of the message.
    pub content: Content,
}

/// The speaker of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MessageRole {
    /// The user.
    User,
    /// The model.
    Assistant,
}

/// The reason why a prompt was not filled in.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PromptError {
    /// This service has no prompt of that name.
    #[error("unknown prompt")]
    Unknown,
    /// An argument is missing or wrong.
    #[error("{message}")]
    Arguments {
        /// One sentence on what is wrong.
        message: String,
        /// The `data` member of the error, for programs.
        facts: Option<Value>,
    },
}
