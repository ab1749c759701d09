//! The own access of a member: the servers that are open to the user, the user's connections and calls, and nothing else.

use http::Request;
use serde_json::{Value, json};

use super::connector::{Connector, sign_in_server, text};
use crate::admin::browser::Browser;
use crate::admin::test_server::{TestServer, UNKNOWN_ID, on_postgres, read_tool, status_and_json, until};

const CALLBACK: &str = "https://claude.ai/api/mcp/auth_callback";

/// Signs a member in.
async fn member(node: &TestServer) -> Browser {
    Browser::signed_in(node, &node.create_api_token("caller").await).await
}

/// Returns the entries that a member sees of a list.
async fn listed(node: &TestServer, browser: &Browser, path: &str) -> Vec<Value> {
    let (status, page) = browser.send(node, "GET", path, Value::Null).await;
    assert_eq!(status, 200, "{page}");
    page["result"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_member_is_denied_every_other_route() {
    let node = TestServer::start().await;
    let browser = member(&node).await;
    let document = Request::builder().uri("/openapi.json").body(axum::body::Body::empty()).unwrap();
    let (_, document) = status_and_json(node.request(document).await).await;
    let (mut own, mut denied) = (0, 0);
    for (path, item) in document["paths"].as_object().unwrap() {
        let concrete = path.replace("{id}", UNKNOWN_ID).replace("{server_id}", UNKNOWN_ID);
        for method in item.as_object().unwrap().keys().map(|method| method.to_uppercase()) {
            let (status, answer) = browser.send(&node, &method, &concrete, Value::Null).await;
            if path.starts_with("/me/") {
                own += 1;
                assert!([200, 404].contains(&status.as_u16()), "{method} {path}: {status} {answer}");
                // An API token is no user, and a request without a session is of no user.
                let admin = node.send_as(crate::admin::test_server::ADMIN_TOKEN, &method, &concrete, None).await;
                assert_eq!(admin.0, 401, "{method} {path}");
                // Another site cannot read or change anything with the cookie alone.
                let forged = browser.send_from(&node, &method, &concrete, Value::Null, &[]).await;
                assert_eq!(forged.0, 403, "{method} {path}");
            } else {
                denied += 1;
                assert_eq!(status, 403, "{method} {path}: {answer}");
            }
        }
    }
    assert!(own == 4 && denied > 30, "{own} {denied}");
}

#[tokio::test]
async fn a_member_sees_exactly_the_servers_that_are_open() {
    let node = TestServer::start().await;
    let browser = member(&node).await;
    let account = node.create_account().await;
    let open = sign_in_server(&node, &json!({ "methods": ["read"] })).await;
    let paused = sign_in_server(&node, &json!({ "paused": true })).await;
    let closed = sign_in_server(&node, &json!({ "sign_in": { "domains": ["example.com"] } })).await;
    node.create_server(&account, &json!({})).await;
    let [server] = &*listed(&node, &browser, "/me/mcp").await else { panic!("one server") };
    assert_eq!((text(server, "id"), text(server, "scope")), (&*open, "read"));
    assert!(text(server, "url").ends_with(&format!("/mcp/{open}")));
    // What is listed can be connected, and what is not cannot.
    let mut visitor = browser.clone();
    for (id, status) in [(&open, 200), (&closed, 403)] {
        let client = Connector::registered(&node, id, CALLBACK).await;
        assert_eq!(visitor.open(&node, &client.authorize_path(&[])).await.status, status);
    }
    assert_eq!(node.list_tools(&paused).await.unwrap_err(), 404);
    // Pages are as long as asked, whatever lies between the servers that are open.
    for _ in 0..3 {
        sign_in_server(&node, &json!({})).await;
        sign_in_server(&node, &json!({ "sign_in": { "groups": ["night shift"] } })).await;
    }
    let (mut seen, mut path) = (Vec::new(), "/me/mcp?limit=3".to_owned());
    loop {
        let (_, page) = browser.send(&node, "GET", &path, Value::Null).await;
        seen.push(page["result"].as_array().unwrap().len());
        let Some(next) = page["next_cursor"].as_str() else { break };
        path = format!("/me/mcp?limit=3&next_cursor={next}");
    }
    assert_eq!(seen, [3, 1]);
    // With an identity provider, API tokens sign no user in to servers.
    let provider = json!({
        "name": "Company", "preset": "okta", "issuer": "https://company.okta.com", "client_id": "a", "client_secret": "b",
    });
    assert_eq!(node.post("/identity-provider", &provider).await.0, 201);
    assert_eq!(listed(&node, &browser, "/me/mcp").await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_member_sees_and_revokes_own_connections_only() {
    let node = TestServer::start().await;
    let (mut anna, mut bob) = (member(&node).await, member(&node).await);
    let server = sign_in_server(&node, &json!({})).await;
    let client = Connector::registered(&node, &server, CALLBACK).await;
    let tokens = client.connect(&node, &mut anna).await;
    client.connect(&node, &mut bob).await;
    let (tool, arguments) = read_tool();
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": tool, "arguments": arguments } });
    let token = text(&tokens, "access_token");
    assert_eq!(node.send_mcp(&server, Some(token), &call).await.status(), 200);
    until("the call is logged", async || listed(&node, &anna, "/me/log").await.len() == 1).await;
    assert_eq!(listed(&node, &anna, "/me/log").await[0]["tool"], json!(tool));
    assert_eq!(listed(&node, &bob, "/me/log").await, Vec::<Value>::new());
    // No parameter widens the list.
    let (status, _) = bob.send(&node, "GET", "/me/log?user_id=00000000-0000-0000-0000-000000000000", Value::Null).await;
    assert_eq!(status, 400);
    let [connection] = &*listed(&node, &anna, "/me/connection").await else { panic!("one connection") };
    assert_eq!(listed(&node, &bob, "/me/connection").await.len(), 1);
    let path = format!("/me/connection/{}", text(connection, "id"));
    let unknown = bob.send(&node, "DELETE", &format!("/me/connection/{UNKNOWN_ID}"), Value::Null).await;
    assert_eq!(bob.send(&node, "DELETE", &path, Value::Null).await, unknown, "of another user");
    assert_eq!(unknown.0, 404);
    assert_eq!(anna.send(&node, "DELETE", &path, Value::Null).await.0, 204);
    assert_eq!(node.send_mcp(&server, Some(token), &call).await.status(), 401);
    assert_eq!(listed(&node, &anna, "/me/connection").await, Vec::<Value>::new());
    let (_, audit) = node.get("/audit?object=connection&action=revoked").await;
    assert_eq!(audit["result"][0]["object_id"], connection["id"], "{audit}");
}

#[tokio::test]
async fn a_user_outside_new_server_rules_loses_the_connection() {
    let node = TestServer::start().await;
    let mut anna = member(&node).await;
    let server = sign_in_server(&node, &json!({})).await;
    let client = Connector::registered(&node, &server, CALLBACK).await;
    let tokens = client.connect(&node, &mut anna).await;
    let account = listed(&node, &anna, "/me/connection").await[0]["integrated_account_id"].clone();
    let path = format!("/integrated-account/{}/mcp/{server}", account.as_str().unwrap());
    let rules = |rules: Value| json!({ "config": { "sign_in": rules } });
    assert_eq!(node.patch(&path, &rules(json!({ "domains": ["example.com"] }))).await.0, 200);
    assert_eq!(listed(&node, &anna, "/me/mcp").await, Vec::<Value>::new());
    let refresh = text(&tokens, "refresh_token");
    assert_eq!(client.refresh(&node, refresh, None).await.0, 400);
    assert_eq!(listed(&node, &anna, "/me/connection").await, Vec::<Value>::new());
    // Other rules later do not bring it back.
    assert_eq!(node.patch(&path, &rules(Value::Null)).await.0, 200);
    assert_eq!(client.refresh(&node, refresh, None).await.0, 400);
}

#[workspace_tests::full_run("PostgreSQL")]
#[test]
fn members_see_their_own_access_on_postgres() {
    on_postgres(&[
        a_member_is_denied_every_other_route,
        a_member_sees_exactly_the_servers_that_are_open,
        a_member_sees_and_revokes_own_connections_only,
        a_user_outside_new_server_rules_loses_the_connection,
    ]);
}
