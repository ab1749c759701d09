//! The readiness of a server that starts or stops, and the signals that it receives.

use std::net::TcpListener;
use std::process::{Child, Stdio};

use desk365_mcp::config::EnvNames;
use desk365_mcp::tools::{API, TOOLS};

use crate::common::node::{Node, program, serve, until};

/// A process that is killed in the end.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_starting_server_is_alive_and_not_ready() {
    // A database that accepts connections and never answers.
    let database = TcpListener::bind("127.0.0.1:0").unwrap();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut command = program(folder.path(), &["serve", "--listen", &free.to_string()]);
    command
        .env(
            EnvNames::for_api(&API).server("--database-url"),
            format!("postgres://u@{}/d", database.local_addr().unwrap()),
        )
        .stderr(Stdio::null());
    let _process = Killed(command.spawn().unwrap());
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    let status =
        async |path: &str| Some(client.get(format!("http://{free}{path}")).send().await.ok()?.status().as_u16());
    until("it is alive", async || status("/healthz").await == Some(200)).await;
    for path in ["/readyz", "/readyz?strict=1", "/integrated-account", "/mcp/token"] {
        assert_eq!(status(path).await, Some(503), "{path}");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_hangup_is_ignored_and_logged() {
    let folder = tempfile::tempdir().unwrap();
    let node = Node::start(&mut serve(folder.path()));
    node.signal("HUP");
    until("the signal is logged", async || node.said("ignored SIGHUP").is_some()).await;
    assert_eq!(node.get("/readyz").await.0, 200);
    assert!(node.end().success());
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_draining_server_accepts_calls_until_the_delay_is_over() {
    let folder = tempfile::tempdir().unwrap();
    let node = Node::start(serve(folder.path()).args(["--drain-delay", "1h"]));
    let url = node.server_at("http://127.0.0.1:9/apis", "key").await;
    let token = url.rsplit_once('/').unwrap().1;
    node.signal("TERM");
    until("it is not ready", async || node.get("/readyz").await.0 == 503).await;
    assert_eq!((node.get("/readyz?strict=1").await.0, node.get("/healthz").await.0), (503, 200));
    assert_eq!(node.listed(token).await, Ok(TOOLS.len()));
    node.signal("TERM");
    let ended = tokio::task::spawn_blocking(|| node.ended()).await.unwrap();
    assert_eq!(ended.code(), Some(0));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_draining_server_ends_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let node = Node::start(serve(folder.path()).args(["--drain-delay", "1s"]));
    let ended = tokio::task::spawn_blocking(|| node.end()).await.unwrap();
    assert_eq!(ended.code(), Some(0));
}
