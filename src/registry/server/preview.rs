//! Previews: the tools that a server would list.

use serde::Serialize;
use tool_runtime::effect::Effect;

use crate::registry::config::CheckedConfig;
use crate::service;
use crate::tools::TOOLS;

/// The result of a dry run: the list of tools that the server would have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ServerPreview {
    /// The tools, in the order of `tools/list`.
    pub tools: Vec<PreviewedTool>,
    /// The size of the whole `tools/list` result, in bytes.
    pub bytes: usize,
}

/// A tool that the server would list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PreviewedTool {
    /// The name of the tool.
    pub name: &'static str,
    /// The name of the tool, for people.
    pub title: &'static str,
    /// The method of the tool: `list`, `get`, `create`, `update`, `delete` or `custom`.
    pub class: &'static str,
    /// The tags of the tool.
    pub tags: &'static [&'static str],
    /// The effects of the tool's calls on people.
    pub effects: Vec<PreviewedEffect>,
    /// The size of the tool's entry in `tools/list`, in bytes.
    pub bytes: usize,
}

/// An effect of a tool's calls on people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PreviewedEffect {
    /// The kind of effect: `sends_email` (to customers or others outside the organisation), `notifies` (colleagues, by
    /// e-mail), `shows_customers`, `deletes` or `publishes`.
    pub kind: &'static str,
    /// The effect in words, with the condition under which a call has it.
    pub about: String,
    /// True if a person should confirm such a call.
    pub needs_confirmation: bool,
}

/// The tools that a server with this configuration would list.
pub(super) fn preview_of_config(config: &CheckedConfig) -> ServerPreview {
    let allowed: Vec<_> = config.scope.tools(TOOLS).into_iter().map(|tool| tool.def).collect();
    let tools: Vec<_> = service::exposed_tools(&allowed, config.listing)
        .into_iter()
        .map(|tool| PreviewedTool {
            name: tool.entry.name,
            title: tool.entry.title.unwrap_or_default(),
            class: tool.method.name(),
            tags: tool.tags,
            effects: tool.effects.0.iter().map(previewed_effect).collect(),
            bytes: tool.bytes(),
        })
        .collect();
    let commas = tools.len().saturating_sub(1);
    let bytes = "{\"tools\":[]}".len() + commas + tools.iter().map(|tool| tool.bytes).sum::<usize>();
    ServerPreview { tools, bytes }
}

fn previewed_effect(effect: &Effect) -> PreviewedEffect {
    PreviewedEffect {
        kind: effect.kind.name(),
        about: effect.to_string(),
        needs_confirmation: effect.kind.needs_confirmation(),
    }
}
