//! The HTTP server: the protocol's endpoint, the admin routes and the probes, on one port.
//!
//! Here is what all of them have in common: who may connect (hosts, origins, slow clients), what every response
//! carries, what is logged, and how the server ends. TLS is the affair of a proxy in front of it. What such a proxy
//! says of its clients (`X-Forwarded-For`) is believed only of proxies that were named.

mod exchange;
mod host_guard;
mod listen;
mod probes;
mod redacted;
mod signal;
mod under_way;

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::HeaderName;
use http::{HeaderValue, Method};
use tower::{Layer as _, ServiceExt as _};
use tower_http::cors::{AllowOrigin, Cors, CorsLayer};

pub use self::host_guard::{HostGuard, NotAnAddress, NotAnOrigin};
pub use self::listen::serve;
pub use self::probes::Backend;
pub use self::signal::asked_to_stop;
use mcp_server::http::{Endpoint, Problem, REQUEST_ID, Resolver};

/// Everything that is served. Cheap to clone.
///
/// Most requests are for MCP, at one path: they do not go through a router.
#[derive(Clone, Debug)]
pub struct Routes<R> {
    mcp: Mcp<R>,
    others: Router,
}

#[derive(Clone, Debug)]
enum Mcp<R> {
    Plain(Endpoint<R>),
    /// Pages of some origins may read the answers.
    Readable(Box<Cors<Endpoint<R>>>),
}

/// MCP for the tokens that `resolver` knows, `admin`, and probes that ask `backend`.
///
/// Web pages of other origins may read the answers only if the host_guard was told to allow these.
pub fn routes<R: Resolver, B: Backend>(resolver: R, admin: Router, backend: B, host_guard: &HostGuard) -> Routes<R> {
    let mcp = Endpoint::new(resolver);
    let others = Router::new()
        .merge(admin)
        .merge(probes::router(backend))
        .method_not_allowed_fallback(wrong_method)
        .fallback(nothing_here);
    let origins: Vec<HeaderValue> = host_guard.allowed_origins().filter_map(|origin| origin.parse().ok()).collect();
    if origins.is_empty() {
        return Routes { mcp: Mcp::Plain(mcp), others };
    }
    let cors = cors(origins);
    Routes { mcp: Mcp::Readable(Box::new(cors.layer(mcp))), others: others.layer(cors) }
}

impl<R: Resolver> Routes<R> {
    /// The response to a request.
    pub async fn answer(&self, request: Request) -> Response {
        // None of them fails: what they cannot do, they say in a response.
        let Ok(response) = match &self.mcp {
            _ if !Endpoint::<R>::is_at(request.uri().path()) => self.others.clone().oneshot(request).await,
            // In a box, or each connection would have room for a call for as long as it is open.
            Mcp::Plain(endpoint) => Ok(Box::pin(endpoint.answer(request)).await),
            Mcp::Readable(endpoint) => Cors::clone(endpoint).oneshot(request).await,
        };
        response
    }
}

async fn nothing_here() -> impl IntoResponse {
    Problem::new(StatusCode::NOT_FOUND, "There is nothing at this path.")
}

async fn wrong_method() -> impl IntoResponse {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "This path does not take this method: the header Allow has those it takes.",
    )
}

/// Lets pages of these origins send what clients send and read what they are answered.
fn cors(origins: Vec<HeaderValue>) -> CorsLayer {
    let name = HeaderName::from_static;
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::GET, Method::POST, Method::PATCH, Method::DELETE])
        .allow_headers([
            http::header::AUTHORIZATION,
            http::header::CONTENT_TYPE,
            name("last-event-id"),
            name("mcp-method"),
            name("mcp-name"),
            name("mcp-protocol-version"),
            name("mcp-session-id"),
            REQUEST_ID,
        ])
        .expose_headers([
            http::header::RETRY_AFTER,
            http::header::WWW_AUTHENTICATE,
            name("ratelimit-limit"),
            name("ratelimit-remaining"),
            name("ratelimit-reset"),
            REQUEST_ID,
        ])
}
