//! What a client sees of its scope: lists of tools, prompts and resources that leave out what it may not call.

use serde::{Deserialize, Serialize};
use tool_runtime::api::ApiDef;
use tool_runtime::tool::{Tool, ToolDef};

use super::{prompt, resource};
use crate::discovery;
use crate::mcp::list::ListError;
use crate::mcp::{EncodedList, Resources, ServerInfo};
use crate::scope::{self, Scope};
use crate::tools::{TOOLS, find};

/// What a message may hold besides files: far more than any arguments need.
pub(super) const LARGEST_WITHOUT_FILES: usize = 1024 * 1024;

/// How a client comes by the tools of its scope.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Exposure {
    /// All of them are in its list.
    #[default]
    All,
    /// Three tools are in its list, by which it finds and calls the others.
    Discovery,
}

/// What a client sees of a scope, written down once for all who have the same one.
#[derive(Debug)]
pub struct Surface {
    pub(super) info: ServerInfo,
    pub(super) tools: EncodedList,
    pub(super) prompts: Option<EncodedList>,
    pub(super) resources: Option<Resources>,
    pub(super) scope: Scope,
    pub(super) exposure: Exposure,
}

impl Surface {
    /// The tools that `scope` leaves, where a call uploads at most `max_upload_bytes`, and with `local_files` may name
    /// what it uploads by its path.
    pub fn new(
        api: &ApiDef,
        scope: Scope,
        exposure: Exposure,
        local_files: bool,
        max_upload_bytes: u64,
    ) -> Result<Self, ListError> {
        let info = server_info(api, max_upload_bytes);
        let tools = tool_list(&definitions(&scope), exposure, local_files, &info)?;
        let (prompts, resources) = (prompt::list(&scope, &info)?, resource::lists(&scope, &info)?);
        Ok(Self { info, tools, prompts, resources, scope, exposure })
    }

    /// A tool of the scope. One outside it is not told apart from one that does not exist.
    pub(super) fn tool(&self, name: &str) -> Option<&'static Tool> {
        find(name).filter(|tool| self.allows(tool.def))
    }

    /// Whether a tool is within the scope.
    pub(super) fn allows(&self, tool: &ToolDef) -> bool {
        scope::allows(&self.scope, tool)
    }
}

/// The tools that a scope leaves.
pub(super) fn definitions(scope: &Scope) -> Vec<&'static ToolDef> {
    scope.tools(TOOLS).into_iter().map(|tool| tool.def).collect()
}

/// The tools that a client with this exposure has in its list.
pub fn exposed(tools: &[&ToolDef], exposure: Exposure) -> Vec<ToolDef> {
    match exposure {
        Exposure::All => tools.iter().map(|tool| **tool).collect(),
        Exposure::Discovery => discovery::listed(tools).to_vec(),
    }
}

/// What a client with this exposure gets for `tools/list`. With `local_files`, attachments may be named by their path.
pub fn tool_list(
    tools: &[&ToolDef],
    exposure: Exposure,
    local_files: bool,
    info: &ServerInfo,
) -> Result<EncodedList, ListError> {
    let exposed = exposed(tools, exposure);
    EncodedList::tools(&exposed.iter().collect::<Vec<_>>(), local_files, info)
}

/// Who serves `api`.
pub fn server_info(api: &ApiDef, max_upload_bytes: u64) -> ServerInfo {
    // Base64 makes four bytes out of three.
    let files = usize::try_from(max_upload_bytes).unwrap_or(usize::MAX).div_ceil(3).saturating_mul(4);
    ServerInfo {
        name: env!("CARGO_PKG_NAME").to_owned(),
        title: api.title.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        instructions: api.instructions.to_owned(),
        longest_message: files.saturating_add(LARGEST_WITHOUT_FILES),
    }
}
