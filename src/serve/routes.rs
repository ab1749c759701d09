//! All routes of the server: the MCP endpoint, the admin API, the console and the probes.

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};
use mcp_server::http::{McpEndpoint, Problem, REQUEST_ID, Resolver};
use tokio_util::sync::CancellationToken;
use tower::{Layer as _, ServiceExt as _};
use tower_http::cors::{AllowOrigin, Cors, CorsLayer};

use super::host_guard::HostGuard;
use super::probes::{self, ProbeBackend};

/// All routes of the server. Cheap to clone.
///
/// Requests to the MCP endpoint bypass the router, because almost all requests are MCP.
#[derive(Clone, Debug)]
pub struct Routes<R> {
    mcp: Cors<McpEndpoint<R>>,
    others: Router,
    is_open: fn(&str) -> bool,
}

/// Routes that web pages of any origin may use. They set no cookie and read none.
#[derive(Clone, Debug)]
pub struct OpenRoutes {
    /// The routes, with the headers that let web pages read the responses.
    pub router: Router,
    /// Returns whether a path is one of theirs.
    pub is_at: fn(&str) -> bool,
}

impl OpenRoutes {
    /// No routes.
    pub fn none() -> Self {
        Self { router: Router::new(), is_at: |_| false }
    }
}

/// Builds the routes: MCP for the tokens that `resolver` accepts, the routes of `admin`, and probes that ask `backend` and
/// say that the server is not ready once `draining` is cancelled.
///
/// Web pages can read the responses if `host_guard` allows their origin. It refuses the requests of all others, except to the
/// `open` routes.
pub fn routes<R: Resolver, B: ProbeBackend>(
    resolver: R,
    admin: Router,
    open: OpenRoutes,
    backend: B,
    host_guard: &HostGuard,
    draining: CancellationToken,
) -> Routes<R> {
    let cors = cors_layer(host_guard.clone());
    let others = Router::new()
        .merge(admin)
        .merge(probes::router(backend, draining))
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(not_found);
    let mcp = cors.layer(McpEndpoint::new(resolver));
    Routes { mcp, others: others.layer(cors).merge(open.router), is_open: open.is_at }
}

impl<R> Routes<R> {
    /// Returns whether web pages of any origin may send requests to a path.
    pub(super) fn is_open(&self, path: &str) -> bool {
        (self.is_open)(path)
    }
}

impl<R: Resolver> Routes<R> {
    /// Returns the response to a request.
    pub async fn answer(&self, request: Request) -> Response {
        // Both services are infallible: failures are responses.
        let Ok(response) = if McpEndpoint::<R>::is_at(request.uri().path()) {
            self.mcp.clone().oneshot(request).await
        } else {
            self.others.clone().oneshot(request).await
        };
        response
    }
}

async fn not_found() -> impl IntoResponse {
    Problem::new(StatusCode::NOT_FOUND, "There is nothing at this path.")
}

async fn method_not_allowed() -> impl IntoResponse {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "This path does not support this HTTP method. The Allow header lists the supported ones.",
    )
}

/// Lets web pages of the allowed origins send what MCP and admin clients send, and read the responses.
fn cors_layer(host_guard: HostGuard) -> CorsLayer {
    let name = HeaderName::from_static;
    let is_allowed =
        move |origin: &HeaderValue, _: &Parts| origin.to_str().is_ok_and(|origin| host_guard.allows_origin(origin));
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(is_allowed))
        .allow_methods([Method::GET, Method::POST, Method::PATCH, Method::DELETE])
        .allow_headers([
            AUTHORIZATION,
            CONTENT_TYPE,
            name("last-event-id"),
            name("mcp-method"),
            name("mcp-name"),
            name("mcp-protocol-version"),
            name("mcp-session-id"),
            REQUEST_ID,
        ])
        .expose_headers([
            RETRY_AFTER,
            WWW_AUTHENTICATE,
            name("ratelimit-limit"),
            name("ratelimit-remaining"),
            name("ratelimit-reset"),
            REQUEST_ID,
        ])
}
