//! Somebody sets the machine's calendar: what ends does so by it, and nothing else goes by it.

use jiff::SignedDuration;
use serde_json::json;

use crate::admin::site::{Site, reader, token};

const HOUR: i64 = 3_600_000;

#[tokio::test]
async fn a_calendar_that_jumps_ends_only_what_ends_by_it() {
    let site = Site::open().await;
    site.api_answers(200, &[]).await;
    let account = site.account().await;
    let path = format!("/integrated-account/{account}/mcp");
    let end = (site.registry.clock().now() + SignedDuration::from_mins(30)).to_string();
    let (_, ending) = site.post(&path, &json!({ "name": "ending", "expires_at": end })).await;
    let endless = site.server(&account, &json!({})).await;
    let (_, admin) = site.post("/api-token", &json!({ "name": "x", "role": "admin", "expires_at": end })).await;
    let open = async || {
        let admin = site.send_as(token(&admin), "GET", "/integrated-account", None).await.0.as_u16();
        (site.listed(token(&ending)).await.is_ok(), site.listed(token(&endless)).await.is_ok(), admin)
    };
    for (jump, expected) in [
        (0, (true, true, 200)),
        (HOUR, (false, true, 401)),
        (-HOUR, (true, true, 200)),
        (-100 * 24 * HOUR, (true, true, 200)),
        (100 * 24 * HOUR + HOUR, (false, true, 401)),
    ] {
        site.hands.set_by(jump);
        assert_eq!(open().await, expected, "{jump}");
    }
}

#[tokio::test]
async fn a_change_on_another_node_counts_whatever_the_calendar_does() {
    let site = Site::open().await;
    let there = site.sibling().await;
    let account = site.account().await;
    for jump in [-HOUR, HOUR, 0] {
        let server = site.server(&account, &json!({})).await;
        assert!(there.listed(token(&server)).await.is_ok());
        site.hands.set_by(jump);
        site.delete(&format!("/integrated-account/{account}/mcp/{}", server["id"].as_str().unwrap())).await;
        // How old an answer is, is not a matter of the calendar.
        site.hands.pass(std::time::Duration::from_millis(500));
        assert_eq!(there.listed(token(&server)).await.unwrap_err(), 404, "{jump}");
    }
}

#[tokio::test]
async fn the_log_stays_in_the_order_of_the_calls() {
    let site = Site::open().await;
    site.api_answers(200, &[]).await;
    let server = site.server(&site.account().await, &json!({})).await;
    let (name, arguments) = reader();
    site.call(token(&server), name, &arguments).await;
    site.hands.set_by(-HOUR);
    site.call(token(&server), name, &json!({ "x_no_such_argument": 1 })).await;
    site.access.call_log().flush().await;
    let (_, log) = site.get("/log").await;
    let statuses: Vec<_> = log["result"].as_array().unwrap().iter().map(|call| &call["status"]).collect();
    assert_eq!(statuses, ["invalid_arguments", "ok"]);
}
