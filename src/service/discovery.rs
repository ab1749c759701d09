//! Calls of the discovery tools: searching, showing the schema of a tool, and calling it.

use mcp_server::{CallError, RequestContext, ToolResult};
use serde_json::{Map, Value, json};
use tool_runtime::violation::Violations;

use super::ScopedService;
use super::client_metadata::without_client_metadata;
use super::observer::CallEnding;
use super::result::tool_result;
use super::surface::definitions;
use super::tool::tool_entry;
use crate::discovery::{self, Found, Wanted};
use crate::outcome;
use crate::tools::API;

/// The number of tools that a search describes completely.
const WHOLE: usize = 3;

impl ScopedService {
    /// Calls one of the discovery tools.
    ///
    /// # Errors
    ///
    /// If there is no such tool, and as for the call of the tool that is wanted.
    pub(super) async fn call_discovery_tool(
        &self,
        name: &str,
        arguments: Map<String, Value>,
        context: &RequestContext,
    ) -> Result<ToolResult, CallError> {
        let tools = definitions(&self.surface.scope);
        let Some(tool) = discovery::find_tool(name, &tools) else {
            self.record_unknown(name, context);
            return Err(CallError::UnknownTool);
        };
        // `called` is the tool that the call is recorded for.
        let refused = |called, violations| {
            let outcome = Err(outcome::error_of_violations(tool.name, violations));
            self.watch(Some(called), context).end(CallEnding::Done(&outcome));
            Ok(tool_result(outcome))
        };
        let unknown = |wanted: &str| {
            self.record_unknown(wanted, context);
            let violations: Violations = discovery::unknown_tool(wanted, &tools);
            Ok(tool_result(Err(outcome::error_of_violations(tool.name, violations))))
        };
        match discovery::decode_arguments(tool, without_client_metadata(tool.arguments, arguments)) {
            Ok(Wanted::Search(query, limit)) => {
                let watch = self.watch(Some(tool.name), context);
                let found = discovery::search(&tools, &API.search, &query, limit);
                watch.end(CallEnding::Answered);
                Ok(ToolResult::from_text(self.search_result(&found)))
            }
            Ok(Wanted::Schema(wanted)) => {
                let Some(found) = self.surface.tool(&wanted) else { return unknown(&wanted) };
                self.watch(Some(tool.name), context).end(CallEnding::Answered);
                Ok(ToolResult::from_text(tool_entry(found.def, self.surface.listing).to_json()))
            }
            Ok(Wanted::Call(kind, wanted, arguments)) => {
                let Some(called) = self.surface.tool(&wanted) else { return unknown(&wanted) };
                match kind.refuse(called.def) {
                    Some(violations) => refused(called.def.name, violations),
                    None => self.call_result(called, arguments, context).await,
                }
            }
            Err(violations) => refused(tool.name, violations),
        }
    }

    /// The text of a search result: the whole entries of the best tools, and the names of the others.
    fn search_result(&self, found: &Found<'_>) -> String {
        let (whole, named) = found.tools.split_at(found.tools.len().min(WHOLE));
        let entries: Vec<_> = whole.iter().map(|tool| tool_entry(tool, self.surface.listing)).collect();
        let mut result = Map::from_iter([("tools".to_owned(), json!(entries))]);
        if !named.is_empty() {
            result.insert("more".to_owned(), named.iter().map(|tool| tool.name).collect());
        }
        if !found.cannot.is_empty() {
            result.insert("cannot".to_owned(), json!(found.cannot));
        }
        Value::Object(result).to_string()
    }
}
