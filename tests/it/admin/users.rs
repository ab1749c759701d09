//! Users: their roles, and the bar that outlives them.

use serde_json::{Value, json};

use crate::admin::browser::Browser;
use crate::admin::test_server::{ADMIN_TOKEN, TestServer, UNKNOWN_ID, on_postgres, token, violated_arguments};

/// Returns the only user of that name.
async fn user_named(node: &TestServer, name: &str) -> Value {
    let (status, users) = node.get("/user").await;
    assert_eq!(status, 200, "{users}");
    let mut found = users["result"].as_array().unwrap().iter().filter(|user| user["name"] == name);
    let user = found.next().unwrap_or_else(|| panic!("{users}")).clone();
    assert!(found.next().is_none(), "{users}");
    user
}

fn path(user: &Value) -> String {
    format!("/user/{}", user["id"].as_str().unwrap())
}

/// Creates an API token and signs a browser in with it.
async fn sign_in(node: &TestServer, name: &str, role: &str) -> (Value, Browser) {
    let (_, made) = node.post("/api-token", &json!({ "name": name, "role": role })).await;
    let browser = Browser::signed_in(node, token(&made)).await;
    (made, browser)
}

#[tokio::test]
async fn a_user_is_stored_at_the_first_sign_in() {
    let node = TestServer::start().await;
    let (made, _) = sign_in(&node, "Kim", "caller").await;
    let user = user_named(&node, "Kim").await;
    assert_eq!((&user["issuer"], &user["subject"]), (&json!("api-token"), &made["id"]));
    assert_eq!((&user["role"], &user["status"]), (&json!("member"), &json!("active")));
    assert_eq!(user["last_used_at"], user["created_at"]);
    node.clock.advance(std::time::Duration::from_mins(2));
    Browser::signed_in(&node, token(&made)).await;
    let again = user_named(&node, "Kim").await;
    assert_eq!((&again["id"], &again["created_at"]), (&user["id"], &user["created_at"]));
    assert_ne!(again["last_used_at"], user["last_used_at"]);
    assert_eq!(node.get(&path(&user)).await.1["id"], user["id"]);
    assert_eq!(node.get(&format!("/user/{UNKNOWN_ID}")).await.0, 404);
}

#[tokio::test]
async fn a_disabled_user_stays_barred_after_deletion() {
    let node = TestServer::start().await;
    let other = node.second_node().await;
    let (made, mut browser) = sign_in(&node, "Kim", "admin").await;
    let user = user_named(&node, "Kim").await;
    let (status, disabled) = node.patch(&path(&user), &json!({ "status": "disabled" })).await;
    assert_eq!((status.as_u16(), &disabled["status"]), (200, &json!("disabled")), "{disabled}");
    for node in [&node, &other] {
        assert_eq!(browser.session(node).await, Value::Null);
        let shown = browser.submit_token(node, token(&made), "/console").await;
        assert_eq!((shown.status.as_u16(), shown.header("set-cookie")), (403, ""));
        assert!(shown.text.contains("is disabled"), "{}", shown.text);
    }
    assert_eq!(node.delete(&path(&user)).await.0, 204);
    assert_eq!(node.get("/user").await.1["result"], json!([]));
    assert_eq!(browser.submit_token(&other, token(&made), "/console").await.status, 403);
    // The attempt shows the user to the admin, who can lift the bar.
    let back = user_named(&node, "Kim").await;
    assert_eq!((&back["status"], &back["role"]), (&json!("disabled"), &json!("member")));
    node.patch(&path(&back), &json!({ "status": "active" })).await;
    assert_eq!(browser.submit_token(&other, token(&made), "/console").await.status, 303);
}

#[tokio::test]
async fn a_deleted_user_is_signed_out_and_may_return() {
    let node = TestServer::start().await;
    let (made, mut browser) = sign_in(&node, "Kim", "caller").await;
    let user = user_named(&node, "Kim").await;
    assert_eq!(node.delete(&path(&user)).await.0, 204);
    assert_eq!(browser.session(&node).await, Value::Null);
    assert_eq!(node.delete(&path(&user)).await.0, 404);
    Browser::signed_in(&node, token(&made)).await;
    assert_ne!(user_named(&node, "Kim").await["id"], user["id"]);
}

#[tokio::test]
async fn the_role_of_a_user_is_at_most_that_of_the_token() {
    let node = TestServer::start().await;
    sign_in(&node, "a caller", "caller").await;
    let (_, admin) = sign_in(&node, "an admin", "admin").await;
    let caller = user_named(&node, "a caller").await;
    let (status, refused) = node.patch(&path(&caller), &json!({ "role": "admin" })).await;
    assert_eq!((status.as_u16(), violated_arguments(&refused)), (400, vec!["role"]), "{refused}");
    // An admin can be made a member, and an admin again.
    let user = user_named(&node, "an admin").await;
    for (role, status) in [("member", 403), ("admin", 200)] {
        assert_eq!(node.patch(&path(&user), &json!({ "role": role })).await.1["role"], role);
        assert_eq!(admin.send(&node, "GET", "/user", Value::Null).await.0, status, "{role}");
    }
    let (status, refused) = node.patch(&path(&user), &json!({ "role": "owner", "status": 1, "name": "x" })).await;
    assert_eq!((status.as_u16(), violated_arguments(&refused)), (400, vec!["role", "status", "name"]), "{refused}");
}

#[tokio::test]
async fn the_revision_of_a_user_is_that_of_role_and_status() {
    let node = TestServer::start().await;
    let (made, _) = sign_in(&node, "Kim", "admin").await;
    let path = path(&user_named(&node, "Kim").await);
    let (_, first, _) = node.send_if_match("GET", &path, None, &Value::Null).await;
    node.clock.advance(std::time::Duration::from_mins(5));
    Browser::signed_in(&node, token(&made)).await;
    let change = json!({ "role": "member" });
    let (status, second, changed) = node.send_if_match("PATCH", &path, first.as_deref(), &change).await;
    assert_eq!((status.as_u16(), &changed["updated_by"]), (200, &json!("admin token in the settings")));
    let (status, now, conflict) = node.send_if_match("DELETE", &path, first.as_deref(), &Value::Null).await;
    assert_eq!((status.as_u16(), &conflict["current"]["role"], &now), (412, &json!("member"), &second));
    assert_eq!(node.send_if_match("DELETE", &path, second.as_deref(), &Value::Null).await.0, 204);
}

#[tokio::test]
async fn users_of_purged_tokens_are_purged() {
    let node = TestServer::start().await;
    let (made, _) = sign_in(&node, "Kim", "caller").await;
    Browser::signed_in(&node, ADMIN_TOKEN).await;
    assert_eq!(node.registry.store().purge_users_without_token().await.unwrap(), 0);
    node.delete(&format!("/api-token/{}", made["id"].as_str().unwrap())).await;
    assert_eq!(node.registry.store().purge_users_without_token().await.unwrap(), 1);
    assert_eq!(node.get("/user").await.1["result"].as_array().unwrap().len(), 1);
}

#[workspace_tests::full_run("PostgreSQL")]
#[test]
fn rules_of_users_hold_on_postgres() {
    on_postgres(&[
        a_user_is_stored_at_the_first_sign_in,
        a_disabled_user_stays_barred_after_deletion,
        a_deleted_user_is_signed_out_and_may_return,
        the_role_of_a_user_is_at_most_that_of_the_token,
        the_revision_of_a_user_is_that_of_role_and_status,
        users_of_purged_tokens_are_purged,
    ]);
}
