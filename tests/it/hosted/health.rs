//! Whether an account's key works is seen in the admin API, in the metrics and in the logs.

use desk365_mcp::tools::API;
use serde_json::json;

use crate::common::node::{Node, serve, until};
use crate::hosted::api;

#[tokio::test]
async fn a_key_that_is_refused_and_then_accepted_is_seen_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let node = Node::start(serve(folder.path()).env(desk365_mcp::config::Names::of(&API).log(), "info"));
    let api = api::answering(401).await;
    let account = node.made("/integrated-account", &api::account(&api)).await;
    let path = format!("/integrated-account/{}", account["id"].as_str().unwrap());
    let server = node.made(&format!("{path}/mcp"), &json!({ "name": "s" })).await;
    let token = server["token"].as_str().unwrap();
    for (answer, status, entry, said) in [
        (401, "needs_reauth", "unauthorized", "replace the key"),
        (200, "active", "ok", "accepted the account's key again"),
    ] {
        api::answers(&api, answer).await;
        assert_eq!(node.call(token, api::reader()).await["isError"] == json!(true), answer == 401);
        until(status, async || node.get(&path).await.1["status"] == status).await;
        let metric = format!("integrated_accounts{{status=\"{status}\"}} 1");
        until(&metric, async || node.get("/metrics").await.1.as_str().unwrap().contains(&metric)).await;
        let (_, log) = node.get(&format!("/log?status={entry}")).await;
        assert_eq!(log["result"][0]["upstream_status"], answer, "{log}");
        assert!(node.log().contains(said), "{}", node.log());
    }
    assert!(!node.log().contains(api::KEY) && !node.log().contains(token), "{}", node.log());
}
