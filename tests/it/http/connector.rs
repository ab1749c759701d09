//! A cloud connector against the fixture service.

use serde_json::json;

use crate::common::connector::Connector;
use crate::http::server::{TOKEN, TestServer};

#[tokio::test]
async fn a_cloud_connector_is_served_on_one_connection() {
    let server = TestServer::start().await;
    let mut connector = Connector::at(&server.url(&format!("/mcp/{TOKEN}"))).await;
    connector.probe().await;
    connector.initialize().await;
    let listed = connector.ask("tools/list", &json!({})).await;
    assert_eq!(listed.body["result"]["tools"][1]["name"], "echo");
    let called = connector.ask("tools/call", &json!({ "name": "echo", "arguments": {} })).await;
    assert_eq!(called.body["result"]["content"][0]["text"], "{}");
}
