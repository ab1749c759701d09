//! Used confirmations: each of them permits one request, whichever node uses it, until its expiry.

use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;
use uuid::Uuid;

use crate::store::rows;

const EXPIRES_AT: Timestamp = Timestamp::UNIX_EPOCH;

on_every_engine! {
    async fn of_many_uses_of_a_confirmation_one_is_the_first(url: &str) {
        let nodes = [rows::store(url).await, rows::store(url).await];
        for _ in 0..20 {
            let id = Uuid::new_v4();
            let uses = nodes.iter().cycle().take(8).map(|node| node.use_confirmation(id, EXPIRES_AT));
            let first = join_all(uses).await.into_iter().filter(|is_first| *is_first.as_ref().unwrap()).count();
            assert_eq!(first, 1);
        }
        assert!(nodes[0].use_confirmation(Uuid::new_v4(), EXPIRES_AT).await.unwrap(), "another one is not used");
    }

    async fn uses_of_a_confirmation_are_kept_until_its_expiry(url: &str) {
        let store = rows::store(url).await;
        let id = Uuid::new_v4();
        assert!(store.use_confirmation(id, EXPIRES_AT).await.unwrap());
        assert_eq!(store.purge_used_confirmations(EXPIRES_AT).await.unwrap(), 0);
        assert!(!store.use_confirmation(id, EXPIRES_AT).await.unwrap());
        assert_eq!(store.purge_used_confirmations(EXPIRES_AT + Duration::from_millis(1)).await.unwrap(), 1);
    }
}
