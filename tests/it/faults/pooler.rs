//! `PgBouncer` between the server and `PostgreSQL`: session mode works, and transaction mode is refused at the start.

use std::fs;
use std::process::{Child, Command, Stdio};

use desk365_mcp::config::EnvNames;
use desk365_mcp::seal::MasterKey;
use desk365_mcp::tools::{API, TOOLS};
use secrecy::ExposeSecret as _;
use serde_json::json;
use tokio::net::UnixStream;

use crate::common::database::{Cluster, as_postgres};
use crate::common::node::{ADMIN_TOKEN, Node, serve, until};
use crate::common::skip::required;

/// A pooler in front of a cluster, reached by a socket in the cluster's folder.
struct Pooler(Child);

impl Pooler {
    /// Starts `PgBouncer`, and waits until it accepts connections.
    async fn start(cluster: &Cluster, settings: &str) -> Self {
        let (folder, port) = (cluster.folder().display().to_string(), PORT);
        let (config, users) = (format!("{folder}/pooler.ini"), format!("{folder}/users.txt"));
        fs::write(&users, "\"postgres\" \"\"\n").unwrap();
        let text = format!(
            "[databases]\n* = host={folder}\n[pgbouncer]\nlisten_addr =\nunix_socket_dir = {folder}\n\
             listen_port = {port}\nauth_type = trust\nauth_file = {users}\n{settings}\n"
        );
        fs::write(&config, text).unwrap();
        let mut pooler = as_postgres(PROGRAM.as_ref());
        let child = pooler.arg(config).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let pooler = Self(child.unwrap());
        let socket = format!("{folder}/.s.PGSQL.{port}");
        until("the pooler accepts connections", async || UnixStream::connect(&socket).await.is_ok()).await;
        pooler
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        // `runuser` passes the signal on; a kill would end only itself.
        let _ = Command::new("sh").args(["-c", &format!("kill -TERM {}", self.0.id())]).status();
        let _ = self.0.wait();
    }
}

const PORT: u16 = 6432;
const PROGRAM: &str = "/usr/sbin/pgbouncer";

/// Returns a cluster, or `None` if the test is skipped.
fn cluster_for_pooler() -> Option<Cluster> {
    let installed = fs::exists(PROGRAM).unwrap_or_default();
    required(installed.then_some(()).ok_or_else(|| "PgBouncer is not installed: apt install pgbouncer".to_owned()))?;
    Cluster::start()
}

/// Returns a command for a node on a new database behind the pooler.
async fn behind_pooler(cluster: &Cluster, folder: &tempfile::TempDir) -> Command {
    let names = EnvNames::for_api(&API);
    let database = cluster.new_database().await.replace("@localhost/", &format!("@localhost:{PORT}/"));
    let mut command = serve(folder.path());
    command
        .env(names.server("--database-url"), database)
        .env(names.server("master-key"), MasterKey::generate().encoded().expose_secret());
    command
}

#[workspace_tests::full_run("PgBouncer")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn session_pooling_works() {
    let Some(cluster) = cluster_for_pooler() else { return };
    let _pooler = Pooler::start(&cluster, "pool_mode = session\nignore_startup_parameters = extra_float_digits").await;
    let folder = tempfile::tempdir().unwrap();
    let node = Node::start(&mut behind_pooler(&cluster, &folder).await);
    let url = node.server_at("http://127.0.0.1:9/apis", "key").await;
    let token = url.rsplit_once('/').unwrap().1;
    assert_eq!(node.listed(token).await, Ok(TOOLS.len()));
    assert_eq!(node.get("/readyz?strict=1").await.0, 200);
    let (_, accounts) = node.get("/integrated-account").await;
    let id = accounts["result"][0]["id"].as_str().unwrap();
    assert_eq!(node.send("DELETE", &format!("/integrated-account/{id}"), ADMIN_TOKEN, None).await.0, 200);
    assert_eq!(node.listed(token).await, Err(404));
    until("the refusal is logged", async || node.get("/log").await.1["result"] != json!([])).await;
    assert!(node.end().success());
}

#[workspace_tests::full_run("PgBouncer")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn transaction_pooling_is_refused_at_the_start() {
    for settings in [
        "pool_mode = transaction",
        "pool_mode = transaction\ndefault_pool_size = 1",
        "pool_mode = transaction\nserver_round_robin = 1\nmin_pool_size = 2",
        "pool_mode = statement",
    ] {
        let Some(cluster) = cluster_for_pooler() else { return };
        let _pooler =
            Pooler::start(&cluster, &format!("{settings}\nignore_startup_parameters = extra_float_digits")).await;
        let folder = tempfile::tempdir().unwrap();
        let mut command = behind_pooler(&cluster, &folder).await;
        let refused = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let said = String::from_utf8(refused.stderr).unwrap();
        assert_eq!(refused.status.code(), Some(1), "{settings}: {said}");
        assert!(said.lines().count() == 1 && said.contains("session mode (PgBouncer: pool_mode = session)"), "{said}");
    }
}
