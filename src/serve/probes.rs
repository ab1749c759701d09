//! Health probes and metrics: `/healthz`, `/readyz` and `/metrics`.

use std::net::IpAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use http::{StatusCode, Uri};
use mcp_server::http::{Problem, bearer_token, peer_address};
use tokio_util::sync::CancellationToken;
use url::form_urlencoded;

use crate::metrics;

/// Answers the questions of the probes.
pub trait ProbeBackend: Clone + Send + Sync + 'static {
    /// Checks whether this node can serve calls.
    ///
    /// # Errors
    ///
    /// Fails with the reason, in a sentence that may be public, if it cannot.
    fn can_serve(&self) -> impl Future<Output = Result<(), &'static str>> + Send;

    /// Checks that a test write to the store succeeded within the last second.
    ///
    /// # Errors
    ///
    /// Fails with the reason, in a sentence that may be public, if it did not.
    fn takes_changes(&self) -> impl Future<Output = Result<(), &'static str>> + Send;

    /// Returns whether `token` is a live API token of any role.
    ///
    /// # Errors
    ///
    /// Fails with the time that `peer` has to wait, if it has sent too many invalid tokens.
    fn knows_api_token(&self, token: &str, peer: Option<IpAddr>)
    -> impl Future<Output = Result<bool, Duration>> + Send;
}

/// The path of the liveness probe.
pub(super) const HEALTHZ: &str = "/healthz";
/// The path of the readiness probe.
pub(super) const READYZ: &str = "/readyz";

/// The probes of a server that is not ready from the time at which `draining` is cancelled.
pub(super) fn router<B: ProbeBackend>(backend: B, draining: CancellationToken) -> Router {
    Router::new()
        .route(HEALTHZ, get(healthz))
        .route(READYZ, get(readyz::<B>))
        .route("/metrics", get(scrape::<B>))
        .with_state(Probes { backend, draining })
}

#[derive(Clone)]
struct Probes<B> {
    backend: B,
    draining: CancellationToken,
}

async fn healthz() -> Response {
    status_ok()
}

async fn readyz<B: ProbeBackend>(State(Probes { backend, draining }): State<Probes<B>>, uri: Uri) -> Response {
    let query = uri.query().unwrap_or_default();
    let strict = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "strict");
    let checked = match strict.as_ref().map(|(_, value)| &**value) {
        _ if draining.is_cancelled() => Err("The server is shutting down."),
        None | Some("0") => backend.can_serve().await,
        Some("1") => backend.takes_changes().await,
        Some(_) => {
            let message = "`strict` is 1 for a probe that also tests a write to the store, or it is left out.";
            return Problem::new(StatusCode::BAD_REQUEST, message).into_response();
        }
    };
    match checked {
        Ok(()) => status_ok(),
        Err(reason) => Problem::new(StatusCode::SERVICE_UNAVAILABLE, reason).into_response(),
    }
}

pub(super) fn status_ok() -> Response {
    ([(CONTENT_TYPE, "application/json")], r#"{"status":"ok"}"#).into_response()
}

async fn scrape<B: ProbeBackend>(State(Probes { backend, .. }): State<Probes<B>>, request: Request) -> Response {
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
