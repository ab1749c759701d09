//! The commands `account`, `server` and `token` beside a running server on the same store.

use std::path::Path;

use desk365_mcp::config::EnvNames;
use desk365_mcp::store::Store;
use desk365_mcp::tools::{API, TOOLS};
use serde_json::{Value, json};

use crate::common::database::postgres;
use crate::common::node::{Node, program, serve, until};
use crate::hosted::api::{self, KEY};

/// Runs a command and returns the JSON that it prints. Stderr must be empty, and the API key must not be printed.
#[track_caller]
fn printed(folder: &Path, arguments: &[&str]) -> Value {
    let output = program(folder, arguments).env(EnvNames::for_api(&API).api_key(), KEY).output().unwrap();
    let (stdout, stderr) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!((output.status.code(), stderr.as_str()), (Some(0), ""), "{arguments:?}");
    assert!(!stdout.contains(KEY), "{stdout}");
    serde_json::from_str(&stdout).unwrap()
}

/// Runs a command that fails and returns its exit code and message.
fn refused(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = program(folder, arguments).env(EnvNames::for_api(&API).api_key(), KEY).output().unwrap();
    assert!(output.stdout.is_empty());
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[tokio::test]
async fn commands_take_effect_on_a_running_server() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let node = Node::start(&mut serve(folder));
    let api = api::start_api(200).await;

    let account = printed(folder, &["account", "add", "--name", "Acme", "--base-url", &api.uri()]);
    let id = account["id"].as_str().unwrap();
    assert_eq!(printed(folder, &["account", "list"]), json!([account]));
    assert_eq!(printed(folder, &["account", "show", "Acme"]), account);
    assert_eq!(node.get(&format!("/integrated-account/{id}")).await.1, account);
    let renamed = printed(folder, &["account", "update", id, "--name", "Acme Ltd", "--new-key"]);
    assert_eq!(renamed["name"], "Acme Ltd");
    let mut checked = printed(folder, &["account", "check", id]);
    assert!(checked["last_check"]["outcome"] == "ok" && checked["findings"].as_array().unwrap().len() > 3, "{checked}");
    checked.as_object_mut().unwrap().remove("findings");
    assert_eq!(node.get(&format!("/integrated-account/{id}")).await.1, checked);

    let create = ["server", "create", "Acme Ltd", "--name", "readers", "--methods", "read"];
    let preview = printed(folder, &[&create[..], &["--dry-run"]].concat());
    assert_eq!(printed(folder, &["server", "list", id]), json!([]));
    let server = printed(folder, &create);
    let (token, server_id) = (server["token"].as_str().unwrap(), server["id"].as_str().unwrap());
    let readers = preview["tools"].as_array().unwrap().len();
    assert_eq!(node.listed(token).await, Ok(readers));
    assert_ne!(node.call(token, api::reading_tool()).await["isError"], json!(true));
    let shown = printed(folder, &["server", "show", id, server_id]);
    assert_eq!(printed(folder, &["server", "list", id])[0]["id"], shown["id"]);
    assert!(!shown.to_string().contains(token), "{shown}");

    let update = ["server", "update", id, server_id, "--clear", "methods", "--require-api-token-auth"];
    assert_eq!(printed(folder, &update)["config"], json!({ "require_api_token_auth": true }));
    until("the second factor is required", async || node.listed(token).await == Err(401)).await;
    printed(folder, &["server", "update", id, server_id, "--require-api-token-auth", "false"]);
    until("all tools are listed", async || node.listed(token).await == Ok(TOOLS.len())).await;

    let made = printed(folder, &["token", "create", "--name", "ops", "--role", "admin"]);
    let admin = made["token"].as_str().unwrap();
    assert_eq!(node.send("GET", "/integrated-account", admin, None).await.0, 200);
    assert_eq!(printed(folder, &["token", "list"])[0]["id"], made["id"]);
    printed(folder, &["token", "revoke", made["id"].as_str().unwrap()]);
    assert_eq!(node.send("GET", "/integrated-account", admin, None).await.0, 401);

    printed(folder, &["server", "revoke", id, server_id]);
    until("the server is revoked", async || node.listed(token).await == Err(404)).await;
    printed(folder, &create);
    assert_eq!(printed(folder, &["account", "delete", id]), json!({ "deleted_servers": 1 }));
    assert_eq!(node.get("/integrated-account").await.1["result"], json!([]));
}

#[workspace_tests::full_run("PostgreSQL")]
#[tokio::test]
async fn commands_never_create_a_store_on_a_database_server() {
    let Some(database) = postgres().await else { return };
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = ["--database-url", &database.url];
    for command in [&["account", "list"][..], &["token", "list"], &["rotate-key"]] {
        let (code, said) = refused(folder.path(), &[command, &elsewhere].concat());
        assert!(code == Some(2) && said.contains("there is no store at postgres://"), "{said}");
        assert!(Store::open_existing(&database.url).await.unwrap().is_none());
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn usage_errors_report_every_mistake() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    assert!(Node::start(&mut serve(folder)).end().success());
    printed(folder, &["account", "add", "--name", "Acme", "--base-url", "http://127.0.0.1:9"]);
    let create = ["server", "create", "Acme", "--name", "x", "--methods", "raed", "--expires-at", "soon"];
    let (code, said) = refused(folder, &create);
    assert_eq!(code, Some(2));
    assert!(
        said.contains("config.methods") && said.contains("did you mean `read`") && said.contains("expires_at"),
        "{said}"
    );
    let (code, said) = refused(folder, &["server", "list", "Unknown"]);
    assert!(code == Some(2) && said.contains("no account is called"), "{said}");
    let (code, said) = refused(folder, &["account", "show", "01890a5d-ac96-774b-bcce-b302099a8057"]);
    assert!(code == Some(1) && said.contains("there is no such account"), "{said}");
    let (code, said) = refused(folder, &["token", "create", "--name", "x", "--role", "root"]);
    assert!(code == Some(2) && said.contains("admin, caller"), "{said}");
}
