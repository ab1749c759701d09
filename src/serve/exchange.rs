//! One request and its response: what all of them have in common.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Instant;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::{IntoResponse, Response};
use http::header::{HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, Method, Request};
use hyper::body::Incoming;
use tracing::Instrument as _;
use uuid::Uuid;

use super::host_guard::HostGuard;
use super::{Routes, redacted};
use crate::metrics;
use mcp_server::http::{REQUEST_ID, Resolver};

/// Paths that are asked by whatever name or address a watchdog knows the server, and that tell nothing.
const OPEN_TO_ALL: [&str; 2] = ["/healthz", "/readyz"];

/// What is served, and to whom.
#[derive(Debug)]
pub(super) struct Site<R> {
    routes: Routes<R>,
    host_guard: HostGuard,
}

impl<R: Resolver> Site<R> {
    pub(super) fn new(routes: Routes<R>, host_guard: HostGuard) -> Self {
        Self { routes, host_guard }
    }

    /// The response to a request that `peer` sent or handed over.
    pub(super) async fn answer(&self, request: Request<Incoming>, peer: SocketAddr) -> Result<Response, Infallible> {
        let (mut head, body) = request.into_parts();
        let peer = self.host_guard.client(peer, &head.headers);
        let id = request_id(&head.headers);
        let visit = Visit {
            id: &id,
            method: head.method.clone(),
            path: redacted::path(head.uri.path()),
            peer,
            start: Instant::now(),
            status: None,
        };
        let admitted = if OPEN_TO_ALL.contains(&head.uri.path()) { Ok(()) } else { self.host_guard.admits(&head) };
        let mut response = match admitted {
            Err(problem) => problem.into_response(),
            Ok(()) => {
                head.headers.insert(REQUEST_ID, id.clone());
                head.extensions.insert(ConnectInfo(peer));
                let request = Request::from_parts(head, Body::new(body));
                let span = tracing::info_span!("request", id = visit.shown_id());
                self.routes.answer(request).instrument(span).await
            }
        };
        let headers = response.headers_mut();
        // The address of a page may hold a token.
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(REQUEST_ID, id.clone());
        visit.ends(&response);
        Ok(response)
    }
}

/// The id that the client or a proxy gave the request, if it is harmless, or else a new one.
fn request_id(headers: &HeaderMap) -> HeaderValue {
    const LONGEST: usize = 64;
    let harmless = |id: &&HeaderValue| {
        (1..=LONGEST).contains(&id.len())
            && id.as_bytes().iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
    };
    let given = headers.get(REQUEST_ID).filter(harmless).cloned();
    given.unwrap_or_else(|| {
        // 32 hexadecimal digits.
        let id = Uuid::from_u128(rand::random());
        HeaderValue::from_str(id.simple().encode_lower(&mut Uuid::encode_buffer()))
            .unwrap_or_else(|_| HeaderValue::from_static("-"))
    })
}

/// A line in the log, written when the request is answered or its client is gone.
struct Visit<'v> {
    id: &'v HeaderValue,
    method: Method,
    path: String,
    peer: SocketAddr,
    start: Instant,
    status: Option<u16>,
}

impl Visit<'_> {
    fn shown_id(&self) -> &str {
        self.id.to_str().unwrap_or_default()
    }

    fn ends(mut self, response: &Response) {
        self.status = Some(response.status().as_u16());
    }
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        let milliseconds = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (id, method, path, peer) = (self.shown_id(), self.method.as_str(), self.path.as_str(), self.peer);
        match self.status {
            Some(status) => {
                metrics::http_request(&self.method, status, self.start.elapsed());
                tracing::info!(id, method, path, %peer, status, milliseconds, "request");
            }
            None => tracing::info!(id, method, path, %peer, milliseconds, "the client hung up"),
        }
    }
}
