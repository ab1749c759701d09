//! MCP over HTTP: one message per request, one answer per response (MCP 2026-07-28, Basic, Transports, "Streamable
//! HTTP").
//!
//! Every request is independent. The server neither issues nor requires sessions, so any process that knows the token
//! can answer.
//!
//! An answer is one JSON object. It becomes an event stream only if the client accepts one, asks for progress, and there
//! is progress to report. The headers of a stream are sent before the call has ended, so rate limits are then only in the
//! `_meta` of the result. A client that disconnects cancels its call, because the HTTP server drops the handler's future.
//!
//! A [`Resolver`] tells which token gives access to which service. Connections, the `Host` and `Origin` headers, and time
//! limits on headers are left to the HTTP server that passes requests to the [`McpEndpoint`].

mod access;
mod answer;
mod batch;
mod budget;
mod headers;
mod hold;
mod outgoing;
mod problem;
mod read_body;
mod sse;

use std::convert::Infallible;
use std::task::{self, Poll};

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use futures_util::future::BoxFuture;
use http::header::{ALLOW, HeaderValue, WWW_AUTHENTICATE};
use http::{HeaderMap, Method, StatusCode};
use tokio::sync::mpsc;

pub use self::access::{AccessRequest, Denied, Granted, Limits, Resolver};
use self::answer::HttpAnswer;
pub use self::budget::{ByteBudget, HeldBytes};
use self::headers::{AnnouncedVersion, with_headers};
pub use self::headers::{REQUEST_ID, bearer_token, peer_address};
use self::hold::Hold;
pub use self::problem::Problem;
pub use self::read_body::{BodyError, ReadBody, read_body};
use super::context::RequestContext;
use super::message::{AnswerId, Incoming, Message, RefusedMessage, RpcRequest, read_message};
use super::methods::{insufficient_scope, takes_time};
use super::progress::Progress;
use super::rpc_error::RpcError;
use super::service::{Refusal, Service};

/// The number of progress reports that wait for a client that does not read.
const UNREAD_REPORTS: usize = 16;

/// The MCP endpoint: `/mcp/{token}`, and `/mcp` with the token in the header `Authorization`. Cheap to clone if its
/// resolver is.
#[derive(Clone, Debug)]
pub struct McpEndpoint<R> {
    resolver: R,
}

/// The place of a request's token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TokenPlace<'p> {
    Path(&'p str),
    Header,
}

impl TokenPlace<'_> {
    /// The place of the token in a request to `path`, with or without a trailing slash, or `None` if the path is not the
    /// endpoint's.
    fn from_path(path: &str) -> Option<TokenPlace<'_>> {
        let rest = path.strip_prefix("/mcp")?;
        match rest.strip_suffix('/').unwrap_or(rest) {
            "" => Some(TokenPlace::Header),
            rest => {
                rest.strip_prefix('/').filter(|token| !token.is_empty() && !token.contains('/')).map(TokenPlace::Path)
            }
        }
    }
}

impl<R: Resolver> McpEndpoint<R> {
    /// The endpoint for the tokens that `resolver` knows.
    pub fn new(resolver: R) -> Self {
        Self { resolver }
    }

    /// Returns true if requests to that path are for the endpoint.
    pub fn is_at(path: &str) -> bool {
        TokenPlace::from_path(path).is_some()
    }

    /// Responds to an HTTP request.
    pub async fn answer(&self, request: Request) -> Response {
        let (head, body) = request.into_parts();
        if head.method != Method::POST {
            return only_post();
        }
        let (bearer, peer) = (bearer_token(&head.headers), peer_address(&head.extensions));
        let (token, bearer, is_in_path) = match (TokenPlace::from_path(head.uri.path()), bearer) {
            (Some(TokenPlace::Path(token)), bearer) => (token, bearer, true),
            (_, Some(token)) => (token, None, false),
            (_, None) => return no_token(),
        };
        let access = AccessRequest { token, is_in_path, bearer, peer, headers: &head.headers };
        match self.resolver.resolve(&access).await {
            Ok(granted) => self.answer_body(granted, &access, body).await,
            Err(denied) => denied.into_response(),
        }
    }

    /// Reads the message in `body`, and answers it.
    async fn answer_body(&self, granted: Granted<R::Service>, access: &AccessRequest<'_>, body: Body) -> Response {
        let headers = access.headers;
        let mut bytes = granted.open_request();
        let ReadBody { bytes: body, waited } = match read_body(body, granted.info().max_message_bytes, &mut bytes).await
        {
            Ok(read) => read,
            Err(error) => {
                let reason = if error == BodyError::NoRoom { Refusal::Busy } else { Refusal::Invalid };
                granted.refused(reason, &access.context());
                return unread_message(error).into_response();
            }
        };
        let hold = match granted.hold(bytes) {
            Ok(hold) => hold,
            Err(denied) => return refuse_busy(&*granted, denied, &access.context()),
        };
        let refuse = |refused: &RefusedMessage| {
            granted.refused(Refusal::Invalid, &access.context());
            HttpAnswer::to_refused(refused)
        };
        let announced = match AnnouncedVersion::from_headers(headers) {
            Ok(announced) => announced,
            Err(error) => return refuse(&RefusedMessage { id: AnswerId::Null, error }).into_whole_response(hold),
        };
        let mut incoming = read_message(&body, announced.revision());
        if let Ok(incoming) = &mut incoming {
            incoming.count_wait(waited);
        }
        // A message owns what it needs of the body. A long body is not kept beside its copy while the message is answered.
        drop(body);
        match (incoming, announced) {
            (Ok(Incoming::One(Message::Request(request))), announced) => {
                match headers::request_context(announced, headers, &request) {
                    Ok(context) => {
                        let context = RequestContext { caller: granted.caller(), ..context };
                        let context = with_headers(context, headers);
                        match insufficient_scope(&*granted, &request, &context) {
                            Some(challenge) => refuse_scope(challenge),
                            None => answer_one(granted, hold, request, context, headers).await,
                        }
                    }
                    Err(error) => {
                        let id = AnswerId::Known(request.id);
                        refuse(&RefusedMessage { id, error }).into_whole_response(hold)
                    }
                }
            }
            // A revision that is not known yet is taken for a newer one, in which an unreadable id is left out.
            (Ok(_), AnnouncedVersion::Unknown(name)) => {
                let error = RpcError::unsupported_version(name);
                refuse(&RefusedMessage { id: AnswerId::Absent, error }).into_whole_response(hold)
            }
            (Err(RefusedMessage { id: AnswerId::Null, error }), AnnouncedVersion::Unknown(_)) => {
                refuse(&RefusedMessage { id: AnswerId::Absent, error }).into_whole_response(hold)
            }
            // Over HTTP, a client cancels by disconnecting (MCP 2026-07-28, Basic, Transports, "Streamable HTTP",
            // "Cancellation"). A notification cannot: it arrives on another connection, and clients that share a token
            // use the same ids.
            (Ok(Incoming::One(Message::Cancelled(_) | Message::Response(..) | Message::Ignored)), _) => {
                StatusCode::ACCEPTED.into_response()
            }
            (Ok(Incoming::Batch(messages)), announced) => {
                if let Some(challenge) = batch::insufficient_scope(&*granted, &messages, &access.context()) {
                    return refuse_scope(challenge);
                }
                batch::answer_batch(&self.resolver, granted, hold, access, messages, announced.revision()).await
            }
            (Err(refused), _) => refuse(&refused).into_whole_response(hold),
        }
    }
}

/// The endpoint as a [`tower::Service`], for middleware.
impl<R: Resolver> tower::Service<Request> for McpEndpoint<R> {
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
    let message = "No token: send the MCP server's token in the header Authorization: Bearer {token}, or use the \
                   server's own URL.";
    Problem::new(StatusCode::UNAUTHORIZED, message)
        .with_header(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
        .into_response()
}

/// The refusal of a call that the client's authorization does not cover (MCP 2026-07-28, Basic, Authorization, "Runtime
/// Insufficient Scope Errors").
fn refuse_scope(challenge: HeaderValue) -> Response {
    let message = "Your authorization does not cover this tool. Sign in again and grant the scope that the header \
                   WWW-Authenticate names.";
    Problem::new(StatusCode::FORBIDDEN, message).with_header(WWW_AUTHENTICATE, challenge).into_response()
}

/// The refusal of a message whose body was not read. Only attachments make a message long.
fn unread_message(error: BodyError) -> Problem {
    let problem = Problem::from(error);
    match error {
        BodyError::TooLong(_) => {
            problem.with_advice("Shorten the message: its longest text, or its files if the tool takes files.")
        }
        BodyError::TooSlow | BodyError::Broken | BodyError::NoRoom => problem,
    }
}

/// The refusal of `GET` and `DELETE`: there is no stream to open and no session to end (MCP 2026-07-28, Basic,
/// Transports, "Streamable HTTP", "Earlier Streamable HTTP Revisions").
fn only_post() -> Response {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "MCP messages are sent with POST; there are no sessions or streams.")
        .with_header(ALLOW, HeaderValue::from_static("POST"))
        .into_response()
}

/// The response to a request for which there is no permit or no room. The service is notified.
fn refuse_busy(service: &impl Service, denied: Denied, context: &RequestContext) -> Response {
    service.refused(Refusal::Busy, context);
    denied.into_response()
}

async fn answer_one<S: Service>(
    granted: Granted<S>,
    mut hold: Hold,
    request: RpcRequest,
    mut context: RequestContext,
    headers: &HeaderMap,
) -> Response {
    if takes_time(&request)
        && let Err(denied) = hold.reserve_answer(granted.info().max_result_bytes).await
    {
        return refuse_busy(&*granted, denied, &context);
    }
    let token = Progress::token(&request.params).filter(|_| headers::accepts_events(headers));
    let Some(token) = token.cloned() else {
        return HttpAnswer::to_request(&*granted, request, &context).await.into_whole_response(hold);
    };
    let (sender, reports) = mpsc::channel(UNREAD_REPORTS);
    context.progress = Some(Progress::new(token, sender));
    sse::respond(async move { HttpAnswer::to_request(&*granted, request, &context).await }, reports, hold).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_has_at_most_one_segment_for_the_token() {
        assert_eq!(TokenPlace::from_path("/mcp"), Some(TokenPlace::Header));
        assert_eq!(TokenPlace::from_path("/mcp/a%2Fb"), Some(TokenPlace::Path("a%2Fb")));
        assert_eq!(TokenPlace::from_path("/mcp/"), Some(TokenPlace::Header));
        assert_eq!(TokenPlace::from_path("/mcp/a/"), Some(TokenPlace::Path("a")));
        for path in ["", "/", "/mcpx", "/mcp//", "/mcp/a//", "/mcp/a/b", "/mcp/a/b/", "/mcp//a", "/x/mcp", "mcp"] {
            assert_eq!(TokenPlace::from_path(path), None, "{path}");
        }
    }
}
