//! An upgrade from the first version: its stores are fixtures, one per database engine.

use std::fs;
use std::path::Path;

use desk365_mcp::config::EnvNames;
use desk365_mcp::tools::API;
use serde_json::{Value, json};

use crate::common::database::{postgres, sqlite};
use crate::common::node::{ADMIN_TOKEN, Node, serve};

fn fixture(file: &str) -> Vec<u8> {
    fs::read(Path::new("tests/fixtures/store-0.1.0").join(file)).unwrap()
}

/// Starts the program on an old store that `facts` describes, and checks that nothing is missing.
async fn check_upgrade(database: &str, engine: &str) {
    let facts: Value = serde_json::from_slice(&fixture("facts.json")).unwrap();
    let (names, folder, old) = (EnvNames::for_api(&API), tempfile::tempdir().unwrap(), &facts[engine]);
    let mut command = serve(folder.path());
    command
        .env(names.server("--database-url"), database)
        .env(names.server("--master-key"), facts["master_key"].as_str().unwrap())
        .arg("--sandbox");
    // The start upgrades the store, and opens and seals each key again. It purges nothing within the first hour.
    let node = Node::start(&mut command);

    let account = &old["account"];
    let path = format!("/integrated-account/{}", account["id"].as_str().unwrap());
    let server_path = format!("{path}/mcp/{}", old["server"]["id"].as_str().unwrap());
    for (path, before) in [(&path, account), (&server_path, &old["server"])] {
        let (status, now) = node.get(path).await;
        assert_eq!(status, 200, "{now}");
        for (key, value) in before.as_object().unwrap() {
            assert_eq!(&now[key], value, "{path} {key}");
        }
    }
    let unknown = |object: &Value, key: &str| object[key] == "unknown";
    let now = node.get(&path).await.1;
    assert!(unknown(&now, "created_by") && unknown(&now, "updated_by"), "{now}");
    let now = node.get(&server_path).await.1;
    assert_eq!(now["updated_by"], old["server"]["created_by"]);
    for (object, by) in [
        ("account", &json!("unknown")),
        ("server", &old["server"]["created_by"]),
        ("api_token", &old["api_token"]["created_by"]),
    ] {
        let before = &old[object];
        let (_, audit) = node.get(&format!("/audit?object_id={}", before["id"].as_str().unwrap())).await;
        let event = &audit["result"][0];
        assert_eq!(audit["result"].as_array().unwrap().len(), 1, "{audit}");
        assert_eq!((&event["action"], &event["object"]), (&json!("created"), &json!(object)));
        assert_eq!(
            (&event["actor"], &event["at"], &event["object_name"]),
            (by, &before["created_at"], &before["name"])
        );
    }
    let (_, api_tokens) = node.get("/api-token").await;
    let kept = |token: &&Value| token["id"] == old["api_token"]["id"];
    let now = api_tokens["result"].as_array().unwrap().iter().find(kept).unwrap();
    for (key, value) in old["api_token"].as_object().unwrap() {
        assert_eq!(&now[key], value, "API token: {key}");
    }
    let (_, log) = node.get("/log?log_type=mcp").await;
    for call in old["calls"].as_array().unwrap() {
        let now = log["result"].as_array().unwrap().iter().find(|now| now["id"] == call["id"]).unwrap();
        assert_eq!((&now["tool"], &now["status"]), (&call["tool"], &call["status"]));
    }

    let token = |name: &str| old["tokens"][name].as_str().unwrap();
    assert!(node.listed(token("sandbox")).await.unwrap() > 0);
    assert_eq!(node.listed(token("revoked")).await, Err(404));
    // The second factor is still asked for, and the old API token still is one.
    let path = format!("/mcp/{}", token("server"));
    let list = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {} });
    assert_eq!(node.listed(token("server")).await, Err(401));
    let (status, listed) = node.send("POST", &path, token("caller"), Some(&list)).await;
    assert_eq!(status, 200, "{listed}");
    for tool in listed["result"]["tools"].as_array().unwrap() {
        assert_eq!(tool["annotations"]["readOnlyHint"], true);
    }
    assert_eq!(node.send("GET", "/api-token", ADMIN_TOKEN, None).await.0, 200);
    assert!(node.end().success());
}

#[tokio::test]
async fn a_sqlite_store_of_the_first_version_upgrades() {
    let database = sqlite();
    fs::write(database.url.strip_prefix("sqlite:").unwrap(), fixture("sqlite.db")).unwrap();
    check_upgrade(&database.url, "sqlite").await;
}

#[workspace_tests::full_run("PostgreSQL")]
#[tokio::test]
async fn a_postgres_store_of_the_first_version_upgrades() {
    let Some(database) = postgres().await else { return };
    sqlx::any::install_default_drivers();
    let pool = sqlx::AnyPool::connect(&database.url).await.unwrap();
    let dump = String::from_utf8(fixture("postgres.sql")).unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(dump)).execute(&pool).await.unwrap();
    pool.close().await;
    check_upgrade(&database.url, "postgres").await;
}
