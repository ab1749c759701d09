//! The call log under attack: one client writes as much as it can, or the disk is full.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use desk365_mcp::config::EnvNames;
use desk365_mcp::tools::{API, TOOLS};
use serde_json::{Value, json};

use super::with_own_mounts;
use crate::common::node::{Node, serve, until};
use crate::common::skip::required;

/// Returns the bytes of all files in a folder.
fn bytes_in(folder: &Path) -> u64 {
    folder.read_dir().unwrap().map(|file| file.unwrap().metadata().unwrap().len()).sum()
}

/// Returns the sum of all calls in the log.
async fn logged_calls(node: &Node) -> u64 {
    let (_, sums) = node.get("/log/summary?bucket=all&group=none").await;
    sums["result"][0]["calls"].as_u64().unwrap_or_default()
}

#[workspace_tests::full_run("load")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_client_cannot_fill_the_disk_with_records() {
    const ATTACK: Duration = Duration::from_secs(3);
    const LIMIT: u64 = 5_000_000;
    let folder = tempfile::tempdir().unwrap();
    let mut command = serve(folder.path());
    // A line for every request and every call.
    let node = Node::start(command.arg("--sandbox").env(EnvNames::for_api(&API).log(), "info"));
    let url = node.said("MCP URL (sandbox): ").unwrap();
    let tool = TOOLS.iter().find(|tool| tool.def.hints.read_only).unwrap().def.name;
    let invalid = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call",
                          "params": { "name": tool, "arguments": { "no such argument": 1 } } });
    let batch = Value::Array(vec![invalid; 100]);
    // The reserve is in place before the first call.
    until("the call log has started", async || folder.path().join("desk365-mcp.db-reserve").exists()).await;
    let (files, lines) = (bytes_in(folder.path()), node.log().len() as u64);

    let start = Instant::now();
    let attack = async || {
        let mut sent = 0;
        while start.elapsed() < ATTACK {
            let request = node.message(&url, &batch).header("mcp-protocol-version", "2025-03-26");
            let answers: Value = request.send().await.unwrap().json().await.unwrap();
            sent += answers.as_array().unwrap().len() as u64;
        }
        sent
    };
    let sent: u64 = futures_util::future::join_all((0..4).map(|_| attack())).await.into_iter().sum();
    until("every call is counted", async || logged_calls(&node).await == sent).await;
    let added = bytes_in(folder.path()) - files + node.log().len() as u64 - lines;
    println!("{sent} invalid calls in {:?} added {added} bytes", start.elapsed());
    // A call per record would take a kilobyte: only calls that share a record take less.
    assert!(added <= LIMIT && added < sent * 500, "{added} bytes for {sent} calls");
}

/// A disk of its own for a node: a file system in memory that only the node's process sees.
struct SmallDisk {
    folder: tempfile::TempDir,
}

impl SmallDisk {
    const SCRIPT: &str = r#"mount -t tmpfs -o size=64m tmpfs "$0" && exec "$@""#;

    /// Returns a small disk, or `None` if the test is skipped because this user cannot mount one.
    fn new() -> Option<Self> {
        let disk = Self { folder: tempfile::tempdir().unwrap() };
        let tried = disk.command(&[OsStr::new("true")]).status();
        let mounted = tried.is_ok_and(|status| status.success());
        required(
            mounted.then_some(disk).ok_or("cannot mount a file system: needs unshare and user namespaces".to_owned()),
        )
    }

    /// A command for a program that finds the disk at its folder.
    fn command<S: AsRef<OsStr>>(&self, program: &[S]) -> Command {
        let mut command = with_own_mounts();
        command.arg(Self::SCRIPT).arg(self.folder.path());
        command.args(program);
        command
    }

    /// Starts a node with its data on the disk.
    fn start(&self) -> Node {
        let serve = serve(self.folder.path());
        let program: Vec<_> = std::iter::once(serve.get_program()).chain(serve.get_args()).collect();
        let mut command = self.command(&program);
        command.arg("--sandbox");
        for (name, value) in serve.get_envs() {
            command.env(name, value.unwrap_or_default());
        }
        Node::start(&mut command)
    }

    /// Returns the disk as other processes reach it.
    fn path(&self, node: &Node) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", node.id()));
        root.join(self.folder.path().strip_prefix("/").unwrap())
    }
}

/// Fills the disk of a folder to the last byte, and returns the file.
fn fill(folder: &Path) -> PathBuf {
    let path = folder.join("filler");
    let mut file = File::create(&path).unwrap();
    for block in [1 << 20, 1 << 12, 1] {
        let block = vec![0; block];
        while file.write_all(&block).is_ok() {}
    }
    path
}

#[workspace_tests::full_run("a file system of its own")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_are_revoked_while_the_disk_is_full() {
    const SERVERS: usize = 20;
    let Some(disk) = SmallDisk::new() else { return };
    let node = disk.start();
    let (_, accounts) = node.get("/integrated-account").await;
    let path = format!("/integrated-account/{}/mcp", accounts["result"][0]["id"].as_str().unwrap());
    let mut servers = Vec::new();
    for _ in 0..SERVERS {
        servers.push(node.made(&path, &json!({ "name": "a server" })).await);
    }
    let tool = TOOLS.iter().find(|tool| tool.def.hints.read_only && tool.def.arguments.is_empty()).unwrap().def.name;
    let token = |server: &Value| server["token"].as_str().unwrap().to_owned();
    node.call(&token(&servers[0]), tool).await;
    until("the call is in the log", async || logged_calls(&node).await == 1).await;

    let filler = fill(&disk.path(&node));
    for server in &servers[1..] {
        // The token works although its call cannot be recorded.
        node.call(&token(server), tool).await;
        let server_path = format!("{path}/{}", server["id"].as_str().unwrap());
        assert_eq!(node.send("DELETE", &server_path, crate::common::node::ADMIN_TOKEN, None).await.0, 204);
        assert_eq!(node.listed(&token(server)).await, Err(404));
    }

    std::fs::remove_file(filler).unwrap();
    until("the log is written again", async || logged_calls(&node).await >= SERVERS as u64).await;
    assert!(disk.path(&node).join("desk365-mcp.db-reserve").exists());
}
