//! `rotate-key` as a process that is killed wherever it is, and run again.

use std::path::Path;
use std::process::Stdio;

use desk365_mcp::clock::Clock;
use desk365_mcp::config::Names;
use desk365_mcp::registry::{OpenOptions, OpenedRegistry, Registry};
use desk365_mcp::seal::keyring::{KeySource, Sealed};
use desk365_mcp::seal::{MasterKey, file};
use desk365_mcp::store::Store;
use desk365_mcp::tools::API;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::common::node::{ADMIN_TOKEN, Node, program, serve};
use crate::hosted::api;

const ACCOUNTS: usize = 120;

async fn opened(folder: &Path) -> Registry {
    let opening = OpenOptions {
        database_url: format!("sqlite:{}/{}.db", folder.display(), env!("CARGO_PKG_NAME")),
        keys: KeySource::Folder(folder.to_owned()),
        admin_token: None,
        public_url: "http://localhost".to_owned(),
    };
    OpenedRegistry::open_or_create(&API, opening, Clock::system(), false).await.unwrap().registry
}

/// How often each master key is in use; after a start as any other, with which every API key opens.
async fn in_use(folder: &Path) -> Vec<i64> {
    let registry = opened(folder).await;
    let store = registry.store();
    for account in store.accounts(None, 1000).await.unwrap() {
        let sealed = Sealed { key_id: account.key_id, text: account.sealed_key };
        let key = registry.keyring().open_api_key(account.id, &sealed).await.unwrap();
        assert_eq!(key.expose_secret(), api::KEY);
    }
    let mut uses = Vec::new();
    for key in store.keys().await.unwrap() {
        uses.push(store.sealed_with(&key.id).await.unwrap());
    }
    store.close().await;
    uses
}

/// How far a rotation has come.
enum Point {
    Started,
    NewKeyWritten,
    NewKeyInUse,
    SomeSealedAnew,
    AllSealedAnew,
    OldKeyGone,
}

impl Point {
    const ALL: [Self; 6] = [
        Self::Started,
        Self::NewKeyWritten,
        Self::NewKeyInUse,
        Self::SomeSealedAnew,
        Self::AllSealedAnew,
        Self::OldKeyGone,
    ];

    async fn is_reached(&self, folder: &Path, registry: &Registry, old: &str) -> bool {
        let store = registry.store();
        match self {
            Self::Started => true,
            Self::NewKeyWritten => folder.join(file::NEXT).exists(),
            Self::NewKeyInUse => store.keys().await.unwrap().len() > 1,
            Self::SomeSealedAnew => store.sealed_with(old).await.unwrap() < i64::try_from(ACCOUNTS).unwrap(),
            Self::AllSealedAnew => store.sealed_with(old).await.unwrap() == 0,
            Self::OldKeyGone => store.keys().await.unwrap().iter().all(|key| key.id != old),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rotation_may_be_killed_wherever_it_is_beside_a_running_server() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let node = Node::start(&mut serve(folder));
    let api = api::answering(200).await;
    let account = node.made("/integrated-account", &api::account(&api)).await;
    let path = format!("/integrated-account/{}", account["id"].as_str().unwrap());
    let server = node.made(&format!("{path}/mcp"), &json!({ "name": "s" })).await;
    for _ in 1..ACCOUNTS {
        node.made("/integrated-account", &api::account(&api)).await;
    }

    let registry = opened(folder).await;
    for point in Point::ALL {
        let old = registry.store().keys().await.unwrap().pop().unwrap().id;
        let mut rotation = program(folder, &["rotate-key"]).stdout(Stdio::null()).spawn().unwrap();
        // If it is faster than we are, it has come to its end.
        while !point.is_reached(folder, &registry, &old).await && rotation.try_wait().unwrap().is_none() {
            tokio::task::yield_now().await;
        }
        rotation.kill().unwrap();
        rotation.wait().unwrap();
        assert_eq!(in_use(folder).await.iter().sum::<i64>(), i64::try_from(ACCOUNTS).unwrap());
        // The server that has been running all along opens the key as well.
        let change = json!({ "name": "renamed" });
        assert_eq!(node.send("PATCH", &path, ADMIN_TOKEN, Some(&change)).await.0, 200);
        let result = node.call(server["token"].as_str().unwrap(), api::reader()).await;
        assert_ne!(result["isError"], json!(true), "{result}");

        let output = program(folder, &["rotate-key"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let said: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(in_use(folder).await, [i64::try_from(ACCOUNTS).unwrap()]);
        let current = file::read_key(&folder.join(file::CURRENT)).unwrap().unwrap();
        assert!(said["key"] == current.id() && current.id() != old, "{said}");
        assert!(!folder.join(file::NEXT).exists());
        let kept = file::read_key(&folder.join(format!("{}.{old}", file::CURRENT))).unwrap().unwrap();
        assert_eq!(kept.id(), old);
    }
    let change = json!({ "api_key": api::KEY });
    assert_eq!(node.send("PATCH", &path, ADMIN_TOKEN, Some(&change)).await.0, 200);
}

/// A data folder whose key is of a store that is elsewhere, and that store's address.
async fn key_here_store_elsewhere(folder: &Path) -> String {
    let url = format!("sqlite:{}/elsewhere.db", folder.display());
    let mut command = serve(folder);
    let node = Node::start(command.args(["--database-url", &url]));
    let api = api::answering(200).await;
    node.made("/integrated-account", &api::account(&api)).await;
    assert!(node.end().success());
    url
}

#[tokio::test]
async fn a_rotation_that_finds_no_store_makes_none_and_leaves_the_key_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let url = key_here_store_elsewhere(folder).await;
    let key = std::fs::read(folder.join(file::CURRENT)).unwrap();
    let usual = folder.join(concat!(env!("CARGO_PKG_NAME"), ".db"));
    let missing = format!("sqlite:{}/missing.db", folder.display());
    for (arguments, place) in
        [(&["rotate-key"][..], usual.clone()), (&["rotate-key", "--database-url", &missing], folder.join("missing.db"))]
    {
        let output = program(folder, arguments).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{said}");
        assert!(said.contains(&format!("there is no store at {}", place.display())), "{said}");
        assert!(said.contains("--database-url") && said.contains("--data-dir"), "{said}");
        assert!(!place.exists() && !folder.join(file::NEXT).exists());
        assert_eq!(std::fs::read(folder.join(file::CURRENT)).unwrap(), key);
    }

    // A store that has its tables, but that nobody has sealed anything in, is none either.
    Store::open(&format!("sqlite:{}", usual.display())).await.unwrap().close().await;
    let output = program(folder, &["rotate-key"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(std::fs::read(folder.join(file::CURRENT)).unwrap(), key);

    let output = program(folder, &["rotate-key", "--database-url", &url]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(said["resealed"], 1);
    let kept = &file::retired_keys(folder).unwrap()[0];
    assert_eq!(std::fs::read(kept).unwrap(), key);
    assert!(String::from_utf8_lossy(&output.stderr).contains(kept.to_str().unwrap()));
}

#[tokio::test]
async fn a_rotation_with_the_key_of_another_store_leaves_both_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let url = key_here_store_elsewhere(folder).await;
    let other = MasterKey::generate();
    let path = folder.join(file::CURRENT);
    std::fs::remove_file(&path).unwrap();
    file::create_key(&path, &other).unwrap();
    let output = program(folder, &["rotate-key", "--database-url", &url]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("wrong master key") && said.contains(&Names::of(&API).server("master-key")), "{said}");
    assert!(file::read_key(&path).unwrap().as_ref() == Some(&other));
    assert!(!folder.join(file::NEXT).exists());
}
