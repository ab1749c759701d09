//! How the server ends: nobody new, and time for those who are under way.

use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::common::workshop::Event;
use crate::http::site::{Site, call};

#[tokio::test]
async fn a_call_under_way_is_finished_and_nobody_else_is_let_in() {
    let mut site = Site::open().await;
    let held = tokio::spawn(site.post().json(&call("hold")).send());
    assert_eq!(site.door.events.recv().await, Some(Event::Begun(String::new())));
    site.stop();
    // Until the server has run, the system still takes connections for it.
    while TcpStream::connect(site.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    site.door.released.add_permits(1);
    let response = held.await.unwrap().unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["connection"], "close");
    site.ended().await;
}

#[tokio::test]
async fn idle_connections_do_not_hold_up_the_end() {
    let mut site = Site::open().await;
    assert_eq!(site.handshake(&call("echo")).await.status(), 200);
    let _never_used = site.connect().await;
    site.stop();
    site.ended().await;
}

#[tokio::test(start_paused = true)]
async fn a_call_that_takes_too_long_does_not_hold_up_the_end_for_ever() {
    let mut site = Site::open().await;
    let _held = tokio::spawn(site.post().json(&call("hold")).send());
    assert_eq!(site.door.events.recv().await, Some(Event::Begun(String::new())));
    site.stop();
    let mut events = timeout(Duration::from_secs(31), site.ended()).await.expect("it ends");
    assert_eq!(events.try_recv(), Ok(Event::Dropped(String::new())), "it is dropped before the end");
}

#[tokio::test(start_paused = true)]
async fn who_has_not_asked_for_anything_yet_does_not_hold_up_the_end() {
    let mut site = Site::open().await;
    let mut stream = site.connect().await;
    stream.write_all(b"POST /mcp HTTP/1.1\r\nHost: local").await.unwrap();
    // Answered after that was read: both are accepted in turn.
    assert_eq!(site.handshake(&call("echo")).await.status(), 200);
    site.stop();
    timeout(Duration::from_secs(5), site.ended()).await.expect("it ends");
}
