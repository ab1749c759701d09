//! Tokens for a code or a refresh token (OAuth 2.1, section 3.2).

use axum::Json;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, StatusCode};
use mcp_server::http::{Problem, peer_address, read_body};
use secrecy::ExposeSecret as _;
use serde_json::json;
use uuid::Uuid;

use super::AuthorizationServer;
use super::error::{OauthError, uncached};
use super::parameters::Parameters;
use crate::registry::{IssuedTokens, PresentedCode, PresentedRefreshToken, RegistryError, TokenRefusal};
use crate::scope::Grant;
use crate::sign_in::Confirmation;

/// The longest body, in bytes.
const LONGEST_BODY: usize = 16 * 1024;

pub(super) async fn issue(State(server): State<AuthorizationServer>, request: Request) -> Response {
    match issued(&server, request).await {
        Ok(response) => response,
        Err(error) => error.into_response(),
    }
}

async fn issued(server: &AuthorizationServer, request: Request) -> Result<Response, OauthError> {
    let peer = peer_address(request.extensions());
    let (headers, parameters) = server.read_form(request).await?;
    let client_id = server.authenticated_client(&headers, &parameters, peer).await?;
    let required = |name: &str| {
        parameters.get(name).ok_or_else(|| OauthError::invalid_request(format!("The parameter {name} is missing.")))
    };
    let registry = &server.0.registry;
    let server_id = match parameters.get("resource") {
        Some(resource) => Some(registry.server_of_resource(resource).ok_or(TokenRefusal::InvalidTarget)?),
        None => None,
    };
    let issued = match required("grant_type")? {
        "authorization_code" => {
            let presented = PresentedCode {
                code: required("code")?,
                client_id: &client_id,
                redirect_uri: parameters.get("redirect_uri"),
                code_verifier: required("code_verifier")?,
                server_id,
            };
            registry.exchange_code(presented).await?
        }
        "refresh_token" => {
            let presented = PresentedRefreshToken {
                token: required("refresh_token")?,
                client_id: &client_id,
                grant: parameters.get("scope").map(Grant::parse),
                server_id,
            };
            server.confirm_user(presented).await?;
            registry.refresh(presented).await?
        }
        _ => {
            let description = "grant_type must be authorization_code or refresh_token.";
            return Err(OauthError::new(StatusCode::BAD_REQUEST, "unsupported_grant_type", description));
        }
    };
    let IssuedTokens { access_token, expires_in, refresh_token, grant } = issued;
    let body = json!({
        "access_token": access_token.expose_secret(),
        "token_type": "Bearer",
        "expires_in": expires_in,
        "refresh_token": refresh_token.expose_secret(),
        "scope": grant.to_string(),
    });
    Ok(uncached(Json(body).into_response()))
}

impl AuthorizationServer {
    /// Checks that the identity provider of a refresh token's user still admits the user.
    async fn confirm_user(&self, presented: PresentedRefreshToken<'_>) -> Result<(), TokenRefusal> {
        const SIGN_IN_AGAIN: TokenRefusal =
            TokenRefusal::InvalidGrant("The identity provider of the user has to confirm the user: sign in again.");
        let Some(user) = self.0.registry.user_of_refresh_token(presented).await? else { return Ok(()) };
        match self.0.sign_in.confirm(user.id, user.provider_id).await {
            Ok(Confirmation::Confirmed) => Ok(()),
            Ok(Confirmation::SignInAgain) => Err(SIGN_IN_AGAIN),
            Err(RegistryError::Store(error)) => Err(error.into()),
            Err(error) => {
                tracing::error!(%error, user = %user.id, "failed to ask the identity provider about a user");
                Err(SIGN_IN_AGAIN)
            }
        }
    }

    /// Reads the form of a request for tokens.
    pub(super) async fn read_form(&self, request: Request) -> Result<(HeaderMap, Parameters), OauthError> {
        self.0.token_requests.admit(peer_address(request.extensions())).map_err(OauthError::too_many_requests)?;
        let (parts, body) = request.into_parts();
        let mut held = self.0.bodies.open_request();
        let body = read_body(body, LONGEST_BODY, &mut held).await.map_err(Problem::from)?;
        let parameters = Parameters::parse(&body.bytes).map_err(|error| OauthError::invalid_request(error.0))?;
        Ok((parts.headers, parameters))
    }

    /// The server that a resource indicator names.
    pub(super) fn server_of_resource(&self, resource: &str) -> Option<Uuid> {
        self.0.registry.server_of_resource(resource)
    }
}
