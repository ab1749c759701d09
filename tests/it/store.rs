//! The guarantees of the store. Each test runs on `SQLite` and on `PostgreSQL`.

/// Declares each function as one test per engine.
macro_rules! on_every_engine {
    ($($(#[$note:meta])* async fn $test:ident($url:ident: &str) $body:block)*) => {
        $($(#[$note])* async fn $test($url: &str) $body)*

        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                let database = crate::common::database::sqlite();
                super::$test(&database.url).await;
            })*
        }

        mod postgres {
            $(#[workspace_tests::full_run("PostgreSQL")]
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                if let Some(database) = crate::common::database::postgres().await {
                    super::$test(&database.url).await;
                }
            })*
        }
    };
}

mod accounts;
mod audit;
mod call_records;
mod confirmations;
mod keys;
mod opening;
pub(crate) mod rows;
mod servers;
