//! Tests of the limits of connections.

use std::time::Duration;

use tokio::time::sleep;

use super::*;

const FIRST: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1)));
const SECOND: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2)));

fn connections(total: usize, per_address: usize) -> Connections {
    Connections::new(ConnectionLimits { total, per_address })
}

async fn opened(connections: &Connections, address: Option<IpAddr>, phase: Phase) -> Connection {
    let connection = connections.open(address).expect("there is room");
    connection.activity.enter(phase);
    // Each connection begins a second after the one before.
    sleep(Duration::from_secs(1)).await;
    connection
}

fn is_closed(connection: &Connection) -> bool {
    connection.closing.is_cancelled()
}

#[tokio::test(start_paused = true)]
async fn the_oldest_idle_connection_of_an_address_is_closed() {
    let connections = connections(100, 3);
    let other = opened(&connections, SECOND, Phase::Idle).await;
    let exempt = opened(&connections, None, Phase::Idle).await;
    let reading = opened(&connections, FIRST, Phase::Reading).await;
    let older = opened(&connections, FIRST, Phase::Idle).await;
    let newer = opened(&connections, FIRST, Phase::Idle).await;
    older.activity.has_read();
    let _fourth = opened(&connections, FIRST, Phase::Idle).await;
    assert!(is_closed(&newer), "the other idle one was active later");
    assert!([&other, &exempt, &reading, &older].into_iter().all(|connection| !is_closed(connection)));
}

#[tokio::test(start_paused = true)]
async fn the_request_that_stalled_longest_is_closed() {
    let connections = connections(3, 100);
    let answering = opened(&connections, FIRST, Phase::Answering).await;
    let unread = opened(&connections, SECOND, Phase::Writing).await;
    let stalled = opened(&connections, FIRST, Phase::Reading).await;
    unread.activity.has_written(1);
    let new = opened(&connections, FIRST, Phase::Answering).await;
    assert!(is_closed(&stalled) && !is_closed(&unread) && !is_closed(&answering));
    assert!(connections.open(FIRST).is_some() && is_closed(&unread));
    drop((answering, new));
}

#[tokio::test(start_paused = true)]
async fn connections_that_wait_for_the_server_stay_open() {
    let connections = connections(2, 2);
    let first = opened(&connections, FIRST, Phase::Answering).await;
    let second = opened(&connections, FIRST, Phase::Answering).await;
    assert!(connections.open(SECOND).is_none());
    assert!(!is_closed(&first) && !is_closed(&second));
    drop(first);
    assert!(connections.open(SECOND).is_some());
}

#[tokio::test(start_paused = true)]
async fn requests_through_a_proxy_count_towards_their_client() {
    let connections = connections(100, 1);
    let proxied = opened(&connections, None, Phase::Reading).await;
    let other = opened(&connections, None, Phase::Reading).await;
    assert!(proxied.count_towards(FIRST) && other.count_towards(FIRST));
    assert!(is_closed(&proxied), "its client has a newer request");
    other.activity.enter(Phase::Answering);
    let third = opened(&connections, None, Phase::Reading).await;
    assert!(!third.count_towards(FIRST));
    other.has_answered();
    assert!(third.count_towards(FIRST), "only open requests count");
}

#[tokio::test(start_paused = true)]
async fn an_ipv6_network_counts_as_one_address() {
    let connections = connections(100, 1);
    let [first, second, other] =
        ["2001:db8:1:2::1", "2001:db8:1:2::2", "2001:db8:1:3::1"].map(|address| address.parse().ok());
    let first = opened(&connections, first, Phase::Idle).await;
    let other = opened(&connections, other, Phase::Idle).await;
    assert!(connections.open(second).is_some());
    assert!(is_closed(&first) && !is_closed(&other));
}

#[tokio::test(start_paused = true)]
async fn closed_connections_are_forgotten() {
    let connections = connections(100, 1);
    for _ in 0..3 {
        drop(opened(&connections, FIRST, Phase::Answering).await);
    }
    let table = connections.lock();
    assert!(table.entries.is_empty() && table.counts.is_empty());
}

#[test]
fn connections_fit_the_limit_of_open_files() {
    let total = |open_files| ConnectionLimits::within(open_files).total;
    assert_eq!(total(1024), 412);
    assert_eq!(total(1_048_576), ConnectionLimits::default().total);
    assert_eq!(total(10), 1);
}
