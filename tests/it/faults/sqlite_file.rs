//! The `SQLite` file is removed or replaced while the server runs.

use std::fs;
use std::path::{Path, PathBuf};

use desk365_mcp::tools::TOOLS;
use serde_json::{Value, json};

use crate::common::node::{Node, serve, until};

const REFUSED: &str = "The file of the store was removed or replaced while the server was running. Put it back, or \
                       restart the server to use the file that is there then.";

fn account(name: &str) -> Value {
    json!({ "name": name, "base_url": "http://127.0.0.1:9/apis", "api_key": "k" })
}

fn database(folder: &Path) -> PathBuf {
    folder.join(concat!(env!("CARGO_PKG_NAME"), ".db"))
}

/// A change to the files of a store that can be undone by putting them back.
type Change = fn(folder: &Path, aside: &Path);

/// Runs a server through a change to its files and back.
async fn is_noticed(change: Change, expected: &str) {
    let parent = tempfile::tempdir().unwrap();
    let (folder, aside) = (parent.path().join("data"), parent.path().join("aside"));
    let node = Node::start(&mut serve(&folder));
    let url = node.server_at("http://127.0.0.1:9/apis", "key").await;
    let token = url.rsplit_once('/').unwrap().1;
    assert_eq!((node.listed(token).await, node.get("/readyz?strict=1").await.0), (Ok(TOOLS.len()), 200));

    change(&folder, &aside);
    for _ in 0..2 {
        let (status, refused) = node.post("/integrated-account", &account("lost")).await;
        assert_eq!((status, &refused["message"]), (503, &json!(REFUSED)));
    }
    until("a test write fails", async || {
        let (status, failed) = node.get("/readyz?strict=1").await;
        status == 503 && failed["message"] == REFUSED
    })
    .await;
    assert_eq!((node.get("/readyz").await.0, node.listed(token).await), (200, Ok(TOOLS.len())));
    let log = node.log();
    let said: Vec<_> = log.lines().filter(|line| line.contains("refused to use the store")).collect();
    assert!(said.len() == 1 && said[0].contains(expected) && said[0].contains("put it back"), "{said:?}");

    // The files are put back.
    for file in fs::read_dir(&aside).unwrap() {
        let file = file.unwrap();
        fs::create_dir_all(&folder).unwrap();
        fs::rename(file.path(), folder.join(file.file_name())).unwrap();
    }
    until("it stores again", async || node.post("/integrated-account", &account("kept")).await.0 == 201).await;
    until("a test write succeeds", async || node.get("/readyz?strict=1").await.0 == 200).await;
    assert!(node.end().success());
    let node = Node::start(&mut serve(&folder));
    let (_, accounts) = node.get("/integrated-account").await;
    let names: Vec<_> = accounts["result"].as_array().unwrap().iter().map(|account| &account["name"]).collect();
    assert_eq!(names, ["another", "kept"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_file_is_noticed() {
    let remove: Change = |folder, aside| {
        fs::create_dir(aside).unwrap();
        fs::rename(database(folder), database(aside)).unwrap();
    };
    is_noticed(remove, ".db was removed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replaced_file_is_noticed() {
    let replace: Change = |folder, aside| {
        fs::create_dir(aside).unwrap();
        fs::rename(database(folder), database(aside)).unwrap();
        fs::copy(database(aside), database(folder)).unwrap();
    };
    is_noticed(replace, ".db was replaced").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_write_ahead_log_is_noticed() {
    let remove: Change = |folder, aside| {
        fs::create_dir(aside).unwrap();
        let log = |folder| database(folder).with_extension("db-wal");
        fs::rename(log(folder), log(aside)).unwrap();
    };
    is_noticed(remove, ".db-wal was removed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_folder_is_noticed() {
    is_noticed(|folder, aside| fs::rename(folder, aside).unwrap(), ".db was removed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_does_not_replace_a_file_that_left_its_log() {
    let folder = tempfile::tempdir().unwrap();
    let node = Node::start(&mut serve(folder.path()));
    node.made("/integrated-account", &account("lost")).await;
    drop(node);
    fs::remove_file(database(folder.path())).unwrap();
    let refused = serve(folder.path()).output().unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(said.contains(".db is missing, but its write-ahead log"), "{said}");
    assert!(!database(folder.path()).exists());
}
