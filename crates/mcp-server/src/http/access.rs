//! Access: which service a token gives access to, and why access is denied.

use std::net::IpAddr;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::header::{HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, StatusCode};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::budget::{ByteBudget, HeldBytes};
use super::headers::{self, AnnouncedVersion, with_headers};
use super::hold::Hold;
use super::problem::Problem;
use crate::context::{ClientInfo, RequestContext};
use crate::revision::{Lifecycle, Revision};
use crate::service::Service;

/// Maps tokens to services.
///
/// It is asked before each request, when only the headers have been read. It therefore keeps its services, each with
/// its encoded lists, and returns shared references to them.
pub trait Resolver: Clone + Send + Sync + 'static {
    /// The service behind a token.
    type Service: Service;

    /// Resolves the token of `access`.
    ///
    /// # Errors
    ///
    /// Fails if the token gives no access, or if a limit is reached.
    fn resolve(
        &self,
        access: &AccessRequest<'_>,
    ) -> impl Future<Output = Result<Granted<Self::Service>, Denied>> + Send;
}

/// A request for access to the service of a token.
#[derive(Clone, Copy, Debug)]
pub struct AccessRequest<'r> {
    /// The token, from the path or, if the path has none, from the header `Authorization`.
    pub token: &'r str,
    /// True if the token is from the path.
    pub is_in_path: bool,
    /// A bearer token in the header `Authorization` beside a token in the path.
    pub bearer: Option<&'r str>,
    /// The address of the client, if it is known.
    pub peer: Option<IpAddr>,
    /// The headers of the HTTP request.
    pub headers: &'r HeaderMap,
}

impl AccessRequest<'_> {
    /// The client program, as far as the headers name it.
    pub fn client(&self) -> Option<ClientInfo> {
        headers::client_info(self.headers)
    }

    /// The identifier of the request in logs.
    pub fn request_id(&self) -> Option<&str> {
        headers::request_id(self.headers)
    }

    /// The context of the request as far as the headers tell, for a message that cannot be read.
    pub fn context(&self) -> RequestContext {
        // The lifecycle is a guess: only the message tells it.
        let context = RequestContext { revision: self.revision(), ..RequestContext::new(Lifecycle::Handshake) };
        with_headers(context, self.headers)
    }

    /// The revision in the header `MCP-Protocol-Version`, if this crate implements it.
    pub fn revision(&self) -> Option<Revision> {
        AnnouncedVersion::from_headers(self.headers).ok()?.revision()
    }
}

/// Access to a service for one request. The service is shared with all other requests of its token.
#[derive(Debug)]
pub struct Granted<S> {
    service: Arc<S>,
    limits: Limits,
    caller: Option<String>,
}

/// The limits that the requests to a service share, possibly with requests to other services. By default, nothing is limited.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Each request takes one permit of each, from the time that its body has been read until the last byte of its answer
    /// has left.
    pub requests: Vec<Arc<Semaphore>>,
    /// The bytes of bodies while they are read, and of answers until their last byte has left.
    pub bytes: ByteBudget,
}

impl Default for Limits {
    fn default() -> Self {
        Self { requests: Vec::new(), bytes: ByteBudget::new(u64::MAX) }
    }
}

impl<S> Granted<S> {
    /// Grants access to `service` within `limits`.
    pub fn new(service: Arc<S>, limits: Limits) -> Self {
        Self { service, limits, caller: None }
    }

    /// Names the caller, for services that tell callers of one token apart.
    #[must_use]
    pub fn for_caller(self, caller: impl Into<String>) -> Self {
        Self { caller: Some(caller.into()), ..self }
    }

    /// The name of the caller.
    pub(super) fn caller(&self) -> Option<String> {
        self.caller.clone()
    }

    /// The bytes of the request: none yet.
    pub(super) fn open_request(&self) -> HeldBytes {
        self.limits.bytes.open_request()
    }

    /// Takes the permits of a request that has been read. Fails if one of the limits has no permit left.
    pub(super) fn hold(&self, bytes: HeldBytes) -> Result<Hold, Denied> {
        let permits =
            self.limits.requests.iter().map(|limit| Arc::clone(limit).try_acquire_owned().map_err(|_| Denied::Busy));
        Ok(Hold { bytes, _permits: permits.collect::<Result<_, _>>()? })
    }
}

impl Hold {
    /// Waits until there is room for the answer to a call. Fails if no room is free in time: the call is not executed.
    pub(super) async fn reserve_answer(&mut self, bytes: usize) -> Result<(), Denied> {
        /// Longer than a client may keep an answer unread, so that stalled clients do not make a call fail.
        const LONGEST_WAIT: Duration = Duration::from_secs(20);
        timeout(LONGEST_WAIT, self.bytes.grow(bytes as u64)).await.map_err(|_| Denied::NoRoom)
    }
}

impl<S> Deref for Granted<S> {
    type Target = S;

    fn deref(&self) -> &S {
        &self.service
    }
}

/// The reason why access was denied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Denied {
    /// The token is unknown, malformed, expired or revoked. The four cases are indistinguishable to the client.
    Unknown,
    /// The token needs a second token beside it.
    Unauthorized,
    /// The service asks for an access token, and the request has none that is valid. The challenge tells where to get one: the
    /// value of the header `WWW-Authenticate` (MCP 2026-07-28, Basic, Authorization, "Protected Resource Metadata
    /// Discovery Requirements").
    SignIn(HeaderValue),
    /// Too many wrong tokens came from the client's address, which has to wait this long.
    Throttled(Duration),
    /// Too many requests are in flight.
    Busy,
    /// Too many bytes are held for other requests.
    NoRoom,
    /// The token cannot be looked up at the moment.
    Unavailable,
}

impl IntoResponse for Denied {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        /// In seconds: a request in flight ends soon.
        const SOON: HeaderValue = HeaderValue::from_static("1");
        /// In seconds: an outage takes longer.
        const LATER: HeaderValue = HeaderValue::from_static("5");
        match denied {
            Denied::Unknown => Self::new(
                StatusCode::NOT_FOUND,
                "No MCP server has this token. It may be mistyped, expired or revoked: ask for a new URL.",
            ),
            Denied::Unauthorized => Self::new(
                StatusCode::UNAUTHORIZED,
                "This MCP server also needs a valid API token: send the request to the server's own URL, with the \
                 header Authorization: Bearer {API token}.",
            )
            .with_header(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
            Denied::SignIn(challenge) => Self::new(
                StatusCode::UNAUTHORIZED,
                "This MCP server asks for sign-in: add its URL to a client that supports OAuth, and sign in when the client \
                 opens your browser.",
            )
            .with_header(WWW_AUTHENTICATE, challenge),
            Denied::Throttled(wait) => Self::throttled(wait),
            Denied::Busy => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "Too many requests for this MCP server or its account are in flight: try again when one of them is answered.",
            )
            .with_header(RETRY_AFTER, SOON),
            Denied::NoRoom => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "This MCP server or its account holds too many bytes of other requests and unread answers. Nothing was \
                 sent to the API: try again in a few seconds, with fewer requests at a time.",
            )
            .with_header(RETRY_AFTER, LATER),
            Denied::Unavailable => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "The token lookup is not available at the moment: try again in a few seconds.",
            )
            .with_header(RETRY_AFTER, LATER),
        }
    }
}
