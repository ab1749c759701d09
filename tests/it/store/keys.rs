//! Keys: the right one opens, a wrong one is refused, and a rotation may be stopped anywhere.

use desk365_mcp::clock::Clock;
use desk365_mcp::seal::MasterKey;
use desk365_mcp::seal::file;
use desk365_mcp::seal::keyring::{KeySource, Keyring, KeyringError, Sealed};
use desk365_mcp::seal::rotation::{Rotation, RotationError, Step};
use desk365_mcp::store::{AccountRow, Store, StoreError};
use desk365_mcp::token::Kind;
use secrecy::{ExposeSecret as _, SecretString};
use tempfile::TempDir;

use crate::store::rows;

const ACCOUNTS: usize = 120;

fn given(key: &MasterKey) -> KeySource {
    KeySource::Given { key: key.clone(), next: None }
}

async fn keyring(store: &Store, source: KeySource) -> Result<Keyring, KeyringError> {
    Keyring::open(store.clone(), source, &Clock::system()).await
}

fn api_key(number: usize) -> SecretString {
    format!("api key {number}").into()
}

async fn add_account(store: &Store, keyring: &Keyring, number: usize) -> AccountRow {
    let mut account = rows::account(&number.to_string());
    let sealed = keyring.seal(account.id, &api_key(number)).unwrap();
    (account.key_id, account.sealed_key) = (sealed.key_id, sealed.text);
    store.add_account(&account).await.unwrap();
    account
}

/// Every account's key opens with what is at hand now.
async fn assert_all_open(store: &Store, keyring: &Keyring) {
    let accounts = store.accounts(None, 1000).await.unwrap();
    assert_eq!(accounts.len(), ACCOUNTS);
    for account in accounts {
        let sealed = Sealed { key_id: account.key_id, text: account.sealed_key };
        let opened = keyring.open_key(account.id, &sealed).await.unwrap();
        assert_eq!(opened.expose_secret(), api_key(account.name.parse().unwrap()).expose_secret());
    }
}

/// A rotation that is stopped after each number of steps in turn, until it has come to its end; and after every stop
/// a start as any other.
async fn rotate_with_interruptions(store: &Store, source: &KeySource) -> usize {
    let clock = Clock::system();
    for steps in 1..100 {
        let keyring = keyring(store, source.clone()).await.unwrap();
        let mut rotation = Rotation::begin(&keyring, &clock).unwrap();
        for _ in 0..steps {
            if rotation.step().await.unwrap().is_none() {
                return steps;
            }
            assert_all_open(store, &self::keyring(store, source.clone()).await.unwrap()).await;
            // A node that has been running all along has the old key alone in its memory.
            assert_all_open(store, &keyring).await;
        }
    }
    panic!("a rotation has an end");
}

fn folder() -> (TempDir, KeySource) {
    let folder = tempfile::tempdir().unwrap();
    let source = KeySource::Folder(folder.path().join("data"));
    (folder, source)
}

on_every_engine! {
    async fn a_new_store_gets_a_key_that_opens_it_from_then_on(url: &str) {
        let store = Store::open(url).await.unwrap();
        let (folder, source) = folder();
        let first = keyring(&store, source.clone()).await.unwrap();
        let hash = first.hash_key().hash(Kind::Api, "token");
        let again = keyring(&store, source).await.unwrap();
        assert!(again.hash_key().hash(Kind::Api, "token").matches(hash.as_str()));
        let path = folder.path().join("data").join(file::CURRENT);
        assert!(file::read(&path).unwrap().is_some());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            assert_eq!(std::fs::metadata(path.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
        }
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    async fn nodes_that_start_at_once_with_one_key_agree(url: &str) {
        let store = Store::open(url).await.unwrap();
        let key = MasterKey::generate();
        let opened = futures_util::future::join_all((0..5).map(|_| keyring(&store, given(&key)))).await;
        let hashes: std::collections::HashSet<_> =
            opened.into_iter().map(|keyring| keyring.unwrap().hash_key().hash(Kind::Api, "t")).collect();
        assert_eq!(hashes.len(), 1);
    }

    async fn a_wrong_key_is_refused_with_both_names(url: &str) {
        let store = Store::open(url).await.unwrap();
        let (right, wrong) = (MasterKey::generate(), MasterKey::generate());
        keyring(&store, given(&right)).await.unwrap();
        let error = keyring(&store, given(&wrong)).await.unwrap_err();
        assert!(matches!(error, KeyringError::Wrong { .. }), "{error}");
        let text = error.to_string();
        assert!(text.contains(right.id()) && text.contains(wrong.id()), "{text}");
        assert!(!text.contains(wrong.text().expose_secret()), "{text}");
    }

    async fn a_missing_key_file_is_not_replaced_by_a_new_one(url: &str) {
        let store = Store::open(url).await.unwrap();
        let key = MasterKey::generate();
        keyring(&store, given(&key)).await.unwrap();
        let (folder, source) = folder();
        let error = keyring(&store, source).await.unwrap_err();
        assert!(matches!(error, KeyringError::Missing { .. }), "{error}");
        assert!(error.to_string().contains(key.id()), "{error}");
        assert!(!folder.path().join("data").exists());
    }

    async fn a_key_that_a_rotation_kept_is_pointed_at_by_whoever_needs_it(url: &str) {
        let store = Store::open(url).await.unwrap();
        let right = MasterKey::generate();
        keyring(&store, given(&right)).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let source = KeySource::Folder(folder.path().to_owned());
        let kept = file::kept_as(folder.path(), right.id());
        let said = async || keyring(&store, source.clone()).await.unwrap_err().to_string();
        assert!(!said().await.contains(kept.to_str().unwrap()));
        file::create(&kept, &right).unwrap();
        assert!(said().await.contains(kept.to_str().unwrap()), "no key");
        file::create(&folder.path().join(file::CURRENT), &MasterKey::generate()).unwrap();
        assert!(said().await.contains(kept.to_str().unwrap()), "a wrong key");
    }

    async fn a_key_sealed_for_one_account_does_not_open_for_another(url: &str) {
        let store = Store::open(url).await.unwrap();
        let keyring = keyring(&store, given(&MasterKey::generate())).await.unwrap();
        let (one, other) = (rows::account("one"), rows::account("other"));
        let sealed = keyring.seal(one.id, &api_key(1)).unwrap();
        assert!(keyring.open_key(one.id, &sealed).await.is_ok());
        assert!(matches!(keyring.open_key(other.id, &sealed).await, Err(KeyringError::Unopened { .. })));
    }

    async fn a_key_cannot_go_while_an_account_needs_it(url: &str) {
        let store = rows::store(url).await;
        let account = rows::account("a");
        store.add_account(&account).await.unwrap();
        assert!(matches!(store.remove_key(rows::KEY).await, Err(StoreError::Orphan)));
        store.remove_account(account.id).await.unwrap();
        store.remove_key(rows::KEY).await.unwrap();
        // Whoever still seals with it is told.
        assert!(matches!(store.add_account(&account).await, Err(StoreError::Orphan)));
    }

    async fn a_rotation_of_key_files_can_be_stopped_after_any_step(url: &str) {
        let store = Store::open(url).await.unwrap();
        let (folder, source) = folder();
        let first = keyring(&store, source.clone()).await.unwrap();
        for number in 0..ACCOUNTS {
            add_account(&store, &first, number).await;
        }
        let hash = first.hash_key().hash(Kind::Server, "token");
        let before = store.keys().await.unwrap();
        let old = file::read(&folder.path().join("data").join(file::CURRENT)).unwrap().unwrap();
        assert!(rotate_with_interruptions(&store, &source).await > 1);
        let after = store.keys().await.unwrap();
        assert_eq!(after.len(), 1);
        assert_ne!(before[0].id, after[0].id);
        let current = file::read(&folder.path().join("data").join(file::CURRENT)).unwrap().unwrap();
        assert_eq!(current.id(), after[0].id);
        assert!(!folder.path().join("data").join(file::NEXT).exists());
        let rotated = keyring(&store, source).await.unwrap();
        assert_all_open(&store, &rotated).await;
        // What else was sealed with the old key can still be read.
        let kept = file::kept(&folder.path().join("data")).unwrap();
        let kept: Vec<_> = kept.iter().map(|path| (path, file::read(path).unwrap().unwrap())).collect();
        assert!(kept.iter().any(|(_, key)| *key == old), "{kept:?}");
        for (path, key) in kept {
            assert!(path.ends_with(format!("{}.{}", file::CURRENT, key.id())), "{}", path.display());
        }
        // Tokens stay what they are.
        assert!(rotated.hash_key().hash(Kind::Server, "token").matches(hash.as_str()));
    }

    async fn a_rotation_of_given_keys_leaves_the_new_one_alone_in_use(url: &str) {
        let store = Store::open(url).await.unwrap();
        let (old, new) = (MasterKey::generate(), MasterKey::generate());
        let first = keyring(&store, given(&old)).await.unwrap();
        assert!(matches!(Rotation::begin(&first, &Clock::system()), Err(RotationError::NoNextKey)));
        for number in 0..ACCOUNTS {
            add_account(&store, &first, number).await;
        }
        let source = KeySource::Given { key: old.clone(), next: Some(new.clone()) };
        rotate_with_interruptions(&store, &source).await;
        assert_all_open(&store, &keyring(&store, given(&new)).await.unwrap()).await;
        assert!(matches!(keyring(&store, given(&old)).await, Err(KeyringError::Wrong { .. })));
    }

    async fn half_way_through_a_rotation_both_keys_are_needed(url: &str) {
        let store = Store::open(url).await.unwrap();
        let (old, new) = (MasterKey::generate(), MasterKey::generate());
        let source = KeySource::Given { key: old.clone(), next: Some(new.clone()) };
        let both = keyring(&store, source).await.unwrap();
        let clock = Clock::system();
        assert_eq!(Rotation::begin(&both, &clock).unwrap().step().await.unwrap(), Some(Step::KeyAdded));
        for key in [old, new] {
            let error = keyring(&store, given(&key)).await.unwrap_err();
            assert!(matches!(error, KeyringError::HalfRotated { .. }), "{error}");
        }
    }
}
