//! Connections: accepted, given their limits, and brought to an end.

use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::task::TaskTracker;

use super::Routes;
use super::exchange::Site;
use super::host_guard::HostGuard;
use super::under_way::UnderWay;
use crate::metrics;
use mcp_server::http::Resolver;

/// How long a connection may be without a whole set of headers, be it that they come slowly or that it is idle.
/// Longer than clients and proxies keep an idle connection, so that it is they who close it: whoever closes first
/// cannot be met by a request at that very moment.
const HEADERS: Duration = Duration::from_secs(75);

/// How long requests may still take once the server is asked to end.
const LAST_REQUESTS: Duration = Duration::from_secs(30);

/// How long the last bytes may take to clients that still read, once no request is under way any more.
const LAST_BYTES: Duration = Duration::from_secs(2);

/// How many connections there may be. Further ones wait until one ends.
const MOST_CONNECTIONS: usize = 10_000;

/// How often metrics are tidied up: until then, each measurement takes memory of its own.
const UPKEEP: Duration = Duration::from_secs(1);

/// Serves `routes` on `listener` until `stop` ends. Then no further connection is accepted, and requests under way
/// are given half a minute, or until `hurry` ends, which is not looked at before; when this returns, no call is left.
/// Needs a Tokio runtime.
pub async fn serve<R: Resolver>(
    mut listener: TcpListener,
    routes: Routes<R>,
    host_guard: HostGuard,
    stop: impl Future<Output = ()>,
    hurry: impl Future<Output = ()>,
) {
    let site = Arc::new(Site::new(routes, host_guard));
    let mut protocol = http1::Builder::new();
    protocol.timer(TokioTimer::new()).header_read_timeout(HEADERS);
    let (end, under_way) = (GracefulShutdown::new(), TaskTracker::new());
    let mut connections = JoinSet::new();
    let upkeep = tokio::spawn(tidy_up());
    let mut stop = std::pin::pin!(stop);
    loop {
        let (stream, peer) = tokio::select! {
            () = &mut stop => break,
            Some(_) = connections.join_next() => continue,
            accepted = Listener::accept(&mut listener), if connections.len() < MOST_CONNECTIONS => accepted,
        };
        without_delay(&stream);
        let (site, under_way) = (Arc::clone(&site), under_way.clone());
        let answer = service_fn(move |request| {
            let (site, token) = (Arc::clone(&site), under_way.token());
            async move { site.answer(request, peer).await.map(|response| response.map(|it| UnderWay::new(it, token))) }
        });
        let connection = end.watch(protocol.serve_connection(TokioIo::new(stream), answer));
        connections.spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection broke");
            }
        });
    }
    drop(listener);
    under_way.close();
    tokio::select! {
        () = end.shutdown() => {}
        () = none_left(&under_way) => tracing::debug!("connections that asked for nothing more are cut off"),
        () = hurry => tracing::warn!("asked to end once more: requests under way are cut off"),
        () = tokio::time::sleep(LAST_REQUESTS) => {
            tracing::warn!("requests were still under way when the time to finish them was over");
        }
    }
    // What is dropped here is still told to whoever keeps a record.
    connections.shutdown().await;
    upkeep.abort();
}

/// An answer goes out in one piece; waiting for more would only delay it, by up to 40 ms.
fn without_delay(stream: &TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY could not be set");
    }
}

/// Ends once no request has been under way for a while.
async fn none_left(under_way: &TaskTracker) {
    loop {
        under_way.wait().await;
        tokio::time::sleep(LAST_BYTES).await;
        if under_way.is_empty() {
            return;
        }
    }
}

async fn tidy_up() {
    let mut interval = tokio::time::interval(UPKEEP);
    loop {
        interval.tick().await;
        metrics::tidy_up();
    }
}
