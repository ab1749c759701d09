//! Master keys: only the right key opens a store, and a rotation can be interrupted at any step.

use desk365_mcp::clock::Clock;
use desk365_mcp::seal::MasterKey;
use desk365_mcp::seal::file;
use desk365_mcp::seal::keyring::{KeySource, Keyring, KeyringError, Sealed};
use desk365_mcp::seal::rotation::{Rotation, RotationError, Step};
use desk365_mcp::store::{AccountRow, KeyRow, Store, StoreError};
use desk365_mcp::token::TokenKind;
use secrecy::{ExposeSecret as _, SecretString};
use tempfile::TempDir;

use crate::store::rows;

const ACCOUNTS: usize = 120;

fn given(key: &MasterKey) -> KeySource {
    KeySource::Given { key: key.clone(), next: None }
}

async fn keyring(store: &Store, source: KeySource) -> Result<Keyring, KeyringError> {
    Keyring::open(store.clone(), source, &Clock::system(), origin_of).await
}

/// The origin of an account without a base URL.
const ORIGIN: &str = "https://acme.example";

fn origin_of(account: &AccountRow) -> Option<String> {
    account.base_url.clone().or_else(|| Some(ORIGIN.to_owned())).filter(|origin| !origin.is_empty())
}

fn api_key(number: usize) -> SecretString {
    format!("api key {number}").into()
}

async fn add_account(store: &Store, keyring: &Keyring, number: usize) -> AccountRow {
    let mut account = rows::account(&number.to_string());
    let sealed = keyring.seal(account.id, ORIGIN, &api_key(number)).unwrap();
    (account.key_id, account.sealed_key) = (sealed.key_id, sealed.text);
    store.add_account(&account, &rows::event()).await.unwrap();
    account
}

/// Asserts that the API key of every account opens with this keyring.
async fn assert_all_open(store: &Store, keyring: &Keyring) {
    let accounts = store.accounts(None, 1000).await.unwrap();
    assert_eq!(accounts.len(), ACCOUNTS);
    for account in accounts {
        let sealed = Sealed { key_id: account.key_id, text: account.sealed_key };
        let opened = keyring.open_api_key(account.id, ORIGIN, &sealed).await.unwrap();
        assert_eq!(opened.expose_secret(), api_key(account.name.parse().unwrap()).expose_secret());
    }
}

/// Rotates the key, interrupted after one step, after two more, and so on until it is finished. After every step, a newly
/// started node and a running node can open all API keys. Returns the number of steps of the last attempt.
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
            // The running node has loaded only the old key.
            assert_all_open(store, &keyring).await;
        }
    }
    panic!("the rotation does not finish");
}

/// The API key of an account as release 0.1 sealed it.
fn unbound(key: &MasterKey, account: &AccountRow, number: usize) -> String {
    key.seal(api_key(number).expose_secret().as_bytes(), &format!("account {}", account.id))
}

/// A store with accounts, as release 0.1 left it.
async fn release_0_1(url: &str, key: &MasterKey) -> Store {
    let store = Store::open(url).await.unwrap();
    let sealed_hash_key = key.seal(&[7; 32], "hash key");
    store.add_first_key(&KeyRow { sealed_hash_key, ..rows::key(key.id(), 0) }).await.unwrap();
    for number in 0..ACCOUNTS {
        let mut account = rows::account(&number.to_string());
        (account.key_id, account.sealed_key) = (key.id().to_owned(), unbound(key, &account, number));
        store.add_account(&account, &rows::event()).await.unwrap();
    }
    store
}

fn folder() -> (TempDir, KeySource) {
    let folder = tempfile::tempdir().unwrap();
    let source = KeySource::Folder(folder.path().join("data"));
    (folder, source)
}

on_every_engine! {
    async fn a_new_store_gets_a_key_file(url: &str) {
        let store = Store::open(url).await.unwrap();
        let (folder, source) = folder();
        let first = keyring(&store, source.clone()).await.unwrap();
        let hash = first.hash_key().hash(TokenKind::Api, "token");
        let again = keyring(&store, source).await.unwrap();
        assert!(again.hash_key().hash(TokenKind::Api, "token").matches(hash.as_str()));
        let path = folder.path().join("data").join(file::CURRENT);
        assert!(file::read_key(&path).unwrap().is_some());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            assert_eq!(std::fs::metadata(path.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
        }
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    async fn nodes_that_start_concurrently_share_the_hash_key(url: &str) {
        let store = Store::open(url).await.unwrap();
        let key = MasterKey::generate();
        let opened = futures_util::future::join_all((0..5).map(|_| keyring(&store, given(&key)))).await;
        let hashes: std::collections::HashSet<_> =
            opened.into_iter().map(|keyring| keyring.unwrap().hash_key().hash(TokenKind::Api, "t")).collect();
        assert_eq!(hashes.len(), 1);
    }

    async fn a_wrong_key_is_refused_with_both_key_names(url: &str) {
        let store = Store::open(url).await.unwrap();
        let (right, wrong) = (MasterKey::generate(), MasterKey::generate());
        keyring(&store, given(&right)).await.unwrap();
        let error = keyring(&store, given(&wrong)).await.unwrap_err();
        assert!(matches!(error, KeyringError::Wrong { .. }), "{error}");
        let text = error.to_string();
        assert!(text.contains(right.id()) && text.contains(wrong.id()), "{text}");
        assert!(!text.contains(wrong.encoded().expose_secret()), "{text}");
    }

    async fn a_missing_key_file_is_not_replaced(url: &str) {
        let store = Store::open(url).await.unwrap();
        let key = MasterKey::generate();
        keyring(&store, given(&key)).await.unwrap();
        let (folder, source) = folder();
        let error = keyring(&store, source).await.unwrap_err();
        assert!(matches!(error, KeyringError::Missing { .. }), "{error}");
        assert!(error.to_string().contains(key.id()), "{error}");
        assert!(!folder.path().join("data").exists());
    }

    async fn key_errors_name_the_file_of_a_retired_key(url: &str) {
        let store = Store::open(url).await.unwrap();
        let right = MasterKey::generate();
        keyring(&store, given(&right)).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let source = KeySource::Folder(folder.path().to_owned());
        let kept = file::retired_path(folder.path(), right.id());
        let error = async || keyring(&store, source.clone()).await.unwrap_err().to_string();
        assert!(!error().await.contains(kept.to_str().unwrap()));
        file::create_key(&kept, &right).unwrap();
        assert!(error().await.contains(kept.to_str().unwrap()), "the key is missing");
        file::create_key(&folder.path().join(file::CURRENT), &MasterKey::generate()).unwrap();
        assert!(error().await.contains(kept.to_str().unwrap()), "the key is wrong");
    }

    async fn a_key_sealed_for_one_account_fails_for_another(url: &str) {
        let store = Store::open(url).await.unwrap();
        let keyring = keyring(&store, given(&MasterKey::generate())).await.unwrap();
        let (one, other) = (rows::account("one"), rows::account("other"));
        let sealed = keyring.seal(one.id, ORIGIN, &api_key(1)).unwrap();
        assert!(keyring.open_api_key(one.id, ORIGIN, &sealed).await.is_ok());
        assert!(matches!(keyring.open_api_key(other.id, ORIGIN, &sealed).await, Err(KeyringError::ApiKey { .. })));
    }

    async fn a_key_sealed_for_one_origin_fails_for_another(url: &str) {
        let store = Store::open(url).await.unwrap();
        let keyring = keyring(&store, given(&MasterKey::generate())).await.unwrap();
        let account = rows::account("one");
        let sealed = keyring.seal(account.id, "http://127.0.0.1:9000", &api_key(1)).unwrap();
        assert!(keyring.open_api_key(account.id, "http://127.0.0.1:9000", &sealed).await.is_ok());
        for other in ["http://127.0.0.1:9001", "http://127.0.0.2:9000", "https://127.0.0.1:9000", ""] {
            let error = keyring.open_api_key(account.id, other, &sealed).await.unwrap_err();
            assert!(matches!(error, KeyringError::ApiKey { .. }), "{error}");
        }
    }

    async fn the_first_start_binds_the_keys_of_release_0_1(url: &str) {
        let key = MasterKey::generate();
        let store = release_0_1(url, &key).await;
        let nodes = futures_util::future::join_all((0..3).map(|_| keyring(&store, given(&key)))).await;
        for keyring in nodes {
            assert_all_open(&store, &keyring.unwrap()).await;
        }
        for account in store.accounts(None, 1000).await.unwrap() {
            assert!(key.open(&account.sealed_key, &format!("account {}", account.id)).is_err(), "it is bound");
        }
        // From now on a key without the binding does not open, although the master key is right.
        let mut account = rows::account("late");
        account.key_id = key.id().to_owned();
        account.sealed_key = unbound(&key, &account, 1);
        store.add_account(&account, &rows::event()).await.unwrap();
        let keyring = keyring(&store, given(&key)).await.unwrap();
        let sealed = Sealed { key_id: account.key_id, text: account.sealed_key };
        let error = keyring.open_api_key(account.id, ORIGIN, &sealed).await.unwrap_err();
        assert!(matches!(error, KeyringError::ApiKey { .. }), "{error}");
        assert!(error.to_string().contains("Give the account its key again"), "{error}");
    }

    async fn a_key_that_cannot_be_bound_does_not_stop_the_start(url: &str) {
        let key = MasterKey::generate();
        let store = release_0_1(url, &key).await;
        let (mut damaged, mut lost) = (rows::account("damaged"), rows::account("without address"));
        (damaged.key_id, lost.key_id) = (key.id().to_owned(), key.id().to_owned());
        lost.base_url = Some(String::new());
        lost.sealed_key = unbound(&key, &lost, 1);
        for account in [&damaged, &lost] {
            store.add_account(account, &rows::event()).await.unwrap();
        }
        keyring(&store, given(&key)).await.unwrap();
        for account in [damaged, lost] {
            assert_eq!(store.account(account.id).await.unwrap().unwrap().sealed_key, account.sealed_key);
        }
    }

    async fn a_key_in_use_cannot_be_deleted(url: &str) {
        let store = rows::store(url).await;
        let account = rows::account("a");
        store.add_account(&account, &rows::event()).await.unwrap();
        assert!(matches!(store.delete_key(rows::KEY).await, Err(StoreError::Orphan)));
        store.delete_account(account.id, None, &rows::event()).await.unwrap();
        store.delete_key(rows::KEY).await.unwrap();
        // A row that was sealed with a deleted key is refused.
        assert!(matches!(store.add_account(&account, &rows::event()).await, Err(StoreError::Orphan)));
    }

    async fn a_file_key_rotation_can_stop_after_any_step(url: &str) {
        let store = Store::open(url).await.unwrap();
        let (folder, source) = folder();
        let first = keyring(&store, source.clone()).await.unwrap();
        for number in 0..ACCOUNTS {
            add_account(&store, &first, number).await;
        }
        let hash = first.hash_key().hash(TokenKind::Server, "token");
        let before = store.keys().await.unwrap();
        let old = file::read_key(&folder.path().join("data").join(file::CURRENT)).unwrap().unwrap();
        assert!(rotate_with_interruptions(&store, &source).await > 1);
        let after = store.keys().await.unwrap();
        assert_eq!(after.len(), 1);
        assert_ne!(before[0].id, after[0].id);
        let current = file::read_key(&folder.path().join("data").join(file::CURRENT)).unwrap().unwrap();
        assert_eq!(current.id(), after[0].id);
        assert!(!folder.path().join("data").join(file::NEXT).exists());
        let rotated = keyring(&store, source).await.unwrap();
        assert_all_open(&store, &rotated).await;
        // Backups that were sealed with the old key still need it.
        let kept = file::retired_keys(&folder.path().join("data")).unwrap();
        let kept: Vec<_> = kept.iter().map(|path| (path, file::read_key(path).unwrap().unwrap())).collect();
        assert!(kept.iter().any(|(_, key)| *key == old), "{kept:?}");
        for (path, key) in kept {
            assert!(path.ends_with(format!("{}.{}", file::CURRENT, key.id())), "{}", path.display());
        }
        // Token hashes stay the same.
        assert!(rotated.hash_key().hash(TokenKind::Server, "token").matches(hash.as_str()));
    }

    async fn a_rotation_of_given_keys_retires_the_old_key(url: &str) {
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

    async fn both_keys_are_needed_during_a_rotation(url: &str) {
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
