//! The first start and later ones: created files, printed secrets and file permissions.

use std::fs;
use std::path::{Path, PathBuf};

use desk365_mcp::config::EnvNames;
use desk365_mcp::seal::MasterKey;
use desk365_mcp::tools::{API, TOOLS};
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::common::node::{Node, program, serve};
use crate::hosted::api::reading_tool;

const KEY_FILE: &str = "Created the master key file, readable only by this user: ";
const ADMIN_TOKEN: &str = "Admin token (shown only once): ";
const MCP_URL: &str = "MCP URL (sandbox): ";
const CONSOLE: &str = "Console: ";

/// `serve` without an admin token in the environment.
fn serve_without_admin_token(folder: &Path) -> Node {
    Node::start(&mut program(folder, &["serve", "--listen", "127.0.0.1:0"]))
}

#[cfg(unix)]
fn assert_readable_by_owner_only(folder: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(folder), 0o700);
    let files: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    // The key, the database, the two files that SQLite keeps beside it, and the space reserved for changes.
    assert_eq!(files.len(), 5, "{files:?}");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[cfg(not(unix))]
fn assert_readable_by_owner_only(_: &Path) {}

#[tokio::test]
async fn settings_can_come_from_files() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("elsewhere.db");
    let names = EnvNames::for_api(&API);
    let file = |flag: &str, value: &str| {
        let path = folder.path().join(flag);
        fs::write(&path, format!("{value}\n")).unwrap();
        (names.file_of(&names.server(flag)), path)
    };
    let token = "an-admin-token-in-a-file";
    let key = MasterKey::generate();
    let node = Node::start(program(&folder.path().join("data"), &["serve"]).envs([
        file("--listen", "127.0.0.1:0"),
        file("--database-url", &format!("sqlite:{}", place.display())),
        file("admin-token", token),
        file("master-key", key.encoded().expose_secret()),
    ]));
    assert_eq!(node.send("GET", "/integrated-account", token, None).await.0, 200);
    assert!(place.exists() && node.said(KEY_FILE).is_none() && node.said(ADMIN_TOKEN).is_none());
}

#[tokio::test]
async fn the_first_start_prints_its_admin_token_once() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("data");
    let node = serve_without_admin_token(&folder);
    let token = node.said(ADMIN_TOKEN).unwrap();
    assert_eq!(node.send("GET", "/integrated-account", &token, None).await.0, 200);
    assert_readable_by_owner_only(&folder);
    assert_eq!(node.said(KEY_FILE).map(PathBuf::from), Some(folder.join("master.key")));
    assert!(node.end().success());
    for file in fs::read_dir(&folder).unwrap() {
        let content = fs::read(file.unwrap().path()).unwrap();
        assert!(!content.windows(token.len()).any(|window| window == token.as_bytes()));
    }
    let node = serve_without_admin_token(&folder);
    assert_eq!((node.said(ADMIN_TOKEN), node.said(KEY_FILE)), (None, None));
    assert_eq!(node.send("GET", "/integrated-account", &token, None).await.0, 200);
}

#[tokio::test]
async fn serve_sandbox_on_an_empty_store_is_ready_to_use() {
    let folder = tempfile::tempdir().unwrap();
    let node = Node::start(serve(folder.path()).arg("--sandbox"));
    let url = node.said(MCP_URL).unwrap();
    let (at, token) = url.rsplit_once("/mcp/").unwrap();
    assert_eq!(at, node.url(""));
    assert_eq!(node.said(CONSOLE).unwrap(), node.url("/console"));
    assert_eq!(node.listed(token).await, Ok(TOOLS.len()));
    assert_ne!(node.call(token, reading_tool()).await["isError"], json!(true));
    let (_, accounts) = node.get("/integrated-account").await;
    let [account] = accounts["result"].as_array().unwrap().as_slice() else { panic!("{accounts}") };
    assert_eq!(account["name"], "sandbox");
    assert!(node.end().success());

    // The sandbox has a new address and key, and the URL's token still works.
    let node = Node::start(serve(folder.path()).arg("--sandbox"));
    assert_eq!(node.said(MCP_URL), None);
    assert_eq!(node.said(CONSOLE).unwrap(), node.url("/console"));
    assert_ne!(node.call(token, reading_tool()).await["isError"], json!(true));
    let (_, accounts) = node.get("/integrated-account").await;
    assert_eq!(accounts["result"][0]["id"], account["id"]);
    assert_eq!(accounts["result"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_account_named_sandbox_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let node = Node::start(&mut serve(folder.path()));
    let own = json!({ "name": "sandbox", "base_url": "http://127.0.0.1:9/apis", "api_key": "key" });
    let own = node.made("/integrated-account", &own).await;
    assert!(node.end().success());
    for _ in 0..2 {
        let node = Node::start(serve(folder.path()).arg("--sandbox"));
        let (_, accounts) = node.get("/integrated-account").await;
        let [first, sandbox] = accounts["result"].as_array().unwrap().as_slice() else { panic!("{accounts}") };
        assert_eq!(first, &own);
        assert_eq!(sandbox["name"], "sandbox");
        assert!(node.end().success());
    }
}

#[tokio::test]
async fn a_wrong_master_key_is_refused_with_both_key_ids() {
    let folder = tempfile::tempdir().unwrap();
    let variable = EnvNames::for_api(&API).server("master-key");
    let (right, wrong) = (MasterKey::generate(), MasterKey::generate());
    let with = |key: &MasterKey| {
        let mut command = serve(folder.path());
        command.env(&variable, key.encoded().expose_secret());
        command
    };
    assert!(Node::start(&mut with(&right)).end().success());
    let refused = with(&wrong).output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains(right.id()) && said.contains(wrong.id()), "{said}");
    assert!(!said.contains(wrong.encoded().expose_secret()), "{said}");
    Node::start(&mut with(&right));
}
