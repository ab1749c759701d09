//! MCP over HTTP: one message a request, one answer a response.
//!
//! Every request stands for itself. There are no sessions, so none is given out or asked for, and any process that
//! knows the token can answer. An answer is one JSON text; it is a stream of events only if the client takes one, wants
//! to hear of progress, and there is some. A stream's headers are gone before the call has ended, so what is known then
//! of the rate limit stands in the result's `_meta` alone. A client that hangs up drops the call that it waits for,
//! because the server drops the handler's future.
//!
//! Which token opens which service is for a [`Resolver`] to say. Connections, hosts, origins and time limits on
//! headers are the affair of whoever hands requests to the [`Endpoint`].

mod access;
mod batch;
pub(crate) mod body;
mod headers;
mod outgoing;
mod sse;

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::task::{self, Poll};
use std::time::Instant;

use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::response::{IntoResponse, Response};
use futures_util::future::BoxFuture;
use http::header::{ALLOW, AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue, WWW_AUTHENTICATE};
use http::{Extensions, HeaderMap, Method, StatusCode};
use tokio::sync::mpsc;

pub use self::access::{AccessRequest, Denied, Granted, Resolver};
use self::body::Unread;
use self::headers::Announced;
use super::answer::{METHODS, answer_within};
use super::message::{self, Incoming, Message, Refused};
use super::progress::Progress;
use super::reply::{self, Pieces, RpcResponse};
use super::revision::{Lifecycle, Revision};
use super::rpc_error::{Code, RpcError};
use super::service::{RequestContext, Service};
use crate::metrics;
use crate::problem::Problem;

/// The header under which whoever hands over a request tells its id.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// How many reports may wait for a client that does not read.
const UNREAD_REPORTS: usize = 16;

/// `/mcp/{token}`, and `/mcp` with the token in the header `Authorization`. Cheap to clone if its resolver is.
#[derive(Clone, Debug)]
pub struct Endpoint<R> {
    resolver: R,
}

/// Where a request's token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place<'p> {
    Path(&'p str),
    Header,
}

impl Place<'_> {
    /// As far as the path tells. `None` if it is not the endpoint's.
    fn of(path: &str) -> Option<Place<'_>> {
        match path.strip_prefix("/mcp")? {
            "" => Some(Place::Header),
            rest => rest.strip_prefix('/').filter(|token| !token.is_empty() && !token.contains('/')).map(Place::Path),
        }
    }
}

impl<R: Resolver> Endpoint<R> {
    /// The endpoint at which the tokens count that `resolver` knows.
    pub fn new(resolver: R) -> Self {
        Self { resolver }
    }

    /// Whether requests to that path are for it.
    pub fn is_at(path: &str) -> bool {
        Place::of(path).is_some()
    }

    /// The response to a request.
    pub async fn answer(&self, request: Request) -> Response {
        let (head, body) = request.into_parts();
        if head.method != Method::POST {
            return only_post();
        }
        let (bearer, peer) = (bearer(&head.headers), peer(&head.extensions));
        let (token, bearer) = match (Place::of(head.uri.path()), bearer) {
            (Some(Place::Path(token)), bearer) => (token, bearer),
            (_, Some(token)) => (token, None),
            (_, None) => return no_token(),
        };
        let visit = AccessRequest { token, bearer, peer, headers: &head.headers };
        match self.resolver.resolve(&visit).await {
            Ok(access) => self.exchange(access, &visit, body).await,
            Err(denied) => denied.into_response(),
        }
    }

    /// Answers the message in `body`.
    async fn exchange(&self, access: Granted<R::Service>, visit: &AccessRequest<'_>, body: Body) -> Response {
        let headers = visit.headers;
        let body = match body::read(body, access.info().longest_message).await {
            Ok(body) => body,
            Err(unread) => {
                access.refused(&visit.context());
                return unread_message(unread).into_response();
            }
        };
        let announced = match Announced::by(headers) {
            Ok(announced) => announced,
            Err(error) => return refuse(&*access, visit, None, error),
        };
        match (message::read(&body, announced.settled()), announced) {
            (Ok(Incoming::One(Message::Request(request))), announced) => {
                match headers::context(announced, headers, &request) {
                    Ok(context) => one(access, request, within(context, headers), headers).await,
                    Err(error) => refuse(&*access, visit, Some(&request.id), error),
                }
            }
            (Ok(_), Announced::Unknown(name)) => refuse(&*access, visit, None, RpcError::unsupported(name)),
            // A cancellation can only come over another connection. Ids are the client's own, and clients that share a
            // token number alike: what it means here cannot be known. To cancel, a client hangs up.
            (Ok(Incoming::One(Message::Cancelled(_) | Message::Ignored)), _) => StatusCode::ACCEPTED.into_response(),
            (Ok(Incoming::Batch(messages)), announced) => {
                batch::answer(&self.resolver, access, visit, messages, announced.settled()).await
            }
            (Err(Refused { id, error }), _) => refuse(&*access, visit, id.as_ref(), error),
        }
    }
}

/// The same for what wraps services.
impl<R: Resolver> tower::Service<Request> for Endpoint<R> {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut task::Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let endpoint = self.clone();
        Box::pin(async move { Ok(endpoint.answer(request).await) })
    }
}

fn no_token() -> Response {
    let message = "No token: send the MCP server's in the header Authorization: Bearer {token}, or use its own URL.";
    Problem::new(StatusCode::UNAUTHORIZED, message)
        .with(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
        .into_response()
}

/// A message is longer than others only by its files.
fn unread_message(unread: Unread) -> Problem {
    let too_long = matches!(unread, Unread::TooLong(_));
    let problem = Problem::from(unread);
    if too_long { problem.advising("Send smaller files, or one file a call.") } else { problem }
}

/// There is no stream to `GET`, and no session to `DELETE`.
fn only_post() -> Response {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "MCP messages are sent with POST; there are no sessions or streams.")
        .with(ALLOW, HeaderValue::from_static("POST"))
        .into_response()
}

/// The token in the header `Authorization`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Where a request came from, if whoever hands it over says so.
pub(crate) fn peer(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get().map(|ConnectInfo(peer): &ConnectInfo<SocketAddr>| peer.ip())
}

/// Adds to a request's context what its headers say of it.
fn within(mut context: RequestContext, headers: &HeaderMap) -> RequestContext {
    context.request_id = headers::request_id(headers).map(str::to_owned);
    // A program that does not name itself in the message may do so in the way that HTTP has for it.
    context.client = context.client.or_else(|| headers::client(headers));
    context
}

/// The response to a message that is not taken on, which the service is told of.
fn refuse(service: &impl Service, visit: &AccessRequest<'_>, id: Option<&message::Id>, error: RpcError) -> Response {
    service.refused(&visit.context());
    Answer::refusing(id, error).whole()
}

async fn one<S: Service>(
    access: Granted<S>,
    request: message::RpcRequest,
    mut context: RequestContext,
    headers: &HeaderMap,
) -> Response {
    let token = Progress::token(&request.params).filter(|_| headers::admits_events(headers));
    let Some(token) = token.cloned() else {
        return Answer::to(&*access, request, &context).await.whole();
    };
    let (sender, reports) = mpsc::channel(UNREAD_REPORTS);
    context.progress = Some(Progress::new(token, sender));
    sse::answer(async move { Answer::to(&*access, request, &context).await }, reports).await
}

/// A message on its way to the client.
struct Answer {
    status: StatusCode,
    message: Pieces,
    headers: Vec<(HeaderName, u64)>,
}

impl Answer {
    /// To a request that could be read.
    async fn to<S: Service>(service: &S, request: message::RpcRequest, context: &RequestContext) -> Self {
        let (id, method, start) = (request.id.clone(), known_method(&request.method), Instant::now());
        let mut reply = answer_within(service, request, context).await;
        metrics::operation(method, context.revision.map_or("", Revision::name), error_type(&reply), start.elapsed());
        let headers = match &mut reply {
            Ok(RpcResponse::Called(called)) => std::mem::take(&mut called.result.headers),
            Ok(RpcResponse::Read(read)) => std::mem::take(&mut read.result.headers),
            Ok(_) => Vec::new(),
            Err(error) => std::mem::take(&mut error.headers),
        };
        let status = match &reply {
            Ok(_) => StatusCode::OK,
            Err(error) => status_of_answer(error.code, context.lifecycle),
        };
        Self { status, message: reply::pieces(Some(&id), &reply), headers }
    }

    /// To a message that is not taken on.
    fn refusing(id: Option<&message::Id>, error: RpcError) -> Self {
        Self { status: StatusCode::BAD_REQUEST, message: reply::pieces(id, &Err(error)), headers: Vec::new() }
    }

    /// As the whole of a response.
    fn whole(self) -> Response {
        let mut response = Response::new(outgoing::body(self.message));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.extend(self.headers.into_iter().map(|(name, value)| (name, value.into())));
        response
    }
}

/// The method as it is counted: what clients make up is all one.
fn known_method(method: &str) -> &'static str {
    METHODS.into_iter().find(|known| *known == method).unwrap_or("_OTHER")
}

fn error_type(reply: &Result<RpcResponse<'_>, RpcError>) -> &'static str {
    match reply {
        Ok(RpcResponse::Called(called)) if called.result.is_error => "tool_error",
        Ok(_) => "",
        Err(error) => error.code.text(),
    }
}

/// The status of an answer that says what is wrong. What is wrong with a call's contents is no concern of HTTP; the
/// handshake lifecycle keeps everything out of it that could be read as a request.
fn status_of_answer(code: Code, lifecycle: Lifecycle) -> StatusCode {
    match (code, lifecycle) {
        (Code::MethodNotFound, Lifecycle::Stateless) => StatusCode::NOT_FOUND,
        (
            Code::Parse
            | Code::InvalidRequest
            | Code::HeaderMismatch
            | Code::MissingCapability
            | Code::UnsupportedRevision,
            _,
        ) => StatusCode::BAD_REQUEST,
        (Code::MethodNotFound | Code::InvalidParams | Code::NoSuchResource | Code::Internal, _) => StatusCode::OK,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_the_endpoints_with_one_segment_for_the_token_or_none() {
        assert_eq!(Place::of("/mcp"), Some(Place::Header));
        assert_eq!(Place::of("/mcp/a%2Fb"), Some(Place::Path("a%2Fb")));
        for path in ["", "/", "/mcp/", "/mcpx", "/mcp/a/", "/mcp/a/b", "/mcp//a", "/x/mcp", "mcp"] {
            assert_eq!(Place::of(path), None, "{path}");
        }
    }
}
