//! What watches the server: is it alive, is it ready, and its metrics.

use std::net::IpAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};

use mcp_server::http::{Problem, bearer_token, peer_address};

use crate::metrics;

/// What the probes have to ask of what stands behind the server.
pub trait Backend: Clone + Send + Sync + 'static {
    /// Whether requests can be served: the store answers.
    fn is_ready(&self) -> impl Future<Output = bool> + Send;

    /// Whether this is a live API token, of whatever role. Fails with how long `peer` has to wait, if it has shown too
    /// many that were not.
    fn knows_api_token(&self, token: &str, peer: Option<IpAddr>)
    -> impl Future<Output = Result<bool, Duration>> + Send;
}

pub(super) fn router<B: Backend>(backend: B) -> Router {
    Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(ready::<B>))
        .route("/metrics", get(measured::<B>))
        .with_state(backend)
}

async fn alive() -> Response {
    status("ok")
}

async fn ready<B: Backend>(State(backend): State<B>) -> Response {
    if backend.is_ready().await {
        return status("ok");
    }
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "The store cannot be reached.").into_response()
}

fn status(status: &'static str) -> Response {
    ([(CONTENT_TYPE, "application/json")], format!("{{\"status\":\"{status}\"}}")).into_response()
}

async fn measured<B: Backend>(State(backend): State<B>, request: Request) -> Response {
    let known = match bearer_token(request.headers()) {
        Some(token) => backend.knows_api_token(token, peer_address(request.extensions())).await,
        None => Ok(false),
    };
    let known = match known {
        Ok(known) => known,
        Err(wait) => return Problem::throttled(wait).into_response(),
    };
    if !known {
        let message = "Metrics need an API token of any role: send it in the header Authorization: Bearer {API token}.";
        return Problem::new(StatusCode::UNAUTHORIZED, message)
            .with_header(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
            .into_response();
    }
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics::rendered()).into_response()
}
