//! Connections: accepted, given their limits, and brought to an end.

use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;

use super::Routes;
use super::doorkeeper::Doorkeeper;
use super::exchange::Site;
use crate::mcp::http::Resolver;
use crate::metrics;

/// How long a connection may be without a whole set of headers, be it that they come slowly or that it is idle.
/// Longer than clients and proxies keep an idle connection, so that it is they who close it: whoever closes first
/// cannot be met by a request at that very moment.
const HEADERS: Duration = Duration::from_secs(75);

/// How long requests may still take once the server is asked to end.
const LAST_REQUESTS: Duration = Duration::from_secs(30);

/// How often metrics are tidied up: until then, each measurement takes memory of its own.
const UPKEEP: Duration = Duration::from_secs(1);

/// Serves `routes` on `listener` until `stop` ends. Then no further connection is accepted, and requests under way
/// are given half a minute. Needs a Tokio runtime.
pub async fn serve<R: Resolver>(
    mut listener: TcpListener,
    routes: Routes<R>,
    doorkeeper: Doorkeeper,
    stop: impl Future<Output = ()>,
) {
    let site = Arc::new(Site::new(routes, doorkeeper));
    let mut protocol = http1::Builder::new();
    protocol.timer(TokioTimer::new()).header_read_timeout(HEADERS);
    let connections = GracefulShutdown::new();
    let upkeep = tokio::spawn(tidy_up());
    let mut stop = std::pin::pin!(stop);
    loop {
        let (stream, peer) = tokio::select! {
            accepted = Listener::accept(&mut listener) => accepted,
            () = &mut stop => break,
        };
        // An answer goes out in one piece; waiting for more would only delay it, by up to 40 ms.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY could not be set");
        }
        let site = Arc::clone(&site);
        let answer = service_fn(move |request| {
            let site = Arc::clone(&site);
            async move { site.answer(request, peer).await }
        });
        let connection = connections.watch(protocol.serve_connection(TokioIo::new(stream), answer));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection broke");
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(LAST_REQUESTS, connections.shutdown()).await.is_err() {
        tracing::warn!("requests were still under way when the time to finish them was over");
    }
    upkeep.abort();
}

async fn tidy_up() {
    let mut interval = tokio::time::interval(UPKEEP);
    loop {
        interval.tick().await;
        metrics::tidy_up();
    }
}
