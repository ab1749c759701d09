//! The client of the API: one HTTP exchange from a [`Request`](tool_runtime::request::Request) to an [`UpstreamReply`].
//!
//! Every request is sent once: no retry, no redirect, no cookies. Nothing here interprets a reply, except whether it is
//! complete; the meaning of a status is defined in [`outcome`](crate::outcome).

mod account;
mod attachment;
mod ca_file;
mod client;
mod connections;
mod content_coding;
mod document;
mod failure;
mod hosts;
mod options;
mod provider;
mod ratelimit;
mod resolver;
mod upload;

pub use self::account::{Account, AccountError, NotAKey, base_url, example_base_url};
pub use self::attachment::Attachment;
pub(crate) use self::attachment::upload_bytes;
pub use self::ca_file::CaFileProblem;
pub use self::client::{CallInProgress, UpstreamClient, UpstreamReply};
pub use self::connections::UpstreamSetupError;
pub use self::document::{DocumentClient, DocumentError};
pub use self::failure::{ConnectStep, ReplyBodyError, SendError};
pub use self::hosts::{ApiHosts, HostRefusal, InvalidApiHost};
pub use self::options::{CALL_TIMEOUT, CallSizes, UpstreamOptions};
pub use self::provider::{ProviderClient, ProviderRequestError};
pub use self::ratelimit::{RateLimit, rate_limit};
pub use self::upload::UploadProgress;
