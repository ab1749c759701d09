//! The status of an account's key in the admin API, the metrics, the call log and the log lines.

use desk365_mcp::tools::API;
use serde_json::json;

use crate::common::node::{Node, serve, until};
use crate::hosted::api;

#[tokio::test]
async fn a_refused_and_then_accepted_key_is_visible_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let node = Node::start(serve(folder.path()).env(desk365_mcp::config::EnvNames::for_api(&API).log(), "info"));
    let api = api::start_api(401).await;
    let account = node.made("/integrated-account", &api::account_form(&api)).await;
    let path = format!("/integrated-account/{}", account["id"].as_str().unwrap());
    let server = node.made(&format!("{path}/mcp"), &json!({ "name": "s" })).await;
    let token = server["token"].as_str().unwrap();
    for (answer, status, entry, said) in [
        (401, "needs_reauth", "unauthorized", "replace the key"),
        (200, "active", "ok", "accepted the account's key again"),
    ] {
        api::set_status(&api, answer).await;
        assert_eq!(node.call(token, api::reading_tool()).await["isError"] == json!(true), answer == 401);
        until(status, async || node.get(&path).await.1["status"] == status).await;
        let metric = format!("integrated_accounts{{status=\"{status}\"}} 1");
        until(&metric, async || node.get("/metrics").await.1.as_str().unwrap().contains(&metric)).await;
        let (_, log) = node.get(&format!("/log?status={entry}")).await;
        assert_eq!(log["result"][0]["upstream_status"], answer, "{log}");
        until(said, async || node.log().contains(said)).await;
    }
    assert!(!node.log().contains(api::KEY) && !node.log().contains(token), "{}", node.log());
}
