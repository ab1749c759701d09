//! Acknowledged writes survive when the process is killed.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use desk365_mcp::clock::Clock;
use desk365_mcp::registry::{Actor, OpenOptions, OpenedRegistry};
use desk365_mcp::seal::MasterKey;
use desk365_mcp::seal::keyring::KeySource;
use desk365_mcp::tools::API;
use desk365_mcp::upstream::ApiHosts;
use secrecy::ExposeSecret as _;
use serde_json::json;

const WRITES: usize = 200;
const KILLED_AFTER: usize = 60;
const DATABASE: &str = "TEST_CRASH_DATABASE";
const KEY: &str = "TEST_CRASH_KEY";

async fn opened(url: &str, key: &str) -> OpenedRegistry {
    let opening = OpenOptions {
        database_url: url.to_owned(),
        keys: KeySource::Given { key: MasterKey::parse(key).unwrap(), next: None },
        admin_token: None,
        public_url: "http://localhost".to_owned(),
        api_hosts: ApiHosts::of_api(&API),
    };
    OpenedRegistry::open_or_create(&API, opening, Clock::system(), false).await.unwrap()
}

/// Not a test but the process that is killed. It prints each account's identifier after the write was acknowledged.
#[tokio::test]
async fn killed_writer() {
    let (Ok(url), Ok(key)) = (std::env::var(DATABASE), std::env::var(KEY)) else { return };
    let registry = opened(&url, &key).await.registry;
    futures_util::future::join_all((0..WRITES).map(|_| async {
        let given = json!({ "name": "x", "api_key": "k", "base_url": "http://127.0.0.1:9" });
        let account =
            registry.create_account(given.as_object().unwrap().clone(), &Actor::program("a test")).await.unwrap();
        println!("stored {}", account.id);
    }))
    .await;
}

async fn acknowledged_writes_survive(url: &str) {
    let key = MasterKey::generate();
    let key = key.encoded().expose_secret();
    opened(url, key).await.registry.store().close().await;
    // The name of a test begins with its module, without the crate.
    let (_, module) = module_path!().split_once("::").unwrap();
    let writer = format!("{module}::killed_writer");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &writer, "--nocapture"])
        .env(DATABASE, url)
        .env(KEY, key)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut acknowledged = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        let Some((_, id)) = line.split_once("stored ") else { continue };
        acknowledged.push(id.parse().unwrap());
        if acknowledged.len() == KILLED_AFTER {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    assert!(acknowledged.len() >= KILLED_AFTER, "{}", acknowledged.len());
    let registry = opened(url, key).await.registry;
    for id in acknowledged {
        registry.account(id).await.unwrap();
    }
}

#[tokio::test]
async fn acknowledged_writes_survive_a_kill_on_sqlite() {
    acknowledged_writes_survive(&crate::common::database::sqlite().url).await;
}

#[workspace_tests::full_run("PostgreSQL")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acknowledged_writes_survive_a_kill_on_postgres() {
    if let Some(database) = crate::common::database::postgres().await {
        acknowledged_writes_survive(&database.url).await;
    }
}
