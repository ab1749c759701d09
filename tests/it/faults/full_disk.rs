//! A full disk: a small file system of its own in memory, which the test fills.

use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;

use desk365_mcp::tools::TOOLS;
use serde_json::{Value, json};

use super::with_own_mounts;
use crate::common::node::{Node, program, serve, until};
use crate::common::skip::required;

fn account(name: &str) -> Value {
    json!({ "name": name, "base_url": "http://127.0.0.1:9/apis", "api_key": "k" })
}

/// Returns a command that runs another one with a file system of 3 MB at `folder`, which only it sees.
fn with_small_disk(folder: &std::path::Path, inner: &Command) -> Command {
    let mut command = with_own_mounts();
    command.arg(r#"mount -t tmpfs -o size=3m tmpfs "$0" && exec "$@""#).arg(folder);
    command.arg(inner.get_program()).args(inner.get_args()).env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    for (name, value) in inner.get_envs() {
        command.env(name, value.unwrap_or_default());
    }
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_named_and_keeps_serving_calls() {
    let folder = tempfile::tempdir().unwrap();
    let tried = with_small_disk(folder.path(), &program(folder.path(), &["--version"])).output();
    let tried = match tried {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(format!("no file system of its own: {}", String::from_utf8_lossy(&output.stderr))),
        Err(error) => Err(format!("unshare did not start: {error}")),
    };
    if required(tried).is_none() {
        return;
    }
    let node = Node::start(&mut with_small_disk(folder.path(), &serve(folder.path())));
    let url = node.server_at("http://127.0.0.1:9/apis", "key").await;
    let token = url.rsplit_once('/').unwrap().1;
    assert_eq!((node.listed(token).await, node.get("/readyz?strict=1").await.0), (Ok(TOOLS.len()), 200));

    let filler = PathBuf::from(format!("/proc/{}/root{}", node.id(), folder.path().join("fill").display()));
    let mut file = File::create(&filler).unwrap();
    while file.write_all(&[0; 4096]).is_ok() {}
    until("the log of the store is full", async || node.post("/integrated-account", &account("x")).await.0 == 503)
        .await;
    let message = "The disk of the store is full. Free some space, then try again.";
    until("a test write fails", async || {
        let (status, failed) = node.get("/readyz?strict=1").await;
        (status, &failed["message"]) == (503, &json!(message))
    })
    .await;
    let (status, refused) = node.post("/integrated-account", &account("refused")).await;
    assert_eq!((status, &refused["message"]), (503, &json!(message)), "{}", node.log());
    assert_eq!((node.get("/readyz").await.0, node.listed(token).await), (200, Ok(TOOLS.len())));
    assert!(node.said("the store takes no changes").unwrap().contains("its disk is full: free some space"));

    std::fs::remove_file(&filler).unwrap();
    drop(file);
    until("it stores again", async || node.post("/integrated-account", &account("kept")).await.0 == 201).await;
    until("a test write succeeds", async || node.get("/readyz?strict=1").await.0 == 200).await;
    let (_, accounts) = node.get("/integrated-account?limit=100").await;
    let kept = accounts["result"].as_array().unwrap().iter().filter(|account| account["name"] == "kept");
    assert_eq!(kept.count(), 1, "{accounts}");
    assert!(node.end().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_on_a_read_only_file_system_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    assert!(Node::start(&mut serve(folder.path())).end().success());
    let inner = serve(folder.path());
    let mut command = with_own_mounts();
    command.arg(r#"mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && echo mounted && exec "$@""#);
    command.arg(folder.path()).arg(inner.get_program()).args(inner.get_args());
    command.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = command.output().map_err(|error| format!("unshare did not start: {error}"));
    let mounted = output.and_then(|output| {
        if output.stdout.starts_with(b"mounted") {
            return Ok(output);
        }
        Err(format!("no file system of its own: {}", String::from_utf8_lossy(&output.stderr)))
    });
    let Some(output) = required(mounted) else { return };
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("it is read-only: make its file or file system writable"), "{said}");
}
