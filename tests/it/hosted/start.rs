//! The first start and those after it: what is made, what is printed, and who can read it.

use std::fs;
use std::path::{Path, PathBuf};

use desk365_mcp::config::Names;
use desk365_mcp::seal::MasterKey;
use desk365_mcp::tools::{API, TOOLS};
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::common::node::{Node, program, serve};
use crate::hosted::api::reader;

const KEY_FILE: &str = "The master key, which only this user can read: ";
const PRINTED: &str = "The admin token, shown only once: ";
const MCP: &str = "MCP, on the stand-in: ";
const CONSOLE: &str = "The console: ";

/// `serve` without an admin token of its own.
fn first(folder: &Path) -> Node {
    Node::start(&mut program(folder, &["serve", "--listen", "127.0.0.1:0"]))
}

#[cfg(unix)]
fn assert_for_its_owner_alone(folder: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(folder), 0o700);
    let files: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    // The key, the database, and the two files that its engine puts beside it.
    assert_eq!(files.len(), 4, "{files:?}");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[cfg(not(unix))]
fn assert_for_its_owner_alone(_: &Path) {}

#[tokio::test]
async fn the_first_start_prints_an_admin_token_once_and_keeps_its_files_to_its_owner() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("data");
    let node = first(&folder);
    let token = node.said(PRINTED).unwrap();
    assert_eq!(node.send("GET", "/integrated-account", &token, None).await.0, 200);
    assert_for_its_owner_alone(&folder);
    assert_eq!(node.said(KEY_FILE).map(PathBuf::from), Some(folder.join("master.key")));
    assert!(node.end().success());
    for file in fs::read_dir(&folder).unwrap() {
        let content = fs::read(file.unwrap().path()).unwrap();
        assert!(!content.windows(token.len()).any(|window| window == token.as_bytes()));
    }
    let node = first(&folder);
    assert_eq!((node.said(PRINTED), node.said(KEY_FILE)), (None, None));
    assert_eq!(node.send("GET", "/integrated-account", &token, None).await.0, 200);
}

#[tokio::test]
async fn an_empty_store_with_the_stand_in_can_be_used_at_once_and_says_how_once() {
    let folder = tempfile::tempdir().unwrap();
    let node = Node::start(serve(folder.path()).arg("--sandbox"));
    let url = node.said(MCP).unwrap();
    let (at, token) = url.rsplit_once("/mcp/").unwrap();
    assert_eq!(at, node.url(""));
    assert_eq!(node.said(CONSOLE).unwrap(), node.url("/console"));
    assert_eq!(node.listed(token).await, Ok(TOOLS.len()));
    assert_ne!(node.call(token, reader()).await["isError"], json!(true));
    let (_, accounts) = node.get("/integrated-account").await;
    let [account] = accounts["result"].as_array().unwrap().as_slice() else { panic!("{accounts}") };
    assert_eq!(account["name"], "sandbox");
    assert!(node.end().success());

    // It has another address and another key then, and the URL's token goes on.
    let node = Node::start(serve(folder.path()).arg("--sandbox"));
    assert_eq!(node.said(MCP), None);
    assert_eq!(node.said(CONSOLE).unwrap(), node.url("/console"));
    assert_ne!(node.call(token, reader()).await["isError"], json!(true));
    let (_, accounts) = node.get("/integrated-account").await;
    assert_eq!(accounts["result"][0]["id"], account["id"]);
    assert_eq!(accounts["result"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_account_that_is_only_called_like_the_stand_in_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let node = Node::start(&mut serve(folder.path()));
    let own = json!({ "name": "sandbox", "base_url": "http://127.0.0.1:9/apis", "api_key": "key" });
    let own = node.made("/integrated-account", &own).await;
    assert!(node.end().success());
    for _ in 0..2 {
        let node = Node::start(serve(folder.path()).arg("--sandbox"));
        let (_, accounts) = node.get("/integrated-account").await;
        let [first, stand_in] = accounts["result"].as_array().unwrap().as_slice() else { panic!("{accounts}") };
        assert_eq!(first, &own);
        assert_eq!(stand_in["name"], "sandbox");
        assert!(node.end().success());
    }
}

#[tokio::test]
async fn a_wrong_master_key_is_refused_at_the_start_with_both_names() {
    let folder = tempfile::tempdir().unwrap();
    let variable = Names::of(&API).server("master-key");
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
