//! Health probes and metrics: `/healthz`, `/readyz` and `/metrics`.

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

/// Answers the questions of the probes.
pub trait ProbeBackend: Clone + Send + Sync + 'static {
    /// Returns whether the server can serve requests, that is, whether the store answers.
    fn is_ready(&self) -> impl Future<Output = bool> + Send;

    /// Returns whether `token` is a live API token of any role.
    ///
    /// # Errors
    ///
    /// Fails with the time that `peer` has to wait, if it has sent too many invalid tokens.
    fn knows_api_token(&self, token: &str, peer: Option<IpAddr>)
    -> impl Future<Output = Result<bool, Duration>> + Send;
}

pub(super) fn router<B: ProbeBackend>(backend: B) -> Router {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz::<B>))
        .route("/metrics", get(scrape::<B>))
        .with_state(backend)
}

async fn healthz() -> Response {
    status_ok()
}

async fn readyz<B: ProbeBackend>(State(backend): State<B>) -> Response {
    if backend.is_ready().await {
        return status_ok();
    }
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "The store does not answer.").into_response()
}

fn status_ok() -> Response {
    ([(CONTENT_TYPE, "application/json")], r#"{"status":"ok"}"#).into_response()
}

async fn scrape<B: ProbeBackend>(State(backend): State<B>, request: Request) -> Response {
    let known = match bearer_token(request.headers()) {
        Some(token) => backend.knows_api_token(token, peer_address(request.extensions())).await,
        None => Ok(false),
    };
    let known = match known {
        Ok(known) => known,
        Err(wait) => return Problem::throttled(wait).into_response(),
    };
    if !known {
        let message =
            "Metrics require an API token of any role. Send it in the header Authorization: Bearer {API token}.";
        return Problem::new(StatusCode::UNAUTHORIZED, message)
            .with_header(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
            .into_response();
    }
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics::render()).into_response()
}
