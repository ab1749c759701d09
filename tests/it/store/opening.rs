//! Opening a store: creation, migrations, and errors.

use desk365_mcp::call_log::{self, CallFilter, Grouping, SummaryFilter};
use desk365_mcp::store::{Store, StoreError};

use crate::store::rows;

on_every_engine! {
    async fn a_reopened_store_has_its_rows(url: &str) {
        let store = rows::store(url).await;
        let account = rows::account("kept");
        store.add_account(&account, &rows::event()).await.unwrap();
        store.close().await;
        let store = Store::open(url).await.unwrap();
        assert_eq!(store.account(account.id).await.unwrap(), Some(account));
    }

    async fn nodes_can_open_a_new_store_concurrently(url: &str) {
        let opened = futures_util::future::join_all((0..6).map(|_| Store::open(url))).await;
        for store in opened {
            store.unwrap().ping().await.unwrap();
        }
    }

    async fn open_existing_never_creates_a_store(url: &str) {
        assert!(Store::open_existing(url).await.unwrap().is_none());
        if let Some(file) = url.strip_prefix("sqlite:") {
            assert!(!std::path::Path::new(file).exists());
            std::fs::write(file, "").unwrap();
        }
        sqlx::any::install_default_drivers();
        let pool = sqlx::AnyPool::connect(url).await.unwrap();
        sqlx::raw_sql("CREATE TABLE of_another_program (id BIGINT)").execute(&pool).await.unwrap();
        assert!(Store::open_existing(url).await.unwrap().is_none());
        sqlx::raw_sql("SELECT id FROM of_another_program").execute(&pool).await.unwrap();
        assert!(sqlx::raw_sql("SELECT version FROM migration").execute(&pool).await.is_err());
        pool.close().await;
        Store::open(url).await.unwrap().close().await;
        Store::open_existing(url).await.unwrap().unwrap().ping().await.unwrap();
    }

    async fn a_store_of_a_later_release_is_refused(url: &str) {
        Store::open(url).await.unwrap().close().await;
        let pool = sqlx::AnyPool::connect(url).await.unwrap();
        let applied: i64 = sqlx::query_scalar("SELECT MAX(version) FROM migration").fetch_one(&pool).await.unwrap();
        sqlx::query("INSERT INTO migration (version) VALUES (1000)").execute(&pool).await.unwrap();
        pool.close().await;
        let error = Store::open(url).await.unwrap_err();
        assert!(matches!(error, StoreError::Newer { found: 1000, known } if known == applied), "{error}");
    }

    async fn migrations_keep_and_sum_up_the_calls_of_the_first_schema(url: &str) {
        let first = include_str!("../../../src/store/migrations/0001_start.sql");
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
        let group = Grouping { tool: true, ..Grouping::default() };
        let filter = SummaryFilter { calls: CallFilter::default(), bucket_ms: 3_600_000, group, after: None };
        let sums = call_log::summarize(&store, &filter, 9).await.unwrap();
        let [sum] = sums.as_slice() else { panic!("{sums:?}") };
        assert_eq!((sum.tool.as_str(), sum.calls, sum.total_us, sum.longest_us), ("get", 1, 1500, 1500));
        let mut next = rows::call(2, "get", "ok");
        next.remaining = Some(7);
        call_log::insert(&store, std::slice::from_ref(&next)).await.unwrap();
        assert_eq!(call_log::list(&store, &CallFilter::default(), 9).await.unwrap(), [next, kept]);
    }

    async fn only_the_first_claim_of_a_fact_succeeds(url: &str) {
        let store = rows::store(url).await;
        let claimed = futures_util::future::join_all(
            ["a", "b", "c", "d"].map(|content| store.claim_fact("fact", content))
        ).await;
        assert_eq!(claimed.into_iter().filter(|claimed| *claimed.as_ref().unwrap()).count(), 1);
        let content = store.fact("fact").await.unwrap().unwrap();
        assert!(!store.claim_fact("fact", "later").await.unwrap());
        assert_eq!(store.fact("fact").await.unwrap().unwrap(), content);
        assert_eq!(store.fact("other").await.unwrap(), None);
    }

    async fn an_invalid_value_is_an_error_that_names_its_column(url: &str) {
        let store = rows::store(url).await;
        let account = rows::account("damaged");
        store.add_account(&account, &rows::event()).await.unwrap();
        let pool = sqlx::AnyPool::connect(url).await.unwrap();
        sqlx::query("UPDATE account SET status = 'x'").execute(&pool).await.unwrap();
        let error = store.account(account.id).await.unwrap_err();
        assert!(matches!(&error, StoreError::Damaged(text) if text.contains("status")), "{error}");
    }
}

#[tokio::test]
async fn a_file_that_is_not_a_database_stays_unchanged() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "this text is not a database ".repeat(100)).unwrap();
    let before = std::fs::read(file.path()).unwrap();
    let url = format!("sqlite:{}", file.path().display());
    for error in [Store::open(&url).await.unwrap_err(), Store::open_existing(&url).await.unwrap_err()] {
        let expected = format!("{} is not a database: restore it from a backup", file.path().display());
        assert!(error.to_string().starts_with(&expected), "{error}");
    }
    assert_eq!(std::fs::read(file.path()).unwrap(), before);
}

#[tokio::test]
async fn connection_errors_contain_no_password() {
    let url = "postgres://user:hunter2@127.0.0.1:1/none";
    let error = Store::open(url).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)));
    assert!(!error.to_string().contains("hunter2"), "{error}");
}
