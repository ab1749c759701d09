//! What has ended is removed from the store, and so are entries of the log that are too old.

use std::time::Duration;

use desk365_mcp::access::Options;
use jiff::SignedDuration;
use serde_json::json;

use crate::admin::site::{Site, reader, token, until};

const SOON: Duration = Duration::from_millis(20);
const RETENTION: Duration = Duration::from_hours(30 * 24);

async fn rows(site: &Site, table: &'static str) -> i64 {
    let pool = sqlx::AnyPool::connect(&site.database.url).await.unwrap();
    let counted = match table {
        "server" => sqlx::query_scalar("SELECT COUNT(*) FROM server"),
        "api_token" => sqlx::query_scalar("SELECT COUNT(*) FROM api_token"),
        _ => sqlx::query_scalar("SELECT COUNT(*) FROM call_log"),
    };
    counted.fetch_one(&pool).await.unwrap()
}

#[tokio::test]
async fn servers_and_tokens_that_have_ended_leave_the_store() {
    let site = Site::behaving(Options { upkeep_interval: SOON, ..Options::default() }).await;
    let account = site.account().await;
    let end = (site.registry.clock().now() + SignedDuration::from_mins(2)).to_string();
    for body in [json!({ "name": "ending", "expires_at": end }), json!({ "name": "endless" })] {
        assert_eq!(site.post(&format!("/integrated-account/{account}/mcp"), &body).await.0, 201);
        let mut body = body;
        body["role"] = json!("caller");
        assert_eq!(site.post("/api-token", &body).await.0, 201);
    }
    site.hands.pass(Duration::from_mins(1));
    assert_eq!((rows(&site, "server").await, rows(&site, "api_token").await), (2, 2));
    site.hands.pass(Duration::from_mins(1));
    for table in ["server", "api_token"] {
        until("it is removed", async || rows(&site, table).await == 1).await;
    }
}

#[tokio::test]
async fn the_log_is_kept_for_thirty_days() {
    assert_eq!(Options::default().log_retention, RETENTION);
    let site = Site::behaving(Options { upkeep_interval: SOON, ..Options::default() }).await;
    site.api_answers(200, &[]).await;
    let server = site.server(&site.account().await, &json!({})).await;
    let (name, arguments) = reader();
    site.call(token(&server), name, &arguments).await;
    site.access.call_log().flush().await;
    site.hands.pass(RETENTION);
    site.call(token(&server), name, &arguments).await;
    site.access.call_log().flush().await;
    assert_eq!(rows(&site, "call_log").await, 2);
    site.hands.pass(Duration::from_millis(1));
    until("the older one is removed", async || rows(&site, "call_log").await == 1).await;
}
