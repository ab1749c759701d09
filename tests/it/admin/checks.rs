//! The last observation of an account: `last_check`, from calls and from checks.

use std::time::Duration;

use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, ResponseTemplate};

use crate::admin::test_server::{TestServer, UNKNOWN_ID, read_tool, token};

/// Checks the account, and returns its status, the outcome and the statuses of the findings.
async fn checked(node: &TestServer, account: &str) -> (Value, Value, Vec<Value>) {
    let (status, mut body) =
        node.send_as(super::test_server::ADMIN_TOKEN, "POST", &format!("{account}/check"), None).await;
    assert_eq!(status, 200, "{body}");
    let findings = body["findings"].take();
    let statuses = findings.as_array().unwrap().iter().map(|finding| finding["status"].clone()).collect();
    // What the check answers is what is stored.
    body.as_object_mut().unwrap().remove("findings");
    assert_eq!(node.get(account).await.1, body);
    assert_eq!(body["last_check"]["at"], json!(node.registry.clock().now().to_string()));
    (body["status"].clone(), body["last_check"]["outcome"].clone(), statuses)
}

#[tokio::test]
async fn a_check_tries_the_stored_key_and_stores_the_outcome() {
    let node = TestServer::start().await;
    let account = format!("/integrated-account/{}", node.create_account().await);
    assert_eq!(node.get(&account).await.1.get("last_check"), None);
    for (reply, status, outcome) in [
        (200, "active", "ok"),
        (401, "needs_reauth", "unauthorized"),
        (500, "needs_reauth", "upstream_failed"),
        (403, "active", "forbidden"),
        (302, "active", "bad_reply"),
        (401, "needs_reauth", "unauthorized"),
        (200, "active", "ok"),
    ] {
        node.set_api_reply(reply, &[]).await;
        node.clock.advance(Duration::from_secs(1));
        let (found, seen, findings) = checked(&node, &account).await;
        assert_eq!((found, seen), (json!(status), json!(outcome)), "{reply}");
        assert_eq!(findings.contains(&json!("fail")), ![200, 403].contains(&reply), "{reply}: {findings:?}");
    }
    let unknown = format!("/integrated-account/{UNKNOWN_ID}/check");
    assert_eq!(node.post(&unknown, &json!({})).await.0, 404);
}

#[tokio::test]
async fn a_sign_in_page_is_not_taken_for_the_api() {
    let node = TestServer::start().await;
    let account = format!("/integrated-account/{}", node.create_account().await);
    let page = ResponseTemplate::new(200).set_body_raw("<!doctype html><title>Sign in</title>", "text/html");
    Mock::given(any()).respond_with(page).mount(&node.api).await;
    let (_, outcome, findings) = checked(&node, &account).await;
    assert_eq!(outcome, json!("bad_reply"));
    assert!(findings.contains(&json!("fail")), "{findings:?}");
    let (_, trial) = node.post("/integrated-account?dry_run=true", &node.account_body()).await;
    let reachable = trial["findings"].as_array().unwrap().iter().find(|found| found["check"] == "reachable").unwrap();
    assert_eq!(reachable["status"], "fail", "{reachable}");
    assert!(reachable["message"].as_str().unwrap().contains("a web page"), "{reachable}");
}

#[tokio::test]
async fn a_new_key_or_address_has_not_been_checked() {
    let node = TestServer::start().await;
    let account = format!("/integrated-account/{}", node.create_account().await);
    node.set_api_reply(401, &[]).await;
    let elsewhere = json!({ "base_url": format!("{}/apis", node.api.uri()) });
    for (change, status) in [(json!({ "api_key": "another-key" }), "active"), (elsewhere, "needs_reauth")] {
        checked(&node, &account).await;
        assert!(node.patch(&account, &json!({ "name": change.to_string() })).await.1.get("last_check").is_some());
        let (_, after) = node.patch(&account, &change).await;
        assert_eq!((after.get("last_check"), &after["status"]), (None, &json!(status)), "{change}");
    }
}

#[tokio::test]
async fn calls_show_what_was_last_seen_of_an_account() {
    let node = TestServer::start().await;
    let id = node.create_account().await;
    let server = node.create_server(&id, &json!({})).await;
    let account = format!("/integrated-account/{id}");
    let (tool, arguments) = read_tool();
    let seen = async |reply: u16| {
        node.clock.advance(Duration::from_secs(1));
        node.set_api_reply(reply, &[]).await;
        node.call_tool(token(&server), tool, &arguments).await;
        node.call_log.flush().await;
        node.get(&account).await.1["last_check"].clone()
    };
    assert_eq!(seen(404).await, Value::Null);
    let first = seen(200).await;
    assert_eq!(first["outcome"], json!("ok"));
    // The same outcome is stored once a minute, and another one at once.
    assert_eq!(seen(200).await, first);
    assert_eq!(seen(500).await["outcome"], json!("upstream_failed"));
    assert_eq!(seen(404).await["outcome"], json!("upstream_failed"));
    assert_eq!(seen(401).await["outcome"], json!("unauthorized"));
    let again = seen(200).await;
    assert_eq!(again["outcome"], json!("ok"));
    node.clock.advance(Duration::from_mins(1));
    assert_ne!(seen(200).await["at"], again["at"]);
}
