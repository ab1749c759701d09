//! Who may be served: what the transport asks of whoever knows the tokens.

use std::net::IpAddr;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::header::{HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, StatusCode};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{headers, within};
use crate::mcp::revision::{Lifecycle, Revision};
use crate::mcp::service::{ClientInfo, RequestContext, Service};
use crate::problem::Problem;

/// Knows which token opens which service.
///
/// It is asked anew for each request, before anything but the request's headers is read. So it keeps its services, each
/// with its list of tools, and hands out shares of them.
pub trait Resolver: Clone + Send + Sync + 'static {
    /// What is served.
    type Service: Service;

    /// What the token of `visit` opens.
    fn resolve(&self, visit: &AccessRequest<'_>)
    -> impl Future<Output = Result<Granted<Self::Service>, Denied>> + Send;
}

/// A request for access.
#[derive(Clone, Copy, Debug)]
pub struct AccessRequest<'r> {
    /// The token that is to open something.
    pub token: &'r str,
    /// What the request carries as a bearer token besides.
    pub bearer: Option<&'r str>,
    /// Where it came from, as far as is known.
    pub peer: Option<IpAddr>,
    /// What else is known of the request by then.
    pub headers: &'r HeaderMap,
}

impl AccessRequest<'_> {
    /// The program that asks, as far as it can be told without reading its message.
    pub fn client(&self) -> Option<ClientInfo> {
        headers::client(self.headers)
    }

    /// What the request is known by in logs.
    pub fn request_id(&self) -> Option<&str> {
        headers::request_id(self.headers)
    }

    /// What is known of the request as long as its message cannot be read.
    pub fn context(&self) -> RequestContext {
        // Of which lifecycle it is, only the message says.
        within(RequestContext { revision: self.revision(), ..RequestContext::of(Lifecycle::Handshake) }, self.headers)
    }

    /// The revision that the request announces, if it is one of ours.
    pub fn revision(&self) -> Option<Revision> {
        headers::Announced::by(self.headers).ok()?.settled()
    }
}

/// The service for one request, shared with all other requests of its token.
#[derive(Debug)]
pub struct Granted<S> {
    service: Arc<S>,
    /// Held until the request is answered.
    _permits: Vec<OwnedSemaphorePermit>,
}

impl<S> Granted<S> {
    /// Granted to `service` for a request that counts towards each of `limits`, unless one of them is reached.
    pub fn counted(service: Arc<S>, limits: &[&Arc<Semaphore>]) -> Result<Self, Denied> {
        let taken = limits.iter().map(|limit| Arc::clone(limit).try_acquire_owned().map_err(|_| Denied::Busy));
        Ok(Self { service, _permits: taken.collect::<Result<_, _>>()? })
    }
}

impl<S> Deref for Granted<S> {
    type Target = S;

    fn deref(&self) -> &S {
        &self.service
    }
}

/// Why a request is not served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// The token opens nothing: it is unknown, withdrawn, expired or malformed. Which of these is not told apart.
    Unknown,
    /// The token needs a second one beside it.
    Unauthorized,
    /// Too many wrong tokens came from the same address: it has to wait so long.
    Throttled(Duration),
    /// Too many requests are under way already.
    Busy,
    /// It cannot be said now what the token opens.
    Unavailable,
}

impl IntoResponse for Denied {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        /// Seconds: a request under way ends soon.
        const SOON: HeaderValue = HeaderValue::from_static("1");
        /// Seconds: what is out of order takes longer.
        const LATER: HeaderValue = HeaderValue::from_static("5");
        match denied {
            Denied::Unknown => Self::new(
                StatusCode::NOT_FOUND,
                "This token opens no MCP server. It may be mistyped, expired or withdrawn: ask for a new URL.",
            ),
            Denied::Unauthorized => Self::new(
                StatusCode::UNAUTHORIZED,
                "This MCP server is reached at its own URL, and needs a live API token as well: \
                 send it in the header Authorization: Bearer {API token}.",
            )
            .with(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
            Denied::Throttled(wait) => Self::too_many_guesses(wait),
            Denied::Busy => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "Too many requests for this MCP server or its account are under way: wait for one to end.",
            )
            .with(RETRY_AFTER, SOON),
            Denied::Unavailable => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "The server cannot look up tokens at the moment: try again soon.",
            )
            .with(RETRY_AFTER, LATER),
        }
    }
}
