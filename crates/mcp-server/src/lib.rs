//! The server side of the Model Context Protocol (MCP), in all its revisions, over stdio and HTTP.
//!
//! An application implements [`Service`]: it says which tools, prompts and resources there are, and executes calls. This
//! crate does everything that the protocol defines: reading and checking messages, choosing the revision, and writing
//! answers. It knows no API behind the tools, no accounts, and no tokens.
//!
//! # A server over stdio
//!
//! A service needs three methods. Lists are encoded once, when the service is built.
//!
//! ```
//! use mcp_server::{
//!     CallError, EncodedList, RequestContext, ServerInfo, Service, ToolAnnotations, ToolEntry, ToolResult, serve_stdio,
//! };
//! use serde_json::{Map, Value, json};
//! use tokio::io::AsyncReadExt as _;
//!
//! struct Greeter {
//!     info: ServerInfo,
//!     tools: EncodedList,
//! }
//!
//! impl Greeter {
//!     fn new() -> Self {
//!         let info = ServerInfo {
//!             name: "greeter".to_owned(),
//!             title: "Greeter".to_owned(),
//!             version: "1.0.0".to_owned(),
//!             icons: Vec::new(),
//!             instructions: "Greets people by name.".to_owned(),
//!             max_message_bytes: 1_000_000,
//!             max_result_bytes: 1_000_000,
//!         };
//!         let schema = r#"{"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}"#;
//!         let greet = ToolEntry {
//!             name: "greet",
//!             title: Some("Greet"),
//!             description: Some("Greet a person.".into()),
//!             input_schema: serde_json::from_str(schema).expect("the schema is an object"),
//!             annotations: ToolAnnotations { read_only: true, destructive: false, idempotent: true, open_world: false },
//!             meta: Map::new(),
//!         };
//!         Self { tools: EncodedList::tools(&[greet], &info), info }
//!     }
//! }
//!
//! impl Service for Greeter {
//!     fn info(&self) -> &ServerInfo {
//!         &self.info
//!     }
//!
//!     fn tools(&self) -> &EncodedList {
//!         &self.tools
//!     }
//!
//!     async fn call(
//!         &self,
//!         name: &str,
//!         arguments: Map<String, Value>,
//!         _context: &RequestContext,
//!     ) -> Result<ToolResult, CallError> {
//!         match (name, arguments.get("name").and_then(Value::as_str)) {
//!             ("greet", Some(person)) => Ok(ToolResult::from_text(format!("Hello, {person}!"))),
//!             ("greet", None) => Ok(ToolResult { is_error: true, ..ToolResult::from_text("`name` is missing") }),
//!             _ => Err(CallError::UnknownTool),
//!         }
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! // A program passes `tokio::io::stdin()` and `tokio::io::stdout()`.
//! let request = br#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"greet","arguments":{"name":"Ada"}}}"#;
//! let (mut client, stdout) = tokio::io::duplex(1024);
//! serve_stdio(Greeter::new(), request.as_slice(), stdout).await?;
//!
//! let mut answer = String::new();
//! client.read_to_string(&mut answer).await?;
//! let answer: Value = serde_json::from_str(&answer)?;
//! assert_eq!(answer["result"]["content"], json!([{ "type": "text", "text": "Hello, Ada!" }]));
//! # Ok(())
//! # }
//! ```
//!
//! # A server over HTTP
//!
//! [`http::McpEndpoint`] answers requests to `/mcp/{token}`, and to `/mcp` with the token in the header `Authorization`. An
//! implementation of [`http::Resolver`] tells which token gives access to which service. The endpoint is a
//! `tower::Service`, and [`http::McpEndpoint::answer`] is the same as a function. The HTTP server around it checks `Host`
//! and `Origin`, and limits the time for headers.
//!
//! ```
//! # use mcp_server::{CallError, EncodedList, RequestContext, ServerInfo, Service, ToolResult};
//! # use serde_json::{Map, Value};
//! # struct Greeter { info: ServerInfo, tools: EncodedList }
//! # impl Service for Greeter {
//! #     fn info(&self) -> &ServerInfo { &self.info }
//! #     fn tools(&self) -> &EncodedList { &self.tools }
//! #     async fn call(&self, _: &str, _: Map<String, Value>, _: &RequestContext) -> Result<ToolResult, CallError> {
//! #         Err(CallError::UnknownTool)
//! #     }
//! # }
//! # impl Greeter {
//! #     fn new() -> Self {
//! #         let info = ServerInfo {
//! #             name: String::new(), title: String::new(), version: String::new(), icons: Vec::new(),
//! #             instructions: String::new(),
//! #             max_message_bytes: 1_000_000, max_result_bytes: 1_000_000,
//! #         };
//! #         Self { tools: EncodedList::tools(&[], &info), info }
//! #     }
//! # }
//! use std::sync::Arc;
//!
//! use axum::body::Body;
//! use axum::extract::Request;
//! use mcp_server::http::{AccessRequest, Denied, Granted, Limits, McpEndpoint, Resolver};
//!
//! #[derive(Clone)]
//! struct OneToken(Arc<Greeter>);
//!
//! impl Resolver for OneToken {
//!     type Service = Greeter;
//!
//!     async fn resolve(&self, access: &AccessRequest<'_>) -> Result<Granted<Greeter>, Denied> {
//!         match access.token {
//!             "secret" => Ok(Granted::new(Arc::clone(&self.0), Limits::default())),
//!             _ => Err(Denied::Unknown),
//!         }
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let endpoint = McpEndpoint::new(OneToken(Arc::new(Greeter::new())));
//! let post = |path: &str| {
//!     let body = Body::from(r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#);
//!     Request::post(path).body(body).expect("the path is valid")
//! };
//! assert_eq!(endpoint.answer(post("/mcp/secret")).await.status(), 200);
//! assert_eq!(endpoint.answer(post("/mcp/wrong")).await.status(), 404);
//! # }
//! ```
//!
//! # Revisions and lifecycles
//!
//! The five revisions belong to two lifecycles. The lifecycle is decided for each request, so one connection and one
//! service serve clients of both.
//!
//! | | [`Lifecycle::Handshake`] | [`Lifecycle::Stateless`] |
//! |---|---|---|
//! | revisions | 2024-11-05, 2025-03-26, 2025-06-18, 2025-11-25 | 2026-07-28 |
//! | a request uses it if | it names one of these revisions, or none | it names this revision or an unknown one, declares client capabilities in `_meta`, or calls `server/discover` |
//! | revision and capabilities come from | `initialize` | `_meta` of every request |
//! | methods of its own | `initialize`, `ping` | `server/discover` |
//! | batches | in 2025-03-26 only | no |
//! | results have | | `resultType`, `serverInfo` in `_meta`, and on lists and contents `ttlMs` and `cacheScope` |
//! | a missing resource is | -32002 | -32602 |
//! | HTTP status of an unknown method | 200 | 404 |
//! | `id` of an error without a readable id | `null`, but absent in 2025-11-25 | absent |
//!
//! An unknown revision is answered with -32022 and the list of known ones.
//!
//! # How a message is handled
//!
//! ```text
//! bytes ──► message ──► lifecycle ──► methods ──► Service
//!             │ RpcRequest  │ RequestContext │ RpcResponse or RpcError
//!             ▼             ▼                ▼
//!             └─────────────┴──► response ──► bytes
//! ```
//!
//! `message` reads the JSON-RPC envelope, or returns a refusal. `lifecycle` decides the revision and checks the metadata.
//! `methods` executes the method and asks the service. `response` encodes the answer. The transports, `stdio` and
//! [`http`], only move messages and decide what runs concurrently. Imports between these files go in one direction.
//!
//! # Errors, and who sees them
//!
//! | error | who sees it | how |
//! |---|---|---|
//! | [`ToolResult::is_error`] | the model | a successful answer whose result describes a failure |
//! | [`CallError`], [`PromptError`], [`ReadError`] | the client program | a JSON-RPC error |
//! | a message that cannot be read | the client program | a JSON-RPC error, over HTTP with status 400 |
//! | [`http::Denied`], [`http::BodyError`] | the person who configured the client | an [`http::Problem`]: an HTTP status and a sentence as JSON |
//!
//! # Input from the person who uses the client
//!
//! A service that needs a person's answer before it executes a call returns [`CallError::InputRequired`] with its questions. It
//! is then called again with the answers in [`RequestContext::input`]. [`RequestContext::can_ask`] says whether the client can ask:
//!
//! | lifecycle | transport | the client can be asked if it declares `elicitation`, and |
//! |---|---|---|
//! | stateless | any | always: the result has the type `input_required`, and the client calls again |
//! | handshake | stdio | the revision is 2025-06-18 or later: the request `elicitation/create` |
//! | handshake | HTTP | never |
//!
//! # Cancellation and limits
//!
//! A client cancels with a notification over stdio, and by disconnecting over HTTP. In both cases the future of the call
//! is dropped, and with it everything that the call has started. A panic in a service fails only the request that caused it.
//!
//! Messages are limited by [`ServerInfo::max_message_bytes`], and their JSON by `strict_json`. Over stdio 32 calls run at
//! a time and 256 can be in flight. Over HTTP a resolver passes [`http::Limits`] to [`http::Granted::new`]: semaphores for
//! the requests in flight, and a [`http::ByteBudget`] for the bytes of bodies and answers. Both count until the last byte of
//! the answer has left. A body must arrive within limits on its speed; the HTTP server limits how long an answer may stay
//! unread.
//!
//! # Metrics
//!
//! [`Service::observe`] receives every answered request, and [`Service::refused`] every message that was refused before it
//! became a call. The crate itself records no metrics.
//!
//! # Not implemented
//!
//! Roots, sampling and logging are deprecated in 2026-07-28. Completion, subscriptions, list-change notifications and tasks
//! are left out, because no service here needs them. Unknown methods are answered with -32601. Over HTTP, the handshake lifecycle
//! has no sessions, so a server cannot ask there.

mod content;
mod context;
mod encode;
mod envelope;
pub mod http;
mod input;
mod instructions;
mod lifecycle;
mod list;
mod message;
mod meta;
mod methods;
mod peer;
mod progress;
mod prompt;
mod resource;
mod response;
mod revision;
mod rpc_error;
mod server_info;
mod service;
mod stdio;
mod text;
mod tool;

pub use self::content::{Content, ResourceBody, ResourceContents};
pub use self::context::{ClientInfo, RequestContext};
pub use self::input::{Answer, GivenInput, InputRequired, Question};
pub use self::instructions::Instructions;
pub use self::list::{EncodedList, Resources};
pub use self::progress::Progress;
pub use self::prompt::{FilledPrompt, MessageRole, PromptArgumentEntry, PromptEntry, PromptError, PromptMessage};
pub use self::resource::{ReadError, ReadResult, ResourceEntry, TemplateEntry, Unreadable};
pub use self::revision::{Lifecycle, Revision};
pub use self::server_info::{Icon, ServerInfo};
pub use self::service::{Operation, Refusal, Service};
pub use self::stdio::serve_stdio;
pub use self::tool::{CallError, ToolAnnotations, ToolEntry, ToolResult};
