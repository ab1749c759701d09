//! That opening a store brings it up to date, whoever else does so at the same time.

use desk365_mcp::store::{CallFilter, Store, StoreError};

use crate::store::rows;

on_every_engine! {
    async fn a_store_is_there_when_it_is_opened_again(url: &str) {
        let store = rows::store(url).await;
        let account = rows::account("kept");
        store.add_account(&account).await.unwrap();
        store.close().await;
        let store = Store::open(url).await.unwrap();
        assert_eq!(store.account(account.id).await.unwrap(), Some(account));
    }

    async fn many_nodes_may_open_a_new_store_at_once(url: &str) {
        let opened = futures_util::future::join_all((0..6).map(|_| Store::open(url))).await;
        for store in opened {
            store.unwrap().ping().await.unwrap();
        }
    }

    async fn only_a_store_that_is_there_is_found_and_looking_makes_none(url: &str) {
        assert!(Store::find(url).await.unwrap().is_none());
        if let Some(file) = url.strip_prefix("sqlite:") {
            assert!(!std::path::Path::new(file).exists());
            std::fs::write(file, "").unwrap();
        }
        sqlx::any::install_default_drivers();
        let pool = sqlx::AnyPool::connect(url).await.unwrap();
        sqlx::raw_sql("CREATE TABLE somebody_elses (id BIGINT)").execute(&pool).await.unwrap();
        assert!(Store::find(url).await.unwrap().is_none());
        sqlx::raw_sql("SELECT id FROM somebody_elses").execute(&pool).await.unwrap();
        assert!(sqlx::raw_sql("SELECT version FROM migration").execute(&pool).await.is_err());
        pool.close().await;
        Store::open(url).await.unwrap().close().await;
        Store::find(url).await.unwrap().unwrap().ping().await.unwrap();
    }

    async fn a_store_of_a_later_release_is_refused(url: &str) {
        Store::open(url).await.unwrap().close().await;
        let pool = sqlx::AnyPool::connect(url).await.unwrap();
        sqlx::query("INSERT INTO migration (version) VALUES (1000)").execute(&pool).await.unwrap();
        pool.close().await;
        let error = Store::open(url).await.unwrap_err();
        assert!(matches!(error, StoreError::Newer { found: 1000, known: 2 }), "{error}");
    }

    async fn a_store_of_the_first_release_is_brought_up_to_date_and_keeps_its_calls(url: &str) {
        let first = include_str!("../../../migrations/0001_start.sql");
        sqlx::any::install_default_drivers();
        if let Some(file) = url.strip_prefix("sqlite:") {
            std::fs::write(file, "").unwrap();
        }
        let pool = sqlx::AnyPool::connect(url).await.unwrap();
        for statements in [
            "CREATE TABLE migration (version BIGINT NOT NULL PRIMARY KEY)",
            "INSERT INTO migration (version) VALUES (1)",
            first,
        ] {
            sqlx::raw_sql(statements).execute(&pool).await.unwrap();
        }
        let kept = rows::call(1, "get", "ok");
        sqlx::query(
            "INSERT INTO call_log (id, at, tool, status, upstream_status, duration_us) VALUES ($1, $2, $3, $4, $5, $6)"
        )
        .bind(kept.id.to_string())
        .bind(kept.at.as_millisecond())
        .bind("get")
        .bind("ok")
        .bind(200_i64)
        .bind(kept.duration_us)
        .execute(&pool)
        .await
        .unwrap();
        pool.close().await;
        let store = Store::open(url).await.unwrap();
        let mut next = rows::call(2, "get", "ok");
        next.remaining = Some(7);
        store.add_calls(std::slice::from_ref(&next)).await.unwrap();
        assert_eq!(store.calls(&CallFilter::default(), 9).await.unwrap(), [next, kept]);
    }

    async fn a_fact_is_settled_by_whoever_is_first(url: &str) {
        let store = rows::store(url).await;
        let settled = futures_util::future::join_all(
            ["a", "b", "c", "d"].map(|content| store.settle("fact", content))
        ).await;
        assert_eq!(settled.into_iter().filter(|settled| *settled.as_ref().unwrap()).count(), 1);
        let content = store.fact("fact").await.unwrap().unwrap();
        assert!(!store.settle("fact", "later").await.unwrap());
        assert_eq!(store.fact("fact").await.unwrap().unwrap(), content);
        assert_eq!(store.fact("other").await.unwrap(), None);
    }

    async fn a_row_that_makes_no_sense_is_an_error_that_names_its_column(url: &str) {
        let store = rows::store(url).await;
        let account = rows::account("damaged");
        store.add_account(&account).await.unwrap();
        let pool = sqlx::AnyPool::connect(url).await.unwrap();
        sqlx::query("UPDATE account SET status = 'x'").execute(&pool).await.unwrap();
        let error = store.account(account.id).await.unwrap_err();
        assert!(matches!(&error, StoreError::Damaged(text) if text.contains("status")), "{error}");
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_named_at_once_and_left_as_it_is() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "what is written here is no database ".repeat(100)).unwrap();
    let before = std::fs::read(file.path()).unwrap();
    let url = format!("sqlite:{}", file.path().display());
    for error in [Store::open(&url).await.unwrap_err(), Store::find(&url).await.unwrap_err()] {
        let wanted = format!("{} is not a database: restore a backup", file.path().display());
        assert!(error.to_string().starts_with(&wanted), "{error}");
    }
    assert_eq!(std::fs::read(file.path()).unwrap(), before);
}

#[tokio::test]
async fn a_database_that_is_not_there_is_said_so_without_its_password() {
    let url = "postgres://user:hunter2@127.0.0.1:1/none";
    let error = Store::open(url).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)));
    assert!(!error.to_string().contains("hunter2"), "{error}");
}
