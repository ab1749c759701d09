//! The resources of a scope: what its tools get, at addresses that say with which arguments.
//!
//! To read one is to call its tool, with all that belongs to a call.

use serde_json::{Map, Value};
use tool_runtime::tool::{ReplyFormat, Tool, ToolDef};

use super::surface::definitions;
use super::{headers, meta};
use crate::mcp::list::ListError;
use crate::mcp::resource::{ResourceEntry, TemplateEntry, Unreadable};
use crate::mcp::{EncodedList, ReadError, ReadResult, ResourceBody, ResourceContents, Resources, ServerInfo};
use crate::outcome::{Kind, Outcome};
use crate::scope::Scope;
use crate::tools::TOOLS;

/// The lists of resources, if the scope leaves any.
pub(super) fn lists(scope: &Scope, info: &ServerInfo) -> Result<Option<Resources>, ListError> {
    let tools = definitions(scope).into_iter();
    let readable: Vec<_> = tools.filter_map(|tool| Some((tool, tool.resource?))).collect();
    if readable.is_empty() {
        return Ok(None);
    }
    // Which records there are, only the API knows: an address with variables is a pattern.
    let (templates, fixed): (Vec<_>, Vec<_>) = readable.iter().partition(|(_, resource)| resource.uri.contains('{'));
    let fixed = fixed.into_iter().map(|(tool, resource)| ResourceEntry {
        uri: resource.uri,
        name: resource.name,
        title: Some(resource.title),
        description: Some(tool.description),
        mime_type: Some(mime_type(tool)),
    });
    let templates = templates.into_iter().map(|(tool, resource)| TemplateEntry {
        uri_template: resource.uri,
        name: resource.name,
        title: Some(resource.title),
        description: Some(tool.description),
        mime_type: Some(mime_type(tool)),
    });
    Ok(Some(Resources {
        list: EncodedList::resources(&fixed.collect::<Vec<_>>(), info)?,
        templates: EncodedList::templates(&templates.collect::<Vec<_>>(), info)?,
    }))
}

const fn mime_type(tool: &ToolDef) -> &'static str {
    match tool.reply {
        ReplyFormat::Json => "application/json",
        ReplyFormat::Text => "text/plain",
    }
}

/// The tool that gets what is at `uri`, in this scope or outside it, and the arguments that say so.
pub(super) fn meant(uri: &str) -> Option<(&'static Tool, Map<String, Value>)> {
    TOOLS.iter().find_map(|tool| Some((tool, tool.def.resource?.arguments(uri)?)))
}

/// What a call came to, as the contents of the resource at `uri` or the reason why there are none.
pub(super) fn read(uri: &str, tool: &ToolDef, outcome: Outcome) -> Result<ReadResult, ReadError> {
    match outcome {
        Ok(success) => Ok(ReadResult {
            meta: meta(success.ratelimit),
            headers: headers(success.ratelimit),
            ..ReadResult::of(ResourceContents {
                uri: uri.to_owned(),
                mime_type: Some(mime_type(tool).to_owned()),
                body: ResourceBody::Text(success.text),
            })
        }),
        Err(error) => Err(ReadError {
            reason: match error.kind {
                Kind::NotFound => Unreadable::NotFound,
                Kind::InvalidArguments => Unreadable::Invalid,
                _ => Unreadable::Failed,
            },
            facts: Box::new(error.facts()),
            headers: headers(error.ratelimit),
            message: error.message,
        }),
    }
}
