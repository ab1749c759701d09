//! The write-ahead log of a killed server is damaged before the next start.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;
use tempfile::TempDir;

use crate::common::node::{Node, serve};

const LOST: &str = "lost committed changes";

fn beside_database(folder: &Path, ending: &str) -> PathBuf {
    folder.join(format!("{}.db{ending}", env!("CARGO_PKG_NAME")))
}

/// Returns the folder of a killed server: one account is in the database, and `IN_LOG` more are in its log.
async fn killed_server() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let node = Node::start(&mut serve(folder.path()));
    add_account(&node, "in the database").await;
    assert!(node.end().success());
    let node = Node::start(&mut serve(folder.path()));
    for _ in 0..IN_LOG {
        add_account(&node, "in the log").await;
    }
    drop(node);
    folder
}

const IN_LOG: usize = 20;

async fn add_account(node: &Node, name: &str) {
    node.made("/integrated-account", &json!({ "name": name, "base_url": "http://127.0.0.1:9", "api_key": "k" })).await;
}

/// Starts a server, and returns the number of accounts and whether it said that changes were lost.
async fn restarted(folder: &Path) -> (usize, bool) {
    let node = Node::start(&mut serve(folder));
    let (_, accounts) = node.get("/integrated-account?limit=100").await;
    let count = accounts["result"].as_array().unwrap().len();
    let said = node.log();
    let says = said.contains(LOST);
    assert_eq!(says, said.contains("newest_change_left=\"20"), "{said}");
    (count, says)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_intact_log_loses_nothing() {
    let folder = killed_server().await;
    assert_eq!(restarted(folder.path()).await, (1 + IN_LOG, false));
    // That server was killed as well.
    fs::remove_file(beside_database(folder.path(), "-shm")).unwrap();
    assert_eq!(restarted(folder.path()).await, (1 + IN_LOG, false));
}

/// A damage to a log.
type Damage = fn(&mut Vec<u8>);

#[tokio::test(flavor = "multi_thread")]
async fn a_start_says_what_a_damaged_log_lost() {
    let damages: [(&str, bool, Damage); 6] = [
        ("its first half is overwritten", true, |log| {
            let at = log.len() / 2;
            log[..at].fill(0);
        }),
        ("its second half is overwritten", true, |log| {
            let at = log.len() / 2;
            log[at..].fill(0xa5);
        }),
        ("a page in the middle is overwritten", true, |log| {
            let at = log.len() / 2;
            log[at..at + 4096].fill(0);
        }),
        ("its second half is cut off", false, |log| log.truncate(log.len() / 2)),
        ("it is emptied", false, Vec::clear),
        ("its header is overwritten", true, |log| log[..32].fill(0)),
    ];
    for (name, is_visible_in_log, damage) in damages {
        for keeps_index in [true, false] {
            let folder = killed_server().await;
            let log = beside_database(folder.path(), "-wal");
            let mut bytes = fs::read(&log).unwrap();
            damage(&mut bytes);
            fs::write(&log, bytes).unwrap();
            if !keeps_index {
                fs::remove_file(beside_database(folder.path(), "-shm")).unwrap();
            }
            let (left, says) = restarted(folder.path()).await;
            assert!((1..=IN_LOG).contains(&left), "{name}: {left}");
            // Without the index, the rest of a log that was cut off looks like all of it.
            assert_eq!(says, keeps_index || is_visible_in_log, "{name}, index: {keeps_index}");
            // The next start has nothing to say.
            assert_eq!(restarted(folder.path()).await, (left, false), "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_was_only_in_its_log_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let node = Node::start(&mut serve(folder.path()));
    add_account(&node, "in the log").await;
    drop(node);
    let log = beside_database(folder.path(), "-wal");
    let mut bytes = fs::read(&log).unwrap();
    bytes[..32].fill(0);
    fs::write(&log, bytes).unwrap();
    let refused = serve(folder.path()).output().unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(said.contains("is damaged, and no store is left without it: restore it from a backup"), "{said}");
}
