//! What the store promises, on every engine that it runs on: each test here runs on `SQLite` and on `PostgreSQL`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "tests"
)]

#[path = "common/database.rs"]
mod database;

/// One test a fact and engine.
macro_rules! on_every_engine {
    ($($(#[$note:meta])* async fn $fact:ident($url:ident: &str) $body:block)*) => {
        $($(#[$note])* async fn $fact($url: &str) $body)*

        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $fact() {
                let database = crate::database::sqlite();
                super::$fact(&database.url).await;
            })*
        }

        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $fact() {
                if let Some(database) = crate::database::postgres().await {
                    super::$fact(&database.url).await;
                }
            })*
        }
    };
}

#[path = "store/accounts.rs"]
mod accounts;
#[path = "store/calls.rs"]
mod calls;
#[path = "store/keys.rs"]
mod keys;
#[path = "store/opening.rs"]
mod opening;
#[path = "store/rows.rs"]
mod rows;
#[path = "store/servers.rs"]
mod servers;
