//! What one client is served: the tools of its scope, called for its account, and the prompts and resources that these
//! tools are enough for.
//!
//! Here protocol, scope and account meet. None of the three knows the others, and nothing here knows a transport.

mod observer;
mod prompt;
mod resource;
mod surface;

use std::fmt;
use std::sync::Arc;

use http::HeaderName;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use tool_runtime::api::ApiDef;
use tool_runtime::tool::{Tool, ToolDef};

use self::observer::Watch;
pub use self::observer::{Ended, Ending, Observer};
use self::surface::definitions;
pub use self::surface::{Exposure, Surface, exposed, server_info, tool_list};
use crate::call::{Caller, Upload};
use crate::discovery::{self, Wanted};
use crate::mcp::list::ListError;
use crate::mcp::tool::entry;
use crate::mcp::{
    CallError, EncodedList, Progress, Prompt, PromptError, ReadError, ReadResult, RequestContext, Resources,
    ServerInfo, Service, ToolResult,
};
use crate::outcome::{self, Outcome, RateLimit};
use crate::scope::Scope;
use crate::tools::find;

/// The key of a result's `_meta` for what the API said of its rate limit.
const RATE_LIMIT: &str = "ratelimit";

/// What is within one scope, for one account.
pub struct Scoped {
    surface: Arc<Surface>,
    caller: Caller,
    observer: Option<Box<dyn Observer>>,
}

impl Scoped {
    /// The tools that `scope` leaves, for the account of `caller`, which uploads at most `max_upload_bytes` in a call.
    pub fn new(
        api: &ApiDef,
        scope: Scope,
        exposure: Exposure,
        caller: Caller,
        max_upload_bytes: u64,
    ) -> Result<Self, ListError> {
        let surface = Arc::new(Surface::new(api, scope, exposure, caller.reads_files(), max_upload_bytes)?);
        Ok(Self { surface, caller, observer: None })
    }

    /// The tools of `surface` for the account of `caller`. Each call is told to `observer`.
    pub fn observed(surface: Arc<Surface>, caller: Caller, observer: impl Observer) -> Self {
        Self { surface, caller, observer: Some(Box::new(observer)) }
    }

    fn watch<'a>(&'a self, tool: Option<&'static ToolDef>, context: &'a RequestContext) -> Watch<'a> {
        Watch::new(self.observer.as_deref(), tool, context)
    }

    /// Calls a tool of the scope.
    async fn carry_out(&self, tool: &'static Tool, arguments: Map<String, Value>, context: &RequestContext) -> Outcome {
        let watch = self.watch(Some(tool.def), context);
        let upload = Upload::default();
        let call = self.caller.call_counting(tool, arguments, &upload);
        let outcome = Progress::while_waiting(context.progress.as_ref(), || upload.sent_of_total(), call).await;
        watch.tell(Ending::Done(&outcome));
        outcome
    }

    /// Says that there is no tool of that name for this client.
    fn unknown(&self, name: &str, context: &RequestContext) {
        self.watch(find(name).map(|tool| tool.def), context).tell(Ending::Unknown);
    }

    /// A tool of the scope, as it would stand in the list.
    fn entry(&self, name: &str) -> Option<Box<RawValue>> {
        entry(self.surface.tool(name)?.def, self.caller.reads_files()).ok()
    }

    /// Answers one of the three tools that lead to the others.
    async fn discover(
        &self,
        name: &str,
        arguments: Map<String, Value>,
        context: &RequestContext,
    ) -> Result<ToolResult, CallError> {
        let Some(tool) = discovery::tool(name) else {
            self.unknown(name, context);
            return Err(CallError::UnknownTool);
        };
        let tools = definitions(&self.surface.scope);
        let watch = || self.watch(Some(tool), context);
        let refused = |violations| Err(outcome::of_violations(tool, violations));
        match discovery::wanted(tool, arguments) {
            Ok(Wanted::Search(query, limit)) => {
                let watch = watch();
                let found = discovery::search(&tools, &query, limit);
                watch.tell(Ending::Answered);
                Ok(json_result(&json!({ "tools": found })))
            }
            Ok(Wanted::Schema(wanted)) => match self.entry(&wanted) {
                Some(entry) => {
                    watch().tell(Ending::Answered);
                    Ok(ToolResult::text(entry.get().to_owned()))
                }
                None => {
                    self.unknown(&wanted, context);
                    Ok(result(refused(discovery::no_such(&wanted, &tools))))
                }
            },
            Ok(Wanted::Call(wanted, arguments)) => match self.surface.tool(&wanted) {
                Some(tool) => Ok(result(self.carry_out(tool, arguments, context).await)),
                None => {
                    self.unknown(&wanted, context);
                    Ok(result(refused(discovery::no_such(&wanted, &tools))))
                }
            },
            Err(violations) => {
                let outcome = refused(violations);
                watch().tell(Ending::Done(&outcome));
                Ok(result(outcome))
            }
        }
    }
}

impl fmt::Debug for Scoped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scoped")
            .field("scope", &self.surface.scope)
            .field("caller", &self.caller)
            .finish_non_exhaustive()
    }
}

impl Service for Scoped {
    fn info(&self) -> &ServerInfo {
        &self.surface.info
    }

    fn tools(&self) -> &EncodedList {
        &self.surface.tools
    }

    async fn call(
        &self,
        name: &str,
        arguments: Map<String, Value>,
        context: &RequestContext,
    ) -> Result<ToolResult, CallError> {
        match (self.surface.exposure, self.surface.tool(name)) {
            (Exposure::Discovery, _) => self.discover(name, arguments, context).await,
            (Exposure::All, Some(tool)) => Ok(result(self.carry_out(tool, arguments, context).await)),
            (Exposure::All, None) => {
                self.unknown(name, context);
                Err(CallError::UnknownTool)
            }
        }
    }

    fn refused(&self, context: &RequestContext) {
        if let Some(observer) = &self.observer {
            observer.refused(context);
        }
    }

    fn prompts(&self) -> Option<&EncodedList> {
        self.surface.prompts.as_ref()
    }

    fn prompt(&self, name: &str, arguments: Map<String, Value>) -> Result<Prompt, PromptError> {
        prompt::fill(&self.surface, name, arguments)
    }

    fn resources(&self) -> Option<&Resources> {
        self.surface.resources.as_ref()
    }

    async fn read(&self, uri: &str, context: &RequestContext) -> Result<ReadResult, ReadError> {
        match resource::meant(uri) {
            Some((tool, arguments)) if self.surface.allows(tool.def) => {
                resource::read(uri, tool.def, self.carry_out(tool, arguments, context).await)
            }
            other => {
                self.watch(other.map(|(tool, _)| tool.def), context).tell(Ending::Unknown);
                Err(ReadError::not_found())
            }
        }
    }
}

fn json_result(value: &Value) -> ToolResult {
    ToolResult::text(value.to_string())
}

/// An outcome as the protocol carries it.
fn result(outcome: Outcome) -> ToolResult {
    let (text, ratelimit, is_error) = match outcome {
        Ok(success) => (success.text, success.ratelimit, false),
        Err(error) => (error.text(), error.ratelimit, true),
    };
    ToolResult { is_error, meta: meta(ratelimit), headers: headers(ratelimit), ..ToolResult::text(text) }
}

/// The names are those of the IETF's draft, which is what the API's own are translated to.
fn headers(ratelimit: RateLimit) -> Vec<(HeaderName, u64)> {
    const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
    const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
    const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");
    [(LIMIT, ratelimit.limit), (REMAINING, ratelimit.remaining), (RESET, ratelimit.reset)]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

fn meta(ratelimit: RateLimit) -> Map<String, Value> {
    let mut meta = Map::new();
    if !ratelimit.is_empty()
        && let Ok(facts) = serde_json::to_value(ratelimit)
    {
        meta.insert(RATE_LIMIT.to_owned(), facts);
    }
    meta
}

#[cfg(test)]
mod tests;
