//! The Model Context Protocol, served: all its revisions, over any transport.
//!
//! A message passes three stations. [`message`] turns its bytes into a request, or says what is wrong with them.
//! [`answer`] works out which revision the request speaks ([`era`]) and what the reply is, asking a [`Service`] for
//! what the protocol cannot know. [`reply`] writes the reply down. A transport, [`stdio`] or [`http`], only moves
//! messages and decides what runs when.
//!
//! This layer knows no API, no account and no upstream: it sees tools as definitions and calls as results.

pub mod answer;
pub mod era;
pub mod fault;
pub mod http;
pub(crate) mod json;
pub mod list;
pub mod message;
pub mod progress;
pub mod reply;
pub mod revision;
pub mod service;
pub mod stdio;

pub use list::ToolList;
pub use progress::Progress;
pub use revision::{Era, Revision};
pub use service::{CallError, CallResult, Client, Content, Context, ServerInfo, Service};
pub use stdio::serve_stdio;
