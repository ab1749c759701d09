//! Servers that ask for sign-in, clients and connections, as operators manage them.

use std::time::Duration;

use serde_json::{Value, json};

use super::connector::{Connector, sign_in_server, text};
use crate::admin::browser::{Browser, ORIGIN};
use crate::admin::test_server::{ADMIN_TOKEN, TestServer, UNKNOWN_ID, on_postgres, violated_arguments};

#[tokio::test]
async fn a_sign_in_server_has_a_url_and_no_token() {
    let node = TestServer::start().await;
    let account = node.create_account().await;
    let created = node.create_server(&account, &json!({ "auth": "sign_in" })).await;
    let id = text(&created, "id");
    let path = format!("/integrated-account/{account}/mcp/{id}");
    let expected = format!("{ORIGIN}/mcp/{id}");
    let (_, listed) = node.get(&format!("/integrated-account/{account}/mcp")).await;
    for server in [&created, &node.get(&path).await.1, &listed["result"][0]] {
        assert_eq!((server["url"].as_str(), server.get("token")), (Some(expected.as_str()), None), "{server}");
    }
    // The URL of any other server is shown once.
    let other = node.create_server(&account, &json!({ "auth": "url" })).await;
    assert!(text(&other, "url").ends_with(text(&other, "token")));
    let (_, shown) = node.get(&format!("/integrated-account/{account}/mcp/{}", text(&other, "id"))).await;
    assert_eq!(shown.get("url"), None);
    // Sign-in is neither added nor removed later.
    let (status, refused) = node.patch(&path, &json!({ "config": { "auth": "url" } })).await;
    assert_eq!((status.as_u16(), violated_arguments(&refused)), (400, vec!["config.auth"]));
    assert_eq!(node.patch(&path, &json!({ "config": { "auth": null } })).await.0, 400);
    let other = format!("/integrated-account/{account}/mcp/{}", text(&other, "id"));
    assert_eq!(node.patch(&other, &json!({ "config": { "auth": "sign_in" } })).await.0, 400);
    assert_eq!(node.patch(&other, &json!({ "config": { "auth": "api_token" } })).await.0, 200);
    assert_eq!(node.patch(&path, &json!({ "config": { "methods": ["read"] } })).await.0, 200);
    assert_eq!(node.post(&format!("{path}/rotate-url"), &json!({})).await.0, 400);
    // A provider that does not exist would admit no user.
    let unknown = json!({ "config": { "sign_in": { "provider": UNKNOWN_ID } } });
    let (status, refused) = node.patch(&path, &unknown).await;
    assert_eq!((status.as_u16(), violated_arguments(&refused)), (400, vec!["config.sign_in.provider"]));
    // A paused server is unknown.
    assert_eq!(node.list_tools(id).await.unwrap_err(), 401);
    for config in [json!({ "paused": true }), json!({ "paused": null, "allowed_ips": ["192.0.2.1"] })] {
        assert_eq!(node.patch(&path, &json!({ "config": config })).await.0, 200);
        assert_eq!(node.list_tools(id).await.unwrap_err(), 404);
    }
}

#[tokio::test]
async fn contradicting_ways_of_sign_in_are_refused() {
    let node = TestServer::start().await;
    let account = node.create_account().await;
    for (config, argument) in [
        (json!({ "auth": "url", "require_api_token_auth": true }), "config.auth"),
        (json!({ "auth": "sign_in", "require_api_token_auth": true }), "config.auth"),
        (json!({ "auth": "api_token", "require_api_token_auth": false }), "config.auth"),
        (json!({ "auth": "oauth" }), "config.auth"),
        (json!({ "sign_in": { "domains": ["example.com"] } }), "config.sign_in"),
        (json!({ "auth": "sign_in", "sign_in": { "domains": [] } }), "config.sign_in.domains"),
        (json!({ "auth": "sign_in", "sign_in": { "emails": ["anna"] } }), "config.sign_in.emails[0]"),
        (json!({ "auth": "sign_in", "sign_in": { "tenants": ["x"] } }), "config.sign_in.tenants"),
    ] {
        let (status, refused) =
            node.post(&format!("/integrated-account/{account}/mcp"), &json!({ "name": "s", "config": config })).await;
        assert_eq!((status.as_u16(), violated_arguments(&refused)), (400, vec![argument]), "{config}");
    }
    let both = json!({ "auth": "api_token", "require_api_token_auth": true });
    let server = node.create_server(&account, &both).await;
    assert_eq!(node.list_tools(text(&server, "token")).await.unwrap_err(), 401);
}

#[tokio::test]
async fn changes_to_a_connection_take_effect_on_every_node() {
    changes_take_effect(TestServer::start().await).await;
}

#[workspace_tests::full_run("PostgreSQL")]
#[tokio::test(flavor = "multi_thread")]
async fn changes_to_a_connection_take_effect_on_postgres() {
    let Some(node) = TestServer::on_postgres().await else { return };
    changes_take_effect(node).await;
}

async fn changes_take_effect(node: TestServer) {
    let other_node = node.second_node().await;
    let account = node.create_account().await;
    let mut browser = Browser::signed_in(&node, ADMIN_TOKEN).await;
    let connected = async |browser: &mut Browser| {
        let server = node.create_server(&account, &json!({ "auth": "sign_in" })).await;
        let server = text(&server, "id").to_owned();
        let client = Connector::registered(&node, &server, "https://app.example/cb").await;
        let tokens = client.connect(&node, browser).await;
        let access = text(&tokens, "access_token").to_owned();
        assert!(other_node.list_tools_with(&server, Some(&access)).await.is_ok());
        (server, client, access)
    };
    let connection_of = async |server: &str| {
        let (_, connections) = node.get("/connection").await;
        let all = connections["result"].as_array().unwrap().clone();
        all.into_iter().find(|connection| connection["server_id"] == server).unwrap()
    };
    for change in 0..4 {
        let (server, client, access) = connected(&mut browser).await;
        let connection = connection_of(&server).await;
        assert_eq!((text(&connection, "client_name"), text(&connection, "scope")), ("A client", "read write"));
        assert_eq!(text(&connection, "client_destination"), "app.example");
        let path = format!("/integrated-account/{account}/mcp/{server}");
        let (status, expected) = match change {
            0 => (node.delete(&format!("/connection/{}", text(&connection, "id"))).await.0, 401),
            1 => (node.delete(&format!("/oauth-client/{}", client.client_id)).await.0, 401),
            // The admin has no e-mail address.
            2 => {
                let rules = json!({ "config": { "sign_in": { "domains": ["example.com"] } } });
                (node.patch(&path, &rules).await.0, 401)
            }
            _ => (node.delete(&path).await.0, 404),
        };
        assert!(status.is_success(), "{change}");
        assert_eq!(node.list_tools_with(&server, Some(&access)).await.unwrap_err(), expected, "{change}");
        node.clock.advance(Duration::from_millis(500));
        assert_eq!(other_node.list_tools_with(&server, Some(&access)).await.unwrap_err(), expected, "{change}");
    }
}

#[tokio::test]
async fn a_revoked_api_token_ends_the_connections_of_its_user() {
    let node = TestServer::start().await;
    let server = sign_in_server(&node, &json!({})).await;
    let (_, token) = node.post("/api-token", &json!({ "name": "anna", "role": "caller" })).await;
    let mut browser = Browser::signed_in(&node, text(&token, "token")).await;
    let client = Connector::registered(&node, &server, "https://app.example/cb").await;
    let tokens = client.connect(&node, &mut browser).await;
    let access = text(&tokens, "access_token");
    assert!(node.list_tools_with(&server, Some(access)).await.is_ok());
    assert_eq!(node.delete(&format!("/api-token/{}", text(&token, "id"))).await.0, 204);
    assert_eq!(node.list_tools_with(&server, Some(access)).await.unwrap_err(), 401);
    assert_eq!(client.refresh(&node, text(&tokens, "refresh_token"), None).await.0, 400);
}

#[tokio::test]
async fn a_user_whom_the_server_does_not_admit_gets_no_code() {
    let node = TestServer::start().await;
    let server = sign_in_server(&node, &json!({ "sign_in": { "groups": ["support"] } })).await;
    let mut browser = Browser::signed_in(&node, ADMIN_TOKEN).await;
    let client = Connector::registered(&node, &server, "https://app.example/cb").await;
    let visit = browser.open(&node, &client.authorize_path(&[])).await;
    assert_eq!(visit.status, 403);
    assert!(visit.text.contains("may not use") && visit.text.contains("access_denied"), "{}", visit.text);
}

#[tokio::test]
async fn oauth_clients_are_registered_by_hand() {
    let node = TestServer::start().await;
    let server = sign_in_server(&node, &json!({})).await;
    let form = json!({ "name": "Tool", "redirect_uris": ["https://app.example/cb"], "confidential": false });
    let (status, created) = node.post("/oauth-client", &form).await;
    assert_eq!((status.as_u16(), created.get("client_secret")), (201, None), "{created}");
    let with = |key: &str, value: Value| {
        let mut form = form.clone();
        form[key] = value;
        form
    };
    let url_server = node.create_server(&node.create_account().await, &json!({})).await;
    for (form, argument) in [
        (with("redirect_uris", json!(["http://app.example/cb"])), "redirect_uris[0]"),
        (with("redirect_uris", json!([])), "redirect_uris"),
        (with("server_id", json!(UNKNOWN_ID)), "server_id"),
        (with("server_id", url_server["id"].clone()), "server_id"),
        (with("confidential", json!("yes")), "confidential"),
    ] {
        let (status, refused) = node.post("/oauth-client", &form).await;
        assert_eq!((status.as_u16(), violated_arguments(&refused)), (400, vec![argument]));
    }
    let (status, confidential) = node.post("/oauth-client", &with("confidential", json!(true))).await;
    assert_eq!(status, 201);
    let bound = node.post("/oauth-client", &with("server_id", json!(server))).await.1;
    let (_, listed) = node.get("/oauth-client").await;
    assert!(!listed.to_string().contains(text(&confidential, "client_secret")));
    assert_eq!(listed["result"].as_array().unwrap().len(), 3);
    // A client of a revoked server ends with it.
    let servers = node.get("/integrated-account").await.1;
    for account in servers["result"].as_array().unwrap() {
        node.delete(&format!("/integrated-account/{}", text(account, "id"))).await;
    }
    assert_eq!(node.delete(&format!("/oauth-client/{}", text(&bound, "id"))).await.0, 404);
    assert_eq!(node.delete(&format!("/oauth-client/{}", text(&created, "id"))).await.0, 204);
    assert_eq!(node.send_as(ADMIN_TOKEN, "DELETE", &format!("/connection/{UNKNOWN_ID}"), None).await.0, 404);
}

#[workspace_tests::full_run("PostgreSQL")]
#[test]
fn operators_manage_clients_on_postgres() {
    on_postgres(&[
        a_sign_in_server_has_a_url_and_no_token,
        contradicting_ways_of_sign_in_are_refused,
        a_revoked_api_token_ends_the_connections_of_its_user,
        a_user_whom_the_server_does_not_admit_gets_no_code,
        oauth_clients_are_registered_by_hand,
    ]);
}
