//! What a connector in the cloud sends, to a service of the tests' own.

use serde_json::json;

use crate::common::connector::Connector;
use crate::http::site::{Site, TOKEN};

#[tokio::test]
async fn a_connector_in_the_cloud_is_served_on_one_connection() {
    let site = Site::open().await;
    let mut connector = Connector::at(&site.url(&format!("/mcp/{TOKEN}"))).await;
    connector.probe().await;
    connector.initialize().await;
    let listed = connector.ask("tools/list", &json!({})).await;
    assert_eq!(listed.body["result"]["tools"][1]["name"], "echo");
    let called = connector.ask("tools/call", &json!({ "name": "echo", "arguments": {} })).await;
    assert_eq!(called.body["result"]["content"][0]["text"], "{}");
}
