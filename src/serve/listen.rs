//! Accepts connections, limits them, and shuts down gracefully.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use mcp_server::http::Resolver;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::task::TaskTracker;

use super::connections::{ConnectionLimits, Connections};
use super::host_guard::HostGuard;
use super::http_service::HttpService;
use super::in_flight::InFlightBody;
use super::routes::Routes;
use super::tracked_stream::TrackedStream;
use crate::metrics;

/// Time limit for receiving a request's headers, which includes the idle time of a kept-alive connection.
///
/// It is longer than the idle limit of common clients and proxies, so that they close a connection first. A request can
/// then never race with the server closing the connection.
pub(super) const HEADER_TIMEOUT: Duration = Duration::from_secs(75);

/// Grace period for the last bytes to slow readers, once no request is in flight.
const FLUSH_GRACE: Duration = Duration::from_secs(2);

/// Interval at which recorded measurements are merged. Until then, each one takes memory of its own.
const METRICS_UPKEEP: Duration = Duration::from_secs(1);

/// The limits of the HTTP server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServeOptions {
    /// The limits of open connections.
    pub connections: ConnectionLimits,
    /// The time limit for in-flight requests after the server is told to stop.
    pub drain_timeout: Duration,
}

impl ServeOptions {
    /// The limits for requests that are answered within `call_timeout`, in a process that may open that many files.
    pub fn for_calls_within(call_timeout: Duration, open_files: u64) -> Self {
        /// The time to write the last responses.
        const LAST_ANSWERS: Duration = Duration::from_secs(5);
        Self { connections: ConnectionLimits::within(open_files), drain_timeout: call_timeout + LAST_ANSWERS }
    }
}

/// Serves `routes` on `listener` until `stop` resolves, then shuts down gracefully.
///
/// Graceful shutdown: the server stops accepting connections and gives in-flight requests time to finish, or until `abort`
/// resolves; `abort` is first polled after `stop`. No request is in flight when this function returns.
///
/// Must be called within a Tokio runtime.
pub async fn serve<R: Resolver>(
    mut listener: TcpListener,
    routes: Routes<R>,
    host_guard: HostGuard,
    options: ServeOptions,
    stop: impl Future<Output = ()>,
    abort: impl Future<Output = ()>,
) {
    let service = Arc::new(HttpService::new(routes, host_guard));
    let mut protocol = http1::Builder::new();
    protocol.timer(TokioTimer::new()).header_read_timeout(HEADER_TIMEOUT);
    let (shutdown, in_flight) = (GracefulShutdown::new(), TaskTracker::new());
    let (connections, mut tasks) = (Connections::new(options.connections), JoinSet::new());
    let upkeep = tokio::spawn(run_metrics_upkeep());
    let mut stop = std::pin::pin!(stop);
    loop {
        let (stream, peer) = tokio::select! {
            () = &mut stop => break,
            Some(_) = tasks.join_next() => continue,
            accepted = Listener::accept(&mut listener) => accepted,
        };
        let Some(connection) = connections.open(service.counted_address(peer)).map(Arc::new) else {
            tracing::debug!(%peer, "refused a connection: all others wait for this server");
            continue;
        };
        disable_nagle(&stream);
        let stream = TrackedStream::new(stream, Arc::clone(&connection.activity));
        let (service, in_flight) = (Arc::clone(&service), in_flight.clone());
        let answer = service_fn({
            let connection = Arc::clone(&connection);
            move |request| {
                let (service, connection, token) = (Arc::clone(&service), Arc::clone(&connection), in_flight.token());
                // Boxed, because otherwise every idle connection would reserve the memory of a call.
                Box::pin(async move {
                    let response = service.answer(request, peer, &connection).await?;
                    Ok::<_, Infallible>(response.map(|body| InFlightBody::new(body, connection, token)))
                })
            }
        });
        let exchange = shutdown.watch(protocol.serve_connection(TokioIo::new(stream), answer));
        tasks.spawn(async move {
            tokio::select! {
                outcome = exchange => if let Err(error) = outcome {
                    tracing::debug!(%error, "failed to serve a connection");
                },
                () = connection.has_to_close() => {}
            }
        });
    }
    drop(listener);
    in_flight.close();
    tokio::select! {
        () = shutdown.shutdown() => {}
        () = drained(&in_flight) => tracing::debug!("closed idle connections"),
        () = abort => tracing::warn!("received a second stop signal; aborted in-flight requests"),
        () = tokio::time::sleep(options.drain_timeout) => {
            tracing::warn!(seconds = options.drain_timeout.as_secs(), "drain timed out; aborted in-flight requests");
        }
    }
    // Dropping a call here still writes its record to the call log.
    tasks.shutdown().await;
    upkeep.abort();
}

/// Disables Nagle's algorithm: a response is sent in one piece, and waiting for more would delay it by up to 40 ms.
fn disable_nagle(stream: &TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "failed to set TCP_NODELAY");
    }
}

/// Resolves once no request has been in flight for [`FLUSH_GRACE`].
async fn drained(in_flight: &TaskTracker) {
    loop {
        in_flight.wait().await;
        tokio::time::sleep(FLUSH_GRACE).await;
        if in_flight.is_empty() {
            return;
        }
    }
}

async fn run_metrics_upkeep() {
    let mut interval = tokio::time::interval(METRICS_UPKEEP);
    loop {
        interval.tick().await;
        metrics::run_upkeep();
    }
}
