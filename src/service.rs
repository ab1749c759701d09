//! What one client is served: the tools of its scope, called for its account.
//!
//! Here protocol, scope and account meet. None of the three knows the others, and nothing here knows a transport.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::HeaderName;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use tool_runtime::api::ApiDef;
use tool_runtime::tool::{Tool, ToolDef};

use crate::call::Caller;
use crate::discovery::{self, Wanted};
use crate::mcp::list::ListError;
use crate::mcp::tool::entry;
use crate::mcp::{CallError, CallResult, Context, List, Progress, ServerInfo, Service};
use crate::outcome::{self, Outcome, RateLimit};
use crate::scope::{self, Scope};
use crate::tools::{TOOLS, find};

/// The key of a result's `_meta` for what the API said of its rate limit.
const RATE_LIMIT: &str = "ratelimit";

/// What a message may hold besides files: far more than any arguments need.
const LARGEST_WITHOUT_FILES: usize = 1024 * 1024;

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
    info: ServerInfo,
    list: List,
    scope: Scope,
    exposure: Exposure,
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
        let list = tool_list(&definitions(&scope), exposure, local_files, &info)?;
        Ok(Self { info, list, scope, exposure })
    }

    /// A tool of the scope. One outside it is not told apart from one that does not exist.
    fn tool(&self, name: &str) -> Option<&'static Tool> {
        find(name).filter(|tool| scope::allows(&self.scope, tool.def))
    }
}

/// Is told how each call goes, as soon as it is over.
pub trait Observer: Send + Sync + 'static {
    /// A call is over, or was dropped.
    fn ended(&self, call: &Ended<'_>);
}

/// A call that is over.
#[derive(Debug)]
pub struct Ended<'a> {
    /// The tool, if it is one of ours: hidden from this client perhaps.
    pub tool: Option<&'static ToolDef>,
    /// How it went.
    pub result: Ending<'a>,
    /// What is known of the request.
    pub context: &'a Context,
    /// How long it took.
    pub duration: Duration,
}

/// How a call went.
#[derive(Debug)]
pub enum Ending<'a> {
    /// It was carried out, or failed.
    Done(&'a Outcome),
    /// There is no such tool for this client.
    Unknown,
    /// The client went away before the end.
    Cancelled,
}

/// The tools within one scope, for one account.
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

    /// Calls a tool of the scope.
    async fn carry_out(&self, tool: &'static Tool, arguments: Map<String, Value>, context: &Context) -> CallResult {
        let watch = Watch { scoped: self, tool: Some(tool.def), context, start: Instant::now(), told: false };
        let outcome = Progress::while_waiting(context.progress.as_ref(), self.caller.call(tool, arguments)).await;
        watch.tell(Ending::Done(&outcome));
        result(outcome)
    }

    /// Says that there is no tool of that name for this client.
    fn unknown(&self, name: &str, context: &Context) {
        let tool = find(name).map(|tool| tool.def);
        Watch { scoped: self, tool, context, start: Instant::now(), told: false }.tell(Ending::Unknown);
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
        context: &Context,
    ) -> Result<CallResult, CallError> {
        let tools = definitions(&self.surface.scope);
        let Some(wanted) = discovery::wanted(name, arguments) else {
            self.unknown(name, context);
            return Err(CallError::UnknownTool);
        };
        let refused = match wanted {
            Ok(Wanted::Search(query, limit)) => {
                return Ok(json_result(&json!({ "tools": discovery::search(&tools, &query, limit) })));
            }
            Ok(Wanted::Schema(wanted)) => match self.entry(&wanted) {
                Some(entry) => return Ok(CallResult::text(entry.get().to_owned())),
                None => discovery::no_such(name, &wanted, &tools),
            },
            Ok(Wanted::Call(wanted, arguments)) => match self.surface.tool(&wanted) {
                Some(tool) => return Ok(self.carry_out(tool, arguments, context).await),
                None => {
                    self.unknown(&wanted, context);
                    discovery::no_such(name, &wanted, &tools)
                }
            },
            Err(refused) => Some(refused),
        };
        let refused = refused.ok_or(CallError::UnknownTool)?;
        Ok(result(Err(outcome::of_violations(&refused.tool, refused.violations))))
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

/// Sees to it that an observer is told of a call exactly once, also if the call is dropped.
struct Watch<'a> {
    scoped: &'a Scoped,
    tool: Option<&'static ToolDef>,
    context: &'a Context,
    start: Instant,
    told: bool,
}

impl Watch<'_> {
    fn tell(mut self, result: Ending<'_>) {
        self.say(result);
    }

    fn say(&mut self, result: Ending<'_>) {
        if let Some(observer) = self.scoped.observer.as_ref().filter(|_| !self.told) {
            let (tool, context, duration) = (self.tool, self.context, self.start.elapsed());
            observer.ended(&Ended { tool, result, context, duration });
        }
        self.told = true;
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        self.say(Ending::Cancelled);
    }
}

/// The tools that a scope leaves.
fn definitions(scope: &Scope) -> Vec<&'static ToolDef> {
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
) -> Result<List, ListError> {
    let exposed = exposed(tools, exposure);
    List::tools(&exposed.iter().collect::<Vec<_>>(), local_files, info)
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

impl Service for Scoped {
    fn info(&self) -> &ServerInfo {
        &self.surface.info
    }

    fn tools(&self) -> &List {
        &self.surface.list
    }

    async fn call(
        &self,
        name: &str,
        arguments: Map<String, Value>,
        context: &Context,
    ) -> Result<CallResult, CallError> {
        match (self.surface.exposure, self.surface.tool(name)) {
            (Exposure::Discovery, _) => self.discover(name, arguments, context).await,
            (Exposure::All, Some(tool)) => Ok(self.carry_out(tool, arguments, context).await),
            (Exposure::All, None) => {
                self.unknown(name, context);
                Err(CallError::UnknownTool)
            }
        }
    }
}

fn json_result(value: &Value) -> CallResult {
    CallResult::text(value.to_string())
}

/// An outcome as the protocol carries it.
fn result(outcome: Outcome) -> CallResult {
    let (text, ratelimit, is_error) = match outcome {
        Ok(success) => (success.text, success.ratelimit, false),
        Err(error) => (error.text(), error.ratelimit, true),
    };
    CallResult { is_error, meta: meta(ratelimit), headers: headers(ratelimit), ..CallResult::text(text) }
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
