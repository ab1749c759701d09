//! The prompts of a scope: those whose tools are all in it.

use serde_json::{Map, Value};
use tool_runtime::prompt::{self as runtime, PromptDef};

use super::surface::{Exposure, Surface};
use crate::discovery;
use crate::mcp::list::ListError;
use crate::mcp::prompt::{PromptArgument, PromptEntry, PromptMessage, Role};
use crate::mcp::{Content, EncodedList, Prompt, PromptError, ServerInfo};
use crate::outcome;
use crate::scope::{self, Scope};
use crate::tools::{PROMPTS, find};

/// The list of prompts, if the scope leaves any.
pub(super) fn list(scope: &Scope, info: &ServerInfo) -> Result<Option<EncodedList>, ListError> {
    let entries: Vec<_> = of_scope(scope).map(|prompt| entry(prompt.def)).collect();
    if entries.is_empty() { Ok(None) } else { EncodedList::prompts(&entries, info).map(Some) }
}

/// The prompt `name` with its arguments filled in.
pub(super) fn fill(surface: &Surface, name: &str, arguments: Map<String, Value>) -> Result<Prompt, PromptError> {
    let prompt = of_scope(&surface.scope).find(|prompt| prompt.def.name == name).ok_or(PromptError::Unknown)?;
    let text = prompt.fill(arguments).map_err(|violations| {
        let error = outcome::of_prompt_violations(prompt.def, violations);
        PromptError::Arguments { facts: Some(error.facts().into()), message: error.message }
    })?;
    let text = format!("{text}\n\n{}", tools(prompt.def, surface.exposure));
    Ok(Prompt {
        description: Some(prompt.def.description.to_owned()),
        messages: vec![PromptMessage { role: Role::User, content: Content::text(text) }],
    })
}

fn of_scope(scope: &Scope) -> impl Iterator<Item = &'static runtime::Prompt> {
    let allowed = |name: &&str| find(name).is_some_and(|tool| scope::allows(scope, tool.def));
    PROMPTS.iter().filter(move |prompt| prompt.def.uses.iter().all(allowed))
}

fn entry(def: &PromptDef) -> PromptEntry<'static> {
    let argument = |argument: &runtime::PromptArgument| PromptArgument {
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

/// Which tools the text is about, and how a client with this exposure comes by them.
fn tools(def: &PromptDef, exposure: Exposure) -> String {
    let names = def.uses.join(", ");
    match exposure {
        Exposure::All => format!("Tools for this: {names}."),
        Exposure::Discovery => format!("Tools for this: {names}. {}", discovery::HOW_TO_CALL),
    }
}
