//! The token endpoint beside the flow: other grants, caches, wrong secrets; and tokens in addresses.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::Response;
use http::Request;
use serde_json::json;

use super::connector::{Connector, send_form, sign_in_server, text};
use crate::admin::browser::Browser;
use crate::admin::test_server::{ADMIN_TOKEN, TestServer, status_and_json};

/// Sends a form from an address.
async fn post_from(node: &TestServer, peer: [u8; 4], path: &str, fields: &[(&str, String)]) -> Response {
    let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
    let request = request.extension(ConnectInfo(SocketAddr::from((peer, 1))));
    node.request(request.body(Body::from(form)).unwrap()).await
}

#[tokio::test]
async fn other_grants_are_refused() {
    let node = TestServer::start().await;
    let server = sign_in_server(&node, &json!({})).await;
    let client = Connector::registered(&node, &server, "https://app.example/cb").await;
    for grant in ["password", "client_credentials", "implicit", "urn:ietf:params:oauth:grant-type:device_code"] {
        let form = [
            ("grant_type", grant.to_owned()),
            ("client_id", client.client_id.clone()),
            ("username", "admin".to_owned()),
            ("password", ADMIN_TOKEN.to_owned()),
        ];
        let (status, refused) = send_form(&node, "/oauth/token", &form).await;
        assert_eq!((status, text(&refused, "error")), (400, "unsupported_grant_type"), "{grant}");
    }
}

#[tokio::test]
async fn responses_with_secrets_are_kept_out_of_caches() {
    let node = TestServer::start().await;
    let server = sign_in_server(&node, &json!({})).await;
    let mut browser = Browser::signed_in(&node, ADMIN_TOKEN).await;
    let client = Connector::registered(&node, &server, "https://app.example/cb").await;
    let page = browser.open(&node, &client.authorize_path(&[])).await;
    assert_eq!((page.header("cache-control"), page.header("referrer-policy")), ("no-store", "same-origin"));
    let agreed = client.agree(&node, &mut browser, &[]).await;
    assert_eq!(agreed.header("cache-control"), "no-store");
    let code = agreed.parameter("code").unwrap();
    for form in [client.code_form(&code), client.code_form("unknown")] {
        let response = post_from(&node, [192, 0, 2, 1], "/oauth/token", &form).await;
        assert_eq!(response.headers()["cache-control"], "no-store");
    }
    let metadata = json!({ "redirect_uris": ["https://app.example/cb"] }).to_string();
    let request = Request::post("/oauth/register").header("content-type", "application/json");
    let response = node.request(request.body(Body::from(metadata)).unwrap()).await;
    assert_eq!((response.status().as_u16(), &response.headers()["cache-control"]), (201, &"no-store".parse().unwrap()));
}

#[tokio::test]
async fn an_access_token_in_an_address_is_ignored() {
    let node = TestServer::start().await;
    let server = sign_in_server(&node, &json!({})).await;
    let mut browser = Browser::signed_in(&node, ADMIN_TOKEN).await;
    let client = Connector::registered(&node, &server, "https://app.example/cb").await;
    let tokens = client.connect(&node, &mut browser).await;
    let access = text(&tokens, "access_token");
    assert!(node.list_tools_with(&server, Some(access)).await.is_ok());
    assert_eq!(node.list_tools(&format!("{server}?access_token={access}")).await.unwrap_err(), 401);
}

#[tokio::test]
async fn wrong_client_secrets_throttle_their_address() {
    let node = TestServer::start().await;
    let server = sign_in_server(&node, &json!({})).await;
    let mut browser = Browser::signed_in(&node, ADMIN_TOKEN).await;
    let form = json!({ "name": "Tool", "redirect_uris": ["https://app.example/cb"], "confidential": true });
    let (_, created) = node.post("/oauth-client", &form).await;
    let client = Connector {
        client_id: text(&created, "id").to_owned(),
        client_secret: Some(text(&created, "client_secret").to_owned()),
        redirect_uri: "https://app.example/cb".to_owned(),
        origin: node.registry.public_url().to_owned(),
        server,
    };
    let code = client.code(&node, &mut browser).await;
    let guess = Connector { client_secret: Some("wrong".to_owned()), ..client.clone() }.code_form(&code);
    let (one, other) = ([192, 0, 2, 1], [192, 0, 2, 2]);
    for attempt in 0..20 {
        assert_eq!(post_from(&node, one, "/oauth/token", &guess).await.status(), 401, "{attempt}");
    }
    let throttled = post_from(&node, one, "/oauth/token", &guess).await;
    assert_eq!((throttled.status().as_u16(), throttled.headers().contains_key("retry-after")), (429, true));
    assert_eq!(post_from(&node, other, "/oauth/token", &guess).await.status(), 401);
    // The client itself is not locked out, not even at that address.
    let (status, tokens) = status_and_json(post_from(&node, one, "/oauth/token", &client.code_form(&code)).await).await;
    assert_eq!(status, 200, "{tokens}");
}
