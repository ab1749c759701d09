//! Answers while the server starts: it is alive and not ready.

use std::convert::Infallible;

use axum::response::{IntoResponse as _, Response};
use axum::serve::Listener;
use http::StatusCode;
use http::header::{HeaderValue, RETRY_AFTER};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use mcp_server::http::Problem;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::connections::ConnectionLimits;
use super::listen::HEADER_TIMEOUT;
use super::probes::{HEALTHZ, status_ok};

/// Runs `start` and answers requests on `listener` meanwhile: opening a store can take long.
pub async fn while_starting<T>(listener: &mut TcpListener, start: impl Future<Output = T>) -> T {
    // Those that are open at the end are closed. Each has one request.
    let (mut connections, most) = (JoinSet::new(), ConnectionLimits::default().total);
    let mut start = std::pin::pin!(start);
    loop {
        let (stream, _) = tokio::select! {
            biased;
            started = &mut start => return started,
            Some(_) = connections.join_next() => continue,
            accepted = Listener::accept(listener), if connections.len() < most => accepted,
        };
        let mut protocol = http1::Builder::new();
        protocol.keep_alive(false).timer(TokioTimer::new()).header_read_timeout(HEADER_TIMEOUT);
        let answer = service_fn(|request: http::Request<_>| {
            let response = answer(request.uri().path());
            async { Ok::<_, Infallible>(response) }
        });
        connections.spawn(protocol.serve_connection(TokioIo::new(stream), answer));
    }
}

fn answer(path: &str) -> Response {
    const RETRY_SOON: HeaderValue = HeaderValue::from_static("1");
    match path {
        HEALTHZ => status_ok(),
        _ => Problem::new(StatusCode::SERVICE_UNAVAILABLE, "The server is starting.")
            .with_header(RETRY_AFTER, RETRY_SOON)
            .into_response(),
    }
}
