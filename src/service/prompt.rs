//! The prompts of a scope: those whose tools are all in it.

use mcp_server::{
    Content, EncodedList, FilledPrompt, MessageRole, PromptArgumentEntry, PromptEntry, PromptError, PromptMessage,
    ServerInfo,
};
use serde_json::{Map, Value};
use tool_runtime::prompt::{self as runtime, PromptDef};

use super::listing::Exposure;
use crate::discovery;
use crate::outcome;
use crate::scope::{self, Scope};
use crate::tools::{PROMPTS, find};

/// The list of prompts, if the scope has any.
pub(super) fn encoded_prompts(scope: &Scope, info: &ServerInfo) -> Option<EncodedList> {
    let entries: Vec<_> = prompts_in(scope).map(|prompt| prompt_entry(prompt.def)).collect();
    (!entries.is_empty()).then(|| EncodedList::prompts(&entries, info))
}

/// Fills in the prompt `name` for a client with that scope and exposure.
pub(super) fn fill_prompt(
    scope: &Scope,
    exposure: Exposure,
    name: &str,
    arguments: Map<String, Value>,
) -> Result<FilledPrompt, PromptError> {
    let prompt = prompts_in(scope).find(|prompt| prompt.def.name == name).ok_or(PromptError::Unknown)?;
    let text = prompt.fill(arguments).map_err(|violations| {
        let error = outcome::error_of_prompt_violations(prompt.def, violations);
        PromptError::Arguments { facts: Some(error.facts().into()), message: error.message }
    })?;
    let text = format!("{text}\n\n{}", tool_hint(prompt.def, exposure));
    Ok(FilledPrompt {
        description: Some(prompt.def.description.to_owned()),
        messages: vec![PromptMessage { role: MessageRole::User, content: Content::from_text(text) }],
    })
}

fn prompts_in(scope: &Scope) -> impl Iterator<Item = &'static runtime::Prompt> {
    let allowed = |name: &&str| find(name).is_some_and(|tool| scope::allows(scope, tool.def));
    PROMPTS.iter().filter(move |prompt| prompt.def.uses.iter().all(allowed))
}

fn prompt_entry(def: &PromptDef) -> PromptEntry<'static> {
    let argument = |argument: &runtime::PromptArgument| PromptArgumentEntry {
        name: argument.name,
        description: Some(argument.about),
        required: argument.required,
    };
    PromptEntry {
        name: def.name,
        title: Some(def.title),
        description: Some(def.description),
        arguments: def.arguments.iter().map(argument).collect(),
    }
}

/// A sentence that names the tools of the prompt, and how a client with this exposure calls them.
fn tool_hint(def: &PromptDef, exposure: Exposure) -> String {
    let names = def.uses.join(", ");
    match exposure {
        Exposure::All => format!("Tools for this: {names}."),
        Exposure::Discovery => format!("Tools for this: {names}. {}", discovery::HOW_TO_CALL),
    }
}
