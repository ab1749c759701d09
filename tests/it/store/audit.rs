//! The audit log: rows that are added together with the changes that they describe.

use desk365_mcp::store::{AuditFilter, AuditRow, Store};
use uuid::Uuid;

use crate::store::rows::{self, ODD_TEXTS, at};

async fn events(store: &Store, filter: &AuditFilter) -> Vec<AuditRow> {
    store.audit_rows(filter, 100).await.unwrap()
}

fn denial(key: &str) -> AuditRow {
    AuditRow { denial: Some(key.to_owned()), ..rows::event() }
}

on_every_engine! {
    async fn an_audit_row_is_read_as_written(url: &str) {
        let store = rows::store(url).await;
        for text in ODD_TEXTS {
            let row = AuditRow {
                actor: text.to_owned(),
                actor_id: Some(Uuid::now_v7()),
                address: Some(text.to_owned()),
                object_id: Some(Uuid::now_v7()),
                object_name: Some(text.to_owned()),
                fields: vec![text.to_owned(), "name".to_owned()],
                ..rows::event()
            };
            store.add_audit_row(&row).await.unwrap();
            let own = AuditFilter { actor: Some(text.to_owned()), ..AuditFilter::default() };
            assert_eq!(events(&store, &own).await, [row]);
        }
    }

    async fn a_change_and_its_audit_row_are_stored_together(url: &str) {
        let store = rows::store(url).await;
        let (account, added) = (rows::account("a"), rows::event());
        store.add_account(&account, &added).await.unwrap();
        assert!(store.add_account(&account, &rows::event()).await.is_err());
        assert!(!store.change_account(&account, 7, &rows::event()).await.unwrap());
        assert_eq!(store.delete_account(account.id, Some(7), &rows::event()).await.unwrap(), None);
        // The same identifier again: neither the change nor the row is stored.
        assert!(store.delete_account(account.id, None, &added).await.is_err());
        assert!(store.account(account.id).await.unwrap().is_some());
        assert_eq!(events(&store, &AuditFilter::default()).await, [added]);
    }

    async fn servers_of_a_deleted_account_have_audit_rows(url: &str) {
        let store = rows::store(url).await;
        let account = rows::account("a");
        store.add_account(&account, &rows::event()).await.unwrap();
        let server = rows::server(&account, "revoked with it");
        store.add_server(&server, &rows::event()).await.unwrap();
        store.delete_account(account.id, None, &rows::event()).await.unwrap();
        let own = AuditFilter { object_id: Some(server.id), ..AuditFilter::default() };
        let rows = events(&store, &own).await;
        assert_eq!((rows.len(), rows[0].object_name.as_deref()), (1, Some("revoked with it")));
    }

    async fn a_denial_is_stored_once_and_a_day_is_limited(url: &str) {
        let store = rows::store(url).await;
        let another = Store::open(url).await.unwrap();
        assert!(store.add_denial(&denial("192.0.2.1 1"), at(0), 2).await.unwrap());
        assert!(another.add_denial(&denial("192.0.2.1 1"), at(0), 2).await.unwrap());
        assert!(another.add_denial(&denial("192.0.2.1 2"), at(0), 2).await.unwrap());
        assert!(!store.add_denial(&denial("192.0.2.1 3"), at(0), 2).await.unwrap());
        // Changes do not count, and a new day has room.
        store.add_audit_row(&rows::event()).await.unwrap();
        assert!(store.add_denial(&denial("192.0.2.1 3"), at(2), 2).await.unwrap());
        assert_eq!(events(&store, &AuditFilter::default()).await.len(), 4);
    }

    async fn audit_rows_are_purged_by_time(url: &str) {
        let store = rows::store(url).await;
        for time in [1, 2, 3] {
            store.add_audit_row(&AuditRow { at: at(time), ..rows::event() }).await.unwrap();
        }
        assert_eq!(store.purge_audit_rows(at(3)).await.unwrap(), 2);
        let left = events(&store, &AuditFilter::default()).await;
        assert_eq!(left.iter().map(|row| row.at).collect::<Vec<_>>(), [at(3)]);
    }
}
