//! The Model RequestContext Protocol, served: all its revisions, over any transport.
//!
//! A message passes three stations. [`message`] turns its bytes into a request, or says what is wrong with them.
//! [`answer`] works out which revision the request speaks ([`lifecycle`]) and what the reply is, asking a [`Service`] for
//! what the protocol cannot know. [`reply`] writes the reply down. A transport, [`stdio`] or [`http`], only moves
//! messages and decides what runs when.
//!
//! This layer knows no API, no account and no upstream: it sees tools, prompts and resources as entries of lists, and
//! what becomes of a request for one as a result.

pub mod answer;
pub mod content;
pub mod envelope;
pub mod http;
pub mod lifecycle;
pub mod list;
pub mod message;
pub mod progress;
pub mod prompt;
pub mod reply;
pub mod resource;
pub mod revision;
pub mod rpc_error;
pub mod service;
pub mod stdio;
pub mod tool;

pub use content::{Content, ResourceBody, ResourceContents};
pub use list::EncodedList;
pub use progress::Progress;
pub use prompt::{Prompt, PromptError};
pub use resource::{ReadError, ReadResult, Resources};
pub use revision::{Lifecycle, Revision};
pub use service::{CallError, ClientInfo, RequestContext, ServerInfo, Service, ToolResult};
pub use stdio::serve_stdio;
