//! Metadata: of the servers that ask for sign-in (RFC 9728), and of the authorization server (RFC 8414).
//!
//! Only servers that ask for sign-in have metadata, and the authorization server has none while no server asks for it. Some
//! clients ignore a configured header as soon as they find any.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use mcp_server::http::Problem;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use super::error::{OauthError, uncached};
use super::{AUTHORIZE, AuthorizationServer, REGISTER, REVOKE, TOKEN};
use crate::registry::SignInTarget;
use crate::scope::GrantedMethod;
use crate::store::StoreError;

const WELL_KNOWN: &str = "/.well-known/";
const RESOURCE: &str = "/.well-known/oauth-protected-resource";
/// The forms of RFC 8414 and of `OpenID` Connect Discovery. The document is the same.
const SERVER: [&str; 2] = ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"];

/// The routes of the metadata, for a server that clients reach at `public_url`.
///
/// If that URL has a path, the path is inserted (RFC 8414, section 3.1; RFC 9728, section 3.1). A proxy may also have removed
/// it. Clients of older revisions insert the path of the MCP server into the address of the authorization server's metadata.
pub(super) fn router(public_url: &str) -> Router<AuthorizationServer> {
    let path = Url::parse(public_url).map(|url| url.path().trim_end_matches('/').to_owned()).unwrap_or_default();
    let mut paths = vec![String::new()];
    // A path with braces would be a pattern of the router.
    if !path.is_empty() && !path.contains(['{', '}', '*']) {
        paths.push(path);
    }
    let mut router = Router::new().route("/mcp/{id}/.well-known/openid-configuration", get(of_server_path));
    for path in paths {
        router = router.route(&format!("{RESOURCE}{path}/mcp/{{id}}"), get(of_resource));
        for form in SERVER {
            router = router
                .route(&format!("{form}{path}"), get(of_server))
                .route(&format!("{form}{path}/mcp/{{id}}"), get(of_server_path));
        }
    }
    router
}

/// Returns whether a path is that of metadata.
pub(super) fn is_metadata(path: &str) -> bool {
    path.starts_with(WELL_KNOWN) || (path.starts_with("/mcp/") && path.ends_with("/.well-known/openid-configuration"))
}

async fn of_resource(State(server): State<AuthorizationServer>, Path(id): Path<String>) -> Response {
    match target(&server, &id).await {
        Ok(Some(target)) => document(&resource_metadata(server.0.registry.public_url(), &target)),
        Ok(None) => not_found(),
        Err(error) => OauthError::unavailable(&error).into_response(),
    }
}

async fn of_server(State(server): State<AuthorizationServer>) -> Response {
    let registry = &server.0.registry;
    match registry.store().has_sign_in_servers(registry.clock().now()).await {
        Ok(true) => document(&server_metadata(registry.public_url(), server.0.documents.are_usable())),
        Ok(false) => not_found(),
        Err(error) => OauthError::unavailable(&error).into_response(),
    }
}

async fn of_server_path(State(server): State<AuthorizationServer>, Path(id): Path<String>) -> Response {
    match target(&server, &id).await {
        Ok(Some(_)) => document(&server_metadata(server.0.registry.public_url(), server.0.documents.are_usable())),
        Ok(None) => not_found(),
        Err(error) => OauthError::unavailable(&error).into_response(),
    }
}

async fn target(server: &AuthorizationServer, id: &str) -> Result<Option<SignInTarget>, StoreError> {
    match Uuid::try_parse(id) {
        // A paused server is answered like one that does not exist.
        Ok(id) => Ok(server.0.registry.sign_in_target(id).await?.filter(|target| !target.config.admission.is_paused())),
        Err(_) => Ok(None),
    }
}

fn document(document: &Value) -> Response {
    uncached(Json(document).into_response())
}

/// The same response as for any other path that does not exist.
fn not_found() -> Response {
    Problem::new(StatusCode::NOT_FOUND, "There is nothing at this path.").into_response()
}

/// The metadata of a server (RFC 9728, section 2).
fn resource_metadata(public_url: &str, target: &SignInTarget) -> Value {
    let scopes: Vec<_> = target.grantable.iter().map(GrantedMethod::name).collect();
    json!({
        "resource": format!("{public_url}/mcp/{}", target.id),
        "resource_name": target.name,
        "authorization_servers": [public_url],
        "scopes_supported": scopes,
        "bearer_methods_supported": ["header"],
    })
}

/// The metadata of the authorization server (RFC 8414, section 2; RFC 9207, section 3; the draft on client ID metadata
/// documents, section 5).
fn server_metadata(public_url: &str, takes_documents: bool) -> Value {
    let url = |path: &str| format!("{public_url}{path}");
    let authentication = ["none", "client_secret_basic", "client_secret_post"];
    json!({
        "issuer": public_url,
        "authorization_endpoint": url(AUTHORIZE),
        "token_endpoint": url(TOKEN),
        "registration_endpoint": url(REGISTER),
        "revocation_endpoint": url(REVOKE),
        "scopes_supported": GrantedMethod::ALL.map(GrantedMethod::name),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_methods_supported": authentication,
        "revocation_endpoint_auth_methods_supported": authentication,
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "client_id_metadata_document_supported": takes_documents,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_open_and_nothing_else_below_mcp() {
        for path in [
            "/.well-known/oauth-protected-resource/mcp/1",
            "/.well-known/openid-configuration",
            "/mcp/1/.well-known/openid-configuration",
        ] {
            assert!(is_metadata(path), "{path}");
        }
        for path in ["/mcp/1", "/oauth/authorize", "/x/.well-known/openid-configuration", "/console"] {
            assert!(!is_metadata(path), "{path}");
        }
    }

    #[test]
    fn the_authorization_server_offers_what_it_can_do() {
        let metadata = server_metadata("https://mcp.example.com/desk", true);
        insta::assert_json_snapshot!(metadata, @r#"
        {
          "issuer": "https://mcp.example.com/desk",
          "authorization_endpoint": "https://mcp.example.com/desk/oauth/authorize",
          "token_endpoint": "https://mcp.example.com/desk/oauth/token",
          "registration_endpoint": "https://mcp.example.com/desk/oauth/register",
          "revocation_endpoint": "https://mcp.example.com/desk/oauth/revoke",
          "scopes_supported": [
            "read",
            "write"
          ],
          "response_types_supported": [
            "code"
          ],
          "response_modes_supported": [
            "query"
          ],
          "grant_types_supported": [
            "authorization_code",
            "refresh_token"
          ],
          "token_endpoint_auth_methods_supported": [
            "none",
            "client_secret_basic",
            "client_secret_post"
          ],
          "revocation_endpoint_auth_methods_supported": [
            "none",
            "client_secret_basic",
            "client_secret_post"
          ],
          "code_challenge_methods_supported": [
            "S256"
          ],
          "authorization_response_iss_parameter_supported": true,
          "client_id_metadata_document_supported": true
        }
        "#);
    }
}
