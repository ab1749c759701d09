//! An outage of the database: what was taken away stays away, and readiness honours the grace period.

use std::process::Command;

use desk365_mcp::config::EnvNames;
use desk365_mcp::seal::MasterKey;
use desk365_mcp::tools::{API, TOOLS};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};

use crate::common::database::Cluster;
use crate::common::node::{ADMIN_TOKEN, Node, serve, until};
use crate::hosted::api;

/// Returns a command for a node on a database of this cluster.
async fn node_on(cluster: &Cluster, folder: &tempfile::TempDir) -> Command {
    let names = EnvNames::for_api(&API);
    let mut command = serve(folder.path());
    command
        .env(names.server("--database-url"), cluster.new_database().await)
        .env(names.server("master-key"), MasterKey::generate().encoded().expose_secret());
    command
}

/// Returns the `Authorization` of a request.
async fn listed_with(node: &Node, token: &str, bearer: &str) -> u16 {
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
    let request = node.message(&node.url(&format!("/mcp/{token}")), &message).bearer_auth(bearer);
    request.send().await.unwrap().status().as_u16()
}

fn text<'a>(object: &'a Value, field: &str) -> &'a str {
    object[field].as_str().unwrap()
}

#[workspace_tests::full_run("PostgreSQL")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_node_took_away_stays_away_in_an_outage() {
    let Some(cluster) = Cluster::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let node = Node::start(&mut node_on(&cluster, &folder).await);
    let api = api::start_api(200).await;
    let account = async || node.made("/integrated-account", &api::account_form(&api)).await;
    let path = |account: &Value| format!("/integrated-account/{}", text(account, "id"));
    let [own, rekeyed, deleted, renamed] = [account().await, account().await, account().await, account().await];
    let server = async |account: &Value, config: Value| {
        node.made(&format!("{}/mcp", path(account)), &json!({ "name": "s", "config": config })).await
    };
    let all = json!({});
    let revoked = server(&own, all.clone()).await;
    let narrowed = server(&own, all.clone()).await;
    let expiring = server(&own, all.clone()).await;
    let labelled = server(&own, all.clone()).await;
    let untouched = server(&own, all.clone()).await;
    let of_rekeyed = server(&rekeyed, all.clone()).await;
    let of_deleted = server(&deleted, all.clone()).await;
    let of_renamed = server(&renamed, all.clone()).await;
    let guarded = server(&own, json!({ "require_api_token_auth": true })).await;
    let factor = async || node.made("/api-token", &json!({ "name": "second", "role": "caller" })).await;
    let [kept_factor, revoked_factor] = [factor().await, factor().await];
    let servers = [&revoked, &narrowed, &expiring, &labelled, &untouched, &of_rekeyed, &of_deleted, &of_renamed];
    for server in servers {
        assert_eq!(node.listed(text(server, "token")).await, Ok(TOOLS.len()));
    }
    for factor in [&kept_factor, &revoked_factor] {
        assert_eq!(listed_with(&node, text(&guarded, "token"), text(factor, "token")).await, 200);
    }

    let server_path = |server: &Value| format!("{}/mcp/{}", path(&own), text(server, "id"));
    let soon = (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1)).to_string();
    for (method, path, body, status) in [
        ("DELETE", server_path(&revoked), None, 204),
        ("PATCH", server_path(&narrowed), Some(json!({ "config": { "methods": ["read"] } })), 200),
        ("PATCH", server_path(&expiring), Some(json!({ "expires_at": soon })), 200),
        ("PATCH", server_path(&labelled), Some(json!({ "name": "another" })), 200),
        ("PATCH", path(&rekeyed), Some(json!({ "api_key": "another" })), 200),
        ("PATCH", path(&renamed), Some(json!({ "name": "another" })), 200),
        ("DELETE", path(&deleted), None, 200),
        ("DELETE", format!("/api-token/{}", text(&revoked_factor, "id")), None, 204),
    ] {
        assert_eq!(node.send(method, &path, ADMIN_TOKEN, body.as_ref()).await.0, status, "{method} {path}");
    }
    cluster.stop();

    for taken in [&revoked, &narrowed, &expiring, &of_rekeyed, &of_deleted] {
        assert_eq!(node.listed(text(taken, "token")).await, Err(503));
    }
    assert_eq!(listed_with(&node, text(&guarded, "token"), text(&revoked_factor, "token")).await, 503);
    for kept in [&labelled, &untouched, &of_renamed] {
        assert_eq!(node.listed(text(kept, "token")).await, Ok(TOOLS.len()));
    }
    assert_eq!(listed_with(&node, text(&guarded, "token"), text(&kept_factor, "token")).await, 200);

    cluster.resume();
    until("the store answers again", async || node.listed(text(&revoked, "token")).await == Err(404)).await;
    assert_eq!(node.listed(text(&of_deleted, "token")).await, Err(404));
    assert!(node.listed(text(&narrowed, "token")).await.unwrap() < TOOLS.len());
    for kept in [&expiring, &labelled, &untouched, &of_rekeyed, &of_renamed] {
        assert_eq!(node.listed(text(kept, "token")).await, Ok(TOOLS.len()));
    }
    assert_eq!(listed_with(&node, text(&guarded, "token"), text(&revoked_factor, "token")).await, 401);
}

#[workspace_tests::full_run("PostgreSQL")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_grace_period_nothing_is_served_in_an_outage() {
    let Some(cluster) = Cluster::start() else { return };
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let strict = Node::start(node_on(&cluster, &folders[0]).await.args(["--outage-grace", "0"]));
    let lenient = Node::start(&mut node_on(&cluster, &folders[1]).await);
    let mut tokens = Vec::new();
    for node in [&strict, &lenient] {
        let url = node.server_at("http://127.0.0.1:9/apis", "key").await;
        tokens.push(url.rsplit_once('/').unwrap().1.to_owned());
        assert_eq!(node.listed(&tokens[tokens.len() - 1]).await, Ok(TOOLS.len()));
        assert_eq!(node.get("/readyz?strict=1").await.0, 200);
    }
    cluster.stop();
    until("nothing is served", async || strict.listed(&tokens[0]).await == Err(503)).await;
    assert_eq!(strict.get("/readyz").await.0, 503);
    until("a test write fails", async || lenient.get("/readyz?strict=1").await.0 == 503).await;
    assert_eq!(lenient.get("/readyz").await.0, 200);
    assert_eq!(lenient.listed(&tokens[1]).await, Ok(TOOLS.len()));
    cluster.resume();
    for (node, token) in [(&strict, &tokens[0]), (&lenient, &tokens[1])] {
        until("both probes are well", async || {
            node.get("/readyz").await.0 == 200 && node.get("/readyz?strict=1").await.0 == 200
        })
        .await;
        assert_eq!(node.listed(token).await, Ok(TOOLS.len()));
    }
}

#[workspace_tests::full_run("PostgreSQL")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_became_read_only_is_named() {
    let Some(cluster) = Cluster::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut command = node_on(&cluster, &folder).await;
    let node = Node::start(&mut command);
    let url = node.server_at("http://127.0.0.1:9/apis", "key").await;
    let token = url.rsplit_once('/').unwrap().1;
    let mut connection = PgConnection::connect(&cluster.url("postgres")).await.unwrap();
    let mut configure = async |statement: &'static str| {
        for statement in ["SET default_transaction_read_only = off", statement, "SELECT pg_reload_conf()"] {
            sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
        }
    };
    let add = async || {
        node.post("/integrated-account", &json!({ "name": "x", "base_url": "http://127.0.0.1:9", "api_key": "k" }))
            .await
    };
    configure("ALTER SYSTEM SET default_transaction_read_only = on").await;
    until("it is read-only", async || add().await.0 == 503).await;
    let (_, refused) = add().await;
    assert_eq!(refused["message"], "The store is read-only. Make it writable, then try again.");
    until("a test write fails", async || node.get("/readyz?strict=1").await.1 == refused).await;
    assert_eq!((node.get("/readyz").await.0, node.listed(token).await), (200, Ok(TOOLS.len())));
    configure("ALTER SYSTEM RESET default_transaction_read_only").await;
    until("it takes changes", async || add().await.0 == 201).await;
    until("a test write succeeds", async || node.get("/readyz?strict=1").await.0 == 200).await;
}
