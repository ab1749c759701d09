//! `rotate-key` as a process that is killed at every step and resumed.

use std::path::Path;
use std::process::Stdio;

use desk365_mcp::clock::Clock;
use desk365_mcp::config::EnvNames;
use desk365_mcp::registry::{OpenOptions, OpenedRegistry, Registry, account_origin};
use desk365_mcp::seal::keyring::{KeySource, Sealed};
use desk365_mcp::seal::{MasterKey, file};
use desk365_mcp::store::Store;
use desk365_mcp::tools::API;
use desk365_mcp::upstream::ApiHosts;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::common::node::{ADMIN_TOKEN, Node, program, serve};
use crate::hosted::api;

const ACCOUNTS: usize = 120;

async fn open_registry(folder: &Path) -> Registry {
    let options = OpenOptions {
        database_url: format!("sqlite:{}/{}.db", folder.display(), env!("CARGO_PKG_NAME")),
        keys: KeySource::Folder(folder.to_owned()),
        admin_token: None,
        public_url: "http://localhost".to_owned(),
        api_hosts: ApiHosts::of_api(&API),
    };
    OpenedRegistry::open_or_create(&API, options, Clock::system(), false).await.unwrap().registry
}

/// Returns the number of API keys under each master key, after checking that all of them decrypt.
async fn keys_per_master_key(folder: &Path) -> Vec<i64> {
    let registry = open_registry(folder).await;
    let store = registry.store();
    for account in store.accounts(None, 1000).await.unwrap() {
        let sealed = Sealed { key_id: account.key_id, text: account.sealed_key };
        let origin = account_origin(&account.variables, account.base_url.as_deref()).unwrap();
        let key = registry.keyring().open_api_key(account.id, &origin, &sealed).await.unwrap();
        assert_eq!(key.expose_secret(), api::KEY);
    }
    let mut uses = Vec::new();
    for key in store.keys().await.unwrap() {
        uses.push(store.sealed_with(&key.id).await.unwrap());
    }
    store.close().await;
    uses
}

/// The progress of a rotation.
enum Progress {
    Started,
    NewKeyWritten,
    NewKeyInUse,
    SomeReencrypted,
    AllReencrypted,
    OldKeyForgotten,
}

impl Progress {
    const ALL: [Self; 6] = [
        Self::Started,
        Self::NewKeyWritten,
        Self::NewKeyInUse,
        Self::SomeReencrypted,
        Self::AllReencrypted,
        Self::OldKeyForgotten,
    ];

    async fn is_reached(&self, folder: &Path, registry: &Registry, old: &str) -> bool {
        let store = registry.store();
        match self {
            Self::Started => true,
            Self::NewKeyWritten => folder.join(file::NEXT).exists(),
            Self::NewKeyInUse => store.keys().await.unwrap().len() > 1,
            Self::SomeReencrypted => store.sealed_with(old).await.unwrap() < i64::try_from(ACCOUNTS).unwrap(),
            Self::AllReencrypted => store.sealed_with(old).await.unwrap() == 0,
            Self::OldKeyForgotten => store.keys().await.unwrap().iter().all(|key| key.id != old),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_rotation_resumes_beside_a_running_server() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let node = Node::start(&mut serve(folder));
    let api = api::start_api(200).await;
    let account = node.made("/integrated-account", &api::account_form(&api)).await;
    let path = format!("/integrated-account/{}", account["id"].as_str().unwrap());
    let server = node.made(&format!("{path}/mcp"), &json!({ "name": "s" })).await;
    for _ in 1..ACCOUNTS {
        node.made("/integrated-account", &api::account_form(&api)).await;
    }

    let registry = open_registry(folder).await;
    for progress in Progress::ALL {
        let old = registry.store().keys().await.unwrap().pop().unwrap().id;
        let mut rotation = program(folder, &["rotate-key"]).stdout(Stdio::null()).spawn().unwrap();
        // The rotation may finish before it is killed.
        while !progress.is_reached(folder, &registry, &old).await && rotation.try_wait().unwrap().is_none() {
            tokio::task::yield_now().await;
        }
        rotation.kill().unwrap();
        rotation.wait().unwrap();
        assert_eq!(keys_per_master_key(folder).await.iter().sum::<i64>(), i64::try_from(ACCOUNTS).unwrap());
        // The running server decrypts the key as well.
        let change = json!({ "name": "renamed" });
        assert_eq!(node.send("PATCH", &path, ADMIN_TOKEN, Some(&change)).await.0, 200);
        let result = node.call(server["token"].as_str().unwrap(), api::reading_tool()).await;
        assert_ne!(result["isError"], json!(true), "{result}");

        let output = program(folder, &["rotate-key"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let said: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(keys_per_master_key(folder).await, [i64::try_from(ACCOUNTS).unwrap()]);
        let current = file::read_key(&folder.join(file::CURRENT)).unwrap().unwrap();
        assert!(said["key"] == current.id() && current.id() != old, "{said}");
        assert!(!folder.join(file::NEXT).exists());
        let kept = file::read_key(&folder.join(format!("{}.{old}", file::CURRENT))).unwrap().unwrap();
        assert_eq!(kept.id(), old);
    }
    let change = json!({ "api_key": api::KEY });
    assert_eq!(node.send("PATCH", &path, ADMIN_TOKEN, Some(&change)).await.0, 200);
}

/// Creates a master key in `folder` for a database elsewhere, and returns the URL of the database.
async fn store_outside_data_folder(folder: &Path) -> String {
    let url = format!("sqlite:{}/elsewhere.db", folder.display());
    let mut command = serve(folder);
    let node = Node::start(command.args(["--database-url", &url]));
    let api = api::start_api(200).await;
    node.made("/integrated-account", &api::account_form(&api)).await;
    assert!(node.end().success());
    url
}

#[tokio::test]
async fn a_rotation_without_a_store_creates_none_and_keeps_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let url = store_outside_data_folder(folder).await;
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

    // A database with tables but without a master key is not a store either.
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
async fn a_rotation_with_another_stores_key_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let url = store_outside_data_folder(folder).await;
    let other = MasterKey::generate();
    let path = folder.join(file::CURRENT);
    std::fs::remove_file(&path).unwrap();
    file::create_key(&path, &other).unwrap();
    let output = program(folder, &["rotate-key", "--database-url", &url]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("wrong master key") && said.contains(&EnvNames::for_api(&API).server("master-key")),
        "{said}"
    );
    assert!(file::read_key(&path).unwrap().as_ref() == Some(&other));
    assert!(!folder.join(file::NEXT).exists());
}
