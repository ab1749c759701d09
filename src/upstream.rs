//! The client of the API: one HTTP exchange from a [`Request`](tool_runtime::request::Request) to an [`UpstreamReply`]; and
//! the [`BoundedClient`] for addresses outside the API.
//!
//! Every request is sent once: no retry, no redirect, no cookies. Nothing here interprets a reply, except whether it is
//! complete; the meaning of a status is defined in [`outcome`](crate::outcome).

mod account;
mod attachment;
mod bounded;
mod ca_file;
mod client;
mod connections;
mod content_coding;
mod failure;
mod hosts;
mod lazy_client;
mod options;
mod ratelimit;
mod resolver;
mod upload;

pub use self::account::{Account, AccountError, NotAKey, base_url, example_base_url};
pub use self::attachment::Attachment;
pub(crate) use self::attachment::upload_bytes;
pub use self::bounded::{BoundedClient, BoundedRequestError};
pub use self::ca_file::CaFileProblem;
pub use self::client::{CallInProgress, UpstreamClient, UpstreamReply};
pub use self::failure::{ConnectStep, ReplyBodyError, SendError};
pub use self::hosts::{ApiHosts, HostRefusal, InvalidApiHost};
pub use self::lazy_client::{TrustedCertificates, UpstreamSetupError};
pub use self::options::{CALL_TIMEOUT, CallSizes, UpstreamOptions};
pub use self::ratelimit::{RateLimit, rate_limit};
pub use self::upload::UploadProgress;
