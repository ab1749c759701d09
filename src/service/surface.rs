//! The surface of a scope: its tools, prompts and resources, encoded once for all clients with the same scope.

use mcp_server::{EncodedList, Resources, ServerInfo, ToolEntry};
use tool_runtime::api::ApiDef;
use tool_runtime::tool::{Tool, ToolDef};

use super::icons::icons;
use super::listing::Listing;
use super::tool::exposed_tools;
use super::{guide, prompt, resource};
use crate::call::CallSizes;
use crate::scope::{self, Scope};
use crate::tools::{TOOLS, find};

/// The room in a message beside its files, in bytes. No tool has arguments that need more.
pub(super) const LARGEST_WITHOUT_FILES: usize = 1024 * 1024;

/// The encoded lists of a scope. Hidden tools, prompts and resources are not in them.
#[derive(Debug)]
pub struct Surface {
    pub(super) info: ServerInfo,
    pub(super) tools: EncodedList,
    pub(super) prompts: Option<EncodedList>,
    pub(super) resources: Option<Resources>,
    pub(super) scope: Scope,
    pub(super) listing: Listing,
}

impl Surface {
    /// The surface of `scope`, whose calls have at most these `sizes`.
    pub fn new(api: &ApiDef, scope: Scope, listing: Listing, sizes: CallSizes) -> Self {
        let definitions = definitions(&scope);
        let takes_files = definitions.iter().any(|tool| tool.files.is_some());
        let sizes = CallSizes {
            upload: if takes_files { sizes.upload } else { 0 },
            // A compact result is held beside the reply while it is written.
            reply: sizes.reply.saturating_add(listing.results.added_bytes()),
        };
        let instructions = guide::instructions(api.instructions, listing.results.form());
        let info = ServerInfo { instructions, ..server_info(api, sizes) };
        Self {
            tools: tool_list(&definitions, listing, &info),
            prompts: prompt::encoded_prompts(&scope, &info),
            resources: resource::encoded_resources(&definitions, &info),
            info,
            scope,
            listing,
        }
    }

    /// A tool of the scope. A tool outside the scope is indistinguishable from one that does not exist.
    pub(super) fn tool(&self, name: &str) -> Option<&'static Tool> {
        find(name).filter(|tool| self.allows(tool.def))
    }

    /// Returns true if a tool is in the scope.
    pub(super) fn allows(&self, tool: &ToolDef) -> bool {
        scope::allows(&self.scope, tool)
    }
}

/// The definitions of the tools in a scope.
pub(super) fn definitions(scope: &Scope) -> Vec<&'static ToolDef> {
    scope.tools(TOOLS).into_iter().map(|tool| tool.def).collect()
}

/// The result of `tools/list` for a client whose scope has `tools`.
pub fn tool_list(tools: &[&'static ToolDef], listing: Listing, info: &ServerInfo) -> EncodedList {
    let entries: Vec<ToolEntry<'_>> = exposed_tools(tools, listing).into_iter().map(|tool| tool.entry).collect();
    EncodedList::tools(&entries, info)
}

/// The name, version and instructions of the server for `api`, whose calls have at most these `sizes`.
pub fn server_info(api: &ApiDef, sizes: CallSizes) -> ServerInfo {
    // Base64 encodes three bytes as four.
    let files = usize::try_from(sizes.upload).unwrap_or(usize::MAX).div_ceil(3).saturating_mul(4);
    ServerInfo {
        name: env!("CARGO_PKG_NAME").to_owned(),
        title: api.title.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        icons: icons(),
        instructions: api.instructions.to_owned(),
        max_message_bytes: files.saturating_add(LARGEST_WITHOUT_FILES),
        max_result_bytes: sizes.reply,
    }
}
