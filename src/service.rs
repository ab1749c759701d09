//! The service for one client: the tools of its scope, called for its account, and the prompts and resources that these
//! tools support.
//!
//! This is where protocol, scope and account meet. None of the three knows the others, and nothing here knows the
//! transport.

mod budget;
mod client_metadata;
mod confirmation;
mod discovery;
mod guide;
mod hour;
mod icons;
mod listing;
mod observer;
mod prompt;
mod resource;
mod result;
mod surface;
mod tool;

use std::fmt;
use std::sync::Arc;

use http::HeaderValue;
use mcp_server::{
    CallError, EncodedList, FilledPrompt, Instructions, Operation, Progress, PromptError, ReadError, ReadResult,
    Refusal, RequestContext, Resources, ServerInfo, Service, ToolResult,
};
use serde_json::{Map, Value};
use tool_runtime::api::ApiDef;
use tool_runtime::tool::Tool;

use self::client_metadata::without_client_metadata;
use self::confirmation::ConfirmationGate;
pub use self::confirmation::ConfirmationStep;
pub use self::listing::{Exposure, Listing};
use self::observer::CallWatch;
pub use self::observer::{CallEnding, EndedCall, Observer};
use self::result::tool_result;
pub use self::surface::{Surface, server_info, tool_list};
pub use self::tool::{ExposedTool, exposed_tools};
use crate::call::{CallProgress, ToolCaller};
use crate::clock::Clock;
use crate::confirmation::{ConfirmPolicy, Confirmer};
use crate::discovery::called_tool;
use crate::metrics;
use crate::outcome::Outcome;
pub use crate::outcome::{ResultForm, Results};
use crate::scope::{Grant, Scope};
use crate::tools::find;

/// The service for one scope and one account.
pub struct ScopedService {
    surface: Arc<Surface>,
    caller: ToolCaller,
    confirmer: Confirmer,
    observer: Option<Box<dyn Observer>>,
    clock: Clock,
    /// The URL of the metadata by which clients get an access token, if they need one.
    metadata_url: Option<String>,
}

impl ScopedService {
    /// The tools of `scope`, for the account of `caller`.
    pub fn new(api: &ApiDef, scope: Scope, exposure: Exposure, confirm: ConfirmPolicy, caller: ToolCaller) -> Self {
        let listing = Listing { exposure, results: caller.results(), local_files: caller.reads_files(), confirm };
        let surface = Surface::new(api, scope, listing, caller.sizes());
        Self {
            surface: Arc::new(surface),
            caller,
            confirmer: Confirmer::of_process(confirm),
            observer: None,
            clock: Clock::system(),
            metadata_url: None,
        }
    }

    /// The tools of `surface`, for the account of `caller`. Each call is reported to `observer`.
    pub(crate) fn observed(
        surface: Arc<Surface>,
        caller: ToolCaller,
        confirmer: Confirmer,
        observer: impl Observer,
    ) -> Self {
        let caller = caller.with_results(surface.listing.results);
        Self {
            surface,
            caller,
            confirmer,
            observer: Some(Box::new(observer)),
            clock: Clock::system(),
            metadata_url: None,
        }
    }

    /// Tells clients whose access token does not cover a tool where they get one that does.
    pub(crate) fn with_challenge(self, metadata_url: String) -> Self {
        Self { metadata_url: Some(metadata_url), ..self }
    }

    /// Reads the time from `clock`.
    pub(crate) fn with_clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    fn watch<'a>(&'a self, tool: Option<&'static str>, context: &'a RequestContext) -> CallWatch<'a> {
        CallWatch::start(self.observer.as_deref(), tool, context)
    }

    /// Calls a tool of the scope.
    ///
    /// Fails if the client has to ask its user first, or if the user's answer does not belong to this call.
    async fn call_tool(
        &self,
        tool: &'static Tool,
        arguments: Map<String, Value>,
        context: &RequestContext,
    ) -> Result<Outcome, CallError> {
        let mut arguments = without_client_metadata(tool.def.arguments, arguments);
        let gate = ConfirmationGate::new(self, tool.def, &mut arguments, context);
        let mut watch = self.watch(Some(tool.def.name), context);
        let progress = CallProgress::default();
        let (uploaded, rows) = (|| progress.sent_of_total(), progress.rows());
        let call = Box::pin(self.caller.call_with_progress(tool, arguments, context.received, &progress, &gate));
        let outcome = Progress::while_waiting(context.progress.as_ref(), uploaded, rows, call).await;
        let (refusal, step) = gate.finish();
        watch.confirmation(step);
        match refusal {
            Some(refusal) => {
                watch.end(CallEnding::NotConfirmed);
                Err(refusal)
            }
            None => {
                watch.end(CallEnding::Done(&outcome));
                Ok(outcome)
            }
        }
    }

    /// Calls a tool of the scope, and states what is left of the server's limits.
    async fn call_result(
        &self,
        tool: &'static Tool,
        arguments: Map<String, Value>,
        context: &RequestContext,
    ) -> Result<ToolResult, CallError> {
        let mut result = tool_result(self.call_tool(tool, arguments, context).await?);
        result.meta.extend(budget::limits_meta(&self.caller.limit_states()));
        Ok(result)
    }

    /// Records a call of a tool that the client does not have.
    fn record_unknown(&self, name: &str, context: &RequestContext) {
        self.watch(find(name).map(|tool| tool.def.name), context).end(CallEnding::Unknown);
    }
}

impl fmt::Debug for ScopedService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScopedService")
            .field("scope", &self.surface.scope)
            .field("caller", &self.caller)
            .finish_non_exhaustive()
    }
}

impl Service for ScopedService {
    fn info(&self) -> &ServerInfo {
        &self.surface.info
    }

    fn instructions(&self) -> Instructions<'_> {
        let (sentence, left) = hour::current_hour(self.clock.now());
        let text = format!("{}\n\n{sentence}", self.surface.info.instructions);
        Instructions { text: text.into(), valid_for: Some(left) }
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
        match (self.surface.listing.exposure, self.surface.tool(name)) {
            (Exposure::Discovery, _) => self.call_discovery_tool(name, arguments, context).await,
            (Exposure::All, Some(tool)) => self.call_result(tool, arguments, context).await,
            (Exposure::All, None) => {
                self.record_unknown(name, context);
                Err(CallError::UnknownTool)
            }
        }
    }

    fn prompts(&self) -> Option<&EncodedList> {
        self.surface.prompts.as_ref()
    }

    fn prompt(&self, name: &str, arguments: Map<String, Value>) -> Result<FilledPrompt, PromptError> {
        prompt::fill_prompt(&self.surface.scope, self.surface.listing.exposure, name, arguments)
    }

    fn resources(&self) -> Option<&Resources> {
        self.surface.resources.as_ref()
    }

    async fn read_resource(&self, uri: &str, context: &RequestContext) -> Result<ReadResult, ReadError> {
        match resource::tool_at(uri) {
            Some((tool, arguments)) if self.surface.allows(tool.def) => {
                // A tool that only reads needs no confirmation.
                let outcome = self.call_tool(tool, arguments, context).await.map_err(|_| ReadError::not_found())?;
                let mut read = resource::read_result(uri, tool.def, outcome)?;
                read.meta.extend(budget::limits_meta(&self.caller.limit_states()));
                Ok(read)
            }
            other => {
                self.watch(other.map(|(tool, _)| tool.def.name), context).end(CallEnding::Unknown);
                Err(ReadError::not_found())
            }
        }
    }

    fn insufficient_scope(
        &self,
        name: &str,
        arguments: Option<&Map<String, Value>>,
        context: &RequestContext,
    ) -> Option<HeaderValue> {
        let metadata_url = self.metadata_url.as_deref()?;
        let called = match self.surface.listing.exposure {
            Exposure::All => name,
            Exposure::Discovery => called_tool(name, arguments?)?,
        };
        let tool = find(called)?;
        let needed = self.surface.scope.missing_grant(tool.def)?;
        self.watch(Some(tool.def.name), context).end(CallEnding::InsufficientScope);
        Some(challenge(metadata_url, needed))
    }

    fn observe(&self, operation: &Operation) {
        metrics::record_operation(operation);
    }

    fn refused(&self, reason: Refusal, context: &RequestContext) {
        if let Some(observer) = &self.observer {
            observer.refused(reason, context);
        }
    }
}

/// The challenge to a call that needs more scopes than the access token has (RFC 6750, section 3.1). It names those that the
/// token has as well, because the next token replaces it.
fn challenge(metadata_url: &str, needed: Grant) -> HeaderValue {
    let challenge = format!(
        "Bearer error=\"insufficient_scope\", scope=\"{needed}\", resource_metadata=\"{metadata_url}\", \
         error_description=\"The tool needs a scope that was not granted\""
    );
    HeaderValue::try_from(challenge).expect("a URL is ASCII without control characters, and so is the rest")
}

#[cfg(test)]
mod tests;
