//! Servers: they belong to one account, expire, and are found by the hash of their token.

use std::collections::BTreeMap;

use desk365_mcp::store::{Store, StoreError, Used};
use serde_json::{Map, json};

use crate::store::rows::{self, ODD_TEXTS, at};

on_every_engine! {
    async fn a_server_is_read_as_written(url: &str) {
        let store = rows::store(url).await;
        let account = rows::account("a");
        store.add_account(&account, &rows::event()).await.unwrap();
        for text in ODD_TEXTS {
            let mut server = rows::server(&account, text);
            server.config = Map::from_iter([("z".to_owned(), json!([text])), ("a".to_owned(), json!({ "b": null }))]);
            server.created_by = text.to_owned();
            server.expires_at = Some(at(10));
            store.add_server(&server, &rows::event()).await.unwrap();
            assert_eq!(store.server(account.id, server.id, at(0)).await.unwrap(), Some(server));
        }
    }

    async fn a_server_is_found_only_under_its_account(url: &str) {
        let store = rows::store(url).await;
        let (own, other) = (rows::account("own"), rows::account("other"));
        store.add_account(&own, &rows::event()).await.unwrap();
        store.add_account(&other, &rows::event()).await.unwrap();
        let mut server = rows::server(&own, "s");
        store.add_server(&server, &rows::event()).await.unwrap();
        assert_eq!(store.server(other.id, server.id, at(0)).await.unwrap(), None);
        assert!(!store.revoke_server(other.id, server.id, None, &rows::event()).await.unwrap());
        server.account_id = other.id;
        assert!(!store.change_server(&server, 1, &rows::event()).await.unwrap());
        assert!(store.revoke_server(own.id, server.id, None, &rows::event()).await.unwrap());
        assert!(!store.revoke_server(own.id, server.id, None, &rows::event()).await.unwrap());
    }

    async fn server_token_hashes_are_unique(url: &str) {
        let store = rows::store(url).await;
        let account = rows::account("a");
        store.add_account(&account, &rows::event()).await.unwrap();
        let (first, mut second) = (rows::server(&account, "1"), rows::server(&account, "2"));
        store.add_server(&first, &rows::event()).await.unwrap();
        second.token_hash = first.token_hash;
        assert!(matches!(store.add_server(&second, &rows::event()).await, Err(StoreError::Duplicate)));
    }

    async fn a_token_opens_its_server_until_expiry(url: &str) {
        let store = rows::store(url).await;
        let account = rows::account("a");
        let mut server = rows::server(&account, "s");
        server.expires_at = Some(at(100));
        store.add_account(&account, &rows::event()).await.unwrap();
        store.add_server(&server, &rows::event()).await.unwrap();
        store.add_server(&rows::server(&account, "another"), &rows::event()).await.unwrap();
        let access = store.access(&server.token_hash, at(99)).await.unwrap().unwrap();
        assert_eq!((access.server_id, access.account_id), (server.id, account.id));
        assert_eq!((access.key_id, access.sealed_key), (account.key_id, account.sealed_key));
        assert_eq!((access.server_version, access.account_version), (1, 1));
        assert_eq!(access.expires_at, server.expires_at);
        assert_eq!(store.access(&server.token_hash, at(100)).await.unwrap(), None);
        assert_eq!(store.access("", at(0)).await.unwrap(), None);
        assert_eq!(store.access("' OR '1'='1", at(0)).await.unwrap(), None);
    }

    async fn expired_servers_are_hidden_and_then_purged(url: &str) {
        let store = rows::store(url).await;
        let account = rows::account("a");
        store.add_account(&account, &rows::event()).await.unwrap();
        let mut expired = rows::server(&account, "expired");
        expired.expires_at = Some(at(100));
        let permanent = rows::server(&account, "permanent");
        store.add_server(&expired, &rows::event()).await.unwrap();
        store.add_server(&permanent, &rows::event()).await.unwrap();
        assert_eq!(store.servers(account.id, None, 9, at(99)).await.unwrap().len(), 2);
        assert_eq!(store.servers(account.id, None, 9, at(100)).await.unwrap(), [permanent]);
        assert_eq!(store.server(account.id, expired.id, at(100)).await.unwrap(), None);
        assert_eq!(store.purge_expired_servers(at(99)).await.unwrap(), 0);
        assert_eq!(store.purge_expired_servers(at(100)).await.unwrap(), 1);
    }

    async fn a_server_change_needs_the_current_version(url: &str) {
        let store = rows::store(url).await;
        let account = rows::account("a");
        store.add_account(&account, &rows::event()).await.unwrap();
        let mut server = rows::server(&account, "before");
        server.expires_at = Some(at(100));
        store.add_server(&server, &rows::event()).await.unwrap();
        (server.name, server.expires_at, server.version) = ("after".to_owned(), None, 2);
        assert!(store.change_server(&server, 1, &rows::event()).await.unwrap());
        assert!(!store.change_server(&server, 1, &rows::event()).await.unwrap());
        assert_eq!(store.server(account.id, server.id, at(0)).await.unwrap(), Some(server));
    }

    async fn the_last_use_only_moves_forward(url: &str) {
        let store = rows::store(url).await;
        let account = rows::account("a");
        store.add_account(&account, &rows::event()).await.unwrap();
        let server = rows::server(&account, "s");
        store.add_server(&server, &rows::event()).await.unwrap();
        store.set_last_used(Used::Server, &BTreeMap::from([(server.id, at(5)), (account.id, at(5))])).await.unwrap();
        store.set_last_used(Used::Server, &BTreeMap::from([(server.id, at(3))])).await.unwrap();
        store.set_last_used(Used::Server, &BTreeMap::new()).await.unwrap();
        let used = store.server(account.id, server.id, at(0)).await.unwrap().unwrap();
        assert_eq!((used.last_used_at, used.version), (Some(at(5)), 1));
    }

    async fn nodes_that_store_uses_do_not_deadlock(url: &str) {
        let first = rows::store(url).await;
        let second = Store::open(url).await.unwrap();
        let account = rows::account("a");
        first.add_account(&account, &rows::event()).await.unwrap();
        let mut servers = Vec::new();
        for _ in 0..60 {
            let server = rows::server(&account, "s");
            first.add_server(&server, &rows::event()).await.unwrap();
            servers.push(server.id);
        }
        let store_uses = async |store: &Store, offset: i64| {
            for round in 0..40 {
                let uses = servers.iter().map(|server| (*server, at(2 * round + offset))).collect();
                store.set_last_used(Used::Server, &uses).await.unwrap();
            }
        };
        tokio::join!(store_uses(&first, 0), store_uses(&second, 1));
        let used = first.servers(account.id, None, 100, at(0)).await.unwrap();
        assert!(used.len() == 60 && used.iter().all(|server| server.last_used_at == Some(at(79))));
    }
}
