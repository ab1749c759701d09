//! The trait that an application implements.

use std::time::Duration;

use http::HeaderValue;
use serde_json::{Map, Value};

use super::context::RequestContext;
use super::instructions::Instructions;
use super::list::{EncodedList, Resources};
use super::prompt::{FilledPrompt, PromptError};
use super::resource::{ReadError, ReadResult};
use super::revision::Revision;
use super::server_info::ServerInfo;
use super::tool::{CallError, ToolResult};

/// The tools, prompts and resources that a server offers to one client.
///
/// Only [`info`](Self::info), [`tools`](Self::tools) and [`call`](Self::call) are required. A service that leaves out
/// the methods for prompts or resources does not declare that capability, and answers its methods with "Method not
/// found".
pub trait Service: Send + Sync + 'static {
    /// The name, version and instructions of the server.
    fn info(&self) -> &ServerInfo;

    /// The instructions for a client that connects now. Without this method they are those of [`info`](Self::info).
    fn instructions(&self) -> Instructions<'_> {
        Instructions::lasting(&self.info().instructions)
    }

    /// The list of tools.
    fn tools(&self) -> &EncodedList;

    /// Calls a tool.
    ///
    /// Dropping the future must stop everything that the call has started: this is how a client cancels.
    ///
    /// # Errors
    ///
    /// Fails only if the tool was not called at all. A call that fails returns a [`ToolResult`] with `is_error`.
    fn call(
        &self,
        name: &str,
        arguments: Map<String, Value>,
        context: &RequestContext,
    ) -> impl Future<Output = Result<ToolResult, CallError>> + Send;

    /// The list of prompts, if the service has any.
    fn prompts(&self) -> Option<&EncodedList> {
        None
    }

    /// Fills in a prompt. Called only if [`prompts`](Self::prompts) returns a list.
    ///
    /// # Errors
    ///
    /// Fails if the prompt does not exist or does not accept the arguments.
    fn prompt(&self, name: &str, arguments: Map<String, Value>) -> Result<FilledPrompt, PromptError> {
        let _ = (name, arguments);
        Err(PromptError::Unknown)
    }

    /// The lists of resources, if the service has any.
    fn resources(&self) -> Option<&Resources> {
        None
    }

    /// Reads a resource. Called only if [`resources`](Self::resources) returns lists.
    ///
    /// As with [`call`](Self::call), dropping the future must stop everything that it has started.
    ///
    /// # Errors
    ///
    /// Fails if the resource does not exist or cannot be read.
    fn read_resource(
        &self,
        uri: &str,
        context: &RequestContext,
    ) -> impl Future<Output = Result<ReadResult, ReadError>> + Send {
        let _ = (uri, context);
        std::future::ready(Err(ReadError::not_found()))
    }

    /// Returns the challenge for a call of a tool that the client's authorization does not cover, but that it could cover: the
    /// value of the header `WWW-Authenticate` with the error `insufficient_scope` (RFC 6750, section 3.1). Such a call is
    /// refused over HTTP, before [`call`](Self::call), so that the client can ask its user for more.
    fn insufficient_scope(
        &self,
        name: &str,
        arguments: Option<&Map<String, Value>>,
        context: &RequestContext,
    ) -> Option<HeaderValue> {
        let _ = (name, arguments, context);
        None
    }

    /// Observes a request that was answered, for metrics.
    fn observe(&self, operation: &Operation) {
        let _ = operation;
    }

    /// Observes a message that was refused before it became a call. `context` holds what is known of the message
    /// nevertheless.
    fn refused(&self, reason: Refusal, context: &RequestContext) {
        let _ = (reason, context);
    }
}

/// The reason why a message was refused before it became a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It could not be read, contradicts its headers, or does not name what to call.
    Invalid,
    /// Too many other requests are in flight, or they hold too many bytes.
    Busy,
}

/// A request that was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The method, or `_OTHER` if the protocol has no such method: the number of different values is bounded.
    pub method: &'static str,
    /// The revision, if it is known.
    pub revision: Option<Revision>,
    /// The error code, or `tool_error` for a tool that failed. `None` for a success.
    pub error_type: Option<&'static str>,
    /// The time from the end of reading to the answer.
    pub duration: Duration,
}
