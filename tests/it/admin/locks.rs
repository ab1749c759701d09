//! Changes by operators that wait for a lock of the database delay neither calls nor probes nor reports.

use std::sync::Arc;

use desk365_mcp::seal::MasterKey;
use futures_util::future::join_all;
use serde_json::json;
use sqlx::Connection as _;
use wiremock::MockServer;

use crate::admin::test_server::{ManualClock, TestServer, read_tool, token, until};

#[workspace_tests::full_run("PostgreSQL")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn admin_writes_behind_a_lock_delay_no_call() {
    const WRITES: usize = 10;
    /// The connections of the admin API.
    const CONNECTIONS: i64 = 4;
    let Some(database) = crate::common::database::postgres().await else { return };
    let api = Arc::new(MockServer::start().await);
    let node = TestServer::with_database(Arc::new(database), MasterKey::generate(), ManualClock::new(), api).await;
    node.set_api_reply(200, &[]).await;
    let account = node.create_account().await;
    let locked = node.create_server(&account, &json!({})).await;
    let free = node.create_server(&account, &json!({})).await;
    let id = locked["id"].as_str().unwrap();
    let path = format!("/integrated-account/{account}/mcp/{id}");

    let mut other = sqlx::AnyConnection::connect(&node.database.url).await.unwrap();
    let mut lock = other.begin().await.unwrap();
    sqlx::query("SELECT id FROM server WHERE id = $1 FOR UPDATE")
        .bind(id.to_owned())
        .execute(&mut *lock)
        .await
        .unwrap();
    let rename = json!({ "name": "renamed" });
    let writes = join_all((0..WRITES).map(|_| node.patch(&path, &rename)));
    let calls = async {
        let mut observer = sqlx::AnyConnection::connect(&node.database.url).await.unwrap();
        until("every connection of the admin API waits", async || {
            let waiting = "SELECT COUNT(*) FROM pg_stat_activity \
                           WHERE datname = current_database() AND wait_event_type = 'Lock'";
            sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut observer).await.unwrap() == CONNECTIONS
        })
        .await;
        assert_eq!(node.get("/readyz").await.0, 200);
        let (name, arguments) = read_tool();
        // Neither token has been looked up before.
        node.list_tools(token(&locked)).await.unwrap();
        assert_ne!(node.call_tool(token(&free), name, &arguments).await["result"]["isError"], json!(true));
        node.call_log.flush().await;
        let (status, sums) = node.get("/log/summary?group=none").await;
        assert_eq!((status.as_u16(), &sums["result"][0]["calls"]), (200, &json!(1)));
        lock.rollback().await.unwrap();
    };
    let (written, ()) = tokio::join!(writes, calls);
    for (status, body) in written {
        // Those for which no connection was free in time can be repeated.
        assert!([200, 503].contains(&status.as_u16()), "{body}");
    }
    assert_eq!(node.patch(&path, &rename).await.0, 200);
}
