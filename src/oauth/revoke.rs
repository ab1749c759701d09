//! Revocation of tokens by their client (RFC 7009).

use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use mcp_server::http::peer_address;

use super::AuthorizationServer;
use super::error::{OauthError, uncached};

pub(super) async fn revoke(State(server): State<AuthorizationServer>, request: Request) -> Response {
    match revoked(&server, request).await {
        // The response is the same for a token that is unknown (RFC 7009, section 2.2).
        Ok(()) => uncached(StatusCode::OK.into_response()),
        Err(error) => error.into_response(),
    }
}

async fn revoked(server: &AuthorizationServer, request: Request) -> Result<(), OauthError> {
    let peer = peer_address(request.extensions());
    let (headers, parameters) = server.read_form(request).await?;
    let client_id = server.authenticated_client(&headers, &parameters, peer).await?;
    let missing = || OauthError::invalid_request("The parameter token is missing.");
    let token = parameters.get("token").ok_or_else(missing)?;
    let revoked = server.0.registry.revoke_oauth_token(token, &client_id).await;
    revoked.map_err(|error| OauthError::unavailable(&error))
}
