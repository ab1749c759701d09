//! The metadata of servers and of the authorization server, and the challenges that lead to it.

use axum::body::Body;
use http::Request;
use serde_json::{Value, json};

use super::connector::sign_in_server;
use crate::admin::browser::ORIGIN;
use crate::admin::test_server::{TestServer, UNKNOWN_ID, status_and_json, token};

async fn get(node: &TestServer, path: &str) -> (u16, Value) {
    let (status, body) = status_and_json(node.request(Request::get(path).body(Body::empty()).unwrap()).await).await;
    (status.as_u16(), body)
}

#[tokio::test]
async fn only_sign_in_servers_have_metadata() {
    let node = TestServer::start().await;
    let account = node.create_account().await;
    let url_server = node.create_server(&account, &json!({})).await;
    // Without a server that asks for sign-in, there is no authorization server.
    assert_eq!(get(&node, "/.well-known/oauth-authorization-server").await.0, 404);
    let server = sign_in_server(&node, &json!({ "methods": ["read"] })).await;
    let (status, metadata) = get(&node, &format!("/.well-known/oauth-protected-resource/mcp/{server}")).await;
    assert_eq!(status, 200);
    assert_eq!(metadata["resource"], format!("{ORIGIN}/mcp/{server}"));
    assert_eq!(metadata["authorization_servers"], json!([ORIGIN]));
    assert_eq!(metadata["scopes_supported"], json!(["read"]));
    let forms = ["oauth-authorization-server", "openid-configuration"];
    for path in
        forms.iter().flat_map(|form| [format!("/.well-known/{form}"), format!("/.well-known/{form}/mcp/{server}")])
    {
        let (status, metadata) = get(&node, &path).await;
        assert_eq!((status, &metadata["issuer"]), (200, &json!(ORIGIN)), "{path}");
    }
    assert_eq!(get(&node, &format!("/mcp/{server}/.well-known/openid-configuration")).await.0, 200);
    for other in [token(&url_server), url_server["id"].as_str().unwrap(), UNKNOWN_ID, "x"] {
        for form in ["oauth-protected-resource", "oauth-authorization-server", "openid-configuration"] {
            assert_eq!(get(&node, &format!("/.well-known/{form}/mcp/{other}")).await.0, 404, "{form} {other}");
        }
    }
    assert_eq!(get(&node, "/.well-known/oauth-protected-resource").await.0, 404);
}

#[tokio::test]
async fn a_request_without_a_token_is_told_where_to_sign_in() {
    let node = TestServer::start().await;
    let server = sign_in_server(&node, &json!({})).await;
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
    let challenge = async |bearer: Option<&str>| {
        let response = node.send_mcp(&server, bearer, &message).await;
        assert_eq!(response.status(), 401);
        response.headers()["www-authenticate"].to_str().unwrap().to_owned()
    };
    let expected = format!(
        "Bearer resource_metadata=\"{ORIGIN}/.well-known/oauth-protected-resource/mcp/{server}\", scope=\"read write\""
    );
    assert_eq!(challenge(None).await, expected);
    assert!(challenge(Some("wrong")).await.starts_with(&format!("{expected}, error=\"invalid_token\"")));
    // The call log has no row for it.
    node.call_log.flush().await;
    assert_eq!(node.get("/log?log_type=mcp").await.1["result"], json!([]));
    // Unknown identifiers, and those of other servers, are answered like unknown tokens.
    let other = node.create_server(&node.create_account().await, &json!({})).await;
    for id in [UNKNOWN_ID, other["id"].as_str().unwrap()] {
        assert_eq!(node.send_mcp(id, None, &message).await.status(), 404);
        assert_eq!(node.send_mcp(id, Some("wrong"), &message).await.status(), 404);
    }
}

#[tokio::test]
async fn every_origin_may_read_metadata_without_cookies() {
    let node = TestServer::start().await;
    let server = sign_in_server(&node, &json!({})).await;
    for path in [
        format!("/.well-known/oauth-protected-resource/mcp/{server}"),
        "/.well-known/oauth-authorization-server".to_owned(),
        "/oauth/token".to_owned(),
        "/oauth/register".to_owned(),
    ] {
        let request = Request::builder().method("OPTIONS").uri(&path).header("origin", "https://inspector.example");
        let request = request.header("access-control-request-method", "POST");
        let request = request.header("access-control-request-headers", "content-type");
        let response = node.request(request.body(Body::empty()).unwrap()).await;
        assert_eq!(response.headers()["access-control-allow-origin"], "*", "{path}");
        assert!(!response.headers().contains_key("access-control-allow-credentials"), "{path}");
    }
    let request = Request::get("/oauth/authorize").header("origin", "https://inspector.example");
    let response = node.request(request.body(Body::empty()).unwrap()).await;
    assert!(!response.headers().contains_key("access-control-allow-origin"));
}
