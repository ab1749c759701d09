//! Tests of graceful shutdown.

use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::common::fixture_service::Event;
use crate::http::server::{TestServer, call};

#[tokio::test]
async fn shutdown_finishes_calls_and_accepts_no_connection() {
    let mut server = TestServer::start().await;
    let held = tokio::spawn(server.post().json(&call("hold")).send());
    assert_eq!(server.fixture.events.recv().await, Some(Event::Started(String::new())));
    server.stop();
    // The system accepts connections for the server until the server task has run.
    while TcpStream::connect(server.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    server.fixture.released.add_permits(1);
    let response = held.await.unwrap().unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["connection"], "close");
    server.stopped().await;
}

#[tokio::test]
async fn idle_connections_do_not_delay_shutdown() {
    let mut server = TestServer::start().await;
    assert_eq!(server.handshake(&call("echo")).await.status(), 200);
    let _never_used = server.connect().await;
    server.stop();
    server.stopped().await;
}

#[tokio::test(start_paused = true)]
async fn shutdown_drops_calls_after_the_time_limit() {
    let mut server = TestServer::start().await;
    let _held = tokio::spawn(server.post().json(&call("hold")).send());
    assert_eq!(server.fixture.events.recv().await, Some(Event::Started(String::new())));
    server.stop();
    let mut events = timeout(Duration::from_secs(31), server.stopped()).await.expect("the server shuts down");
    assert_eq!(
        events.try_recv(),
        Ok(Event::Dropped(String::new())),
        "the call is dropped before the server has shut down"
    );
}

#[tokio::test(start_paused = true)]
async fn an_unfinished_request_does_not_delay_shutdown() {
    let mut server = TestServer::start().await;
    let mut stream = server.connect().await;
    stream.write_all(b"POST /mcp HTTP/1.1\r\nHost: local").await.unwrap();
    // Connections are accepted in order, so this answer shows that the other one is open.
    assert_eq!(server.handshake(&call("echo")).await.status(), 200);
    server.stop();
    timeout(Duration::from_secs(5), server.stopped()).await.expect("the server shuts down");
}
