//! Handles one HTTP request: host check, request id, security headers and the log line.

use std::borrow::Cow;
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::{IntoResponse, Response};
use http::header::{HeaderValue, REFERRER_POLICY, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, Method, Request, StatusCode};
use hyper::body::Incoming;
use mcp_server::http::{Problem, REQUEST_ID, Resolver};
use tracing::Instrument as _;
use uuid::Uuid;

use super::connections::Connection;
use super::host_guard::HostGuard;
use super::in_flight::RequestBody;
use super::probes::{HEALTHZ, READYZ};
use super::redaction::redacted_path;
use super::routes::Routes;
use crate::metrics;
use crate::token;

/// Health probes are exempt from the host check: orchestrators address the server by IP, and the responses are public.
const ANY_HOST_PATHS: [&str; 2] = [HEALTHZ, READYZ];

/// The routes behind the host guard.
#[derive(Debug)]
pub(super) struct HttpService<R> {
    routes: Routes<R>,
    host_guard: HostGuard,
}

impl<R: Resolver> HttpService<R> {
    pub(super) fn new(routes: Routes<R>, host_guard: HostGuard) -> Self {
        Self { routes, host_guard }
    }

    /// The address whose limit a connection from `peer` counts towards while no request is open on it.
    pub(super) fn counted_address(&self, peer: SocketAddr) -> Option<IpAddr> {
        (!self.host_guard.is_exempt(peer.ip())).then_some(peer.ip())
    }

    /// Returns the response to a request that arrived on `connection` from `peer`, which is the client or a proxy.
    pub(super) async fn answer(
        &self,
        request: Request<Incoming>,
        peer: SocketAddr,
        connection: &Connection,
    ) -> Result<Response, Infallible> {
        let (mut head, body) = request.into_parts();
        let body = RequestBody::new(body, Arc::clone(&connection.activity));
        let peer = self.host_guard.client_address(peer, &head.headers);
        let has_room = connection.count_towards(self.counted_address(peer));
        let id = request_id(&head.headers);
        let log = RequestLog {
            id: &id,
            method: head.method.clone(),
            path: redacted_path(head.uri.path()),
            peer,
            start: Instant::now(),
            status: None,
        };
        let checked = match head.uri.path() {
            path if ANY_HOST_PATHS.contains(&path) => Ok(()),
            path if self.routes.is_open(path) => self.host_guard.check_host(&head),
            _ => self.host_guard.check(&head),
        };
        let mut response = match checked {
            Err(problem) => problem.into_response(),
            Ok(()) if !has_room => too_many_requests().into_response(),
            Ok(()) => {
                head.headers.insert(REQUEST_ID, id.clone());
                head.extensions.insert(ConnectInfo(peer));
                let request = Request::from_parts(head, Body::new(body));
                let span = tracing::info_span!("request", id = log.id());
                self.routes.answer(request).instrument(span).await
            }
        };
        let headers = response.headers_mut();
        // The URL of an MCP server contains its token, so it must not leak as a referrer. Pages with forms have a policy of
        // their own.
        headers.entry(REFERRER_POLICY).or_insert(HeaderValue::from_static("no-referrer"));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(REQUEST_ID, id.clone());
        log.finish(&response);
        Ok(response)
    }
}

/// The refusal of a request whose address has too many requests in flight, none of which is stalled.
fn too_many_requests() -> Problem {
    let message = "Too many requests from your address are in flight: try again when one of them is answered.";
    Problem::new(StatusCode::TOO_MANY_REQUESTS, message).with_header(RETRY_AFTER, HeaderValue::from_static("1"))
}

/// Returns the id that the client or a proxy gave the request, if it is safe to log; otherwise a new one.
fn request_id(headers: &HeaderMap) -> HeaderValue {
    const MAX_LENGTH: usize = 64;
    let is_safe = |id: &&HeaderValue| {
        (1..=MAX_LENGTH).contains(&id.len())
            && id.as_bytes().iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
    };
    let given = headers.get(REQUEST_ID).filter(is_safe).map(without_token);
    given.unwrap_or_else(|| {
        let id = Uuid::from_u128(rand::random());
        HeaderValue::from_str(id.simple().encode_lower(&mut Uuid::encode_buffer()))
            .expect("32 hexadecimal digits are a valid header value")
    })
}

/// Returns an id without a token that somebody sent as one.
fn without_token(id: &HeaderValue) -> HeaderValue {
    match token::redacted(id.to_str().expect("a safe id is ASCII")) {
        Cow::Borrowed(_) => id.clone(),
        Cow::Owned(redacted) => redacted.parse().expect("ASCII without control characters is a valid header value"),
    }
}

/// The log line of a request, written when the request is answered or its client has disconnected.
struct RequestLog<'r> {
    id: &'r HeaderValue,
    method: Method,
    path: String,
    peer: SocketAddr,
    start: Instant,
    status: Option<u16>,
}

impl RequestLog<'_> {
    fn id(&self) -> &str {
        self.id.to_str().expect("request ids are ASCII")
    }

    fn finish(mut self, response: &Response) {
        self.status = Some(response.status().as_u16());
    }
}

impl Drop for RequestLog<'_> {
    fn drop(&mut self) {
        let milliseconds = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (id, method, path, peer) = (self.id(), self.method.as_str(), self.path.as_str(), self.peer);
        match self.status {
            Some(status) => {
                metrics::record_http_request(&self.method, status, self.start.elapsed());
                tracing::info!(id, method, path, %peer, status, milliseconds, "answered request");
            }
            None => tracing::info!(id, method, path, %peer, milliseconds, "client disconnected before the response"),
        }
    }
}
