//! The resources of a scope: replies of its tools, at addresses that contain the arguments.
//!
//! Reading a resource calls its tool, with everything that belongs to a call.

use mcp_server::{
    EncodedList, ReadError, ReadResult, ResourceBody, ResourceContents, ResourceEntry, Resources, ServerInfo,
    TemplateEntry, Unreadable,
};
use serde_json::{Map, Value};
use tool_runtime::tool::{ReplyFormat, Tool, ToolDef};

use super::result::{rate_limit_headers, success_meta};
use crate::outcome::{FailureKind, Outcome};
use crate::tools::TOOLS;

/// The lists of resources, if any of `tools` has one.
pub(super) fn encoded_resources(tools: &[&'static ToolDef], info: &ServerInfo) -> Option<Resources> {
    let readable: Vec<_> = tools.iter().filter_map(|tool| Some((tool, tool.resource?))).collect();
    if readable.is_empty() {
        return None;
    }
    // An address with variables is a template: only the API knows which records exist.
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
    Some(Resources {
        list: EncodedList::resources(&fixed.collect::<Vec<_>>(), info),
        templates: EncodedList::templates(&templates.collect::<Vec<_>>(), info),
    })
}

const fn mime_type(tool: &ToolDef) -> &'static str {
    match tool.reply {
        ReplyFormat::Json => "application/json",
        ReplyFormat::Text => "text/plain",
    }
}

/// The tool behind `uri`, in or outside the scope, and the arguments that the address contains.
pub(super) fn tool_at(uri: &str) -> Option<(&'static Tool, Map<String, Value>)> {
    TOOLS.iter().find_map(|tool| Some((tool, tool.def.resource?.arguments(uri)?)))
}

/// The result of reading `uri`, from the outcome of calling its tool.
pub(super) fn read_result(uri: &str, tool: &ToolDef, outcome: Outcome) -> Result<ReadResult, ReadError> {
    match outcome {
        Ok(success) => Ok(ReadResult {
            meta: success_meta(&success),
            headers: rate_limit_headers(success.ratelimit),
            ..ReadResult::from(ResourceContents {
                uri: uri.to_owned(),
                mime_type: Some(mime_type(tool).to_owned()),
                body: ResourceBody::Text(success.text),
            })
        }),
        Err(error) => Err(ReadError {
            reason: match error.kind {
                FailureKind::NotFound => Unreadable::NotFound,
                FailureKind::InvalidArguments => Unreadable::Invalid,
                _ => Unreadable::Failed,
            },
            facts: Box::new(error.facts()),
            headers: rate_limit_headers(error.ratelimit),
            message: error.message,
        }),
    }
}
