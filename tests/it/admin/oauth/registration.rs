//! Clients that register themselves: how many, and which of them make room.

use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::ConnectInfo;
use http::Request;
use serde_json::{Value, json};
use sqlx::{AnyConnection, Connection as _};

use super::connector::{Connector, register, sign_in_server, text};
use crate::admin::browser::Browser;
use crate::admin::test_server::{ADMIN_TOKEN, TestServer, on_postgres};

fn metadata() -> Value {
    json!({ "redirect_uris": ["https://app.example/cb"], "token_endpoint_auth_method": "none" })
}

/// Registers a client from an address. Returns the status.
async fn register_from(node: &TestServer, address: [u8; 4]) -> u16 {
    let request = Request::post("/oauth/register").header("content-type", "application/json");
    let request = request.extension(ConnectInfo(SocketAddr::from((address, 1))));
    node.request(request.body(metadata().to_string().into()).unwrap()).await.status().as_u16()
}

#[tokio::test]
async fn registrations_of_an_address_are_limited() {
    let node = TestServer::start().await;
    let (one, other) = ([192, 0, 2, 1], [192, 0, 2, 2]);
    for _ in 0..200 {
        assert_eq!(register_from(&node, one).await, 201);
    }
    assert_eq!((register_from(&node, one).await, register_from(&node, other).await), (429, 201));
    node.clock.advance(Duration::from_hours(1));
    assert_eq!(register_from(&node, one).await, 201);
    let mut long = metadata();
    long["x"] = json!("x".repeat(40_000));
    assert_eq!(register(&node, &long).await.0, 413);
}

#[tokio::test]
async fn the_oldest_unused_clients_make_room_for_new_ones() {
    // One statement, which both engines understand. The identifiers are older than those of this test.
    const FILL: &str = "INSERT INTO oauth_client (id, name, registration, redirect_uris, created_by, created_at) \
        WITH RECURSIVE numbers (number) AS (SELECT 10000 UNION ALL SELECT number + 1 FROM numbers WHERE number < 19999) \
        SELECT '01890a5d-ac96-774b-bcce-b302099' || number, 'x', 'dynamic', '[]', 'x', 0 FROM numbers";
    let node = TestServer::start().await;
    let server = sign_in_server(&node, &json!({})).await;
    let by_hand = json!({ "name": "x", "redirect_uris": ["https://app.example/cb"], "confidential": false });
    let (_, by_hand) = node.post("/oauth-client", &by_hand).await;
    let used = Connector::registered(&node, &server, "https://app.example/cb").await;
    used.connect(&node, &mut Browser::signed_in(&node, ADMIN_TOKEN).await).await;
    let mut database = AnyConnection::connect(&node.database.url).await.unwrap();
    sqlx::query(FILL).execute(&mut database).await.unwrap();
    database.close().await.unwrap();
    let exists = async |id: &str| node.registry.store().oauth_client(id.parse().unwrap()).await.unwrap().is_some();
    let filled = |number: u16| format!("01890a5d-ac96-774b-bcce-b302099{number}");
    for number in [10_000, 10_001] {
        assert!(exists(&filled(number)).await);
        let newest = Connector::registered(&node, &server, "https://app.example/cb").await;
        assert!(!exists(&filled(number)).await && exists(&newest.client_id).await);
        assert!(exists(&filled(number + 1)).await, "one makes room for one");
    }
    assert!(exists(&used.client_id).await && exists(text(&by_hand, "id")).await);
}

#[workspace_tests::full_run("PostgreSQL")]
#[test]
fn limits_on_registrations_hold_on_postgres() {
    on_postgres(&[registrations_of_an_address_are_limited, the_oldest_unused_clients_make_room_for_new_ones]);
}
