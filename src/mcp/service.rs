//! What a server has to say that the protocol cannot know: who it is, what it has, and what a request for it yields.

use http::HeaderName;
use serde::Serialize;
use serde_json::{Map, Value};

use super::content::Content;
use super::list::EncodedList;
use super::progress::Progress;
use super::prompt::{Prompt, PromptError};
use super::resource::{ReadError, ReadResult, Resources};
use super::revision::{Lifecycle, Revision};
use super::rpc_error::shown;

/// Tools to be served, and prompts and resources if there are any.
pub trait Service: Send + Sync + 'static {
    /// Who is serving.
    fn info(&self) -> &ServerInfo;

    /// The tools, written down beforehand.
    fn tools(&self) -> &EncodedList;

    /// Calls a tool.
    ///
    /// Whatever the tool or what is behind it has to say, failures included, is a result. Dropping the future must
    /// end everything that the call has begun: that is how a client cancels.
    fn call(
        &self,
        name: &str,
        arguments: Map<String, Value>,
        context: &RequestContext,
    ) -> impl Future<Output = Result<ToolResult, CallError>> + Send;

    /// A message for the service was refused before it came to a call: it could not be read, contradicted itself, or
    /// did not say what to call. `context` is what else is known of it.
    fn refused(&self, context: &RequestContext) {
        let _ = context;
    }

    /// The prompts, written down beforehand, if there are any.
    fn prompts(&self) -> Option<&EncodedList> {
        None
    }

    /// Fills in a prompt. It is asked only if there are any, and answers at once.
    fn prompt(&self, name: &str, arguments: Map<String, Value>) -> Result<Prompt, PromptError> {
        let _ = (name, arguments);
        Err(PromptError::Unknown)
    }

    /// What can be read, written down beforehand, if there is anything.
    fn resources(&self) -> Option<&Resources> {
        None
    }

    /// Reads a resource. It is asked only if there are any.
    ///
    /// As with [`call`](Self::call), dropping the future must end everything that it has begun.
    fn read(&self, uri: &str, context: &RequestContext) -> impl Future<Output = Result<ReadResult, ReadError>> + Send {
        let _ = (uri, context);
        std::future::ready(Err(ReadError::not_found()))
    }
}

/// Who is serving, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServerInfo {
    /// Name for programs.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// Version of the server.
    pub version: String,
    /// What a model is told about the server as a whole.
    #[serde(skip)]
    pub instructions: String,
    /// The longest message that is read, in bytes: whoever calls a tool with attachments sends them in one.
    #[serde(skip)]
    pub longest_message: usize,
}

/// What is known of a request besides what it asks for.
#[derive(Clone, Debug)]
pub struct RequestContext {
    /// The lifecycle that the request speaks.
    pub lifecycle: Lifecycle,
    /// Its revision, if the request or its transport says so.
    pub revision: Option<Revision>,
    /// The capabilities that it declares. In the handshake lifecycle they are no part of a request: nothing is declared.
    pub capabilities: Map<String, Value>,
    /// The program that sent it, if it says so.
    pub client: Option<ClientInfo>,
    /// What the transport knows it by, for logs.
    pub request_id: Option<String>,
    /// Where a call may say how far it is, if the client wants to hear of it.
    pub progress: Option<Progress>,
}

impl RequestContext {
    /// A request of which nothing else is known.
    pub fn of(lifecycle: Lifecycle) -> Self {
        Self { lifecycle, revision: None, capabilities: Map::new(), client: None, request_id: None, progress: None }
    }
}

/// A client program, as it calls itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientInfo {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
}

impl ClientInfo {
    /// A client of that name. What is too long to be a name is cut short.
    pub fn named(name: &str, version: Option<&str>) -> Self {
        Self { name: shown(name), version: version.map(shown) }
    }
}

/// What a call came to.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ToolResult {
    /// What the model gets to see.
    pub content: Vec<Content>,
    /// Whether it is the account of a failure.
    pub is_error: bool,
    /// Facts for the client, under keys with a vendor's prefix such as `vendor/fact`.
    #[serde(skip)]
    pub meta: Map<String, Value>,
    /// Facts for those on the way to the client, where the transport has headers.
    #[serde(skip)]
    pub headers: Vec<(HeaderName, u64)>,
}

impl ToolResult {
    /// A result of one text, without further facts.
    pub fn text(text: impl Into<String>) -> Self {
        Self { content: vec![Content::text(text)], is_error: false, meta: Map::new(), headers: Vec::new() }
    }
}

/// Why a call was not even begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// There is no tool of that name here.
    #[error("there is no such tool")]
    UnknownTool,
    /// The tool needs a client capability that the request does not declare.
    #[error("the client lacks the capability `{0}`")]
    MissingCapability(&'static str),
}
