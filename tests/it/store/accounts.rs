//! Accounts and API tokens: they are read as written, and changes are atomic.

use std::collections::HashSet;

use desk365_mcp::store::{CheckFacts, Health, RateLimitFacts, Store, StoreError};
use futures_util::future::join_all;
use uuid::Uuid;

use crate::store::rows::{self, ODD_TEXTS, at};

async fn ids(store: &Store) -> Vec<Uuid> {
    store.accounts(None, 1000).await.unwrap().into_iter().map(|account| account.id).collect()
}

on_every_engine! {
    async fn an_account_is_read_as_written(url: &str) {
        let store = rows::store(url).await;
        for text in ODD_TEXTS {
            let mut account = rows::account(text);
            account.base_url = Some(text.to_owned());
            account.variables.insert(text.to_owned(), text.to_owned());
            account.status = Health::NeedsReauth;
            account.last_check = Some(CheckFacts { at: at(6), outcome: text.to_owned() });
            account.ratelimit = Some(RateLimitFacts { limit: Some(9), remaining: None, reset: Some(0), at: at(5) });
            store.add_account(&account, &rows::event()).await.unwrap();
            assert_eq!(store.account(account.id).await.unwrap().as_ref(), Some(&account));
            assert_eq!(store.accounts_named(text, 5).await.unwrap(), [account]);
        }
        assert_eq!(store.account(Uuid::now_v7()).await.unwrap(), None);
    }

    async fn names_may_repeat_and_identifiers_may_not(url: &str) {
        let store = rows::store(url).await;
        let account = rows::account("same");
        store.add_account(&account, &rows::event()).await.unwrap();
        store.add_account(&rows::account("same"), &rows::event()).await.unwrap();
        assert!(matches!(store.add_account(&account, &rows::event()).await, Err(StoreError::Duplicate)));
    }

    async fn pagination_is_stable_under_inserts_and_deletes(url: &str) {
        let store = rows::store(url).await;
        let accounts: Vec<_> = (0..10).map(|number| rows::account(&number.to_string())).collect();
        for account in &accounts {
            store.add_account(account, &rows::event()).await.unwrap();
        }
        let mut seen: Vec<Uuid> = Vec::new();
        loop {
            let page = store.accounts(seen.last().copied(), 3).await.unwrap();
            let Some(last) = page.last() else { break };
            // The account at which the next page starts is deleted, and another one is added.
            if seen.is_empty() {
                store.delete_account(last.id, None, &rows::event()).await.unwrap();
                store.add_account(&rows::account("late"), &rows::event()).await.unwrap();
            }
            seen.extend(page.iter().map(|account| account.id));
        }
        assert_eq!(seen[..10], accounts.iter().map(|account| account.id).collect::<Vec<_>>());
        assert_eq!(seen.len(), 11);
    }

    async fn an_account_change_needs_the_current_version(url: &str) {
        let store = rows::store(url).await;
        let mut account = rows::account("before");
        store.add_account(&account, &rows::event()).await.unwrap();
        (account.name, account.version, account.updated_at) = ("after".to_owned(), 2, at(9));
        assert!(store.change_account(&account, 1, &rows::event()).await.unwrap());
        assert!(!store.change_account(&account, 1, &rows::event()).await.unwrap());
        assert_eq!(store.account(account.id).await.unwrap(), Some(account));
    }

    async fn a_check_is_stored_at_the_current_version(url: &str) {
        let store = rows::store(url).await;
        let account = rows::account("refused");
        store.add_account(&account, &rows::event()).await.unwrap();
        let check = |seconds, outcome: &str| CheckFacts { at: at(seconds), outcome: outcome.to_owned() };
        let refused = check(1, "unauthorized");
        assert!(!store.set_check(account.id, 7, &refused, Some(Health::NeedsReauth)).await.unwrap());
        assert_eq!(store.account(account.id).await.unwrap().as_ref(), Some(&account));
        assert!(store.set_check(account.id, 1, &refused, Some(Health::NeedsReauth)).await.unwrap());
        let unreachable = check(2, "unreachable");
        assert!(store.set_check(account.id, 1, &unreachable, None).await.unwrap());
        let stored = store.account(account.id).await.unwrap().unwrap();
        assert_eq!((stored.status, stored.last_check, stored.version), (Health::NeedsReauth, Some(unreachable), 1));
        store.add_account(&rows::account("working"), &rows::event()).await.unwrap();
        let counts: HashSet<_> = store.health_counts().await.unwrap().into_iter().collect();
        assert_eq!(counts, HashSet::from([(Health::Active, 1), (Health::NeedsReauth, 1)]));
    }

    async fn objects_are_deleted_at_the_expected_version_only(url: &str) {
        let store = rows::store(url).await;
        let account = rows::account("owner");
        let server = rows::server(&account, "s");
        store.add_account(&account, &rows::event()).await.unwrap();
        store.add_server(&server, &rows::event()).await.unwrap();
        assert!(!store.revoke_server(account.id, server.id, Some(2), &rows::event()).await.unwrap());
        assert_eq!(store.delete_account(account.id, Some(2), &rows::event()).await.unwrap(), None);
        // The account was kept with its servers.
        assert_eq!(store.server(account.id, server.id, at(0)).await.unwrap(), Some(server.clone()));
        assert!(store.revoke_server(account.id, server.id, Some(1), &rows::event()).await.unwrap());
        store.add_server(&rows::server(&account, "another"), &rows::event()).await.unwrap();
        assert_eq!(store.delete_account(account.id, Some(1), &rows::event()).await.unwrap(), Some(1));
    }

    async fn the_rate_limit_of_an_account_is_stored(url: &str) {
        let store = rows::store(url).await;
        let account = rows::account("limited");
        store.add_account(&account, &rows::event()).await.unwrap();
        let facts = RateLimitFacts { limit: Some(u64::MAX), remaining: Some(1), reset: None, at: at(3) };
        store.set_ratelimit(account.id, &facts).await.unwrap();
        assert_eq!(store.account(account.id).await.unwrap().unwrap().ratelimit, Some(facts));
    }

    async fn deleting_an_account_deletes_its_servers(url: &str) {
        let store = rows::store(url).await;
        let (deleted, kept) = (rows::account("deleted"), rows::account("kept"));
        store.add_account(&deleted, &rows::event()).await.unwrap();
        store.add_account(&kept, &rows::event()).await.unwrap();
        for owner in [&deleted, &deleted, &kept] {
            store.add_server(&rows::server(owner, "s"), &rows::event()).await.unwrap();
        }
        assert_eq!(store.delete_account(deleted.id, None, &rows::event()).await.unwrap(), Some(2));
        assert_eq!(store.delete_account(deleted.id, None, &rows::event()).await.unwrap(), None);
        assert_eq!(store.servers(kept.id, None, 9, at(0)).await.unwrap().len(), 1);
        let orphan = store.add_server(&rows::server(&deleted, "late"), &rows::event()).await;
        assert!(matches!(orphan, Err(StoreError::Orphan)));
    }

    async fn an_account_can_be_deleted_while_servers_are_added(url: &str) {
        let store = rows::store(url).await;
        let account = rows::account("contended");
        store.add_account(&account, &rows::event()).await.unwrap();
        let adding = join_all((0..20).map(|_| async {
            match store.add_server(&rows::server(&account, "s"), &rows::event()).await {
                Ok(()) => 1,
                Err(StoreError::Orphan) => 0,
                Err(error) => panic!("{error}"),
            }
        }));
        let event = rows::event();
        let (added, deleted) = tokio::join!(adding, store.delete_account(account.id, None, &event));
        assert_eq!(deleted.unwrap(), Some(added.into_iter().sum()));
    }

    async fn a_hundred_accounts_can_be_added_concurrently(url: &str) {
        let store = rows::store(url).await;
        let accounts: Vec<_> = (0..100).map(|number| rows::account(&number.to_string())).collect();
        let adding = accounts.iter().map(async |account| store.add_account(account, &rows::event()).await);
        for added in join_all(adding).await {
            added.unwrap();
        }
        assert_eq!(ids(&store).await.len(), 100);
    }

    async fn an_api_token_is_found_by_its_hash_until_expiry(url: &str) {
        let store = rows::store(url).await;
        let mut token = rows::api_token(ODD_TEXTS[0]);
        token.expires_at = Some(at(100));
        let permanent = rows::api_token("permanent");
        store.add_api_token(&token, &rows::event()).await.unwrap();
        store.add_api_token(&permanent, &rows::event()).await.unwrap();
        let found = async |hash: &str, time| store.api_token(hash, at(time)).await.unwrap();
        assert_eq!(found(&token.token_hash, 99).await.as_ref(), Some(&token));
        assert_eq!(found(&token.token_hash, 100).await, None);
        assert_eq!(found("' OR 1=1 --", 0).await, None);
        assert_eq!(store.api_tokens(None, 9, at(100)).await.unwrap(), [permanent]);
        assert_eq!(store.purge_expired_api_tokens(at(99)).await.unwrap(), 0);
        assert_eq!(store.purge_expired_api_tokens(at(100)).await.unwrap(), 1);
        assert!(!store.revoke_api_token(token.id, &rows::event()).await.unwrap());
    }
}
