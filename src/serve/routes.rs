//! All routes of the server: the MCP endpoint, the admin API, the console and the probes.

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, Method, StatusCode};
use mcp_server::http::{Endpoint, Problem, REQUEST_ID, Resolver};
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
    mcp: McpRoute<R>,
    others: Router,
}

#[derive(Clone, Debug)]
enum McpRoute<R> {
    Plain(Endpoint<R>),
    /// With CORS headers, for web pages of the allowed origins.
    Cors(Box<Cors<Endpoint<R>>>),
}

/// Builds the routes: MCP for the tokens that `resolver` accepts, the routes of `admin`, and probes that ask `backend` and
/// say that the server is not ready once `draining` is cancelled.
///
/// Web pages of other origins can read responses only if `host_guard` allows these origins.
pub fn routes<R: Resolver, B: ProbeBackend>(
    resolver: R,
    admin: Router,
    backend: B,
    host_guard: &HostGuard,
    draining: CancellationToken,
) -> Routes<R> {
    let mcp = Endpoint::new(resolver);
    let others = Router::new()
        .merge(admin)
        .merge(probes::router(backend, draining))
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(not_found);
    let origins: Vec<_> = host_guard.allowed_origins().map(origin_header).collect();
    if origins.is_empty() {
        return Routes { mcp: McpRoute::Plain(mcp), others };
    }
    let cors = cors_layer(origins);
    Routes { mcp: McpRoute::Cors(Box::new(cors.layer(mcp))), others: others.layer(cors) }
}

impl<R: Resolver> Routes<R> {
    /// Returns the response to a request.
    pub async fn answer(&self, request: Request) -> Response {
        // All three services are infallible: failures are responses.
        let Ok(response) = match &self.mcp {
            _ if !Endpoint::<R>::is_at(request.uri().path()) => self.others.clone().oneshot(request).await,
            // Boxed, because otherwise every idle connection would reserve the memory of a call.
            McpRoute::Plain(endpoint) => Ok(Box::pin(endpoint.answer(request)).await),
            McpRoute::Cors(endpoint) => Cors::clone(endpoint).oneshot(request).await,
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

fn origin_header(origin: &str) -> HeaderValue {
    origin.parse().expect("a serialised origin is a valid header value")
}

/// Lets web pages of these origins send what MCP and admin clients send, and read the responses.
fn cors_layer(origins: Vec<HeaderValue>) -> CorsLayer {
    let name = HeaderName::from_static;
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
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
