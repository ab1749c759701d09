//! Two nodes on one `PostgreSQL` database, with an outage.

use std::path::Path;
use std::process::Command;

use desk365_mcp::config::EnvNames;
use desk365_mcp::seal::MasterKey;
use desk365_mcp::tools::{API, TOOLS};
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::common::database::Cluster;
use crate::common::node::{ADMIN_TOKEN, Node, serve, until};
use crate::hosted::api;

fn serve_on(database: &str, key: &MasterKey, folder: &Path) -> Command {
    let names = EnvNames::for_api(&API);
    let mut command = serve(folder);
    command
        .env(names.server("--database-url"), database)
        .env(names.server("master-key"), key.encoded().expose_secret());
    command
}

#[workspace_tests::full_run("PostgreSQL")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_agree_and_survive_a_database_outage() {
    let Some(cluster) = Cluster::start() else { return };
    let (database, key) = (cluster.new_database().await, MasterKey::generate());
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    // Both start on an empty database.
    let [here, there] = Node::start_all([
        &mut serve_on(&database, &key, folders[0].path()),
        &mut serve_on(&database, &key, folders[1].path()),
    ]);
    let api = api::start_api(200).await;
    let account = here.made("/integrated-account", &api::account_form(&api)).await;
    let servers = format!("/integrated-account/{}/mcp", account["id"].as_str().unwrap());

    // Changes on one node take effect on the other.
    let server = here.made(&servers, &json!({ "name": "s", "config": { "methods": ["read"] } })).await;
    let (token, path) = (server["token"].as_str().unwrap(), format!("{servers}/{}", server["id"].as_str().unwrap()));
    let narrow = there.listed(token).await.unwrap();
    assert!(narrow < TOOLS.len());
    assert_eq!(here.send("PATCH", &path, ADMIN_TOKEN, Some(&json!({ "config": { "methods": null } }))).await.0, 200);
    assert_eq!(here.listed(token).await, Ok(TOOLS.len()));
    until("the change takes effect there", async || there.listed(token).await == Ok(TOOLS.len())).await;
    assert_eq!(here.send("DELETE", &path, ADMIN_TOKEN, None).await.0, 204);
    assert_eq!(here.listed(token).await, Err(404));
    until("the revocation takes effect there", async || there.listed(token).await == Err(404)).await;

    let server = there.made(&servers, &json!({ "name": "known" })).await;
    let known = server["token"].as_str().unwrap();
    let unseen = here.made(&servers, &json!({ "name": "unseen" })).await;
    let unseen = unseen["token"].as_str().unwrap();
    let tool = api::reading_tool();
    let mut calls = 0;
    let call = async |node: &Node| assert_ne!(node.call(known, tool).await["isError"], json!(true));
    for node in [&here, &there] {
        call(node).await;
        calls += 1;
    }

    cluster.stop();
    for node in [&here, &there] {
        until("it takes no changes", async || node.get("/readyz?strict=1").await.0 == 503).await;
        assert_eq!((node.get("/readyz").await.0, node.get("/healthz").await.0), (200, 200));
        // Known tokens are still served; unknown ones cannot be looked up.
        call(node).await;
        calls += 1;
        assert_eq!(node.listed(unseen).await, Err(503));
        for (status, body) in
            [node.get("/integrated-account").await, node.post(&servers, &json!({ "name": "refused" })).await]
        {
            assert_eq!(
                (status, &body["statusCode"], &body["error"]),
                (503, &json!(503), &json!("Service Unavailable"))
            );
        }
    }

    cluster.resume();
    for node in [&here, &there] {
        until("it takes changes", async || node.get("/readyz?strict=1").await.0 == 200).await;
        until("all tokens are accepted", async || node.listed(unseen).await.is_ok()).await;
        call(node).await;
        calls += 1;
    }
    // Only acknowledged changes are stored, and every call is in the log.
    let (_, list) = there.get(&servers).await;
    let names: Vec<_> = list["result"].as_array().unwrap().iter().map(|server| &server["name"]).collect();
    assert_eq!(names, ["known", "unseen"]);
    let log = format!("/log?status=ok&limit=200&server_id={}", server["id"].as_str().unwrap());
    until("all calls are logged", async || here.get(&log).await.1["result"].as_array().unwrap().len() == calls).await;
    assert!(here.end().success() && there.end().success());
}
