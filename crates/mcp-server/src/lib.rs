//! The server side of the Model Context Protocol, in all its revisions, over stdio and HTTP.

mod content;
mod context;
mod encode;
mod envelope;
pub mod http;
mod lifecycle;
mod list;
mod message;
mod meta;
mod methods;
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
pub use self::list::{EncodedList, Resources};
pub use self::progress::Progress;
pub use self::prompt::{Prompt, PromptArgument, PromptEntry, PromptError, PromptMessage, Role};
pub use self::resource::{ReadError, ReadResult, ResourceEntry, TemplateEntry, Unreadable};
pub use self::revision::{Lifecycle, Revision};
pub use self::server_info::ServerInfo;
pub use self::service::{Operation, Service};
pub use self::stdio::serve_stdio;
pub use self::tool::{CallError, ToolAnnotations, ToolEntry, ToolResult};
