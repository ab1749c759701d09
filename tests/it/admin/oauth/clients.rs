//! The flows of known clients, with their quirks.

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Request;
use serde_json::json;

use super::connector::{Connector, register, send_form, sign_in_server, text};
use crate::admin::browser::{Browser, ORIGIN};
use crate::admin::test_server::{ADMIN_TOKEN, TestServer, on_postgres, status_and_json};

#[tokio::test]
async fn claude_ai_connects_with_a_new_client_each_time() {
    let node = TestServer::start().await;
    let server = sign_in_server(&node, &json!({})).await;
    let mut browser = Browser::default();
    // The user is not signed in yet.
    let callback = "https://claude.ai/api/mcp/auth_callback";
    let client = Connector::registered(&node, &server, callback).await;
    let visit = browser.open(&node, &client.authorize_path(&[])).await;
    assert_eq!(visit.status, 303);
    let sign_in = visit.location();
    assert!(sign_in.starts_with("../sign-in?return_to=%2Foauth%2Fauthorize%3F"), "{sign_in}");
    let mut browser = Browser::signed_in(&node, ADMIN_TOKEN).await;
    let agreed = client.agree(&node, &mut browser, &[]).await;
    assert!(agreed.location().starts_with(callback));
    assert_eq!(agreed.parameter("state").as_deref(), Some("the state"));
    assert_eq!(agreed.parameter("iss").as_deref(), Some(ORIGIN));
    let form = client.code_form(&agreed.parameter("code").unwrap());
    let (status, tokens) = send_form(&node, "/oauth/token", &form).await;
    assert_eq!((status, text(&tokens, "token_type"), text(&tokens, "scope")), (200, "Bearer", "read write"));
    assert_eq!(tokens["expires_in"], 3600);
    assert!(!node.list_tools_with(&server, Some(text(&tokens, "access_token"))).await.unwrap().is_empty());
    // A new connection is a new client, which is asked about again.
    let next = Connector::registered(&node, &server, callback).await;
    assert_ne!(next.client_id, client.client_id);
    assert!(browser.open(&node, &next.authorize_path(&[])).await.text.contains("Read only"));
    assert_eq!(node.get("/connection").await.1["result"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_known_website_is_not_asked_about_again() {
    let node = TestServer::start().await;
    let server = sign_in_server(&node, &json!({})).await;
    let mut browser = Browser::signed_in(&node, ADMIN_TOKEN).await;
    let client = Connector::registered(&node, &server, "https://app.example/cb").await;
    // The user narrows the access.
    let visit = client.decide(&node, &mut browser, &[], &[("decision", "allow"), ("access", "read")]).await;
    let form = client.code_form(&visit.parameter("code").unwrap());
    assert_eq!(text(&send_form(&node, "/oauth/token", &form).await.1, "scope"), "read");
    // The page is shown again, with one button instead of the question, and only for what was granted.
    let page = browser.open(&node, &client.authorize_path(&[("scope", "read")])).await;
    assert!(page.text.contains("before") && !page.text.contains("Read only"), "{}", page.text);
    let page = browser.open(&node, &client.authorize_path(&[])).await;
    assert!(page.text.contains("Read only"), "more than was granted");
    // Another user is asked.
    let token = node.create_api_token("caller").await;
    let mut other = Browser::signed_in(&node, &token).await;
    assert!(!other.open(&node, &client.authorize_path(&[("scope", "read")])).await.text.contains("before"));
    // Revoking ends the memory.
    let connection = node.get("/connection").await.1["result"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(node.delete(&format!("/connection/{connection}")).await.0, 204);
    assert!(!browser.open(&node, &client.authorize_path(&[("scope", "read")])).await.text.contains("before"));
}

#[tokio::test]
async fn claude_code_listens_at_any_loopback_port_and_is_asked_about() {
    let node = TestServer::start().await;
    let server = sign_in_server(&node, &json!({})).await;
    let mut browser = Browser::signed_in(&node, ADMIN_TOKEN).await;
    let registered = Connector::registered(&node, &server, "http://localhost/callback").await;
    let client = Connector { redirect_uri: "http://localhost:51763/callback".to_owned(), ..registered };
    for _ in 0..2 {
        let page = browser.open(&node, &client.authorize_path(&[])).await;
        assert!(page.text.contains("this computer") && !page.text.contains("before"), "{}", page.text);
        assert!(page.policy().contains("form-action 'self' https: http://localhost:51763"), "{}", page.policy());
        client.connect(&node, &mut browser).await;
    }
}

#[tokio::test]
async fn cursor_returns_through_its_own_scheme() {
    let node = TestServer::start().await;
    let server = sign_in_server(&node, &json!({})).await;
    let mut browser = Browser::signed_in(&node, ADMIN_TOKEN).await;
    let client = Connector::registered(&node, &server, "cursor://anysphere.cursor-mcp/oauth/callback").await;
    let page = browser.open(&node, &client.authorize_path(&[])).await;
    assert!(page.policy().contains("form-action 'self' https: cursor:"), "{}", page.policy());
    let tokens = client.connect(&node, &mut browser).await;
    assert!(node.list_tools_with(&server, Some(text(&tokens, "access_token"))).await.is_ok());
    assert!(!browser.open(&node, &client.authorize_path(&[])).await.text.contains("before"));
}

#[tokio::test]
async fn chatgpt_asks_for_scopes_and_repeats_the_resource() {
    let node = TestServer::start().await;
    let server = sign_in_server(&node, &json!({})).await;
    let mut browser = Browser::signed_in(&node, ADMIN_TOKEN).await;
    let callback = "https://chatgpt.com/connector_platform_oauth_redirect";
    let client = Connector::registered(&node, &server, callback).await;
    let slash = format!("{}/", client.resource());
    for changes in [[("scope", "read write openid"), ("resource", &slash)], [("scope", "write"), ("prompt", "consent")]]
    {
        let visit = client.agree(&node, &mut browser, &changes).await;
        let code = visit.parameter("code").unwrap();
        let (status, tokens) = send_form(&node, "/oauth/token", &client.code_form(&code)).await;
        assert_eq!(status, 200, "{tokens}");
    }
}

#[tokio::test]
async fn copilot_uses_a_secret_and_needs_no_resource() {
    let node = TestServer::start().await;
    let server = sign_in_server(&node, &json!({})).await;
    let mut browser = Browser::signed_in(&node, ADMIN_TOKEN).await;
    let redirect_uri = "https://teams.microsoft.com/api/platform/v1.0/oAuthRedirect";
    let form = json!({ "name": "Copilot", "redirect_uris": [redirect_uri], "confidential": true, "server_id": server });
    let (status, created) = node.post("/oauth-client", &form).await;
    assert_eq!(status, 201, "{created}");
    let client = Connector {
        client_id: text(&created, "id").to_owned(),
        client_secret: Some(text(&created, "client_secret").to_owned()),
        redirect_uri: redirect_uri.to_owned(),
        origin: ORIGIN.to_owned(),
        server: server.clone(),
    };
    let code = client.agree(&node, &mut browser, &[("resource", "")]).await.parameter("code").unwrap();
    // The secret in the header, and no resource.
    let mut fields = client.code_form(&code);
    fields.retain(|(name, _)| !["resource", "client_id", "client_secret"].contains(name));
    let basic = STANDARD.encode(format!("{}:{}", client.client_id, client.client_secret.as_deref().unwrap()));
    let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
    let request = Request::post("/oauth/token").header("authorization", format!("Basic {basic}"));
    let (status, tokens) = status_and_json(node.request(request.body(Body::from(form)).unwrap()).await).await;
    assert_eq!(status, 200, "{tokens}");
    // The secret in the form.
    let (status, tokens) = client.refresh(&node, text(&tokens, "refresh_token"), None).await;
    assert_eq!(status, 200, "{tokens}");
    // No secret, or a wrong one.
    for secret in [None, Some("wrong".to_owned())] {
        let wrong = Connector { client_secret: secret, ..client.clone() };
        assert_eq!(wrong.refresh(&node, text(&tokens, "refresh_token"), None).await.0, 401);
    }
}

#[tokio::test]
async fn a_client_that_names_no_method_gets_a_secret() {
    let node = TestServer::start().await;
    sign_in_server(&node, &json!({})).await;
    let (status, client) = register(&node, &json!({ "redirect_uris": ["https://app.example/cb"] })).await;
    assert_eq!((status, text(&client, "token_endpoint_auth_method")), (201, "client_secret_basic"));
    assert_eq!((text(&client, "client_name"), &client["client_secret_expires_at"]), ("app.example", &json!(0)));
    assert!(client["client_secret"].is_string());
}

#[workspace_tests::full_run("PostgreSQL")]
#[test]
fn flows_of_known_clients_work_on_postgres() {
    on_postgres(&[
        claude_ai_connects_with_a_new_client_each_time,
        a_known_website_is_not_asked_about_again,
        claude_code_listens_at_any_loopback_port_and_is_asked_about,
        cursor_returns_through_its_own_scheme,
        chatgpt_asks_for_scopes_and_repeats_the_resource,
        copilot_uses_a_secret_and_needs_no_resource,
        a_client_that_names_no_method_gets_a_secret,
    ]);
}
