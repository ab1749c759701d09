//! What the store promises, on every engine that it runs on: each test here runs on `SQLite` and on `PostgreSQL`.

/// One test a fact and engine.
macro_rules! on_every_engine {
    ($($(#[$note:meta])* async fn $fact:ident($url:ident: &str) $body:block)*) => {
        $($(#[$note])* async fn $fact($url: &str) $body)*

        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $fact() {
                let database = crate::common::database::sqlite();
                super::$fact(&database.url).await;
            })*
        }

        mod postgres {
            $(#[workspace_tests::full_run("PostgreSQL")]
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $fact() {
                if let Some(database) = crate::common::database::postgres().await {
                    super::$fact(&database.url).await;
                }
            })*
        }
    };
}

mod accounts;
mod calls;
mod keys;
mod opening;
mod rows;
mod servers;
