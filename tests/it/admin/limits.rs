//! The limits of an account, across its servers, and of a message.

use std::time::Duration;

use axum::body::Body;
use desk365_mcp::access;
use http::{Request, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use crate::admin::test_server::{API_KEY, Options, TestServer, read_tool, token};

/// Waits for the next call at the API and reads its head. The call is in flight until it gets a reply.
async fn accept_call(api: &TcpListener) -> TcpStream {
    let arrival = timeout(Duration::from_mins(1), api.accept());
    let (mut connection, _) = arrival.await.expect("a call arrives").unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(connection.read_u8().await.unwrap());
    }
    connection
}

async fn reply(mut connection: TcpStream) {
    let response =
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
    connection.write_all(response).await.unwrap();
}

fn succeeded(message: &Value) -> bool {
    message["result"]["content"][0]["text"] == "{}"
}

#[tokio::test]
async fn the_in_flight_limit_is_shared_within_an_account() {
    let options = access::AccessOptions { requests_per_account: 1, ..access::AccessOptions::default() };
    let node = TestServer::with_options(Options { access: options, ..Options::default() }).await;
    node.set_api_reply(200, &[]).await;
    let api = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", api.local_addr().unwrap());
    let (_, account) =
        node.post("/integrated-account", &json!({ "name": "busy", "api_key": API_KEY, "base_url": base_url })).await;
    let account = account["id"].as_str().unwrap();
    let (first, second) =
        (node.create_server(account, &json!({})).await, node.create_server(account, &json!({})).await);
    let other_account = node.create_server(&node.create_account().await, &json!({})).await;
    let (tool, arguments) = read_tool();

    let meanwhile = async {
        let held = accept_call(&api).await;
        let params = json!({ "name": tool, "arguments": arguments });
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
        let refused = node.send_mcp(token(&second), None, &message).await;
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
        assert!(refused.headers().contains_key("retry-after"), "{:?}", refused.headers());
        assert!(succeeded(&node.call_tool(token(&other_account), tool, &arguments).await));
        reply(held).await;
    };
    let (called, ()) = tokio::join!(node.call_tool(token(&first), tool, &arguments), meanwhile);
    assert!(succeeded(&called), "{called}");

    let replied = async { reply(accept_call(&api).await).await };
    let (called, ()) = tokio::join!(node.call_tool(token(&second), tool, &arguments), replied);
    assert!(succeeded(&called), "{called}");
}

#[tokio::test]
async fn only_scopes_with_uploads_accept_long_messages() {
    let node = TestServer::start().await;
    let account = node.create_account().await;
    for (config, expected) in [(json!({ "methods": ["read"] }), 413), (json!({}), 400)] {
        let server = node.create_server(&account, &config).await;
        // Not JSON, so that a body that is read is refused for its content.
        let body = Body::from(vec![b'x'; 1_100_000]);
        let request = Request::builder().method("POST").uri(format!("/mcp/{}", token(&server))).body(body).unwrap();
        assert_eq!(node.request(request).await.status(), expected, "{config}");
    }
}
