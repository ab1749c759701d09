//! The `ETag` of objects in the admin API, and the `If-Match` of changes to them.

use std::sync::Arc;
use std::time::Duration;

use desk365_mcp::seal::MasterKey;
use futures_util::future::join_all;
use serde_json::{Value, json};
use wiremock::MockServer;

use crate::admin::test_server::{ManualClock, TestServer, read_tool, token};

async fn tag_of(node: &TestServer, path: &str) -> String {
    let (status, tag, body) = node.send_if_match("GET", path, None, &Value::Null).await;
    assert_eq!(status, 200, "{body}");
    tag.unwrap_or_else(|| panic!("{path} has no ETag"))
}

/// The paths of an account and of a server of it.
async fn objects(node: &TestServer) -> [String; 2] {
    let account = node.create_account().await;
    let server = node.create_server(&account, &json!({ "methods": ["read", "write"] })).await;
    [
        format!("/integrated-account/{account}"),
        format!("/integrated-account/{account}/mcp/{}", server["id"].as_str().unwrap()),
    ]
}

async fn a_stale_change_is_refused_with_the_current_object(node: &TestServer) {
    for path in objects(node).await {
        let before = tag_of(node, &path).await;
        let (status, after, changed) =
            node.send_if_match("PATCH", &path, Some(&before), &json!({ "name": "by A" })).await;
        assert_eq!((status.as_u16(), &changed["name"]), (200, &json!("by A")));
        let after = after.unwrap();
        assert_ne!(before, after);
        for (method, body) in [("PATCH", json!({ "name": "by B" })), ("DELETE", Value::Null)] {
            let (status, tag, problem) = node.send_if_match(method, &path, Some(&before), &body).await;
            assert_eq!((status.as_u16(), tag.as_ref()), (412, Some(&after)), "{problem}");
            assert_eq!((&problem["statusCode"], &problem["current"]), (&json!(412), &changed), "{problem}");
            assert!(problem["message"].as_str().unwrap().contains("has changed"), "{problem}");
        }
        // A precondition comes before the content: what is wrong may be so only because the object has changed.
        let (status, ..) = node.send_if_match("PATCH", &path, Some(&before), &json!({ "name": 1 })).await;
        assert_eq!(status, 412);
        let lists = [format!("\"other\", {after}"), "*".to_owned()];
        for (name, tags) in lists.iter().enumerate() {
            let body = json!({ "name": name.to_string() });
            let tags = if tags == "*" { tags.clone() } else { format!("{tags}, {}", tag_of(node, &path).await) };
            assert_eq!(node.send_if_match("PATCH", &path, Some(&tags), &body).await.0, 200, "{tags}");
        }
        let (status, _, body) = node.send_if_match("PATCH", &path, Some("1-a"), &json!({ "name": "x" })).await;
        assert_eq!((status.as_u16(), &body["violations"][0]["argument"]), (400, &json!("If-Match")));
        // Without the header, changes always apply.
        assert_eq!(node.patch(&path, &json!({ "name": "by C" })).await.0, 200);
    }
}

async fn of_concurrent_changes_to_one_revision_one_applies(node: &TestServer) {
    for path in objects(node).await {
        let tag = tag_of(node, &path).await;
        let bodies: Vec<_> = (0..10).map(|number| json!({ "name": format!("by {number}") })).collect();
        let changes = bodies.iter().map(|body| node.send_if_match("PATCH", &path, Some(&tag), body));
        let statuses: Vec<_> = join_all(changes).await.into_iter().map(|(status, ..)| status.as_u16()).collect();
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 412).count(), 9, "{statuses:?}");
    }
}

async fn of_a_change_and_a_deletion_at_one_revision_one_applies(node: &TestServer) {
    for _ in 0..5 {
        for path in objects(node).await.into_iter().rev() {
            let tag = tag_of(node, &path).await;
            let body = json!({ "name": "renamed" });
            let (change, deletion) = tokio::join!(
                node.send_if_match("PATCH", &path, Some(&tag), &body),
                node.send_if_match("DELETE", &path, Some(&tag), &Value::Null),
            );
            match (change.0.as_u16(), deletion.0.as_u16()) {
                (200, 412) => {
                    let (status, ..) = node.send_if_match("DELETE", &path, change.1.as_deref(), &Value::Null).await;
                    assert!(status.is_success(), "{status}");
                }
                (404, 200 | 204) => {}
                other => panic!("{path}: {other:?}"),
            }
        }
    }
}

async fn every_rule_holds(node: &TestServer) {
    a_stale_change_is_refused_with_the_current_object(node).await;
    of_concurrent_changes_to_one_revision_one_applies(node).await;
    of_a_change_and_a_deletion_at_one_revision_one_applies(node).await;
}

#[tokio::test]
async fn stale_changes_are_refused_on_sqlite() {
    every_rule_holds(&TestServer::start().await).await;
}

#[workspace_tests::full_run("PostgreSQL")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stale_changes_are_refused_on_postgres() {
    let Some(database) = crate::common::database::postgres().await else { return };
    let api = Arc::new(MockServer::start().await);
    let node = TestServer::with_database(Arc::new(database), MasterKey::generate(), ManualClock::new(), api).await;
    every_rule_holds(&node).await;
}

#[tokio::test]
async fn the_etag_changes_with_the_editable_fields_only() {
    let node = TestServer::start().await;
    let remaining = desk365_mcp::tools::API.rate_limit.remaining[0];
    node.set_api_reply(401, &[(remaining, "7")]).await;
    let account = node.create_account().await;
    let server = node.create_server(&account, &json!({})).await;
    let account = format!("/integrated-account/{account}");
    let path = format!("{account}/mcp/{}", server["id"].as_str().unwrap());
    let before = [tag_of(&node, &account).await, tag_of(&node, &path).await];
    // A call sets the status, the last check, the rate limit and the time of the last use. A check sets the first three.
    let (tool, arguments) = read_tool();
    node.call_tool(token(&server), tool, &arguments).await;
    node.call_log.flush().await;
    let (_, shown) = node.get(&path).await;
    assert!(shown["last_used_at"].is_string(), "{shown}");
    node.clock.advance(Duration::from_secs(5));
    let (_, tag, checked) = node.send_if_match("POST", &format!("{account}/check"), None, &Value::Null).await;
    assert_eq!((&checked["status"], &checked["ratelimit"]["remaining"]), (&json!("needs_reauth"), &json!(7)));
    assert_eq!(tag.as_ref(), Some(&before[0]));
    assert_eq!([tag_of(&node, &account).await, tag_of(&node, &path).await], before);
    // An update to the same values keeps the revision.
    let (_, tag, same) = node.send_if_match("PATCH", &path, None, &json!({ "name": "a server", "config": {} })).await;
    assert_eq!((tag.as_ref(), &same["updated_at"]), (Some(&before[1]), &server["updated_at"]));
    let mut seen = before.to_vec();
    let changes = [
        (&path, json!({ "config": { "methods": ["read"] } })),
        (&path, json!({ "expires_at": "2030-01-31T12:00:00Z" })),
        (&path, json!({ "expires_at": null })),
        (&account, json!({ "base_url": format!("{}/apis", node.api.uri()) })),
        (&account, json!({ "api_key": "another-key" })),
    ];
    for (path, change) in changes {
        node.clock.advance(Duration::from_secs(1));
        let (status, tag, body) = node.send_if_match("PATCH", path, None, &change).await;
        assert_eq!(status, 200, "{body}");
        let tag = tag.unwrap();
        assert!(!seen.contains(&tag), "{change}");
        assert_eq!(tag_of(&node, path).await, tag);
        seen.push(tag);
    }
}

#[tokio::test]
async fn an_api_token_is_revoked_at_its_own_etag_only() {
    let node = TestServer::start().await;
    let body = json!({ "name": "t", "role": "caller" });
    let (status, tag, made) = node.send_if_match("POST", "/api-token", None, &body).await;
    assert_eq!(status, 201);
    let path = format!("/api-token/{}", made["id"].as_str().unwrap());
    let (status, current, problem) = node.send_if_match("DELETE", &path, Some("\"1-0\""), &Value::Null).await;
    assert_eq!((status.as_u16(), &current, &problem["current"]["id"]), (412, &tag, &made["id"]));
    assert!(problem["current"].get("token").is_none(), "{problem}");
    assert_eq!(node.send_if_match("DELETE", &path, tag.as_deref(), &Value::Null).await.0, 204);
    assert_eq!(node.send_if_match("DELETE", &path, tag.as_deref(), &Value::Null).await.0, 404);
}
